"""The result files of counted votes: read from their rows, and who may have them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Select, exists, func, or_, select

from workflow.base.errors import NotFound
from workflow.base.grouping import grouped
from workflow.engine.hands_reader import hands_of
from workflow.engine.secret_ballot_reader import laid_out_in
from workflow.models import Ballot, Decision, Elector, Meeting, Motion, MotionItem, Poll, Proposal, Resolution
from workflow.models.resolution import RESOLVED_BY
from workflow.rules.electors import LaidOut
from workflow.rules.facts import Ref
from workflow.rules.hands import agreed
from workflow.rules.session import RESOLVED, Channel, MotionOutcome
from workflow.rules.states import PollState
from workflow.voting.results.motion import CountedPoll, DecisionRow, ElectorRow, motion_file
from workflow.voting.results.structure import ResultDiffers


def result_file(tx: Connection, poll_id: int) -> bytes:
    """The result file of a counted vote; the caller asks who may have it.

    Raises NotFound where there is no counted vote of this number, ResultDiffers where its rows were changed afterwards.
    """
    return result_files(tx, poll_id).file


class ResultFiles(Struct, frozen=True):
    """The file of a counted vote, and the same without a resolution: that one keeps its bytes from the count on."""

    file: bytes
    as_counted: bytes
    # Whether a resolution may still be added.
    waits: bool


def result_files(tx: Connection, poll_id: int) -> ResultFiles:
    """Both files of a counted vote, which are equal where it has no resolution; raises like `result_file`."""
    polls = counted_polls(tx, Poll.id == poll_id)
    if not polls:
        raise NotFound
    poll = polls[0]
    return ResultFiles(motion_file(poll), motion_file(replace(poll, resolution="")), waits=not poll.is_settled)


def digests(tx: Connection, meeting_id: int) -> dict[int, str]:
    """SHA-256 of the result files of a meeting by the number of the motion; of settled ones alone: adopting adds to it.

    Empty where the rows of a vote were changed since the count. Five statements at most, however many votes there were.
    """
    polls = counted_polls(tx, Poll.meeting_id == meeting_id)
    return {poll.motion_number: _digest(poll) for poll in polls if poll.is_settled}


def _digest(poll: CountedPoll) -> str:
    try:
        return sha256(motion_file(poll)).hexdigest()
    except ResultDiffers:
        return ""


class PublicPoll(Struct, frozen=True):
    """A vote whose result everybody may have."""

    id: int
    question: str
    meeting: int
    closed_at: datetime


def is_public(tx: Connection, poll_id: int) -> bool:
    """Whether everybody may have the file of a vote: its meeting has ended and its decisions were announced.

    A file stays private while a project that its motion names waits for an announcement, and for good where what it
    adopted was annulled before it was announced. Once public it stays so. One statement.
    """
    return tx.execute(_public(Poll.id == poll_id)).first() is not None


def public_polls(tx: Connection, edition_id: int) -> tuple[PublicPoll, ...]:
    """The votes of an edition whose results everybody may have, in the order of their closing; one statement."""
    query = _public(Poll.edition_id == edition_id).order_by(Poll.closed_at, Poll.id)
    return tuple(PublicPoll(row.id, row.question, row.number, row.closed_at) for row in tx.execute(query))


def _public(where: ColumnElement[bool]) -> Select[int, str, int, datetime | None]:
    d, r, p = Decision, Resolution, Poll
    of_meeting = exists().where(RESOLVED_BY, r.meeting_id == p.meeting_id)
    of_motion = of_meeting.where(r.motion_number == p.motion_number)
    announced_since = exists().where(d.proposal_id == MotionItem.proposal_id, d.announced_at >= p.closed_at)
    waits = exists().where(
        MotionItem.meeting_id == p.meeting_id, MotionItem.motion_number == p.motion_number, ~announced_since
    )
    return select(p.id, p.question, Meeting.number, p.closed_at).join(Meeting, Meeting.id == p.meeting_id).where(
        where, p.state == PollState.COUNTED, Meeting.ended_at.is_not(None),
        of_meeting.where(d.announced_at.is_not(None)),
        ~of_meeting.where(or_(d.active.is_(True), d.pending.is_(True)), d.announced_at.is_(None)),
        ~of_motion.where(d.announced_at.is_(None)), ~waits,
    )  # fmt: skip


def counted_polls(tx: Connection, where: ColumnElement[bool]) -> list[CountedPoll]:
    """The counted votes under a condition, with all their rows; three statements, and two more for secret ones."""
    m, p, r = Motion, Poll, Resolution
    query = (
        select(p.id, p.meeting_id, p.motion_number, p.question, p.opened_at, p.closed_at, p.rules, p.rules_digest,
               p.result, p.by_hands, p.secret, m.kind, m.outcome, r.number.label("resolution"), r.year)
        .join(m, (m.meeting_id == p.meeting_id) & (m.number == p.motion_number))
        .outerjoin(r, (r.meeting_id == p.meeting_id) & (r.motion_number == p.motion_number))
        .where(where, p.state == PollState.COUNTED).order_by(p.id)
    )  # fmt: skip
    rows = tx.execute(query).all()
    if not rows:
        return []
    electors = _electors(tx, [row.id for row in rows])
    hands = hands_of(tx, [row.id for row in rows if row.by_hands])
    laid_out = laid_out_in(tx, [row.id for row in rows if row.secret])
    decisions = _decisions(tx, {row.meeting_id for row in rows})
    polls = [_poll(row, electors[row.id], decisions[row.meeting_id, row.motion_number]) for row in rows]
    return [
        replace(poll, hands=(agreed(hands.get(row.id, ())) or {}) if row.by_hands else None,
                laid_out=laid_out.get(row.id, LaidOut()) if row.secret else None)
        for row, poll in zip(rows, polls, strict=True)
    ]  # fmt: skip


def _poll(row: Any, electors: list[ElectorRow], decisions: list[DecisionRow]) -> CountedPoll:
    waits = row.outcome == MotionOutcome.CARRIED and row.kind in RESOLVED
    return CountedPoll(
        str(Ref("poll", row.id)), row.motion_number, row.question, row.opened_at, row.closed_at, row.rules,
        row.rules_digest, row.result, tuple(electors), is_settled=not waits,
        resolution="" if row.resolution is None else f"{row.resolution}/{row.year}", decisions=tuple(decisions),
    )  # fmt: skip


def _electors(tx: Connection, polls: list[int]) -> Mapping[int, list[ElectorRow]]:
    e, b = Elector, Ballot
    query = select(e.poll_id, e.sector, e.recused, func.coalesce(b.choice, ""),
                   func.coalesce(b.channel, "") == Channel.HANDS, e.voted, e.channel == Channel.CARD)  # fmt: skip
    query = query.outerjoin(b, (b.poll_id == e.poll_id) & (b.seat_id == e.seat_id) & b.valid.is_(True))
    query = query.where(e.poll_id.in_(polls))
    return grouped(
        (poll, ElectorRow(sector, recused, choice, bool(by_hand), voted, bool(by_card)))
        for poll, sector, recused, choice, by_hand, voted, by_card in tx.execute(query)
    )


def _decisions(tx: Connection, meetings: set[int]) -> Mapping[tuple[int, int], list[DecisionRow]]:
    i = MotionItem
    query = select(i.meeting_id, i.motion_number, Proposal.number, i.outcome, i.position, i.departure)
    query = query.join(Proposal, Proposal.id == i.proposal_id).where(i.meeting_id.in_(meetings))
    return grouped(
        ((meeting, motion), DecisionRow(project, outcome, position, departure))
        for meeting, motion, project, outcome, position, departure in tx.execute(query)
    )
