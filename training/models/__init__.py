from training.models.accounts import AccountChange, UnitAccount
from training.models.applications import CertificateChange, Completion, Opening, Registration
from training.models.catalogue import Assessment, Listing, Occupation, Project
from training.models.certificates import IssuedCertificate
from training.models.classes import AttendanceSheet, Lesson, TrainingClass
from training.models.numbers import NumbersEntered, NumberSeries
from training.models.rosters import Enrolment, RosterRow, RosterSource, RosterUpload
from training.models.targets import Target
from training.models.units import Teacher, Unit, Venue
from training.models.watch import Change

__all__ = [
    "AccountChange",
    "Assessment",
    "AttendanceSheet",
    "CertificateChange",
    "Change",
    "Completion",
    "Enrolment",
    "IssuedCertificate",
    "Lesson",
    "Listing",
    "NumberSeries",
    "NumbersEntered",
    "Occupation",
    "Opening",
    "Project",
    "Registration",
    "RosterRow",
    "RosterSource",
    "RosterUpload",
    "Target",
    "Teacher",
    "TrainingClass",
    "Unit",
    "UnitAccount",
    "Venue",
]
