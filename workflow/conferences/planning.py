"""Planning the conferences of an edition in one act: what is proposed, and writing it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, select

from workflow.base.calendar import next_working_day, warsaw_date, warsaw_time
from workflow.base.errors import BadInput, NotReady
from workflow.base.i18n import Sentence, _, say
from workflow.engine import machine
from workflow.engine.command import CreateCommand
from workflow.models import Conference, Edition
from workflow.models.base import table_of
from workflow.rules.conference_outputs import Outputs
from workflow.rules.documents import LANGUAGE
from workflow.rules.facts import Actor, Ref
from workflow.rules.field_types import Input
from workflow.rules.fields import asked
from workflow.rules.states import ConferenceState

# What the six conferences are for, in their order; the last one sums up.
PURPOSES: tuple[tuple[Sentence, Sentence, str], ...] = (
    (_("Resources and problems"), _("Lists of local resources and problems, by groups."), Outputs.RESOURCES_PROBLEMS),
    (_("Diagnosis"), _("Diagnosis of the five components of local development, one group for each."),
     Outputs.FIVE_COMPONENTS),
    (_("Four principles"), _("Analysis of the four principles of revival."), Outputs.FOUR_PRINCIPLES),
    (_("Ideas for projects"), _("Project proposals by groups; sources of funding are presented."), Outputs.IDEAS),
    (_("Project sheets"), _("Ideas are developed, compared and chosen; project sheets and action plans are written."),
     ""),
    (_("Summary"), _("Group leaders present the projects worked out in the programme."), ""),
)  # fmt: skip
# The same weekday a year later.
YEAR = timedelta(weeks=52)


class PlanError(Exception):
    """Some of the conferences cannot be planned as they were typed; nothing was written. Each refusal by number."""

    def __init__(self, refusals: Mapping[int, BadInput | NotReady]) -> None:
        super().__init__("; ".join(f"conference {number}: {refusal}" for number, refusal in refusals.items()))
        self.refusals = refusals


class Pattern(Struct, frozen=True):
    """An earlier edition of the county whose conferences can be taken over."""

    key: str
    title: str
    year: int


def inputs() -> tuple[Input, ...]:
    """What is asked of each conference, besides its number."""
    row = next(step for step in machine.newest("conference").steps if step.name == "plan")
    return tuple(spec for spec in asked(row) if spec.name not in {"number"})


def default_rows() -> list[dict[str, Any]]:
    """The six conferences of the programme, without days and places."""
    last = len(PURPOSES)
    return [
        {"number": number, "conference_theme": say(theme, LANGUAGE), "purpose": say(purpose, LANGUAGE),
         "outputs": outputs, "is_summary": "1" if number == last else ""}
        for number, (theme, purpose, outputs) in enumerate(PURPOSES, start=1)
    ]  # fmt: skip


def patterns(tx: Connection, edition_id: int) -> tuple[Pattern, ...]:
    """The earlier editions of the same county that planned conferences with days, the latest first; one statement."""
    e, here, c = Edition, table_of(Edition).alias("here"), Conference
    planned = select(c.edition_id).where(c.starts_at.is_not(None))
    query = (
        select(e.key, e.title, e.year)
        .join(here, here.c.county == e.county)
        .where(here.c.id == edition_id, e.id != edition_id, e.historical.is_(False), e.id.in_(planned))
        .order_by(e.year.desc(), e.id.desc())
    )
    return tuple(Pattern(*row) for row in tx.execute(query))


def rows_like(tx: Connection, pattern: Pattern, year: int) -> list[dict[str, Any]]:
    """The conferences of an earlier edition, moved by whole years to the same weekday; one statement.

    A day on which offices are closed moves to the next working day. Cancelled ones are left out.
    """
    c = Conference
    query = select(
        c.number, c.theme, c.purpose, c.outputs, c.is_summary, c.starts_at, c.ends_at, c.host_commune, c.venue,
        c.capacity, c.registration_until,
    ).join(Edition, Edition.id == c.edition_id)  # fmt: skip
    query = query.where(Edition.key == pattern.key, c.state != ConferenceState.CANCELLED).order_by(c.number)
    years = max(year - pattern.year, 1)
    return [_row_like(dict(row), years) for row in tx.execute(query).mappings()]


def _row_like(old: Mapping[str, Any], years: int) -> dict[str, Any]:
    starts, ends, until = old["starts_at"], old["ends_at"], old["registration_until"]
    row = {name: old[name] for name in ("number", "purpose", "outputs", "host_commune", "venue", "capacity")}
    row |= {"conference_theme": old["theme"], "is_summary": "1" if old["is_summary"] else ""}
    if starts:
        day = next_working_day(warsaw_date(starts) + years * YEAR)
        row |= {"day": day.isoformat(), "begins": warsaw_time(starts), "ends": warsaw_time(ends) if ends else ""}
        if until:
            row["registration_day"] = (day - (warsaw_date(starts) - warsaw_date(until))).isoformat()
    return row


def plan_conferences(
    tx: Connection, edition_id: int, rows: Sequence[Mapping[str, Any]], *, actor: Actor, at: datetime
) -> list[Ref]:
    """Plan all these conferences by their first step, wholly or not at all.

    Raises PlanError with each of them that is refused, and NotAllowed.
    """
    planned: list[Ref] = []
    refusals: dict[int, BadInput | NotReady] = {}
    for row in rows:
        command = CreateCommand("conference", "plan", actor=actor, at=at, edition_id=edition_id, answers=row)
        try:
            planned.append(machine.create(tx, command).ref)
        except (BadInput, NotReady) as refusal:
            refusals[int(row["number"])] = refusal
    if refusals:
        raise PlanError(refusals)
    return planned
