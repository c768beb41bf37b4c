"""Open matters: what a conference leaves to be done, by whom and until when; the next conference begins with them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, insert, select, update

from workflow.base.calendar import end_of_day
from workflow.base.errors import BadInput, NotAllowed, NotFound, found
from workflow.base.i18n import _
from workflow.conferences.outputs import HOSTS
from workflow.engine.membership import holds_here
from workflow.models import Conference, Edition, OpenMatter, Person
from workflow.notifications.ladders import audiences_of_rung
from workflow.rules.deadlines import ladder_of_edition
from workflow.rules.facts import Actor, Facts
from workflow.rules.field_types import Input, read
from workflow.rules.states import RESTING
from workflow.rules.topics import Audience, Topic

MATTER = Input("matter", "text", _("What has to be done"), maximum=2000)
OWNER = Input("person", "person", _("Who does it"), maximum=10**11)
DUE = Input("due_on", "date", _("Until when"))
RESULT = Input("result", "text", _("What came of it"), maximum=2000)


class Matter(Struct, frozen=True):
    """Something that a conference left open."""

    id: int
    conference_id: int
    number: int
    text: str
    owner_id: int
    owner: str
    due_at: datetime
    done_at: datetime | None
    result: str
    edition: str


class MatterReminder(Struct, frozen=True):
    """A reminder of a matter that will be sent unless its result is noted before, and to whom."""

    at: datetime
    audiences: tuple[Audience, ...]


def reminders_of(matter: Matter, edition: Mapping[str, Any], *, at: datetime) -> tuple[MatterReminder, ...]:
    """The reminders of a matter that lie ahead, the nearest first; none once it is done or the edition rests; pure."""
    if matter.done_at is not None or edition["historical"] or edition["state"] in RESTING:
        return ()
    rungs = ((rung.moment(matter.due_at), rung.reach) for rung in ladder_of_edition(edition))
    return tuple(
        MatterReminder(moment, audiences_of_rung(Topic.MATTER_NEAR, reach)) for moment, reach in rungs if moment > at
    )


def _matters() -> Any:
    m = OpenMatter
    return (
        select(m.id, m.conference_id, Conference.number, m.text, m.owner_id, Person.name, m.due_at, m.done_at, m.result,
               Edition.title)
        .join(Conference, Conference.id == m.conference_id).join(Edition, Edition.id == m.edition_id)
        .join(Person, Person.id == m.owner_id).order_by(m.due_at, m.id)
    )  # fmt: skip


def matters_of(tx: Connection, edition_id: int, *, upto: int) -> tuple[Matter, ...]:
    """What this conference and those before it left: its own all, those of earlier ones while open; one statement."""
    query = _matters().where(OpenMatter.edition_id == edition_id, Conference.number <= upto)
    found = (Matter(*row) for row in tx.execute(query))
    return tuple(matter for matter in found if matter.number == upto or matter.done_at is None)


def note_matter(
    tx: Connection, facts: Facts, typed: Mapping[str, Any], *, actor: Actor, at: datetime, key: str
) -> int:  # fmt: skip
    """Note what is to be done, by somebody of the edition; the same key notes once. Raises NotAllowed, BadInput."""
    if actor.id is None or not facts.rights.roles & HOSTS:
        raise NotAllowed
    clean = read((MATTER, OWNER, DUE), {name: typed.get(name, "") for name in ("matter", "person", "due_on")})
    m = OpenMatter
    _require_known(tx, facts, clean["person"])
    before = tx.execute(select(m.id).where(m.key == key)).scalar()
    if before is not None:
        return int(before)
    row = {"edition_id": facts["edition_id"], "conference_id": facts.ref.id, "text": clean["matter"],
           "owner_id": clean["person"], "due_at": end_of_day(clean["due_on"]), "noted_at": at, "noted_by_id": actor.id,
           "key": key}  # fmt: skip
    return int(tx.execute(insert(m).values(**row).returning(m.id)).scalar_one())


def hand_over_matter(
    tx: Connection, facts: Facts, matter_id: int, typed: Mapping[str, Any], *, actor: Actor
) -> None:  # fmt: skip
    """Give an open matter of this edition to somebody else of it, by a host. Raises NotFound, NotAllowed, BadInput."""
    if actor.id is None or not facts.rights.roles & HOSTS:
        raise NotAllowed
    person = read((OWNER,), {"person": typed.get("person", "")})["person"]
    _require_known(tx, facts, person)
    m = OpenMatter
    mine = m.id == matter_id, m.edition_id == facts["edition_id"], m.done_at.is_(None)
    if tx.execute(update(m).where(*mine).values(owner_id=person)).rowcount != 1:
        raise NotFound


def _require_known(tx: Connection, facts: Facts, person: int) -> None:
    """Raises BadInput where the person has no role in the edition, or the account is closed."""
    known = select(Person.id).where(Person.id == person, Person.active.is_(True), holds_here(facts["edition_id"]))
    if tx.execute(known).first() is None:
        raise BadInput({"person": _("Choose somebody who has a role in this edition.")})


def finish_matter(
    tx: Connection, facts: Facts, matter_id: int, typed: Mapping[str, Any], *, actor: Actor, at: datetime
) -> None:
    """Note what came of a matter of this edition, by its owner or a host. Raises NotFound, NotAllowed, BadInput."""
    m = OpenMatter
    owner = found(tx.execute(select(m.owner_id).where(m.id == matter_id, m.edition_id == facts["edition_id"])).scalar())
    if actor.id is None or (owner != actor.id and not facts.rights.roles & HOSTS):
        raise NotAllowed
    clean = read((RESULT,), {"result": typed.get("result", "")})
    values = {"done_at": at, "done_by_id": actor.id, **clean}
    tx.execute(update(m).where(m.id == matter_id, m.done_at.is_(None)).values(**values))
