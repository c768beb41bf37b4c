"""The tables; one file for each thing that a person could name."""

from workflow.models.agreement import Agreement
from workflow.models.base import Base
from workflow.models.conference import Conference
from workflow.models.consent import Consent
from workflow.models.edition import Edition
from workflow.models.file import ProposalFile
from workflow.models.group import GroupInvitation, GroupTask, JoinRequest
from workflow.models.history import HistoryContent, HistoryEntry, UsedKey
from workflow.models.organisation import Affiliation, Organisation
from workflow.models.outbox import Delivery, Heartbeat, OutboxRow, Switch, Timer
from workflow.models.person import (
    ApiToken,
    OneTimeLink,
    Person,
    RecoveryCode,
    RoleGrant,
    SignInAttempt,
    WebSession,
)
from workflow.models.proposal import GroupMember, Proposal
from workflow.models.receipt import Receipt
from workflow.models.saved_filter import SavedFilter
from workflow.models.search import SearchWord
from workflow.models.seat import Seat, SeatHolder
from workflow.models.sheet import SectionDraft, SheetVersion
from workflow.models.talk import Comment, Mention, Suggestion

__all__ = [
    "Affiliation",
    "Agreement",
    "ApiToken",
    "Base",
    "Comment",
    "Conference",
    "Consent",
    "Delivery",
    "Edition",
    "GroupInvitation",
    "GroupMember",
    "GroupTask",
    "Heartbeat",
    "HistoryContent",
    "HistoryEntry",
    "JoinRequest",
    "Mention",
    "OneTimeLink",
    "Organisation",
    "OutboxRow",
    "Person",
    "Proposal",
    "ProposalFile",
    "Receipt",
    "RecoveryCode",
    "RoleGrant",
    "SavedFilter",
    "SearchWord",
    "Seat",
    "SeatHolder",
    "SectionDraft",
    "SheetVersion",
    "SignInAttempt",
    "Suggestion",
    "Switch",
    "Timer",
    "UsedKey",
    "WebSession",
]
