"""Gives a role to many people of an edition at once, or takes it back: first what would change, then exactly that."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, insert, select, update

from workflow.base.errors import BadInput, not_ready
from workflow.base.grouping import grouped, in_chunks
from workflow.base.i18n import _
from workflow.models import Edition, Person, RoleGrant
from workflow.people.edition_people import in_edition
from workflow.people.roles import answering, hold_editions
from workflow.rules.facts import Actor
from workflow.rules.people import GIVEN_BY_OFFICE

# So many people are read and written with one statement.
BATCH = 500
MOST = 5000


class Act(StrEnum):
    """What is done with the role."""

    GIVE = "give"
    WITHDRAW = "withdraw"


class Outcome(StrEnum):
    """What becomes of one person."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"
    ALREADY_GIVEN = "already_given"
    NOT_GIVEN = "not_given"
    CLOSED = "closed"
    # A project under way would be left with nobody who answers for it.
    ANSWERS = "answers"


CHANGING = frozenset({Outcome.GIVEN, Outcome.WITHDRAWN})


class RoleLine(Struct, frozen=True):
    """One person and what becomes of them."""

    person_id: int
    name: str
    outcome: Outcome


class RolePlan(Struct, frozen=True):
    """What a change of many would do; `digest` names exactly this."""

    act: Act
    role: str
    lines: tuple[RoleLine, ...]

    @property
    def changing(self) -> tuple[RoleLine, ...]:
        """Those for whom something changes."""
        return tuple(line for line in self.lines if line.outcome in CHANGING)

    @property
    def digest(self) -> str:
        """A digest of all outcomes."""
        words = [self.act, self.role, *(f"{line.person_id}:{line.outcome}" for line in self.lines)]
        return hashlib.sha256("\n".join(words).encode()).hexdigest()


def plan_roles(tx: Connection, edition_id: int, people: Collection[int], *, act: Act, role: str) -> RolePlan:
    """What would become of each of these people of the edition; others are left out. Writes nothing.

    Raises BadInput for a role that the office does not give, for nobody, and for more than MOST people.
    """
    if role not in GIVEN_BY_OFFICE:
        raise BadInput({"role": _("Choose one of the roles that the office gives.")})
    if not people:
        raise BadInput({"person": _("Tick at least one person, or choose everybody found.")})
    if len(people) > MOST:
        raise BadInput({"person": _("At most {count} people at once. Narrow the list.", count=MOST)})
    rows = [row for chunk in in_chunks(sorted(people), BATCH) for row in _rows(tx, edition_id, chunk, role)]
    lines = (
        RoleLine(number, name, _outcome(act, granted=granted, active=active)) for number, name, active, granted in rows
    )
    if act is Act.WITHDRAW:
        needed = answering(tx, edition_id, role)
        lines = (
            replace(line, outcome=Outcome.ANSWERS)
            if line.outcome is Outcome.WITHDRAWN and line.person_id in needed else line for line in lines
        )  # fmt: skip
    return RolePlan(act, role, tuple(lines))


def change_roles(tx: Connection, edition_id: int, plan: RolePlan, *, digest: str, actor: Actor, at: datetime) -> int:
    """Do what was shown, all of it, in the caller's transaction; returns for how many something changed.

    The edition is locked, and what would happen now is compared with the digest of what was shown: NotReady where it
    differs, and nothing is written.
    """
    hold_editions(tx, select(Edition.id).where(Edition.id == edition_id))
    numbers = [line.person_id for line in plan.lines]
    now = plan_roles(tx, edition_id, numbers, act=plan.act, role=plan.role)
    if now.digest != digest:
        raise not_ready("changed", _("Something has changed since you looked. Look at it again."))
    changing = [line.person_id for line in now.changing]
    for chunk in in_chunks(changing, BATCH):
        _write(tx, edition_id, chunk, now, actor, at)
    return len(changing)


def _write(
    tx: Connection, edition_id: int, people: Sequence[int], plan: RolePlan, actor: Actor, at: datetime
) -> None:  # fmt: skip
    g = RoleGrant
    if plan.act is Act.GIVE:
        rows = [{"person_id": number, "edition_id": edition_id, "role": plan.role, "granted_by_id": actor.id,
                 "granted_at": at} for number in people]  # fmt: skip
        tx.execute(insert(g), rows)
        return
    mine = g.person_id.in_(people), g.edition_id == edition_id, g.role == plan.role, g.withdrawn_at.is_(None)
    tx.execute(update(g).where(*mine).values(withdrawn_at=at, withdrawn_by_id=actor.id))


def _rows(tx: Connection, edition_id: int, people: Sequence[int], role: str) -> list[tuple[int, str, bool, bool]]:
    g = RoleGrant
    holding = select(g.person_id).where(
        g.person_id.in_(people), g.edition_id == edition_id, g.role == role, g.withdrawn_at.is_(None)
    )
    holders = set(tx.execute(holding).scalars())
    query = select(Person.id, Person.name, Person.active).where(Person.id.in_(people), in_edition(edition_id))
    return [(row.id, row.name, row.active, row.id in holders) for row in tx.execute(query.order_by(Person.id))]


def _outcome(act: Act, *, granted: bool, active: bool) -> Outcome:
    if act is Act.WITHDRAW:
        return Outcome.WITHDRAWN if granted else Outcome.NOT_GIVEN
    if granted:
        return Outcome.ALREADY_GIVEN
    return Outcome.GIVEN if active else Outcome.CLOSED


def in_groups(plan: RolePlan) -> Mapping[Outcome, list[RoleLine]]:
    """The people by what becomes of them, what changes something first."""
    groups = grouped((line.outcome, line) for line in plan.lines)
    return {outcome: groups[outcome] for outcome in Outcome if outcome in groups}
