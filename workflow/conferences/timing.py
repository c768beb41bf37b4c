"""Where a conference stands: what its state says, held against its dates and this moment; pure."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from workflow.base.calendar import warsaw_date
from workflow.base.i18n import Sentence, _
from workflow.rules.states import OVER, ConferenceState, EditionState


class Timing(StrEnum):
    """Where a conference is in time, as its dates and its state say together."""

    UNDATED = "undated"
    AHEAD = "ahead"
    # This is the day, and the conference has not begun yet.
    TODAY = "today"
    UNDER_WAY = "under_way"
    # The day has passed, and nobody has noted that the conference was held.
    UNNOTED = "unnoted"
    HELD = "held"
    REPORTED = "reported"
    CANCELLED = "cancelled"
    # The edition is suspended, and the day of the conference has not passed.
    SUSPENDED = "suspended"
    # The whole edition is over, and the conference was not held.
    RESTING = "resting"


DONE: Mapping[str, Timing] = {
    ConferenceState.HELD: Timing.HELD,
    ConferenceState.MINUTES_APPROVED: Timing.REPORTED,
    ConferenceState.CANCELLED: Timing.CANCELLED,
}
LABELS: Mapping[Timing, Sentence] = {
    Timing.UNDATED: _("No day yet"),
    Timing.AHEAD: _("Planned"),
    Timing.TODAY: _("Today"),
    Timing.UNDER_WAY: _("Under way"),
    Timing.UNNOTED: _("Day has passed"),
    Timing.HELD: _("Held"),
    Timing.REPORTED: _("Held, report approved"),
    Timing.CANCELLED: _("Cancelled"),
    Timing.SUSPENDED: _("Edition suspended"),
    Timing.RESTING: _("Not held"),
}


def timing_of(
    state: str | None, starts_at: datetime | None, ends_at: datetime | None, *, edition: str, at: datetime
) -> Timing:
    """Where a conference stands at a moment; without an end it lasts until the end of its day in Warsaw.

    `edition` is the state of its edition: while it is suspended no conference takes place, but one may have taken place
    before; of an edition that is over, a conference that nobody has noted was not held.
    """
    if state is not None and state in DONE:
        return DONE[state]
    if edition in OVER:
        return Timing.RESTING
    if starts_at is None:
        return Timing.UNDATED
    day, today = warsaw_date(starts_at), warsaw_date(at)
    if edition == EditionState.SUSPENDED and today <= day:
        return Timing.SUSPENDED
    if today < day:
        return Timing.AHEAD
    if today > day or (ends_at is not None and at >= ends_at):
        return Timing.UNNOTED
    return Timing.UNDER_WAY if at >= starts_at else Timing.TODAY


def described(timing: Timing, state: str | None) -> Sentence:
    """Where a conference stands, as a sentence for everybody."""
    if timing is Timing.AHEAD:
        return AHEAD.get(state or "", _("The conference is ahead."))
    return SENTENCES[timing]


AHEAD: Mapping[str, Sentence] = {
    ConferenceState.PLANNED: _("The conference is ahead. Registration has not opened yet."),
    ConferenceState.OPEN: _("The conference is ahead. Registration is open."),
    ConferenceState.POSTPONED: _("The conference was postponed to this day. Registration is not open now."),
}
SENTENCES: Mapping[Timing, Sentence] = {
    Timing.UNDATED: _("The day of this conference has not been set yet."),
    Timing.TODAY: _("The conference takes place today. It has not begun yet."),
    Timing.UNDER_WAY: _("The conference is under way."),
    Timing.UNNOTED: _("The day of this conference has passed. Nobody has noted yet whether it was held."),
    Timing.HELD: _("The conference was held. Its report has not been approved yet."),
    Timing.REPORTED: _("The conference was held and its report is approved."),
    Timing.CANCELLED: _("The conference was cancelled."),
    Timing.SUSPENDED: _("The edition is suspended. Until it is resumed, this conference does not take place."),
    Timing.RESTING: _("The edition is over. This conference was not held."),
}
