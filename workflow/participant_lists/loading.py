"""Loads a list that was looked through: people, organisations, roles; all of it in one transaction or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, insert, select, update

from workflow.base.collation import fold
from workflow.models import Affiliation, Edition, Organisation, Person, PersonChange, RoleGrant
from workflow.participant_lists.known import KnownOrganisation, known_of
from workflow.participant_lists.plan import SAID, Line, Outcome, Plan, missing_of, plan_list
from workflow.participant_lists.records import Record, Records
from workflow.people.changes import note_change
from workflow.people.roles import hold_editions
from workflow.rules.facts import Actor
from workflow.rules.people import PersonChangeKind


@dataclass(slots=True)
class _Loading:
    """The rows that a list becomes, gathered before they are written."""

    tx: Connection
    edition_id: int
    actor: Actor
    at: datetime
    organisations: dict[str, KnownOrganisation]
    # Who is who: by row of the list.
    people: dict[int, int] = field(default_factory=dict)

    def write(self, lines: Sequence[Line]) -> None:
        """Write everything, in an order in which each row finds what it points at."""
        self._organisations([line.record for line in lines if line.joins])
        self._people([line.record for line in lines if line.outcome is Outcome.ADDED])
        for line in lines:
            if line.person_id is not None:
                self.people[line.record.row] = line.person_id
                self._fill(line)
            elif line.same_as is not None:
                self.people[line.record.row] = self.people[line.same_as]
        self._grants([line.record for line in lines if line.outcome is not Outcome.KNOWN])
        self._affiliations([line.record for line in lines if line.joins])

    def _organisations(self, records: Sequence[Record]) -> None:
        """Create those that are new with what their rows say; fill what is empty of those that are known."""
        new: dict[str, dict[str, Any]] = {}
        for record in records:
            search = fold(record.organisation)[:200]
            if not search:
                continue
            kept = self.organisations.get(search)
            if kept is None:
                row = new.setdefault(search, {"name": record.organisation, "search": search, "kind": "", "sector": "",
                                              "commune": "", "created_at": self.at})  # fmt: skip
                row.update({name: getattr(record, name) for name in SAID if not row[name]})
            elif missing := missing_of(kept, record):
                self.tx.execute(update(Organisation).where(Organisation.id == kept.id).values(**missing))
                self.organisations[search] = replace(kept, **missing)
        for number, row in zip(self._insert(Organisation, list(new.values())), new.values(), strict=True):
            self.organisations[row["search"]] = KnownOrganisation(number, row["kind"], row["sector"], row["commune"])

    def _people(self, records: Sequence[Record]) -> None:
        rows = [
            {"name": record.name, "email": record.email or None, "organisation": record.organisation,
             "postal_address": record.postal_address, "language": record.language or "pl",
             "is_minor": bool(record.is_minor), "created_at": self.at}
            for record in records
        ]  # fmt: skip
        numbers = self._insert(Person, rows)
        self.people.update({record.row: number for record, number in zip(records, numbers, strict=True)})
        changes = [
            {"person_id": number, "edition_id": self.edition_id, "kind": PersonChangeKind.IMPORTED,
             "after": record.label[:400], "changed_by_id": self.actor.id, "changed_at": self.at}
            for record, number in zip(records, numbers, strict=True)
        ]  # fmt: skip
        if changes:
            self.tx.execute(insert(PersonChange), changes)

    def _insert(self, model: Any, rows: list[dict[str, Any]]) -> list[int]:
        if not rows:
            return []
        return list(self.tx.execute(insert(model).returning(model.id, sort_by_parameter_order=True), rows).scalars())

    def _grants(self, records: Sequence[Record]) -> None:
        rows = [
            {"person_id": self.people[record.row], "edition_id": self.edition_id, "role": record.role,
             "sector": record.sector, "granted_by_id": self.actor.id, "granted_at": self.at}
            for record in records
        ]  # fmt: skip
        if rows:
            self.tx.execute(insert(RoleGrant), rows)

    def _affiliations(self, records: Sequence[Record]) -> None:
        rows: dict[tuple[int, int], dict[str, Any]] = {}
        for record in records:
            organisation = self.organisations.get(fold(record.organisation)[:200])
            if organisation:
                pair = self.people[record.row], organisation.id
                rows.setdefault(pair, {"person_id": pair[0], "organisation_id": pair[1], "position": record.position,
                                       "from_on": record.since})  # fmt: skip
        if rows:
            self.tx.execute(insert(Affiliation), list(rows.values()))

    def _fill(self, line: Line) -> None:
        for name, value in line.filled.items():
            self.tx.execute(update(Person).where(Person.id == line.person_id).values(**{name: value}))
            note_change(
                self.tx, line.person_id or 0, PersonChangeKind(name), edition_id=self.edition_id, after=value,
                actor=self.actor, at=self.at,
            )  # fmt: skip


def plan_of(connection: Connection, edition_id: int, records: Records) -> Plan:
    """What loading these people would do now; writes nothing."""
    return plan_list(known_of(connection, edition_id, records.people), records)


def load(tx: Connection, edition_id: int, records: Records, *, actor: Actor, at: datetime) -> Plan:
    """Load the list in the caller's transaction and say what was done; nothing is written where it has problems.

    The edition is locked first, so that steps under way end and what is planned is what is written. Nobody is sent a
    letter. The caller compares the digest with what was shown, and rolls back where it differs.
    """
    hold_editions(tx, select(Edition.id).where(Edition.id == edition_id))
    known = known_of(tx, edition_id, records.people)
    plan = plan_list(known, records)
    if not plan.problems:
        _Loading(tx, edition_id, actor, at, known.organisations).write(plan.lines)
    return plan
