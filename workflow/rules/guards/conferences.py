"""Only if: the steps of a conference and of a partnership agreement."""

from workflow.base.calendar import warsaw_date
from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import guard, missing
from workflow.rules.roles import Role


@guard
def conference_dated(facts: Facts, _attempt: Attempt) -> Missing | None:
    """The conference has a date."""
    if facts["starts_at"] is not None:
        return None
    return missing("no_date", _("The conference has no date yet."), Role.STAFF)


@guard
def conference_day_reached(facts: Facts, attempt: Attempt) -> Missing | None:
    """The day of the conference has come."""
    starts = facts["starts_at"]
    if starts is None:
        return conference_dated(facts, attempt)
    if warsaw_date(starts) <= warsaw_date(attempt.at):
        return None
    return missing("not_yet", _("The conference is on {day}.", day=warsaw_date(starts)), until=starts)


@guard
def enough_signatures(facts: Facts, _attempt: Attempt) -> Missing | None:
    """The agreement has as many signatures as the edition demands, and at least one."""
    needed, there = facts.edition["minimum_signatures"], facts["partners"]
    if there >= max(needed, 1):
        return None
    return missing(
        "too_few_signatures",
        _("The agreement has {there} of at least {needed} signatures.", there=there, needed=max(needed, 1)),
        Role.STAFF,
        Role.PARTNER,
    )
