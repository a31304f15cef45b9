from accounts.models.audit import ChainHead, Event
from accounts.models.divisions import Division
from accounts.models.organisations import Organisation
from accounts.models.remits import Remit, RemitGroupGrant, RemitUserGrant
from accounts.models.scope import ScopedQuerySet
from accounts.models.submissions import Submission
from accounts.models.tokens import ApiToken
from accounts.models.users import Membership, User
from accounts.models.watch import DailyDigest, Finding, RecordSeal

__all__ = [
    "ApiToken",
    "ChainHead",
    "DailyDigest",
    "Division",
    "Event",
    "Finding",
    "Membership",
    "Organisation",
    "RecordSeal",
    "Remit",
    "RemitGroupGrant",
    "RemitUserGrant",
    "ScopedQuerySet",
    "Submission",
    "User",
]
