"""The moments of a conference, from a day and hours as people give them; pure."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from workflow.base.calendar import at_time, end_of_day, warsaw_date, warsaw_time

# When a conference begins of which nobody said so.
MORNING = "09:00"


def times_of(own: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, datetime | None]:
    """The moments that a day and hours amount to, with what the conference has already for those that were not given.

    Moments are in UTC. Empty where nothing about the time was given, or hours without any day.
    """
    old: datetime | None = own.get("starts_at")
    day: date | None = data.get("day") or (warsaw_date(old) if old else None)
    times: dict[str, datetime | None] = {}
    if day is None:
        return _registration(own, data, None)
    if data.get("day") or data.get("begins"):
        times["starts_at"] = at_time(day, data.get("begins") or (warsaw_time(old) if old else MORNING))
    old_end: datetime | None = own.get("ends_at")
    if "ends" in data:
        times["ends_at"] = at_time(day, data["ends"]) if data["ends"] else None
    elif old_end and data.get("day"):
        times["ends_at"] = at_time(day, warsaw_time(old_end))
    return times | _registration(own, data, day)


def _registration(own: Mapping[str, Any], data: Mapping[str, Any], day: date | None) -> dict[str, datetime | None]:
    """Until when people register: the day that was given, or as many days before the conference as it was."""
    if "registration_day" in data:
        given: date | None = data["registration_day"]
        return {"registration_until": end_of_day(given) if given else None}
    until, old = own.get("registration_until"), own.get("starts_at")
    if not (until and old and day and data.get("day")):
        return {}
    return {"registration_until": end_of_day(warsaw_date(until) + (day - warsaw_date(old)))}
