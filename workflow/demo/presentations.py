"""The presentations of a demonstration edition: the agenda is drawn up, published and led from the remote."""

from datetime import datetime

from sqlalchemy import Connection

from workflow.presentations.actions import generate, publish
from workflow.presentations.agenda import AgendaView
from workflow.presentations.queries import read_agenda
from workflow.presentations.remote import Press, press_button, release_remote, take_remote
from workflow.rules.facts import Actor
from workflow.rules.states import ProposalState


def call(tx: Connection, conference_id: int, proposal_id: int, *, office: Actor, host: Actor, at: datetime) -> None:
    """Let the host call a project; the office draws the agenda up with the first one. In the caller's transaction."""
    if generate(tx, conference_id, actor=office, at=at):
        agenda = _read(tx, conference_id)
        if agenda.published_at is None:
            publish(tx, conference_id, is_public=True, version=agenda.version, actor=office, at=at)
    agenda = _read(tx, conference_id)
    if agenda.screen.moderator_id != host.id:
        take_remote(tx, conference_id, version=agenda.screen.version, actor=host)
        agenda = _read(tx, conference_id)
    slot = next(slot for slot in agenda.slots if slot.proposal_id == proposal_id)
    press_button(tx, conference_id, Press.CALL, version=agenda.screen.version, actor=host, at=at, slot_id=slot.id)


def finish(tx: Connection, conference_id: int, *, host: Actor, at: datetime) -> None:
    """End the last presentation, note who was absent, and put the remote down."""
    agenda = _read(tx, conference_id)
    while agenda.now or agenda.next:
        presented = agenda.now is None or agenda.now.project_state != ProposalState.ADMITTED
        button = Press.NEXT if presented else Press.ABSENT
        press_button(tx, conference_id, button, version=agenda.screen.version, actor=host, at=at)
        agenda = _read(tx, conference_id)
    release_remote(tx, conference_id, version=agenda.screen.version, actor=host)


def _read(tx: Connection, conference_id: int) -> AgendaView:
    agenda = read_agenda(tx, conference_id)
    if agenda is None:
        raise LookupError(f"conference {conference_id} has no agenda")
    return agenda
