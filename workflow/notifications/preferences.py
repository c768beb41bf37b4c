"""How often a person gets letters of each group of topics, and what nobody can switch off; the inbox has everything."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, delete, insert, select

from workflow.base.calendar import at_hour, next_working_day, warsaw_date
from workflow.base.errors import BadInput
from workflow.base.i18n import _
from workflow.db.statements import among
from workflow.models import Preference
from workflow.notifications.channels import Channel
from workflow.notifications.topic_groups import TopicGroup
from workflow.rules.deadlines import DAY_STARTS


class Pace(StrEnum):
    """How often letters of a group are sent."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


# A term runs from a decision, somebody waits for an act, and without links nobody signs in.
FIXED = frozenset({TopicGroup.ACCOUNT, TopicGroup.DECISIONS, TopicGroup.CALLS})
# What comes to an office may come once a day, and has to come.
PACES: Mapping[TopicGroup, tuple[Pace, ...]] = {
    group: (Pace.AT_ONCE,) if group in FIXED
    else (Pace.AT_ONCE, Pace.DAILY) if group is TopicGroup.OFFICE
    else tuple(Pace)
    for group in TopicGroup
}  # fmt: skip
Paces = Mapping[tuple[int, TopicGroup], Pace]


def may_be_switched_off(group: TopicGroup) -> bool:
    """Whether a person may choose to get no letters of a group."""
    return Pace.NEVER in PACES[group]


def paces_of(tx: Connection, people: Collection[int]) -> Paces:
    """What these people chose for letters; one statement. A choice that is no longer legal counts as at once."""
    p = Preference
    query = select(p.person_id, p.topic_group, p.pace).where(among(p.person_id, people), p.channel == Channel.EMAIL)
    rows = tx.execute(query).all() if people else ()
    known = set(TopicGroup)
    return {
        (row.person_id, TopicGroup(row.topic_group)): Pace(row.pace)
        for row in rows
        if row.topic_group in known and row.pace in PACES[TopicGroup(row.topic_group)]
    }


def choose(tx: Connection, person_id: int, paces: Mapping[TopicGroup, Pace]) -> None:
    """Keep what a person chose for letters, as one whole; groups that are not named stay. Raises BadInput.

    What was gathered for a digest before stays in it.
    """
    wrong = [group.value for group, pace in paces.items() if pace not in PACES[group]]
    if wrong:
        raise BadInput(dict.fromkeys(wrong, _("Choose one of the answers on the list.")))
    p = Preference
    chosen = p.person_id == person_id, p.channel == Channel.EMAIL, p.topic_group.in_(list(paces))
    tx.execute(delete(p).where(*chosen))
    rows = [
        {"person_id": person_id, "topic_group": group.value, "channel": Channel.EMAIL.value, "pace": pace.value}
        for group, pace in paces.items() if pace is not Pace.AT_ONCE
    ]  # fmt: skip
    if rows:
        tx.execute(insert(p), rows)


def digest_morning(at: datetime, pace: Pace) -> datetime:
    """When what happens at a moment is summed up: on the next working day's morning, weekly on the next Monday's.

    Where Monday is a day off, on the first working day after it.
    """
    day, step = warsaw_date(at), timedelta(days=1)
    if pace is Pace.WEEKLY:
        day, step = day - timedelta(days=day.weekday()), timedelta(days=7)
    while (morning := at_hour(next_working_day(day), DAY_STARTS)) <= at:
        day += step
    return morning
