"""What groups of a conference work out: lines typed at the tables, changed for a while, struck out, made an idea."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, insert, select, update

from workflow.base.errors import BadInput, NotAllowed, found
from workflow.base.grouping import grouped
from workflow.base.i18n import Sentence, _
from workflow.models import Conference, ConferenceOutput, Edition, Person, Presence, Registration
from workflow.rules.conference_outputs import KINDS
from workflow.rules.facts import Actor, Facts
from workflow.rules.field_types import Input, read
from workflow.rules.roles import Role
from workflow.rules.states import RESTING, ConferenceState, RegistrationState

# How long the author changes a line; afterwards it is struck out and written again.
CHANGEABLE = timedelta(minutes=15)
TABLE = Input("table_label", "line", _("Table or group"), _("For example: table 3"), maximum=80)
TEXT = Input("text", "text", _("What you want to write down"), maximum=1000)
HOSTS = frozenset({Role.STAFF, Role.ANIMATOR})
# While lines are written: from the opening of registration until the report is approved.
WRITABLE = frozenset({ConferenceState.OPEN, ConferenceState.HELD})


class OutputLine(Struct, frozen=True):
    """A line of a group's list."""

    id: int
    table_label: str
    kind: str
    text: str
    author_id: int
    author: str
    written_at: datetime
    changed_at: datetime | None
    struck_at: datetime | None
    proposal_id: int | None

    def is_changeable(self, actor_id: int | None, at: datetime) -> bool:
        """Whether its author may still change it."""
        return self.struck_at is None and self.author_id == actor_id and at < self.written_at + CHANGEABLE


def kinds_of(conference: Mapping[str, Any]) -> Mapping[str, Sentence]:
    """The kinds of lines that a conference collects; empty where nothing is typed at its tables."""
    return KINDS.get(conference["outputs"], {})


def outputs_of(tx: Connection, conference_id: int) -> tuple[OutputLine, ...]:
    """All lines of a conference in the order in which they were written, struck-out ones too; one statement."""
    o = ConferenceOutput
    query = (
        select(o.id, o.table_label, o.kind, o.text, o.author_id, Person.name, o.written_at, o.changed_at, o.struck_at,
               o.proposal_id)
        .join(Person, Person.id == o.author_id).where(o.conference_id == conference_id).order_by(o.id)
    )  # fmt: skip
    return tuple(OutputLine(*tuple(row)) for row in tx.execute(query))


def may_write(tx: Connection, facts: Facts) -> bool:
    """Whether the actor writes at the tables now: whoever hosts the conference, is registered for it or is there."""
    if facts.rights.id is None or facts.state not in WRITABLE or facts.edition["state"] in RESTING:
        return False
    return bool(facts.rights.roles & HOSTS) or takes_part(tx, facts.ref.id, facts.rights.id)


def takes_part(tx: Connection, conference_id: int, person_id: int) -> bool:
    """Whether a person is registered for a conference or was checked in; one statement."""
    r, p = Registration, Presence
    registered = select(r.id).where(
        r.conference_id == conference_id, r.person_id == person_id, r.state == RegistrationState.REGISTERED
    )
    present = select(p.id).where(p.conference_id == conference_id, p.person_id == person_id)
    return tx.execute(registered.union_all(present)).first() is not None


def write_line(
    tx: Connection, facts: Facts, typed: Mapping[str, Any], *, actor: Actor, at: datetime, key: str
) -> int:  # fmt: skip
    """Write a line; the same key writes once. Raises NotAllowed, and BadInput where it cannot be taken."""
    if actor.id is None or not may_write(tx, facts):
        raise NotAllowed
    kind = typed.get("kind", "")
    if kind not in kinds_of(facts.own):
        raise BadInput({"text": _("Nothing of this kind is written down at this conference.")})
    clean = read((TABLE, TEXT), {name: typed.get(name, "") for name in ("table_label", "text")})
    o = ConferenceOutput
    before = tx.execute(select(o.id).where(o.key == key)).scalar()
    if before is not None:
        return int(before)
    row = {**clean, "conference_id": facts.ref.id, "kind": kind, "author_id": actor.id, "written_at": at, "key": key}
    return int(tx.execute(insert(o).values(**row).returning(o.id)).scalar_one())


def change_line(
    tx: Connection, facts: Facts, line_id: int, typed: Mapping[str, Any], *, actor: Actor, at: datetime
) -> None:
    """Change the text of one's own line within a quarter of an hour. Raises NotFound, NotAllowed, BadInput."""
    line = _line(tx, facts.ref.id, line_id)
    if not may_write(tx, facts) or line.author_id != actor.id:
        raise NotAllowed
    if not line.is_changeable(actor.id, at):
        raise BadInput({"text": _("The time for changing this line is over. Strike it out and write a new one.")})
    clean = read((TEXT,), {"text": typed.get("text", "")})
    tx.execute(update(ConferenceOutput).where(ConferenceOutput.id == line_id).values(**clean, changed_at=at))


def strike_line(tx: Connection, facts: Facts, line_id: int, *, actor: Actor, at: datetime) -> None:
    """Strike a line out, by its author or by whoever hosts the conference; it stays readable. Again changes nothing."""
    line = _line(tx, facts.ref.id, line_id)
    if not may_write(tx, facts) or not (line.author_id == actor.id or facts.rights.roles & HOSTS):
        raise NotAllowed
    o = ConferenceOutput
    tx.execute(update(o).where(o.id == line_id, o.struck_at.is_(None)).values(struck_at=at, struck_by_id=actor.id))


def _line(tx: Connection, conference_id: int, line_id: int) -> OutputLine:
    return found(next((one for one in outputs_of(tx, conference_id) if one.id == line_id), None))


def idea_of(tx: Connection, facts: Facts, line_id: int) -> tuple[OutputLine, str]:
    """A line that may become an idea, and the version of the clause of its edition. Raises NotFound and BadInput."""
    line = _line(tx, facts.ref.id, line_id)
    if line.struck_at is not None:
        raise BadInput({"text": _("This line was struck out.")})
    edition = select(Edition.clause_version).join(Conference, Conference.edition_id == Edition.id)
    return line, str(tx.execute(edition.where(Conference.id == facts.ref.id)).scalar_one())


def note_idea(tx: Connection, line_id: int, proposal_id: int) -> None:
    """Keep which idea was recorded from a line."""
    o = ConferenceOutput
    tx.execute(update(o).where(o.id == line_id, o.proposal_id.is_(None)).values(proposal_id=proposal_id))


def by_table(lines: Sequence[OutputLine]) -> dict[str, list[OutputLine]]:
    """The lines by the table at which they were written, tables in the order of their first line."""
    return grouped((line.table_label, line) for line in lines)
