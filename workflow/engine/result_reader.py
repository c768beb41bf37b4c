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
from workflow.db.number_lists import in_list
from workflow.db.statements import Query, slot
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
    polls = _counted_polls(tx, _OF_POLL, poll_id)
    if not polls:
        raise NotFound
    poll = polls[0]
    return ResultFiles(motion_file(poll), motion_file(replace(poll, resolution="")), waits=not poll.is_settled)


def digests(tx: Connection, meeting_id: int) -> dict[int, str]:
    """SHA-256 of the result files of a meeting by the number of the motion; of settled ones alone: adopting adds to it.

    Empty where the rows of a vote were changed since the count. Five statements at most, however many votes there were.
    """
    polls = _counted_polls(tx, _OF_MEETING, meeting_id)
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


# Constants, because each step of a meeting that is over asks them.
_M, _P, _R, _E, _I = Motion, Poll, Resolution, Elector, MotionItem
_COUNTED = (
    select(_P.id, _P.meeting_id, _P.motion_number, _P.question, _P.opened_at, _P.closed_at, _P.rules, _P.rules_digest,
           _P.result, _P.by_hands, _P.secret, _M.kind, _M.outcome, _R.number.label("resolution"), _R.year)
    .join(_M, (_M.meeting_id == _P.meeting_id) & (_M.number == _P.motion_number))
    .outerjoin(_R, (_R.meeting_id == _P.meeting_id) & (_R.motion_number == _P.motion_number))
    .where(_P.state == PollState.COUNTED).order_by(_P.id)
)  # fmt: skip
_OF_POLL = Query(_COUNTED.where(_P.id == slot("number", _P.id)))
_OF_MEETING = Query(_COUNTED.where(_P.meeting_id == slot("number", _P.meeting_id)))
_ELECTORS = Query(
    select(_E.poll_id, _E.sector, _E.recused, func.coalesce(Ballot.choice, ""),
           func.coalesce(Ballot.channel, "") == Channel.HANDS, _E.voted, _E.channel == Channel.CARD)
    .outerjoin(Ballot, (Ballot.poll_id == _E.poll_id) & (Ballot.seat_id == _E.seat_id) & Ballot.valid.is_(True))
    .where(in_list(_E.poll_id, "polls"))
)  # fmt: skip
_DECISIONS = Query(
    select(_I.meeting_id, _I.motion_number, Proposal.number, _I.outcome, _I.position, _I.departure)
    .join(Proposal, Proposal.id == _I.proposal_id).where(in_list(_I.meeting_id, "meetings"))
)  # fmt: skip


def _counted_polls(tx: Connection, query: Query, number: int) -> list[CountedPoll]:
    """The counted votes of a query, with all their rows; three statements, and two more for secret ones."""
    rows = query.all(tx, {"number": number})
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
    return grouped(
        (poll, ElectorRow(sector, recused, choice, bool(by_hand), voted, bool(by_card)))
        for poll, sector, recused, choice, by_hand, voted, by_card in _ELECTORS.all(tx, {"polls": polls})
    )


def _decisions(tx: Connection, meetings: set[int]) -> Mapping[tuple[int, int], list[DecisionRow]]:
    return grouped(
        ((meeting, motion), DecisionRow(project, outcome, position, departure))
        for meeting, motion, project, outcome, position, departure in _DECISIONS.all(tx, {"meetings": sorted(meetings)})
    )
