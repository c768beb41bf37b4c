"""Only if: minutes are generated and read, the secretary has signed first; nothing is signed unseen."""

from collections.abc import Mapping
from typing import Any

from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.documents import MinutesFacts, Signing
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import answers, demands, guard, missing, over_edition
from workflow.rules.guards.documents import unread
from workflow.rules.guards.meetings import CHAIRS, session_of
from workflow.rules.permissions import may_see_private
from workflow.rules.roles import Role
from workflow.rules.settings_catalogue import value
from workflow.rules.states import MeetingState
from workflow.rules.totals import Part, Totals

NOTHING = MinutesFacts({}, "")
READ_FIRST = _("Open this version of the document and read it first.")


def minutes_of(facts: Facts) -> MinutesFacts:
    """The minutes of a meeting; empty for one that is not over."""
    return session_of(facts).minutes or NOTHING


def signed(minutes: MinutesFacts) -> bool:
    """Whether the version that says what the rows say now is signed."""
    return minutes.is_current and minutes.document is not None and Signing.SIGNED in minutes.document.signatures


@demands("minutes_current", _("The minutes are generated and nothing has changed since."))
def minutes_changed(facts: Facts, _attempt: Attempt) -> bool:
    """There are no minutes yet, or they say something else than the rows say now."""
    return not minutes_of(facts).is_current


@guard
def minutes_generated(facts: Facts, _attempt: Attempt) -> Missing | None:
    """Minutes are generated, and say what the rows say now."""
    minutes = minutes_of(facts)
    if minutes.document is None:
        return missing("no_minutes", _("The minutes have not been generated."), *CHAIRS)
    if minutes.is_current:
        return None
    text = _("Something has changed since the minutes were generated. Generate a new version and read it.")
    return missing("minutes_outdated", text, *CHAIRS)


@guard
def minutes_read(facts: Facts, attempt: Attempt) -> Missing | None:
    """The actor has opened the version that is to be signed, and names its control code."""
    return unread(facts, attempt, minutes_of(facts).document, READ_FIRST)


@demands("signed_already", _("The minutes are signed."))
def minutes_unsigned(facts: Facts, _attempt: Attempt) -> bool:
    """The version at hand is not signed yet."""
    return not signed(minutes_of(facts))


@guard
def secretary_signed_first(facts: Facts, _attempt: Attempt) -> Missing | None:
    """The minute-taker has signed the version that is to be approved, and is another person."""
    minutes = minutes_of(facts)
    if not signed(minutes) or minutes.document is None:
        return missing("minutes_unsigned", _("The minute-taker has not signed this version yet."), Role.SECRETARY)
    if minutes.document.signatures[Signing.SIGNED] != facts.rights.id:
        return None
    return missing("same_person", _("Whoever signed the minutes does not approve them."), Role.COMMITTEE_CHAIR)


@demands("correction_waits", _("A correction waits for its approval."), Role.COMMITTEE_CHAIR)
def no_correction_waits(facts: Facts, _attempt: Attempt) -> bool:
    """No correction note waits for its approval."""
    return minutes_of(facts).correction is None


@guard
def correction_read(facts: Facts, attempt: Attempt) -> Missing | None:
    """A correction note waits, and the actor, who is not its author, has opened it."""
    note = minutes_of(facts).correction
    if note is None:
        return missing("no_correction", _("There is no correction to approve."))
    if note.author_id == facts.rights.id:
        return missing("same_person", _("Whoever wrote the correction does not approve it."), Role.COMMITTEE_CHAIR)
    return unread(facts, attempt, note, READ_FIRST)


@guard
def seat_stayed_empty(facts: Facts, attempt: Attempt) -> Missing | None:
    """The seat is one of the body, and nobody sat in it at any time."""
    if attempt.data is None:
        return None
    seat = session_of(facts).seat(answers(attempt).get("seat") or 0)
    if seat is None:
        return missing("no_seat", _("There is no such seat."), field="seat")
    line = line_of_seat(facts, seat.id) if facts.state == MeetingState.ENDED else None
    if seat.present is None and not (line and line["attendance"]):
        return None
    return missing("seat_taken", _("Somebody sat in this seat."), field="seat")


def line_of_seat(facts: Facts, seat_id: int) -> Mapping[str, Any] | None:
    """What the minutes say of a seat: its attendance and its absence."""
    seat = session_of(facts).seat(seat_id)
    lines = minutes_of(facts).data.get("seats", ())
    return next((line for line in lines if seat and line["number"] == seat.number), None)


@over_edition(Part.MINUTES)
def minutes_of_decisions_approved(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """The minutes of every meeting that took an effective decision are approved, where the edition asks for that.

    An outsider reads the same before and after a decision.
    """
    if not may_see_private(facts):
        return missing("minutes_open", _("The results have not been announced yet."))
    if not totals.open_minutes or not value(facts.edition, "minutes_before_announcing"):
        return None
    numbers = ", ".join(str(number) for number in totals.open_minutes)
    sentence = _("Approve the minutes first. Meetings: {numbers}.", numbers=numbers)
    return missing("minutes_open", sentence, Role.SECRETARY, Role.COMMITTEE_CHAIR)
