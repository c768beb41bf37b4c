"""What loading a list would do: for every row who is added, who gets a role, who is known, and what differs; pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from enum import StrEnum

from msgspec import Struct, field

from workflow.base.collation import fold
from workflow.base.i18n import Sentence, _
from workflow.participant_lists.headings import Column
from workflow.participant_lists.known import Known, KnownOrganisation, KnownPerson
from workflow.participant_lists.records import Problem, Record, Records
from workflow.rules.role_titles import TITLES
from workflow.rules.roles import Role

SEVERAL = _("Several people of this name and organisation are known. Add the e-mail address.")


OF_PEOPLE = (Column.NAME, Column.ORGANISATION, Column.POSTAL_ADDRESS)
# What a list says of organisations, besides their names.
SAID = (Column.KIND, Column.SECTOR, Column.COMMUNE)


class Outcome(StrEnum):
    """What becomes of one row."""

    ADDED = "added"
    ROLE_GIVEN = "role_given"
    KNOWN = "known"


class Difference(Struct, frozen=True):
    """What the list says differently from what is kept; what is kept stays."""

    column: Column
    kept: str
    listed: str


class Line(Struct, frozen=True):
    """What becomes of one row of the list."""

    record: Record
    outcome: Outcome
    # Who is known already; None for somebody new.
    person_id: int | None = None
    # The row of the list that adds this person, where it is an earlier one.
    same_as: int | None = None
    differences: tuple[Difference, ...] = ()
    # What was empty and is filled from the list.
    filled: Mapping[str, str] = field(default_factory=dict)
    joins: bool = False

    @property
    def changes(self) -> bool:
        """Whether anything is written because of this row."""
        return self.outcome is not Outcome.KNOWN or bool(self.filled) or self.joins

    @property
    def sentence(self) -> Sentence:
        """What becomes of the row, in words."""
        label = self.record.label
        if self.outcome is Outcome.KNOWN:
            return _("{email} is there already.", email=label)
        title = TITLES[Role(self.record.role)]
        if self.outcome is Outcome.ADDED:
            return _("{email} is added: {role}.", email=label, role=title)
        return _("{email} gets a role: {role}.", email=label, role=title)


class Plan(Struct, frozen=True):
    """What loading a list would do; nothing is loaded while there are problems."""

    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]

    @property
    def digest(self) -> str:
        """A digest of everything that would be done."""
        words = [
            [line.record.row, line.record.label, line.outcome, line.record.role, line.person_id, sorted(line.filled),
             line.joins, [[each.column, each.kept, each.listed] for each in line.differences]]
            for line in self.lines
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()

    def count(self, outcome: Outcome) -> int:
        """How many rows have this outcome."""
        return sum(line.outcome is outcome for line in self.lines)

    @property
    def differing(self) -> tuple[Line, ...]:
        """The rows in which the list says something else."""
        return tuple(line for line in self.lines if line.differences)


class _Planning(Struct):
    """What earlier rows of the same list have made known."""

    known: Known
    problems: list[Problem]
    first: dict[tuple[str, str], Record] = field(default_factory=dict)
    roles: set[tuple[object, str]] = field(default_factory=set)

    def line(self, record: Record) -> Line | None:
        """What becomes of a row; None, and a problem noted, where that is not clear."""
        key = _key(record)
        earlier = self.first.get(key)
        if problem := self._clash(record, earlier):
            self.problems.append(problem)
            return None
        self.first.setdefault(key, record)
        matches = self._matches(record)
        if len(matches) > 1:
            self.problems.append(Problem(record.row, Column.EMAIL, SEVERAL))
            return None
        person = matches[0] if matches else None
        who: object = person.id if person else key
        granted = (who, record.role) in self.roles or (
            person is not None and (person.id, record.role) in self.known.granted
        )
        self.roles.add((who, record.role))
        if person:
            return self._of_known(record, person, granted=granted)
        if earlier:
            return Line(record, Outcome.KNOWN if granted else Outcome.ROLE_GIVEN, same_as=earlier.row)
        return Line(record, Outcome.ADDED, joins=bool(record.organisation), differences=self._of_organisation(record))

    def _clash(self, record: Record, earlier: Record | None) -> Problem | None:
        if earlier is None:
            return None
        if record.email:
            if fold(record.name) == fold(earlier.name):
                return None
            other = _("The same address stands in row {row} beside another name.", row=earlier.row)
            return Problem(record.row, Column.EMAIL, other)
        if record.role != earlier.role:
            return None
        twice = _(
            "The same name and organisation stand in row {row}. Add an address to one of them, or leave one out.",
            row=earlier.row,
        )
        return Problem(record.row, Column.NAME, twice)

    def _matches(self, record: Record) -> list[KnownPerson]:
        """Whom a row is about: by the address; without one, or where nobody has it, by name and organisation."""
        if record.email and record.email in self.known.by_email:
            return [self.known.by_email[record.email]]
        alike = self.known.by_name.get((fold(record.name), fold(record.organisation)[:200]), [])
        if record.email:
            alike = [person for person in alike if not person.email and record.organisation]
        return list({person.id: person for person in alike}.values())

    def _of_known(self, record: Record, person: KnownPerson, *, granted: bool) -> Line:
        unaffiliated = person.id not in self.known.affiliated and not person.organisation
        filled = {} if person.email or not record.email else {"email": record.email}
        if record.postal_address and not person.postal_address:
            filled["postal_address"] = record.postal_address
        joins = bool(record.organisation) and unaffiliated
        outcome = Outcome.KNOWN if granted else Outcome.ROLE_GIVEN
        differences = (*_differing(person, record, OF_PEOPLE), *self._of_organisation(record))
        return Line(record, outcome, person.id, None, differences, filled, joins)

    def _of_organisation(self, record: Record) -> tuple[Difference, ...]:
        kept = self.known.organisations.get(fold(record.organisation)[:200])
        if not kept:
            return ()
        return _differing(kept, record, SAID)


def plan_list(known: Known, records: Records) -> Plan:
    """What loading these people would do; an earlier row of the list counts for those below it."""
    planning = _Planning(known, list(records.problems))
    lines = tuple(line for line in map(planning.line, records.people) if line)
    return Plan(lines, tuple(sorted(planning.problems, key=lambda problem: problem.row)))


def _key(record: Record) -> tuple[str, str]:
    return ("", record.email) if record.email else (fold(record.name), fold(record.organisation))


def _differing(
    kept: KnownPerson | KnownOrganisation, record: Record, columns: Sequence[Column]
) -> tuple[Difference, ...]:
    """The columns of which both say something, and not the same."""
    pairs = ((column, getattr(kept, column), getattr(record, column)) for column in columns)
    return tuple(Difference(*pair) for pair in pairs if pair[1] and pair[2] and fold(pair[1]) != fold(pair[2]))


def missing_of(kept: KnownOrganisation, record: Record) -> dict[str, str]:
    """What an organisation lacks that the list has."""
    return {name: said for name in SAID if (said := getattr(record, name)) and not getattr(kept, name)}
