"""Noting at once that everybody came: each holder of an empty seat who was not noted absent, step by step."""

from datetime import datetime

from sqlalchemy import Connection

from workflow.base.errors import Stale, not_ready
from workflow.base.i18n import _
from workflow.engine import machine
from workflow.engine.command import StepCommand
from workflow.rules.facts import Actor, Facts
from workflow.rules.guards.meetings import session_of
from workflow.rules.seats import SessionSeat


def expected_holders(facts: Facts) -> tuple[SessionSeat, ...]:
    """The seats whose holders may still come: nobody sits in them, and no absence was noted; pure."""
    return tuple(seat for seat in session_of(facts).seats
                 if seat.present is None and seat.holder is not None and seat.absence is None)  # fmt: skip


def note_everybody(tx: Connection, facts: Facts, *, version: int, actor: Actor, at: datetime) -> int:
    """Note the arrival of every expected holder, in the caller's transaction or nobody; returns how many.

    Raises Stale where the meeting has another version, NotReady where nobody is expected, and what one arrival does.
    """
    if facts.version != version:
        raise Stale(facts.version)
    seats = expected_holders(facts)
    if not seats:
        raise not_ready("nobody_expected", _("Everybody who is expected is noted already."))
    for seat in seats:
        answers = {"seat": seat.id, "person": seat.holder}
        machine.take(tx, StepCommand(facts.ref, "note_arrival", actor, at, answers=answers))
    return len(seats)
