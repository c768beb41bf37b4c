"""Only if: the steps of a conference and of a partnership agreement."""

from workflow.base.calendar import warsaw_date
from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.conference_times import times_of
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.agreements import signatures_below
from workflow.rules.guards.base import answers, demands, guard, missing
from workflow.rules.roles import Role


@demands("no_date", _("The conference has no date yet."), Role.STAFF)
def conference_dated(facts: Facts, _attempt: Attempt) -> bool:
    """The conference has a date."""
    return facts["starts_at"] is not None


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
def conference_times_agree(facts: Facts, attempt: Attempt) -> Missing | None:
    """A conference ends after it begins, hours belong to a day, and nobody registers after its beginning."""
    if attempt.data is None:
        return None
    given = answers(attempt)
    times = {**facts.own, **times_of(facts.own, given)}
    starts, ends, until = (times.get(name) for name in ("starts_at", "ends_at", "registration_until"))
    if starts is None and (given.get("begins") or given.get("ends")):
        return missing("no_day", _("Give the day too."), field="day")
    if starts and ends and ends <= starts:
        return missing("ends_too_early", _("The conference has to end after it begins."), field="ends")
    if starts and until and warsaw_date(until) > warsaw_date(starts):
        sentence = _("Registration has to end on {day} at the latest, the day of the conference.",
                     day=warsaw_date(starts))  # fmt: skip
        return missing("registration_too_late", sentence, field="registration_day")
    return None


@guard
def enough_signatures(facts: Facts, _attempt: Attempt) -> Missing | None:
    """The agreement has as many signatures as the edition demands, and at least one."""
    return signatures_below(facts["partners"], max(facts.edition["minimum_signatures"], 1))
