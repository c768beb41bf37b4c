"""Reads the session that a meeting or a vote is about: seats, attendance, motions, electors; under lock for a step.

Steps of a meeting lock the meeting; steps of a vote lock the poll and, shared, its meeting, so that attendance and
motions stand still while a vote opens or is counted. A ballot locks the poll alone, shared.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, and_, or_, select

from workflow.base.calendar import warsaw_date
from workflow.base.grouping import grouped
from workflow.db.number_lists import in_list
from workflow.db.statements import Query, query_together
from workflow.engine import session_statements as statements
from workflow.engine.appeal_reader import barred, involved_in
from workflow.engine.cards_reader import cards_of
from workflow.engine.conference_report import with_report
from workflow.engine.conflicts_of_interest import conflicts_about, declared_by, impartial_about, reasons_of
from workflow.engine.conflicts_of_interest import projects_of as judged_projects
from workflow.engine.deputies import with_deputies
from workflow.engine.effective_decisions import EFFECTIVE, PROJECTS, projects_in
from workflow.engine.exclusions_reader import EXCLUSIVE
from workflow.engine.hands_reader import hands_of
from workflow.engine.minutes_reader import minutes_of
from workflow.engine.proxy_reader import RUNNING as PROXIES
from workflow.engine.secret_ballot_reader import laid_out_in
from workflow.models import Decision, Motion, Resolution
from workflow.models.resolution import RESOLVED_BY
from workflow.rules.bodies import Body, Capacity
from workflow.rules.cards import CardBatch
from workflow.rules.choices import CIRCULATION
from workflow.rules.electors import LaidOut, SessionElector
from workflow.rules.facts import DECIDE, SHEET_CONTENT, Facts, Ref, sheet_digest
from workflow.rules.hands import HandsCounted
from workflow.rules.later_decisions import Exclusive
from workflow.rules.permissions import may_see_private
from workflow.rules.proxies import Proxy
from workflow.rules.seats import SessionSeat
from workflow.rules.session import ActiveDecision, Session, SessionMotion
from workflow.rules.session import MotionItem as Item
from workflow.rules.states import PollState, ProposalState

KINDS = frozenset({"meeting", "poll"})
_D, _R = Decision, Resolution
_DECISIONS = (
    select(
        _D.proposal_id, _D.outcome, _D.position, _D.justification, _D.announced_at, _D.pending, _R.number, _R.year,
        _R.adopted_on, _R.edition_id, _R.body, Motion.figures,
    )
    .join(_R, RESOLVED_BY)
    .join(Motion, (Motion.meeting_id == _R.meeting_id) & (Motion.number == _R.motion_number))
    .where(_D.body == Body.COMMITTEE)
)  # fmt: skip

# Those of these proposals that wait: to be announced, or, after an announcement, to be carried out.
_WAITING_DECISIONS = Query(_DECISIONS.where(
    in_list(_D.edition_id, "editions"),
    or_(and_(_D.active.is_(True), _D.announced_at.is_(None)), _D.pending.is_(True)),
    in_list(_D.proposal_id, "proposals"),
))  # fmt: skip
# A project in these states may wait for a decision, or for what a resolution says about one that was announced.
_MAY_WAIT = frozenset({
    ProposalState.PRESENTED, ProposalState.SELECTED, ProposalState.RESERVE, ProposalState.NOT_SELECTED,
    ProposalState.APPEALED, ProposalState.IN_IMPLEMENTATION, ProposalState.SUSPENDED,
})  # fmt: skip


def with_session(tx: Connection, facts: Facts, answers: Mapping[str, Any], *, at: datetime | None) -> Facts:
    """The facts of a meeting or a poll with their session; of any other kind as they are.

    A poll that does not exist yet is about the meeting that its answers name, if that is one of the same edition. `at`
    is the moment of a step; without one nothing is locked.
    """
    if facts.ref.kind == "conference":
        return with_report(tx, facts)
    if facts.ref.kind not in KINDS:
        return facts
    is_meeting = facts.ref.kind == "meeting"
    number = facts.ref.id if is_meeting else facts.own.get("meeting_id") or answers.get("meeting")
    query = statements.MEETING_UNDER_LOCK if at and not is_meeting else statements.MEETING
    row = query.first(tx, {"meeting": number, "edition": facts.edition.get("id")})
    if row is None:
        return replace(facts, session=Session(0, "", ""))
    session = _session(tx, row, at)
    session = replace(session, at_hand=answers.get("motion"), by_circulation=row.form == CIRCULATION,
                      answer_until=row.answer_until)  # fmt: skip
    if not is_meeting and facts.ref.id:
        number = facts.own["motion_number"]
        session = replace(session, electors=_electors(tx, facts.ref.id), poll_motion=number, at_hand=number,
                          by_hands=facts.own["by_hands"], counts=_counts(tx, facts), secret=facts.own["secret"],
                          laid_out=_laid_out(tx, facts), cards=_cards(tx, facts))  # fmt: skip
    if is_meeting:
        session = replace(session, minutes=minutes_of(tx, facts, session))
    return replace(facts, session=session)


def with_decisions(tx: Connection, facts: Mapping[Ref, Facts]) -> dict[Ref, Facts]:
    """The facts of proposals with their effective decisions, announced or not, where the actor may know them.

    One statement, and none where no proposal waits for a decision; one more for the conflicts of interest that were
    declared about those that have a decision, and one for a member of the committee, who may stand in for the chair.
    """
    facts = with_deputies(tx, facts)
    waiting = {ref: of for ref, of in facts.items() if _waits(of)}
    if not waiting:
        return dict(facts)
    decisions, pending = _waiting_decisions(tx, waiting)
    known = {ref: replace(of, decision=decisions.get(ref.id), pending=pending.get(ref.id))
             for ref, of in waiting.items()}  # fmt: skip
    declared = declared_by(tx, [ref.id for ref, of in known.items() if of.entry(DECIDE) or of.pending])
    known = {ref: replace(of, conflicted=declared.get(ref.id)) for ref, of in known.items()}
    return {ref: known.get(ref, of) for ref, of in facts.items()}


def announced_decisions(tx: Connection, proposals: Sequence[int]) -> dict[tuple[int, datetime | str], dict[str, Any]]:
    """Decisions of resolutions by proposal and moment of announcing, effective or not; one statement.

    By proposal and number of the resolution also in the form in which it waits to be carried out.
    """
    query = _DECISIONS.where(Decision.proposal_id.in_(proposals), Decision.announced_at.is_not(None))
    decisions = tx.execute(query).all()
    by_number = {(row.proposal_id, f"{row.number}/{row.year}"): _pending_entry(row) for row in decisions}
    return {**{(row.proposal_id, row.announced_at): _entry(row) for row in decisions}, **by_number}


def _waiting_decisions(
    tx: Connection, waiting: Mapping[Ref, Facts]
) -> tuple[dict[int, dict[str, Any]], dict[int, dict[str, Any]]]:
    """By proposal, in the form of the record `decide`: those to be announced, and those to be carried out.

    Of these alone, however many wait in their editions. The latter with the key of their resolution.
    """
    editions = sorted({of.edition["id"] for of in waiting.values()})
    found = {"editions": editions, "proposals": [ref.id for ref in waiting]}
    rows = _WAITING_DECISIONS.all(tx, found)
    decisions = {row.proposal_id: _entry(row) for row in rows if not row.pending}
    return decisions, {row.proposal_id: _pending_entry(row) for row in rows if row.pending}


def _pending_entry(row: Any) -> dict[str, Any]:
    """A decision that waits to be carried out, with the key of its resolution."""
    key = {"edition_id": row.edition_id, "body": row.body, "year": row.year, "resolution_number": row.number}
    return _entry(row) | key


def _entry(row: Any) -> dict[str, Any]:
    """A decision with its resolution and figures, in the form of the record `decide`."""
    figures = row.figures or {}
    return {
        "outcome": row.outcome, "resolution": f"{row.number}/{row.year}", "adopted_on": row.adopted_on.isoformat(),
        "members": figures["seats"], "present": figures["present"], "votes_for": figures["for"],
        "votes_against": figures["against"], "votes_abstain": figures["abstain"],
        "votes_by_sector": figures["by_sector"], "recused": figures["recused_people"], "position": row.position,
        "justification": row.justification, "electors": figures["electors"],
    }  # fmt: skip


def _waits(facts: Facts) -> bool:
    if facts.ref.kind != "proposal" or facts.state not in _MAY_WAIT:
        return False
    # The system makes the next offer itself.
    return may_see_private(facts) or facts.rights.id is None


def _session(tx: Connection, meeting: Any, at: datetime | None) -> Session:
    """What of the session does not depend on the vote that a step is about; one round trip, and more for projects."""
    day, today = warsaw_date(meeting.starts_at or meeting.created_at), warsaw_date(at or meeting.created_at)
    here = {"meeting": meeting.id, "edition": meeting.edition_id, "body": meeting.body, "day": day, "year": today.year}
    of = statements
    asked = (of.AGENDA, of.LAST_RESOLUTION, of.SEATS, of.HOLDERS, of.PRESENT, of.ABSENCES, of.MOTIONS, of.ITEMS,
             EFFECTIVE, PROJECTS, EXCLUSIVE, PROXIES)  # fmt: skip
    read = dict(zip(asked, query_together(tx, [(query, here) for query in asked]), strict=True))
    projects = projects_in(read[PROJECTS])
    return Session(
        meeting.id, meeting.body, meeting.state, agenda=read[of.AGENDA][0].items, seats=_seats(meeting, read),
        motions=_motions(tx, meeting, read), decisions=tuple(ActiveDecision(*row) for row in read[EFFECTIVE]),
        presented=projects.presented, announced=projects.announced, appealed=projects.appealed,
        last_resolution=read[of.LAST_RESOLUTION][0].number,
        exclusive=tuple(Exclusive(*row) for row in read[EXCLUSIVE]),
        proxies=tuple(Proxy(*row) for row in read[PROXIES]),
    )  # fmt: skip


_Read = Mapping[Query, Sequence[Any]]


def _seats(meeting: Any, read: _Read) -> tuple[SessionSeat, ...]:
    """The seats of the body that exist on the day, with those who may sit in them and who is present."""
    seats = read[statements.SEATS]
    people = grouped((row.seat_id, row) for row in read[statements.HOLDERS])
    present = {row.seat_id: row.person_id for row in read[statements.PRESENT]}
    if meeting.form == CIRCULATION:
        present = {row.id: holder for row in seats if (holder := _holder(people[row.id])) is not None}
    absences = {row.seat_id: bool(row.excused) for row in read[statements.ABSENCES]}
    return tuple(
        replace(_seat(row, people[row.id], present.get(row.id)), absence=absences.get(row.id)) for row in seats
    )


def _seat(row: Any, people: Sequence[Any], present: int | None) -> SessionSeat:
    substitutes = tuple(person.person_id for person in people if person.capacity == Capacity.SUBSTITUTE)
    names = {person.person_id: person.name for person in people}
    return SessionSeat(row.id, row.number, row.function, row.sector, _holder(people), names, substitutes, present)


def _holder(people: Sequence[Any]) -> int | None:
    return next((person.person_id for person in people if person.capacity == Capacity.HOLDER), None)


def _motions(tx: Connection, meeting: Any, read: _Read) -> tuple[SessionMotion, ...]:
    items = _items(tx, meeting, read[statements.ITEMS])
    return tuple(
        SessionMotion(number, kind, wording, outcome, tuple(items[number]), poll_id, poll_state, secret)
        for number, kind, wording, outcome, secret, poll_id, poll_state in read[statements.MOTIONS]
    )


def _items(tx: Connection, meeting: Any, rows: Sequence[Any]) -> Mapping[int, list[Item]]:
    """What the motions propose for each project, with the conflicts of interest about it."""
    projects = judged_projects(tx, meeting.edition_id, {row.id for row in rows}) if rows else {}
    conflicts = reasons_of(conflicts_about(tx, meeting.edition_id, projects))
    if meeting.body == Body.APPEAL:
        conflicts = barred(conflicts, involved_in(tx, projects))
    impartial = impartial_about(tx, projects)
    return grouped(
        (row.motion_number, Item(
            row.id, row.outcome, row.position, row.justification, row.number, row.title, row.state, row.cost or 0,
            sheet_digest({name: getattr(row, name) for name in SHEET_CONTENT}), conflicts.get(row.id, {}),
            row.departure, row.waits, impartial.get(row.id, frozenset()),
        ))
        for row in rows
    )  # fmt: skip


def _counts(tx: Connection, facts: Facts) -> tuple[HandsCounted, ...]:
    """The hands as people have counted them; no statement for a vote by name."""
    return tuple(hands_of(tx, [facts.ref.id]).get(facts.ref.id, ())) if facts.own["by_hands"] else ()


def _laid_out(tx: Connection, facts: Facts) -> LaidOut | None:
    """The ballots of a secret vote that is closed; no statement for any other."""
    if not facts.own["secret"] or facts.state in {PollState.DRAFTED, PollState.OPEN}:
        return None
    return laid_out_in(tx, [facts.ref.id]).get(facts.ref.id, LaidOut())


def _cards(tx: Connection, facts: Facts) -> CardBatch | None:
    """The cards of a secret vote that is closed and not counted; no statement for any other."""
    waits = facts.own["secret"] and facts.state == PollState.CLOSED
    return cards_of(tx, [facts.ref.id]).get(facts.ref.id) if waits else None


def _electors(tx: Connection, poll_id: int) -> tuple[SessionElector, ...]:
    return tuple(SessionElector(*row) for row in statements.ELECTORS.all(tx, {"poll": poll_id}))
