"""Only if: a project of the reserve list may be promoted, and when the list ends."""

from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.facts import Attempt, Facts, Part, Totals
from workflow.rules.guards.base import guard, missing, over_edition
from workflow.rules.roles import Role
from workflow.rules.settings_catalogue import value
from workflow.rules.states import FUNDED


@over_edition(Part.RESERVE, states=FUNDED)
def place_freed(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """A selected project has gone, or a place of the edition is free."""
    places = facts.edition["places"]
    if totals.freed > 0 or (places is not None and totals.funded < places):
        return None
    return missing(
        "nothing_freed", _("No selected project was withdrawn or cancelled and no place is free."), Role.COMMITTEE_CHAIR
    )


@over_edition(Part.RESERVE)
def highest_on_reserve(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """The project is the first of the reserve list, unless the edition lets the committee skip."""
    first = totals.first_reserve
    if first == facts["reserve_position"] or value(facts.edition, "reserve_may_skip"):
        return None
    return missing(
        "not_first", _("Position {first} of the reserve list comes first.", first=first), Role.COMMITTEE_CHAIR
    )


@over_edition(states=FUNDED)
def fits_freed_budget(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """The budget of the edition has room for the project."""
    budget = facts.edition["budget"]
    if budget is None or totals.funded_cost + (facts["cost"] or 0) <= budget:
        return None
    return missing("no_budget", _("The freed money is not enough for this project."), Role.COMMITTEE_CHAIR)


@guard
def reserve_valid(facts: Facts, attempt: Attempt) -> Missing | None:
    """The reserve list has not ended."""
    until = facts.edition["reserve_valid_until"]
    if until is None or attempt.at <= until:
        return None
    return missing("reserve_over", _("The reserve list ended on {until}.", until=until), until=until)


@guard
def reserve_ended(facts: Facts, attempt: Attempt) -> Missing | None:
    """The reserve list has ended."""
    until = facts.edition["reserve_valid_until"]
    if until is not None and attempt.at > until:
        return None
    return missing("reserve_still_valid", _("The reserve list is still valid."), Role.SYSTEM, until=until)
