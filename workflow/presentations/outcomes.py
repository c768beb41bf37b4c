"""After a slot: the step of its project, taken by the press of a moderator and never by itself."""

from datetime import datetime

from sqlalchemy import Connection

from workflow.base.errors import NotFound, not_ready
from workflow.base.i18n import _, say
from workflow.engine import machine
from workflow.engine.command import StepCommand
from workflow.engine.move import Moved
from workflow.presentations.agenda import Slot
from workflow.presentations.queries import read_agenda
from workflow.rules.facts import Actor, Ref
from workflow.rules.states import ProposalState, SlotState

# The step of a project by the state of its slot.
STEPS = {SlotState.DONE: "present", SlotState.ABSENT: "mark_not_presented"}


def awaits_step(slot: Slot) -> bool:
    """Whether what happened in a slot is not in the history of its project yet."""
    return slot.state in STEPS and slot.project_state == ProposalState.ADMITTED


def note_outcome(tx: Connection, conference_id: int, slot_id: int, *, actor: Actor, at: datetime) -> Moved:
    """Take the step of a project that was presented, or whose presenter was absent, in the caller's transaction.

    Who may take it and only if what is the table's business: raises what `machine.take` does, NotReady for a slot that
    is not over, and NotFound for one that is none of this agenda or no project.
    """
    agenda = read_agenda(tx, conference_id)
    slot = next((slot for slot in agenda.slots if slot.id == slot_id), None) if agenda else None
    if slot is None or slot.proposal_id is None:
        raise NotFound
    if slot.state not in STEPS:
        raise not_ready("slot_not_over", _("This presentation is not over yet."))
    answers = (
        {"presenter": slot.presenter or say(_("The group"), actor.language)}
        if slot.state == SlotState.DONE
        else {"minutes_reference": say(_("Agenda of the conference, item {place}: absent", place=slot.place), "pl")}
    )
    command = StepCommand(Ref("proposal", slot.proposal_id), STEPS[slot.state], actor=actor, at=at, answers=answers)
    return machine.take(tx, command)
