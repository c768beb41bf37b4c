"""Only if: verification, completion, admission, presentation."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from workflow.base.calendar import is_past, term_end
from workflow.base.errors import Missing
from workflow.base.i18n import Listed, _
from workflow.rules.choices import FORMAL_CHECKS, MERIT_CHECKS
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import answers, day, demands, guard, missing, over_edition
from workflow.rules.known_checks import known_checks
from workflow.rules.roles import Role
from workflow.rules.states import TOOK_PLACE, ConferenceState, EditionState
from workflow.rules.totals import Part, Totals


@demands("in_the_group", _("You belong to this group; somebody else of the office has to do it."), Role.STAFF)
def not_in_group(facts: Facts, _attempt: Attempt) -> bool:
    """The actor does not work in the group."""
    return not facts.rights.in_group


@demands("due_date_past", _("The date has to lie ahead."), field="due_on")
def due_date_ahead(_facts: Facts, attempt: Attempt) -> bool:
    """The given date is not over."""
    due = day(answers(attempt).get("due_on"))
    return due is None or not is_past(term_end(due), attempt.at)


@demands("no_term", _("No term is running that could be moved."))
def term_running(facts: Facts, _attempt: Attempt) -> bool:
    """A term runs that can be moved."""
    return facts.due_at is not None


@guard
def completion_open(facts: Facts, attempt: Attempt) -> Missing | None:
    """The term for completion has not passed; a paper counts from its day of receipt."""
    if facts.due_at is None or not is_past(facts.due_at, attempt.counts_at):
        return None
    return missing(
        "completion_late",
        _("The term for completion passed on {until}.", until=facts.due_at),
        Role.STAFF,
        until=facts.due_at,
    )


@demands(
    "nothing_changed", _("Change the sheet, or explain why it stays as it is."), Role.GROUP_LEADER, field="explanation"
)
def changed_or_explained(facts: Facts, attempt: Attempt) -> bool:
    """The sheet was changed since it was submitted, or the leader explains why not."""
    return bool(
        attempt.data is None
        or answers(attempt).get("explanation")
        or facts.entry("submission").get("digest") != facts.sheet_digest()
    )


@guard
def completion_term_passed(facts: Facts, attempt: Attempt) -> Missing | None:
    """The term for completion has passed."""
    if facts.due_at is not None and is_past(facts.due_at, attempt.at):
        return None
    return missing(
        "completion_still_open", _("The term for completion has not passed yet."), Role.SYSTEM, until=facts.due_at
    )


@demands("no_reason", _("Give at least one reason from the list."), field="section_reasons")
def reasons_given(_facts: Facts, attempt: Attempt) -> bool:
    """At least one reason is given, for the whole or for a section."""
    return bool(attempt.data is None or answers(attempt).get("reasons") or answers(attempt).get("section_reasons"))


def points_of(facts: Facts) -> Mapping[str, Mapping[str, Any]]:
    """What the office has found at each point of its check in this round."""
    points: Mapping[str, Mapping[str, Any]] = facts.entry("checklist").get("points") or {}
    return points


def answered_points(facts: Facts) -> set[str]:
    """The points of the check that somebody of the office or, where it knows, the system has answered."""
    return set(points_of(facts)) | known_checks(facts).keys()


def _in_order(facts: Facts) -> set[str]:
    """The formal points that are in order, by the check as a whole or point by point; the single point decides.

    What the system knows to be met needs nobody's answer once somebody has begun the check.
    """
    in_order = set(facts.entry("formal_check").get("checks", ()))
    if points_of(facts):
        in_order |= known_checks(facts).keys()
    for point, point_answer in points_of(facts).items():
        (in_order.discard if point_answer["answer"] == "no" else in_order.add)(point)
    return in_order & FORMAL_CHECKS.keys()


@guard
def formal_checks_passed(facts: Facts, _attempt: Attempt) -> Missing | None:
    """Every point of the formal check is in order."""
    in_order = _in_order(facts)
    if in_order >= FORMAL_CHECKS.keys():
        return None
    if not in_order:
        return missing("no_formal_check", _("The formal check has not been recorded yet."), Role.STAFF)
    return missing(
        "formal_check_failed",
        _(
            "The formal check found {there} of {needed} points in order.",
            there=len(in_order),
            needed=len(FORMAL_CHECKS),
        ),
        Role.STAFF,
    )


@guard
def merit_opinion_recorded(facts: Facts, _attempt: Attempt) -> Missing | None:
    """The opinion on the merits is recorded and not negative, and no point of the check on merit says no."""
    opinion = facts.entry("merit_opinion").get("opinion")
    if opinion is None:
        return missing("no_merit_opinion", _("The opinion on merit has not been recorded yet."), Role.STAFF)
    if opinion == "negative":
        return missing(
            "merit_opinion_negative",
            _("The opinion on merit is negative; refuse admission, or ask for another."),
            Role.STAFF,
        )
    wanting = [label for point, label in MERIT_CHECKS.items() if points_of(facts).get(point, {}).get("answer") == "no"]
    if wanting:
        text = _("The check on merit says no to: {names}.", names=Listed(tuple(wanting)))
        return missing("merit_point_wanting", text, Role.STAFF)
    return None


@guard
def second_person_confirms(facts: Facts, _attempt: Attempt) -> Missing | None:
    """The refusal was drafted by somebody else than the actor."""
    draft = facts.entry("draft_refusal")
    if not draft:
        return missing(
            "no_refusal_draft", _("A refusal has to be drafted first, with its ground and justification."), Role.STAFF
        )
    if draft.get("by") == facts.rights.id:
        return missing(
            "same_person", _("You drafted this refusal; a second person of the office has to confirm it."), Role.STAFF
        )
    return None


@demands("changes_not_asked", _("The leader has not asked for it in writing."), Role.GROUP_LEADER)
def changes_asked_for(facts: Facts, _attempt: Attempt) -> bool:
    """The leader has asked to reopen the sheet."""
    return bool(facts.entry("ask_for_changes"))


@guard
def edition_in_summary(facts: Facts, _attempt: Attempt) -> Missing | None:
    """The edition is in its summary, or in its selection where an extra day was set."""
    if facts.edition["state"] == EditionState.SUMMARY or (
        facts.edition["state"] == EditionState.SELECTION and facts.entry("extra_slot")
    ):
        return None
    return missing(
        "not_in_summary",
        _("The summary conference of the edition is not open."),
        Role.STAFF,
        until=facts.edition["summary_on"],
    )


@over_edition(Part.CONFERENCES)
def summary_took_place(facts: Facts, attempt: Attempt, totals: Totals) -> Missing | None:
    """The summary conference took place or is under way, or an extra day was set."""
    summaries = [(state, starts_at) for _number, state, is_summary, starts_at in totals.conferences if is_summary]
    if facts.entry("extra_slot") or any(has_begun(*summary, attempt.at) for summary in summaries):
        return None
    return missing(
        "summary_not_held",
        _("The summary conference has not been held yet."),
        Role.STAFF,
        until=facts.edition["summary_on"],
    )


def has_begun(state: str, starts_at: datetime | None, at: datetime) -> bool:
    """Whether a conference took place, or is open and has begun: projects are presented while it lasts."""
    begun = starts_at is not None and starts_at <= at
    return state in TOOK_PLACE or (state == ConferenceState.OPEN and begun)
