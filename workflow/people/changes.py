"""The history of a person: what was changed, by whom and when, with roles and consents in one list."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, insert, select
from sqlalchemy.orm import aliased

from workflow.base.i18n import Sentence, _
from workflow.models import Consent, Person, PersonChange
from workflow.people.edition_person import EditionRole
from workflow.rules.facts import Actor
from workflow.rules.people import CHANGES, PersonChangeKind
from workflow.rules.role_titles import TITLES
from workflow.rules.roles import Role

MOST = 200


class ChangeLine(Struct, frozen=True):
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


def history_of_person(connection: Connection, person_id: int, roles: Sequence[EditionRole]) -> list[ChangeLine]:
    """What was changed about a person, newest first: these roles and consents among it; two statements."""
    lines = [*_changes(connection, person_id), *_of_roles(roles), *_consents(connection, person_id)]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:MOST]


def _changes(connection: Connection, person_id: int) -> list[ChangeLine]:
    c = PersonChange
    query = select(c.changed_at, Person.name, c.kind, c.before, c.after).outerjoin(Person, Person.id == c.changed_by_id)
    rows = connection.execute(query.where(c.person_id == person_id).order_by(c.id.desc()).limit(MOST))
    return [ChangeLine(row[0], row[1] or "", CHANGES[PersonChangeKind(row[2])], row[3], row[4]) for row in rows]


def _of_roles(roles: Sequence[EditionRole]) -> Iterator[ChangeLine]:
    for each in roles:
        title = TITLES[Role(each.role)]
        yield ChangeLine(each.granted_at, each.granted_by, _("Role given: {role}", role=title))
        if each.withdrawn_at:
            yield ChangeLine(each.withdrawn_at, each.withdrawn_by, _("Role withdrawn: {role}", role=title))


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
