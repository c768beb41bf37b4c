"""Writes of an edition's office about one person: name, address, postal address; each with its line in the history."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import IntegrityError

from workflow.base.addresses import folded_address
from workflow.base.errors import BadInput, NotFound
from workflow.base.i18n import Sentence, _
from workflow.models import Person
from workflow.people.changes import note_change
from workflow.people.edition_person import find_person
from workflow.rules.facts import Actor
from workflow.rules.people import PersonChangeKind

TAKEN = _("Somebody with this address is on the list already.")
KEPT = _("An address that opens an account is changed by its owner or by an administrator.")


def edit_person(
    tx: Connection, person_id: int, given: Mapping[str, str], *, edition_id: int, actor: Actor, at: datetime
) -> int:
    """Change what `given` has of name, email and postal_address; returns how many of them changed.

    An address is written only where there is none: whoever changes the address of an account takes it over. Raises
    NotFound for somebody who is not in the edition, BadInput.
    """
    if find_person(tx, person_id, edition_id) is None:
        raise NotFound
    columns = Person.name, Person.email, Person.postal_address
    now = tx.execute(select(*columns).where(Person.id == person_id).with_for_update()).one()
    before = {"name": now.name, "email": now.email or "", "postal_address": now.postal_address}
    wanted = {"name": " ".join(given["name"].split()), "email": folded_address(given["email"]),
              "postal_address": given["postal_address"]}  # fmt: skip
    changed = {name: value for name, value in wanted.items() if value != before[name]}
    if problem := _problem(tx, before, changed):
        raise BadInput({"email": problem})
    try:
        if changed:
            tx.execute(update(Person).where(Person.id == person_id).values(**changed))
    except IntegrityError:
        raise BadInput({"email": TAKEN}) from None
    for name, value in changed.items():
        note_change(tx, person_id, PersonChangeKind(name), edition_id=edition_id, before=before[name], after=value,
                    actor=actor, at=at)  # fmt: skip
    return len(changed)


def _problem(tx: Connection, before: Mapping[str, str], changed: Mapping[str, str]) -> Sentence | None:
    if "email" not in changed:
        return None
    if before["email"]:
        return KEPT
    known = select(Person.id).where(Person.email == changed["email"])
    return TAKEN if tx.execute(known).first() else None
