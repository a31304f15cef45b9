from casework.models.applications import Application
from casework.models.deliveries import Contact, Delivery, Reminded
from casework.models.files import Attachment
from casework.models.inbox import Comment, Notice, WorkItem
from casework.models.jobs import Job
from casework.models.policy import HolidayArrangement, Parameter, Reason, RouteStep, WorkdayOverride
from casework.models.proposals import PolicyFile, PolicyProposal
from casework.models.steps import Step

__all__ = [
    "Application",
    "Attachment",
    "Comment",
    "Contact",
    "Delivery",
    "HolidayArrangement",
    "Job",
    "Notice",
    "Parameter",
    "PolicyFile",
    "PolicyProposal",
    "Reason",
    "Reminded",
    "RouteStep",
    "Step",
    "WorkItem",
    "WorkdayOverride",
]
