"""Only if: a place became free and is offered to the reserve list in its order, and how long offers and list last."""

from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import guard, missing, over_edition
from workflow.rules.roles import Role
from workflow.rules.settings_catalogue import value
from workflow.rules.states import FUNDED
from workflow.rules.totals import Part, Totals


@over_edition(Part.RESERVE, states=FUNDED)
def place_freed(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """A place is free that is not offered to anybody; without a number of places, one that a project has left."""
    places, budget = facts.edition["places"], facts.edition["budget"]
    if places is not None:
        is_free = totals.funded + totals.offers < places
    else:
        is_free = budget is not None or totals.freed > totals.offers
    if is_free:
        return None
    return missing(
        "nothing_freed", _("No selected project was withdrawn or cancelled and no place is free."), Role.COMMITTEE_CHAIR
    )


@over_edition(Part.RESERVE)
def highest_on_reserve(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """The project is the first of the reserve list, unless the edition lets the committee skip."""
    return _after(totals.first_reserve, facts)


def _after(first: int | None, facts: Facts) -> Missing | None:
    """The sentence where another position of the reserve list comes first and none may be skipped."""
    if first == facts["reserve_position"] or value(facts.edition, "reserve_may_skip"):
        return None
    sentence = _("Position {first} of the reserve list comes first.", first=first)
    return missing("not_first", sentence, Role.COMMITTEE_CHAIR)


@over_edition(Part.RESERVE)
def next_on_reserve(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """The project is the first of those that resolutions promote, unless the edition lets places be skipped."""
    return _after(min(totals.promoted_positions, default=facts["reserve_position"]), facts)


@over_edition(Part.RESERVE, states=FUNDED)
def fits_freed_budget(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """The budget of the edition has room for the project, beside those that have an offer."""
    budget = facts.edition["budget"]
    if budget is None or totals.funded_cost + totals.offered_cost + (facts["cost"] or 0) <= budget:
        return None
    return missing("no_budget", _("The freed money is not enough for this project."), Role.COMMITTEE_CHAIR)


@over_edition(Part.RESERVE, states=FUNDED)
def place_is_kept(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """Places and money that are offered are still there; what is offered to this project is among them."""
    places, budget = facts.edition["places"], facts.edition["budget"]
    if places is not None and totals.funded + totals.offers > places:
        return missing("no_place", _("All {places} places are taken.", places=places), Role.COMMITTEE_CHAIR)
    if budget is not None and totals.funded_cost + totals.offered_cost > budget:
        return missing("no_budget", _("The freed money is not enough for this project."), Role.COMMITTEE_CHAIR)
    return None


@over_edition()
def offer_runs(facts: Facts, attempt: Attempt, _totals: Totals) -> Missing | None:
    """The project has an offer that has not ended; a paper counts from its day of receipt."""
    if facts.due_at is None:
        return missing("no_offer", _("No place is offered to this project."), Role.COMMITTEE_CHAIR, Role.STAFF)
    if attempt.counts_at <= facts.due_at:
        return None
    return missing("offer_late", _("The offer ended on {until}.", until=facts.due_at), until=facts.due_at)


@over_edition()
def offer_over(facts: Facts, attempt: Attempt, _totals: Totals) -> Missing | None:
    """The term of the offer has passed."""
    if facts.due_at is not None and attempt.at > facts.due_at:
        return None
    return missing("offer_open", _("The term of the offer has not passed."), Role.SYSTEM, until=facts.due_at)


@guard
def no_offer_runs(facts: Facts, _attempt: Attempt) -> Missing | None:
    """No place is offered to the project at the moment."""
    if facts.due_at is None:
        return None
    sentence = _("A place is offered to this project until {until}.", until=facts.due_at)
    return missing("offer_runs", sentence, Role.GROUP_LEADER, until=facts.due_at)


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
