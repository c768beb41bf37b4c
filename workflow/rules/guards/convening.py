"""Only if: a meeting is convened, and its time moved, so early that everybody has the notice period of the edition."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from workflow.base.calendar import at_time
from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.bodies import Body
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import answers, demands, guard, missing
from workflow.rules.guards.meetings import CHAIRS, session_of
from workflow.rules.roles import Role
from workflow.rules.settings_catalogue import value
from workflow.rules.states import MeetingState

# Who prepares the meetings of a body, besides those who work for both.
OWNERS: Mapping[str, Role] = {Body.COMMITTEE: Role.COMMITTEE_CHAIR, Body.APPEAL: Role.APPEAL_BODY}


def moment_of(data: Mapping[str, Any]) -> datetime:
    """The moment of a day and an hour in Warsaw, in UTC."""
    return at_time(data["day"], data["hour"])


def earliest_begin(edition: Mapping[str, Any], at: datetime) -> datetime:
    """The first moment for which a meeting may be convened at `at`."""
    return at + timedelta(hours=value(edition, "notice_hours"))


@demands("other_body", _("You prepare the meetings of your own body alone."), field="body")
def body_is_own(facts: Facts, attempt: Attempt) -> bool:
    """A body prepares its own meetings: the chair those of the committee, its members those of the appeal body."""
    body, roles = answers(attempt).get("body"), facts.rights.roles
    return bool(body is None or roles & {Role.STAFF, Role.SECRETARY, OWNERS[body]})


@guard
def notice_kept(facts: Facts, attempt: Attempt) -> Missing | None:
    """Between now and the meeting lies the notice period; a meeting that is not convened yet may be moved freely."""
    given = answers(attempt)
    # By circulation the notice period is the time for answers.
    planned = facts["answer_until"] if session_of(facts).by_circulation else facts["starts_at"]
    begins = moment_of(given) if "hour" in given else planned
    is_moved = attempt.data is not None and "hour" in given
    if begins is None or (is_moved and facts.state != MeetingState.CONVENED):
        return None
    hours, earliest = value(facts.edition, "notice_hours"), earliest_begin(facts.edition, attempt.at)
    if hours == 0 or begins >= earliest:
        return None
    sentence = _("The notice period is {hours} hours. The earliest time of the meeting is {earliest}.",
                 hours=hours, earliest=earliest)  # fmt: skip
    return missing("notice_too_short", sentence, *CHAIRS, field="hour" if is_moved else None)


@demands("not_ahead", _("Give a time ahead, at which the meeting goes on."), *CHAIRS, field="hour")
def goes_on_later(facts: Facts, attempt: Attempt) -> bool:
    """The time at which an adjourned meeting goes on lies ahead."""
    given = answers(attempt)
    return attempt.data is None or moment_of(given) > attempt.at
