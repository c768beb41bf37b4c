"""Only if: what a motion says about its projects goes with how they stand, with places, budget and the reserve list."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from workflow.base.errors import Missing
from workflow.base.grouping import grouped
from workflow.base.i18n import Money, _, inner_quotes
from workflow.rules.bodies import Body
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import answers, guard, missing, over_edition
from workflow.rules.guards.meetings import CHAIRS, motion_of, session_of
from workflow.rules.later_decisions import AnnouncedProject, AppealOutcome
from workflow.rules.roles import Role
from workflow.rules.session import (
    RESOLVED,
    MotionItem,
    MotionKind,
    Outcome,
    Session,
    SessionMotion,
    room_left,
)
from workflow.rules.settings_catalogue import value
from workflow.rules.states import ProposalState
from workflow.rules.totals import Totals

# In which states a motion takes up a project whose decision was announced.
TAKEN_UP: Mapping[str, frozenset[str]] = {
    MotionKind.ANNUL: frozenset({ProposalState.SELECTED, ProposalState.RESERVE, ProposalState.NOT_SELECTED}),
    MotionKind.PROMOTE: frozenset({ProposalState.RESERVE}),
    MotionKind.APPEAL: frozenset({ProposalState.APPEALED}),
    MotionKind.CANCEL: frozenset({ProposalState.SELECTED, ProposalState.IN_IMPLEMENTATION, ProposalState.SUSPENDED}),
}
ROW = "decisions"
# Motions that select projects.
SELECTING = frozenset({MotionKind.DECIDE, MotionKind.PROMOTE})

# The kinds of motions that a body puts.
MOTIONS_OF: Mapping[str, tuple[MotionKind, ...]] = {
    Body.COMMITTEE: tuple(kind for kind in MotionKind if kind is not MotionKind.APPEAL),
    Body.APPEAL: (MotionKind.APPEAL, MotionKind.PROCEDURAL),
}
# The outcomes that a motion of a kind may propose; the other kinds say it themselves.
OUTCOMES_OF_KIND: Mapping[str, type[StrEnum]] = {MotionKind.DECIDE: Outcome, MotionKind.APPEAL: AppealOutcome}


@guard
def motion_of_this_body(facts: Facts, attempt: Attempt) -> Missing | None:
    """The body puts motions of this kind: the appeal body decides about appeals, the committee about projects."""
    kind, body = answers(attempt).get("motion_kind"), session_of(facts).body
    if kind is None or kind in MOTIONS_OF.get(body, ()):
        return None
    sentence = _("Appeals are decided by the appeal body, at a meeting of its own.")
    if body == Body.APPEAL:
        sentence = _("The appeal body decides about appeals; about projects the committee decides.")
    return missing("not_of_this_body", sentence, field="motion_kind")


@guard
def items_can_be_decided(facts: Facts, attempt: Attempt) -> Missing | None:
    """A motion names projects that it can be about, each once.

    To decide, they are presented and have no effective decision; to annul, they have one; to promote, they are on the
    reserve list; to cancel, they were selected; in a motion about appeals, they are under
    appeal. About none of them another resolution waits to be carried out.
    """
    given = answers(attempt)
    kind = given.get("motion_kind")
    if attempt.data is None or kind not in RESOLVED:
        return None
    session, rows = session_of(facts), given.get(ROW) or []
    if not rows:
        return missing("no_projects", _("Name at least one project."), field=ROW)
    numbers = [row.get("project") for row in rows]
    if len(set(numbers)) < len(numbers):
        return missing("named_twice", _("A project is named twice."), field=ROW)
    if kind in OUTCOMES_OF_KIND and not all(row.get("outcome") in set(OUTCOMES_OF_KIND[kind]) for row in rows):
        return missing("no_outcome", _("Say for each project what is proposed."), field=ROW)
    check = _CHECKS[kind]
    return next((unmet for number in numbers if (unmet := check(session, number or 0))), None)


def _to_decide(session: Session, number: int) -> Missing | None:
    if number not in session.presented:
        return missing("not_presented", _("Project {number} does not wait for a decision.", number=number), field=ROW)
    if session.presented[number] not in _decided(session):
        return None
    sentence = _("Project {number} has a decision. It has to be annulled first.", number=number)
    return missing("decided_already", sentence, field=ROW)


def _to_annul(session: Session, number: int) -> Missing | None:
    if session.presented.get(number) in _decided(session):
        return None
    sentence = _("Project {number} has no decision that could be annulled.", number=number)
    return _of_announced(session, number, MotionKind.ANNUL, missing("nothing_to_annul", sentence, field=ROW))


def _to_promote(session: Session, number: int) -> Missing | None:
    sentence = _("Project {number} is not on the reserve list.", number=number)
    return _of_announced(session, number, MotionKind.PROMOTE, missing("not_on_reserve", sentence, field=ROW))


def _to_cancel(session: Session, number: int) -> Missing | None:
    sentence = _("Project {number} is not one that was selected and is under way.", number=number)
    return _of_announced(session, number, MotionKind.CANCEL, missing("not_under_way", sentence, field=ROW))


def _to_appeal(session: Session, number: int) -> Missing | None:
    project = session.appealed.get(number)
    if project is None:
        return missing("not_appealed", _("Project {number} is not under appeal.", number=number), field=ROW)
    return _waits(project, number)


def _of_announced(session: Session, number: int, kind: MotionKind, unmet: Missing) -> Missing | None:
    """The sentence where the project does not stand as the motion needs it, or another one waits about it."""
    project = session.announced.get(number)
    if project is None or project.state not in TAKEN_UP[kind]:
        return unmet
    return _waits(project, number)


def _waits(project: AnnouncedProject, number: int) -> Missing | None:
    """The sentence where a resolution of the body about the project waits to be carried out."""
    if not project.waits:
        return None
    sentence = _("A resolution about project {number} waits to be carried out.", number=number)
    return missing("resolution_waits", sentence, field=ROW)


_CHECKS: Mapping[str, Callable[[Session, int], Missing | None]] = {
    MotionKind.DECIDE: _to_decide, MotionKind.ANNUL: _to_annul, MotionKind.PROMOTE: _to_promote,
    MotionKind.CANCEL: _to_cancel, MotionKind.APPEAL: _to_appeal,
}  # fmt: skip


def eligible(session: Session, kind: str) -> list[int]:
    """The numbers of the projects that a motion of this kind may be about now; none for one that is about none."""
    check = _CHECKS.get(kind)
    numbers = sorted({*session.presented, *session.announced, *session.appealed}) if check else []
    return [number for number in numbers if check and not check(session, number)]


def _decided(session: Session) -> set[int]:
    return {decision.proposal_id for decision in session.decisions}


@guard
def promotions_in_order(facts: Facts, attempt: Attempt) -> Missing | None:
    """A motion to promote passes nobody over on the reserve list, unless the edition lets it and it says why."""
    given = answers(attempt)
    if given.get("motion_kind") != MotionKind.PROMOTE:
        return None
    session, rows = session_of(facts), given.get(ROW) or []
    passed = passed_over(session, rows)
    if not passed:
        return None
    if value(facts.edition, "reserve_may_skip"):
        if all(row.get("departure") for row in rows):
            return None
        sentence = _("Say for each project why it is promoted before: {projects}.", projects=_named(passed))
        return missing("no_reason_to_skip", sentence, *CHAIRS, field=ROW)
    sentence = _("These projects come first on the reserve list: {projects}.", projects=_named(passed))
    return missing("not_in_order", sentence, *CHAIRS, field=ROW)


def passed_over(session: Session, rows: Sequence[Mapping[str, Any]]) -> list[AnnouncedProject]:
    """Projects of the reserve list that stand before the last one named and are neither named nor promoted already."""
    numbers = {row.get("project") for row in rows}
    reserve = {number: project for number, project in session.announced.items()
               if project.state == ProposalState.RESERVE and project.position is not None}  # fmt: skip
    last = max((reserve[number].position or 0 for number in numbers if number in reserve), default=0)
    before = [project for number, project in reserve.items()
              if number not in numbers and not project.waits and (project.position or 0) < last]  # fmt: skip
    return sorted(before, key=lambda project: project.position or 0)


def _named(projects: Sequence[AnnouncedProject]) -> str:
    return "; ".join(f"{project.position}. „{inner_quotes(project.title)}”" for project in projects)


@guard
def members_present_declared(facts: Facts, attempt: Attempt) -> Missing | None:
    """Everybody present has declared about each project of the motion, unless the edition votes without."""
    motion = motion_of(facts, attempt)
    if motion is None or not value(facts.edition, "declarations_before_vote"):
        return None
    names = session_of(facts).undeclared(motion)
    if not names:
        return None
    sentence = _("Before the vote these members declare about the projects of the motion: {names}.",
                 names=", ".join(names))  # fmt: skip
    return missing("declarations_lacking", sentence, Role.COMMITTEE_MEMBER, Role.COMMITTEE_CHAIR)


@over_edition()
def decisions_fit(facts: Facts, attempt: Attempt, _totals: Totals) -> Missing | None:
    """Places and budget hold all effective decisions, announced or not, and those of the motion.

    Projects that a motion promotes are offered a place one after the other, so each of them has to fit by itself.
    """
    motion, session = motion_of(facts, attempt), session_of(facts)
    if motion is None or session.body != Body.COMMITTEE or motion.kind not in SELECTING:
        return None
    places, money = room_left(facts.edition["places"], facts.edition["budget"], session.decisions)
    chosen = [item for item in motion.items if item.outcome == Outcome.SELECT]
    if motion.kind == MotionKind.PROMOTE:
        return next((unmet for item in chosen if (unmet := _too_much(1, item.cost, places, money))), None)
    return _too_much(len(chosen), sum(item.cost for item in chosen), places, money)


def _too_much(wanted: int, cost: int, places: int | None, money: int | None) -> Missing | None:
    if places is not None and wanted > places:
        sentence = _("The motion takes {wanted} places and {left} are left.", wanted=wanted, left=places)
        return missing("no_place", sentence, *CHAIRS)
    if money is not None and cost > money:
        sentence = _("The motion takes {wanted} and {left} are left: {over} too much.", wanted=Money(cost),
                     left=Money(money), over=Money(cost - money))  # fmt: skip
        return missing("no_budget", sentence, *CHAIRS)
    return None


@guard
def exclusions_hold(facts: Facts, attempt: Attempt) -> Missing | None:
    """Of projects that exclude each other the motion and the effective decisions select one at most.

    Judged when a motion is put, of what its answers name, and again when its vote is opened and when it is adopted.
    """
    session, chosen = session_of(facts), _selected(facts, attempt)
    taken = chosen | {decision.proposal_id for decision in session.decisions if decision.outcome == Outcome.SELECT}
    groups = grouped((project.group, project) for project in session.exclusive if project.proposal_id in taken)
    for members in groups.values():
        if len(members) > 1 and any(project.proposal_id in chosen for project in members):
            names = ", ".join(f"„{inner_quotes(project.title)}”" for project in members)
            sentence = _("Only one of these projects can be selected: {projects}. {reason}", projects=names,
                         reason=members[0].reason)  # fmt: skip
            field = ROW if motion_of(facts, attempt) is None else None
            return missing("excluded", sentence, *CHAIRS, field=field)
    return None


def _selected(facts: Facts, attempt: Attempt) -> set[int]:
    """The projects that a motion would select: the one at hand, or the one that the answers put."""
    session, motion, given = session_of(facts), motion_of(facts, attempt), answers(attempt)
    if motion is not None:
        items = motion.items if motion.kind in SELECTING else ()
        return {item.proposal_id for item in items if item.outcome == Outcome.SELECT}
    rows = given.get(ROW) or []
    if given.get("motion_kind") == MotionKind.PROMOTE:
        return {session.announced[row["project"]].id for row in rows if row.get("project") in session.announced}
    if given.get("motion_kind") != MotionKind.DECIDE:
        return set()
    chosen = [row.get("project") for row in rows if row.get("outcome") == Outcome.SELECT]
    return {session.presented[number] for number in chosen if number in session.presented}


@guard
def positions_free(facts: Facts, attempt: Attempt) -> Missing | None:
    """Each project of the reserve list has a position, and no position is given twice."""
    motion, session = motion_of(facts, attempt), session_of(facts)
    if motion is None or motion.kind != MotionKind.DECIDE:
        return None
    taken = {decision.position for decision in session.decisions if decision.outcome == Outcome.PLACE_ON_RESERVE}
    for item in motion.items:
        if item.outcome != Outcome.PLACE_ON_RESERVE:
            continue
        if item.position is None or item.position in taken:
            sentence = _("“{title}” needs a free position on the reserve list. The next one is {position}.",
                         title=item.title, position=max((0, *filter(None, taken))) + 1)  # fmt: skip
            return missing("no_position", sentence, *CHAIRS)
        taken.add(item.position)
    return None


@guard
def still_undecided(facts: Facts, attempt: Attempt) -> Missing | None:
    """Every project of the motion stands as it did when the motion was put."""
    motion, session = motion_of(facts, attempt), session_of(facts)
    for item in motion.items if motion else ():
        if motion and not _stands(motion, item, session):
            sentence = _("“{title}” does not wait for a decision any more. Vote on a new motion.", title=item.title)
            return missing("item_changed", sentence, *CHAIRS)
    return None


def _stands(motion: SessionMotion, item: MotionItem, session: Session) -> bool:
    """Whether a project can still be decided about as the motion says."""
    if item.state == ProposalState.PRESENTED and motion.kind in {MotionKind.DECIDE, MotionKind.ANNUL}:
        return (item.proposal_id in _decided(session)) == (motion.kind == MotionKind.ANNUL)
    return item.state in TAKEN_UP.get(motion.kind, ()) and not item.waits
