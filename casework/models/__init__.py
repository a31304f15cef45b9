from casework.models.applications import Application
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
    "HolidayArrangement",
    "Job",
    "Notice",
    "Parameter",
    "PolicyFile",
    "PolicyProposal",
    "Reason",
    "RouteStep",
    "Step",
    "WorkItem",
    "WorkdayOverride",
]
