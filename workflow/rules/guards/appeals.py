"""Only if: an appeal may be filed, by when, and who may decide it."""

from workflow.base.calendar import warsaw_date
from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import answers, day, demands, guard, missing, moment, over_edition
from workflow.rules.later_decisions import APPEALS_DECIDED_BY
from workflow.rules.roles import Role
from workflow.rules.settings_catalogue import value
from workflow.rules.states import TOOK_PLACE, EditionState
from workflow.rules.totals import Part, Totals

# Phases of an edition in which no appeal is taken any more.
AFTER_APPEALS = frozenset(
    {EditionState.AGREEMENT, EditionState.IMPLEMENTATION, EditionState.CLOSING, EditionState.CLOSED}
)


@demands("no_appeals", _("The rules of this edition know no appeals."))
def appeals_allowed(facts: Facts, _attempt: Attempt) -> bool:
    """The rules of the edition allow appeals."""
    return bool(value(facts.edition, "allows_appeals"))


@guard
def appeal_window_open(facts: Facts, attempt: Attempt) -> Missing | None:
    """The term for an appeal runs; a paper counts from its day of receipt."""
    until = moment(facts.entry("appeal_window").get("until"))
    if until is None:
        return missing("no_appeal_window", _("No term for an appeal is running."), Role.STAFF)
    if attempt.counts_at <= until:
        return None
    return missing("appeal_late", _("The term for an appeal passed on {until}.", until=until), until=until)


@demands("already_appealed", _("There was an appeal against this decision already; it is final."))
def no_earlier_appeal(facts: Facts, _attempt: Attempt) -> bool:
    """No appeal against the same decision was decided or withdrawn before."""
    return not any(appeal.get("against") == facts.state and appeal.get("final") for appeal in facts.entries("appeals"))


@demands("appeals_closed", _("Appeals of this edition are closed."), Role.STAFF)
def appeals_not_closed(facts: Facts, _attempt: Attempt) -> bool:
    """The edition still takes appeals."""
    return facts.edition["state"] not in AFTER_APPEALS


@guard
def notice_day_possible(facts: Facts, attempt: Attempt) -> Missing | None:
    """The day of notice is neither before the announcement nor ahead, and a term for an appeal was opened."""
    window = facts.entry("appeal_window")
    announced = moment(window.get("announced_at") or window.get("from"))
    if announced is None:
        return missing("no_appeal_window", _("No term for an appeal is running."), Role.STAFF)
    first, last = warsaw_date(announced), warsaw_date(attempt.at)
    given = day(answers(attempt).get("notice_on"))
    if given is None or first <= given <= last:
        return None
    sentence = _("The notice reached the group between {first}, the day of the announcement, and today.", first=first)
    return missing("notice_day_wrong", sentence, Role.STAFF, field="notice_on")


@guard
def appeal_resolution_says(facts: Facts, attempt: Attempt) -> Missing | None:
    """The appeal body has adopted a resolution that decides the appeal as the step does."""
    resolved = facts.appeal_decision
    if resolved is None:
        sentence = _("The appeal body has adopted no resolution about this appeal. It votes at a meeting of its own.")
        return missing("no_appeal_resolution", sentence, Role.APPEAL_BODY)
    if APPEALS_DECIDED_BY.get(attempt.step) == resolved["outcome"]:
        return None
    sentence = _("Resolution {number} of the appeal body says something else about the appeal.",
                 number=resolved["resolution"])  # fmt: skip
    return missing("other_appeal_resolution", sentence, Role.APPEAL_BODY)


@guard
def decider_uninvolved(facts: Facts, _attempt: Attempt) -> Missing | None:
    """Whoever decides the appeal took part in no vote about the project, nor in the decision that it is against.

    Somebody who was recused took no part; somebody who was present and did not vote did. Nor has whoever decides it a
    conflict of interest about the project.
    """
    if facts.own_conflict is not None:
        sentence = _("You have a conflict of interest about this project: {reason} Somebody else has to decide the "
                     "appeal.", reason=facts.own_conflict)  # fmt: skip
        return missing("conflict_of_decider", sentence, Role.APPEAL_BODY)
    person = facts.rights.id
    decided = person in facts.entry("deciders").get("ids", ())
    if not facts.electors.get(person or 0, decided):
        return None
    return missing(
        "took_part", _("You took part in the first decision; somebody else has to decide the appeal."), Role.APPEAL_BODY
    )


@over_edition(Part.CONFERENCES)
def can_still_present(facts: Facts, attempt: Attempt, totals: Totals) -> Missing | None:
    """A project that is admitted after the summary conference gets a day for its presentation."""
    took_place = any(is_summary and state in TOOK_PLACE for _number, state, is_summary, _at in totals.conferences)
    if not took_place or attempt.data is None or answers(attempt).get("slot_on"):
        return None
    return missing(
        "summary_over",
        _("The summary conference is over: set a day for an extra presentation."),
        Role.APPEAL_BODY,
        field="slot_on",
    )


@demands("appeal_decided", _("The appeal has been decided already."))
def appeal_undecided(facts: Facts, _attempt: Attempt) -> bool:
    """The last appeal has not been decided yet."""
    newest = facts.entry("appeals")
    return bool(newest and not newest.get("decided_at"))
