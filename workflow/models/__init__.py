"""The tables; one file for each thing that a person could name."""

from workflow.models.agenda import Agenda, AgendaChange, AgendaSlot, Screen
from workflow.models.agreement import Agreement, AgreementAmendment, AgreementPartner, AgreementPartnerFile
from workflow.models.announcement import AnnouncementRequest
from workflow.models.base import Base
from workflow.models.carried_proposal import CarriedProposal
from workflow.models.conference import Conference
from workflow.models.conference_output import ConferenceOutput, OpenMatter
from workflow.models.conflict import Conflict, Declaration
from workflow.models.consent import Consent
from workflow.models.document import Document, DocumentReading, DocumentRendering, DocumentSignature, Publication
from workflow.models.edition import Edition
from workflow.models.exclusion import ExclusiveProject
from workflow.models.file import ProposalFile
from workflow.models.follower import Follower
from workflow.models.group import GroupInvitation, GroupTask, JoinRequest
from workflow.models.hall import HallBallot, HallBox, HallElector, HallNamedBallot, HallOption, HallPoll, HallReceipt
from workflow.models.hall_cards import HallCardCount, HallCardLine, HallCardScan
from workflow.models.history import HistoryContent, HistoryEntry, UsedKey
from workflow.models.implementation import (
    ChangeRequest,
    Milestone,
    MilestoneDependency,
    MilestoneEvidence,
    Promise,
    Risk,
)
from workflow.models.job import Job
from workflow.models.letter import LetterBatch, LetterTextVersion
from workflow.models.meeting import Absence, AgendaItem, Attendance, Meeting, Motion, MotionItem
from workflow.models.office_contact import OfficeContact
from workflow.models.office_note import OfficeNote
from workflow.models.organisation import Affiliation, Organisation
from workflow.models.outbox import AddressFault, Delivery, DeliveryTry, Heartbeat, OutboxRow, Switch, Timer
from workflow.models.paper_cards import PaperBatch, PaperCount, PaperLine
from workflow.models.participant_list import ParticipantList
from workflow.models.person import ApiToken, OneTimeLink, Person, RecoveryCode, RoleGrant, SignInAttempt, WebSession
from workflow.models.person_change import PersonChange
from workflow.models.poll import Ballot, Elector, HandCount, HandLine, Poll
from workflow.models.preference import Preference
from workflow.models.progress_report import ProgressReport, ReportPart
from workflow.models.project_money import BudgetLine, Expense
from workflow.models.proposal import GroupMember, Proposal
from workflow.models.proposal_person import ProposalPerson
from workflow.models.proxy import Proxy
from workflow.models.public_picture import PublicPicture
from workflow.models.receipt import Receipt
from workflow.models.registration import ConferencePass, Presence, Registration
from workflow.models.resolution import Decision, Resolution
from workflow.models.saved_filter import SavedFilter
from workflow.models.scoring import Criterion, Score, ScoreCard, ScoreOpening
from workflow.models.search import SearchWord
from workflow.models.seat import Seat, SeatHolder
from workflow.models.secret_ballot import BallotBox, BallotReceipt, SecretBallot
from workflow.models.selection import HallVote, Tie, TieDraw
from workflow.models.sent_form import SentForm
from workflow.models.sheet import SectionDraft, SheetVersion
from workflow.models.state_tally import StateTally
from workflow.models.talk import Comment, Mention, Suggestion
from workflow.models.webhook import Webhook, WebhookCall, WebhookTry
