"""A convened meeting of the committee, for the demonstration edition in which projects wait for a decision."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from workflow.base.calendar import warsaw_date
from workflow.demo.people import Cast
from workflow.engine import machine
from workflow.engine.command import CreateCommand, StepCommand
from workflow.rules.facts import Ref

CHAIR = "przewodniczacy"
AGENDA = ("Otwarcie i stwierdzenie kworum", "Oświadczenia o bezstronności", "Wybór projektów", "Sprawy różne")
# How many days after the demo is loaded the committee meets, and how long before that it was convened.
AHEAD, CONVENED = timedelta(days=2), timedelta(hours=1)


def convene_meeting(tx: Connection, edition: Ref, cast: Cast, *, at: datetime) -> None:
    """Prepare a meeting in two days, give it an agenda and convene it, in the caller's transaction."""
    actor, then = cast.actors[CHAIR], at - CONVENED
    answers = {"body": "committee", "form": "room", "day": warsaw_date(at + AHEAD).isoformat(), "hour": "16:00",
               "venue": "Starostwo, sala 12"}  # fmt: skip
    command = CreateCommand("meeting", "prepare_meeting", actor=actor, at=then, edition_id=edition.id, answers=answers)
    meeting = machine.create(tx, command).ref
    for item in AGENDA:
        machine.take(tx, StepCommand(meeting, "add_agenda_item", actor=actor, at=then, answers={"item": item}))
    machine.take(tx, StepCommand(meeting, "convene", actor=actor, at=then))
