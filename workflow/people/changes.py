"""The history of a person: what was changed, by whom and when, with roles and consents in one list."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select
from sqlalchemy.orm import aliased

from workflow.base.i18n import Sentence, _
from workflow.models import Consent, Person, PersonChange, RoleGrant
from workflow.rules.facts import Actor
from workflow.rules.people import CHANGES, PersonChangeKind
from workflow.rules.permissions import TITLES
from workflow.rules.roles import Role

MOST = 200


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change of a person; `by` is empty where the operator or the system made it."""

    at: datetime
    by: str
    what: Sentence
    before: str = ""
    after: str = ""


def note_change(
    tx: Connection, person_id: int, kind: PersonChangeKind, *, actor: Actor, at: datetime,
    edition_id: int | None = None, before: str = "", after: str = "",
) -> None:  # fmt: skip
    """Write down what was changed, in the transaction that changes it."""
    values = {
        "person_id": person_id, "edition_id": edition_id, "kind": kind, "before": before[:400], "after": after[:400],
        "changed_by_id": actor.id, "changed_at": at,
    }  # fmt: skip
    tx.execute(insert(PersonChange).values(**values))


def history_of_person(connection: Connection, person_id: int, edition_id: int) -> list[ChangeLine]:
    """What was changed about a person, roles of one edition and consents among it, newest first; three statements."""
    lines = [*_changes(connection, person_id), *_grants(connection, person_id, edition_id),
             *_consents(connection, person_id)]  # fmt: skip
    return sorted(lines, key=lambda line: line.at, reverse=True)[:MOST]


def _changes(connection: Connection, person_id: int) -> list[ChangeLine]:
    c = PersonChange
    query = select(c.changed_at, Person.name, c.kind, c.before, c.after).outerjoin(Person, Person.id == c.changed_by_id)
    rows = connection.execute(query.where(c.person_id == person_id).order_by(c.id.desc()).limit(MOST))
    return [ChangeLine(row[0], row[1] or "", CHANGES[PersonChangeKind(row[2])], row[3], row[4]) for row in rows]


def _grants(connection: Connection, person_id: int, edition_id: int) -> list[ChangeLine]:
    g, giver, taker = RoleGrant, aliased(Person), aliased(Person)
    query = (
        select(g.role, g.granted_at, giver.name, g.withdrawn_at, taker.name)
        .outerjoin(giver, giver.id == g.granted_by_id).outerjoin(taker, taker.id == g.withdrawn_by_id)
        .where(g.person_id == person_id, g.edition_id == edition_id)
    )  # fmt: skip
    lines = []
    for role, granted_at, granted_by, withdrawn_at, withdrawn_by in connection.execute(query):
        title = TITLES[Role(role)]
        lines.append(ChangeLine(granted_at, granted_by or "", _("Role given: {role}", role=title)))
        if withdrawn_at:
            lines.append(ChangeLine(withdrawn_at, withdrawn_by or "", _("Role withdrawn: {role}", role=title)))
    return lines


def _consents(connection: Connection, person_id: int) -> list[ChangeLine]:
    c, recorder, ender = Consent, aliased(Person), aliased(Person)
    query = (
        select(c.given_by, c.recorded_at, recorder.name, c.withdrawn_at, ender.name)
        .join(recorder, recorder.id == c.recorded_by_id).outerjoin(ender, ender.id == c.withdrawn_by_id)
        .where(c.person_id == person_id)
    )  # fmt: skip
    lines = []
    for given_by, recorded_at, recorded_by, withdrawn_at, withdrawn_by in connection.execute(query):
        lines.append(ChangeLine(recorded_at, recorded_by, _("Consent recorded"), after=given_by))
        if withdrawn_at:
            lines.append(ChangeLine(withdrawn_at, withdrawn_by or "", _("Consent withdrawn"), before=given_by))
    return lines
