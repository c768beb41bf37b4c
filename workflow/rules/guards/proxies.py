"""Only if: a proxy is one that the edition allows, from an absent seat to another, and is not passed on."""

from workflow.base.calendar import warsaw_date
from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import answers, demands, guard, missing
from workflow.rules.guards.meetings import session_of
from workflow.rules.proxies import why_not
from workflow.rules.settings_catalogue import value


@demands("no_proxies", _("In this edition nobody votes by proxy."))
def proxies_allowed(facts: Facts, _attempt: Attempt) -> bool:
    """The edition lets members vote by proxy."""
    return bool(value(facts.edition, "proxies_each"))


@guard
def proxy_may_be_given(facts: Facts, attempt: Attempt) -> Missing | None:
    """It is not dated after the meeting; the giver is away, nothing is passed on, the receiver holds not too many."""
    if attempt.data is None:
        return None
    session, given = session_of(facts), answers(attempt)
    if given.get("given_on") and facts["starts_at"] and given["given_on"] > warsaw_date(facts["starts_at"]):
        sentence = _("The proxy is dated after the day of the meeting.")
        return missing("proxy_dated_later", sentence, field="given_on")
    reason = why_not(session.proxies, session.seat(given.get("seat") or 0), session.seat(given.get("to_seat") or 0),
                     most=value(facts.edition, "proxies_each"))  # fmt: skip
    return missing("proxy_refused", reason, field="to_seat") if reason else None


@demands("no_proxy", _("This seat has given no proxy."), field="seat")
def proxy_was_given(facts: Facts, attempt: Attempt) -> bool:
    """The seat has given a proxy that has not ended."""
    seat = answers(attempt).get("seat")
    return attempt.data is None or any(proxy.from_seat == seat for proxy in session_of(facts).proxies)
