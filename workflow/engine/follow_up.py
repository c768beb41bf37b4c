"""Steps that the system takes of other subjects because of a move: as commands, for taking and for previewing."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection

from workflow.base.calendar import warsaw_date
from workflow.engine import facts_reader
from workflow.engine.command import StepCommand
from workflow.engine.move import Move
from workflow.rules.facts import SYSTEM, Facts

# Stored in the history, so in the language of the office.
SUSPENDED = "Edycja była wstrzymana."
SHIFT_TERM = "shift_term"


def follow_up(tx: Connection, move: Move) -> Iterator[StepCommand]:
    """The commands in their order; reads the proposals with a running term where an edition goes on, writes nothing."""
    if move.change.timers == "thaw":
        yield from _shift_terms(tx, move.facts, move.at)
    for ref, record, answers in move.change.follow:
        yield StepCommand(ref, record, actor=SYSTEM, at=move.at, answers=answers)


def _shift_terms(tx: Connection, edition: Facts, at: datetime) -> Iterator[StepCommand]:
    """Every running term moves by the days for which the edition was suspended, each with an entry of its own."""
    since = datetime.fromisoformat(edition.entry("suspension")["at"])
    answers = {"days": (warsaw_date(at) - warsaw_date(since)).days, "reason": SUSPENDED}
    for ref in facts_reader.with_running_term(tx, edition.ref.id):
        yield StepCommand(ref, SHIFT_TERM, actor=SYSTEM, at=at, answers=answers)
