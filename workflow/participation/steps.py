"""A step as pages and programs take it, with what it means for the waiting list of a conference."""

from sqlalchemy import Connection

from workflow.accounts.sealing import HasKey
from workflow.engine import machine
from workflow.engine.command import StepCommand
from workflow.engine.move import Moved
from workflow.participation import registrations
from workflow.people.choices import INVITED_FIRST, check_choice
from workflow.rules.states import AHEAD


def take(tx: Connection, settings: HasKey, command: StepCommand) -> Moved:
    """Take one step; of a conference that is ahead, whoever waits gets the places that it made free, with a letter.

    All of it in the caller's transaction, which has the conference locked since its step. A letter about a place
    carries a secret address, which is why this is no effect of the step. Raises what `machine.take` raises, and
    BadInput for a person whom the actor may not choose (people.choices.check_choice).
    """
    if command.step in INVITED_FIRST and command.answers:
        facts = machine.facts_of(tx, [command.ref], actor=command.actor).get(command.ref)
        if facts is not None:
            check_choice(tx, facts, command.step, command.answers)
    moved = machine.take(tx, command)
    if command.ref.kind == "conference" and moved.target in AHEAD and not moved.replayed:
        registrations.advance(tx, settings, registrations.lock(tx, command.ref.id), at=command.at)
    return moved
