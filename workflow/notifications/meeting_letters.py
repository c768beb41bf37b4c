"""What letters about a meeting say beside their sentences: time, place, agenda, and what the reader still has to do.

Read for any number of letters in a fixed number of statements.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, func, select

from workflow.base.grouping import grouped
from workflow.base.i18n import Sentence, _
from workflow.models import (
    AgendaItem,
    Criterion,
    Declaration,
    Proposal,
    ScoreCard,
    ScoreOpening,
    Seat,
    SeatHolder,
)
from workflow.notifications.seated import MeetingRow, meetings_of
from workflow.rules.bodies import Body, Capacity
from workflow.rules.choices import MEETING_FORMS
from workflow.rules.facts import Ref
from workflow.rules.states import ProposalState
from workflow.rules.topics import Topic

# A label, and what stands beside it: a text, a sentence, or a moment.
Line = tuple[Sentence, str | Sentence | datetime]
# What is told with all that a reader has to prepare.
PREPARED = frozenset({Topic.MEETING_CONVENED, Topic.MEETING_MOVED})
IMPARTIAL = "impartial"
SUBMITTED = "submitted"


def lines_of(connection: Connection, rows: Sequence[Any]) -> dict[Any, tuple[Line, ...]]:
    """The lines of each delivery of `message_data.base` that is about a meeting."""
    about = {row.id: Ref(row.subject_kind, row.subject_id) for row in rows if row.subject_kind == "meeting"}
    if not about:
        return {}
    meetings = meetings_of(connection, set(about.values()))
    agendas = _agendas(connection, [meeting.id for meeting in meetings.values()])
    to_do = _to_do(connection, meetings.values())
    lines: dict[Any, tuple[Line, ...]] = {}
    for row in rows:
        meeting = meetings.get(about.get(row.id, Ref("", 0)))
        if meeting is None:
            continue
        own = to_do.get((meeting.edition_id, row.recipient_id), ()) if meeting.body == Body.COMMITTEE else ()
        lines[row.id] = (*_of(meeting), *(
            (*_agenda(agendas.get(meeting.id, ())), *own) if row.topic in PREPARED else ()
        ))  # fmt: skip
    return lines


def _of(meeting: MeetingRow) -> tuple[Line, ...]:
    """When and where it is."""
    lines: list[Line] = []
    if meeting.starts_at:
        lines.append((_("Day and hour"), meeting.starts_at))
    if meeting.answer_until:
        lines.append((_("Votes are taken until"), meeting.answer_until))
    if meeting.place:
        lines.append((_("Place"), meeting.place))
    return (*lines, (_("Form of the meeting"), MEETING_FORMS[meeting.form]))


def _agenda(items: Sequence[str]) -> tuple[Line, ...]:
    return ((_("Agenda"), "; ".join(items)),) if items else ()


def _agendas(connection: Connection, ids: Collection[int]) -> dict[int, list[str]]:
    a = AgendaItem
    query = select(a.meeting_id, a.number, a.title).where(a.meeting_id.in_(ids)).order_by(a.number)
    rows = connection.execute(query) if ids else ()
    return grouped((row.meeting_id, f"{row.number}. {row.title}") for row in rows)


def _to_do(
    connection: Connection, meetings: Collection[MeetingRow]
) -> Mapping[tuple[int, int | None], tuple[Line, ...]]:
    """Declarations and score cards that are awaited from members of the committee, by edition and person."""
    editions = {meeting.edition_id for meeting in meetings if meeting.body == Body.COMMITTEE}
    if not editions:
        return {}
    p, d, c = Proposal, Declaration, ScoreCard
    waiting = p.edition_id.in_(editions), p.state == ProposalState.PRESENTED
    open_to_cards = ~exists().where(ScoreOpening.proposal_id == p.id)
    scored = exists().where(Criterion.edition_id == p.edition_id)
    declared = select(p.edition_id, d.person_id, func.count()).join(d, d.proposal_id == p.id)
    declared = declared.where(*waiting, d.revoked_at.is_(None)).group_by(p.edition_id, d.person_id)
    # Whoever is conflicted hands no card in.
    done = select(p.id, p.edition_id, c.person_id).join(c, c.proposal_id == p.id)
    done = done.where(*waiting, open_to_cards, scored, c.state == SUBMITTED)
    barred = select(p.id, p.edition_id, d.person_id).join(d, d.proposal_id == p.id)
    barred = barred.where(*waiting, open_to_cards, scored, d.revoked_at.is_(None), d.answer != IMPARTIAL)
    finished = done.union(barred).subquery()
    cards = select(finished.c.edition_id, finished.c.person_id, func.count())
    made = _counts(connection, declared)
    given = _counts(connection, cards.group_by(finished.c.edition_id, finished.c.person_id))
    projects = _by_edition(connection, select(p.edition_id, func.count()).where(*waiting))
    to_score = _by_edition(connection, select(p.edition_id, func.count()).where(*waiting, open_to_cards, scored))
    return {
        (edition, person): _awaited(
            projects.get(edition, 0) - made.get((edition, person), 0),
            to_score.get(edition, 0) - given.get((edition, person), 0) if capacity == Capacity.HOLDER else 0,
        )
        for edition, person, capacity in _members(connection, editions)
    }  # fmt: skip


def _awaited(declarations: int, cards: int) -> tuple[Line, ...]:
    lines = (
        (_("Declarations of impartiality that you still have to make"), declarations),
        (_("Score cards that you still have to hand in"), cards),
    )
    return tuple((label, str(count)) for label, count in lines if count > 0)


def _members(connection: Connection, editions: Collection[int]) -> Collection[Row[int, int, str]]:
    query = select(Seat.edition_id, SeatHolder.person_id, SeatHolder.capacity)
    query = query.join(SeatHolder, SeatHolder.seat_id == Seat.id)
    return connection.execute(query.where(Seat.edition_id.in_(editions), Seat.body == Body.COMMITTEE)).all()


def _counts(connection: Connection, query: Any) -> dict[tuple[int, int], int]:
    return {(edition, person): count for edition, person, count in connection.execute(query)}


def _by_edition(connection: Connection, query: Any) -> dict[int, int]:
    return {row[0]: row[1] for row in connection.execute(query.group_by(Proposal.edition_id))}
