"""What letters have to know of the subjects that they are about, read in a fixed number of statements."""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from msgspec import Struct
from sqlalchemy import Connection, and_, case, func, literal, null, select, true

from workflow.models import (
    Agreement,
    AgreementPartner,
    ChangeRequest,
    Conference,
    Edition,
    Follower,
    GroupInvitation,
    Job,
    Meeting,
    Milestone,
    Person,
    Poll,
    Proposal,
)
from workflow.notifications.calendar_file import Event
from workflow.notifications.ladders import OF_MATTERS
from workflow.rules.facts import Ref
from workflow.rules.letter_text import OF_SUMMARY
from workflow.rules.settings_catalogue import value
from workflow.rules.topics import Topic

# Letters about something that does not take place.
CALLED_OFF = frozenset({Topic.MEETING_CANCELLED, Topic.MEETING_DEMANDED, Topic.CONFERENCE_CANCELLED,
                        Topic.PLACE_TAKEN_BACK})  # fmt: skip


class LetterSubject(Struct, frozen=True):
    """A subject with the edition that it belongs to."""

    title: str
    number: int
    state: str
    due_at: datetime | None
    submission_until: datetime | None
    recorded: Mapping[str, Any]
    edition: str
    edition_key: str
    settings: Mapping[str, Any]
    edition_id: int
    # When and where it takes place, where it is a meeting or a conference.
    starts_at: datetime | None = None
    place: str = ""
    ends_at: datetime | None = None
    # Who invites, where the subject is an invitation.
    inviter: str = ""


class SummaryConference(Struct, frozen=True):
    """The conference at which the projects of an edition are presented."""

    id: int
    starts_at: datetime | None
    place: str
    ends_at: datetime | None


def office_of(edition: Mapping[str, Any]) -> tuple[str, str]:
    """Name and contact of the programme office of an edition, from its settings."""
    return value(edition, "office_name"), value(edition, "office_contact")


class _Columns(NamedTuple):
    """Where a kind of subject has what letters say of it; its state, term and case file are the source's."""

    kind: str
    model: Any
    title: Any
    number: Any
    edition_id: Any
    source: Any
    until: Any = null()
    starts_at: Any = null()
    place: Any = null()
    ends_at: Any = null()
    inviter: Any = literal("")
    joined: Any = true()


@cache
def _columns() -> tuple[_Columns, ...]:
    """Of every kind that belongs to an edition."""
    c, p, m, a, b = Conference, Proposal, Meeting, Agreement, AgreementPartner
    i, f, e, q = GroupInvitation, Follower, Edition, Poll
    return (
        _Columns(p.__tablename__, p, p.title, p.number, p.edition_id, p, until=p.submission_until),
        _Columns(c.__tablename__, c, c.purpose, c.number, c.edition_id, c, starts_at=c.starts_at, place=_place(),
                 ends_at=c.ends_at),
        _Columns(a.__tablename__, a, a.title, a.id, a.edition_id, a),
        _Columns(b.__tablename__, b, b.name, b.number, b.edition_id, b),
        _Columns(e.__tablename__, e, e.title, e.year, e.id, e),
        _Columns(m.__tablename__, m, m.place, m.number, m.edition_id, m, starts_at=m.starts_at, place=m.place),
        _Columns(q.__tablename__, q, null(), q.motion_number, q.edition_id, q),
        # Their letters name the project.
        *(_Columns(part.__tablename__, part, _of_project(part, p.title), part.number, part.edition_id, part)
          for part in (Milestone, ChangeRequest)),
        _Columns("invitation", i, p.title, p.number, p.edition_id, p, until=p.submission_until,
                 inviter=case((Person.is_minor, ""), else_=Person.name),
                 joined=and_(p.id == i.proposal_id, Person.id == i.invited_by_id)),
        # What is followed is a project, or else the edition.
        _Columns(f.__tablename__, f, func.coalesce(_of_project(f, p.title), e.title),
                 func.coalesce(_of_project(f, p.number), e.year), f.edition_id, e),
    )  # fmt: skip


def subjects_of(connection: Connection, refs: Collection[Ref]) -> dict[Ref, LetterSubject]:
    """The subjects that exist among these; one statement for each kind that is asked for."""
    subjects: dict[Ref, LetterSubject] = {}
    kinds = {ref.kind for ref in refs}
    for columns in _columns():
        model, source = columns.model, columns.source
        # To put a query together costs more than to run it.
        if columns.kind not in kinds:
            continue
        ids = {ref.id for ref in refs if ref.kind == columns.kind}
        query = select(
            model.id, columns.title, columns.number, source.state, source.due_at, columns.until, source.recorded,
            Edition.title, Edition.key, Edition.settings, Edition.id, columns.starts_at,
            func.coalesce(columns.place, ""), columns.ends_at, columns.inviter,
        ).where(model.id.in_(ids), Edition.id == columns.edition_id, columns.joined)  # fmt: skip
        for row in connection.execute(query):
            subjects[Ref(columns.kind, row[0])] = LetterSubject(*row[1:])
    return subjects | (_jobs(connection, {ref.id for ref in refs if ref.kind == "job"}) if "job" in kinds else {})


def _of_project(part: Any, column: Any) -> Any:
    """A column of the project that something belongs to."""
    return select(column).where(Proposal.id == part.proposal_id).scalar_subquery()


def summaries_of(connection: Connection, edition_ids: Collection[int]) -> dict[int, SummaryConference]:
    """The summary conferences of these editions; of several in one edition the last that was planned."""
    c = Conference
    query = select(c.edition_id, c.id, c.starts_at, _place(), c.ends_at).where(
        c.edition_id.in_(edition_ids), c.is_summary
    )
    rows = connection.execute(query.order_by(c.id)) if edition_ids else ()
    return {row[0]: SummaryConference(*row[1:]) for row in rows}


def _place() -> Any:
    """Venue and commune of a conference, as far as they are known."""
    c = Conference
    joint = case((func.length(c.venue) * func.length(c.host_commune) > 0, ", "), else_="")
    return (c.venue + joint + c.host_commune).label("place")


def _jobs(connection: Connection, ids: Collection[int]) -> dict[Ref, LetterSubject]:
    nothing: Mapping[str, Any] = {}
    rows = connection.execute(select(Job.id, Job.title).where(Job.id.in_(ids)))
    return {Ref("job", row.id): LetterSubject(row.title, row.id, "", None, None, nothing, "", "", nothing, 0)
            for row in rows}  # fmt: skip


def event_of(topic: Topic, ref: Ref, subject: LetterSubject, summary: SummaryConference | None) -> Event | None:
    """The meeting or conference of a letter."""
    if topic in OF_SUMMARY:
        if summary is None or summary.starts_at is None:
            return None
        return Event(Ref("conference", summary.id), summary.starts_at, summary.place, summary.ends_at)
    if subject.starts_at is None or topic in OF_MATTERS:
        return None
    return Event(ref, subject.starts_at, subject.place, subject.ends_at, topic in CALLED_OFF)
