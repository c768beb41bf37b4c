"""What somebody asks for: one step of a subject, or the step by which a new subject begins."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from workflow.base.calendar import end_of_day
from workflow.base.errors import BadInput
from workflow.base.i18n import _
from workflow.rules.facts import Actor, Attempt, Ref
from workflow.rules.field_types import Input, read

# A version that a subject has to have, any of several of them (with none nothing fits), or None for whatever it has.
Versions = int | tuple[int, ...] | None
NOTE = Input("note", "text", _("Note"), required=False)


class StepCommand(Struct, frozen=True):
    """One step of one subject by one person at one moment."""

    ref: Ref
    step: str
    actor: Actor
    at: datetime
    # The version on the page that was acted on, or any of several; None: whatever it is now.
    version: Versions = None
    answers: Mapping[str, Any] | None = None
    note: str = ""
    # The idempotency key: a repeated command gets the first answer.
    key: str | None = None
    # The day on which a leader's paper reached the office; terms are counted from it.
    paper_on: date | None = None

    def attempt(self) -> Attempt:
        """What came with the command, the note checked like any other answer. Raises BadInput."""
        return _attempt(self)


class CreateCommand(Struct, frozen=True):
    """The step by which a subject of a kind begins; an edition itself belongs to no edition."""

    kind: str
    step: str
    actor: Actor
    at: datetime
    edition_id: int | None = None
    answers: Mapping[str, Any] | None = None
    note: str = ""
    key: str | None = None
    paper_on: date | None = None
    # Columns that no form asks for, such as `historical`.
    columns: Mapping[str, Any] | None = None

    @property
    def ref(self) -> Ref:
        """What an idempotency key is fingerprinted by, since the subject has no number yet."""
        return Ref(self.kind, self.edition_id or 0)

    def attempt(self) -> Attempt:
        """What came with the command, the note checked like any other answer. Raises BadInput."""
        return _attempt(self)


def _attempt(command: StepCommand | CreateCommand) -> Attempt:
    if command.answers is not None and not isinstance(command.answers, Mapping):
        raise BadInput({"data": _("This has to be a set of named answers.")})
    note = read((NOTE,), {"note": command.note}).get("note", "") if command.note else ""
    paper_until = end_of_day(command.paper_on) if command.paper_on else None
    return Attempt(command.at, dict(command.answers or {}), note, command.paper_on, paper_until)


def is_fresh(version: Versions, present: int) -> bool:
    """Whether a subject has a version that was asked for."""
    return version is None or present in (version if isinstance(version, tuple) else (version,))
