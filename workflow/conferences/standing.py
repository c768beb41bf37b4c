"""Where a conference stands: what its state says, held against its dates and this moment; pure."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from workflow.base.calendar import warsaw_date
from workflow.base.i18n import Sentence, _
from workflow.rules.states import OVER, ConferenceState, EditionState


class Standing(StrEnum):
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
    # The whole edition is suspended or over, and the conference was not held.
    RESTING = "resting"


DONE: Mapping[str, Standing] = {
    ConferenceState.HELD: Standing.HELD,
    ConferenceState.MINUTES_APPROVED: Standing.REPORTED,
    ConferenceState.CANCELLED: Standing.CANCELLED,
}
LABELS: Mapping[Standing, Sentence] = {
    Standing.UNDATED: _("No day yet"),
    Standing.AHEAD: _("Planned"),
    Standing.TODAY: _("Today"),
    Standing.UNDER_WAY: _("Under way"),
    Standing.UNNOTED: _("Day has passed"),
    Standing.HELD: _("Held"),
    Standing.REPORTED: _("Held, report approved"),
    Standing.CANCELLED: _("Cancelled"),
    Standing.RESTING: _("Not held"),
}


def standing_of(
    state: str | None, starts_at: datetime | None, ends_at: datetime | None, *, edition: str, at: datetime
) -> Standing:
    """Where a conference stands at a moment; without an end it lasts until the end of its day in Warsaw.

    `edition` is the state of its edition: a conference of one that rests or is over does not take place.
    """
    if state in DONE:
        return DONE[state]
    if edition == EditionState.SUSPENDED or edition in OVER:
        return Standing.RESTING
    if starts_at is None:
        return Standing.UNDATED
    day, today = warsaw_date(starts_at), warsaw_date(at)
    if today < day:
        return Standing.AHEAD
    if today > day or (ends_at is not None and at >= ends_at):
        return Standing.UNNOTED
    return Standing.UNDER_WAY if at >= starts_at else Standing.TODAY


def described(standing: Standing, state: str | None) -> Sentence:
    """Where a conference stands, as a sentence for everybody."""
    if standing is Standing.AHEAD:
        return AHEAD.get(state or "", _("The conference is ahead."))
    return SENTENCES[standing]


AHEAD: Mapping[str, Sentence] = {
    ConferenceState.PLANNED: _("The conference is ahead. Registration has not opened yet."),
    ConferenceState.OPEN: _("The conference is ahead. Registration is open."),
    ConferenceState.POSTPONED: _("The conference was postponed to this day. Registration is not open now."),
}
SENTENCES: Mapping[Standing, Sentence] = {
    Standing.UNDATED: _("The day of this conference has not been set yet."),
    Standing.TODAY: _("The conference takes place today. It has not begun yet."),
    Standing.UNDER_WAY: _("The conference is under way."),
    Standing.UNNOTED: _("The day of this conference has passed. Nobody has noted yet whether it was held."),
    Standing.HELD: _("The conference was held. Its report has not been approved yet."),
    Standing.REPORTED: _("The conference was held and its report is approved."),
    Standing.CANCELLED: _("The conference was cancelled."),
    Standing.RESTING: _("The edition is suspended or over. This conference was not held."),
}
