"""Two moderators at once, on both databases: of presses on the same version one is carried out."""

from tests.workflow.at_once import at_once
from tests.world import World
from workflow.base.errors import Stale
from workflow.presentations.actions import generate
from workflow.presentations.agenda import AgendaView
from workflow.presentations.queries import read_agenda
from workflow.presentations.remote import Press, press_button, take_remote
from workflow.rules.facts import Ref

CLIENTS = 6


def agenda_of(world: World, conference: Ref) -> AgendaView:
    with world.database.reading() as tx:
        agenda = read_agenda(tx, conference.id)
    assert agenda is not None
    return agenda


def drawn_up(world: World) -> Ref:
    """A conference with three projects, whose remote the office holds."""
    with world.writing():
        edition = world.edition("conferences")
        for number in range(3):
            world.lead(world.idea(edition, title=f"Projekt {number}"), "admitted")
    conference = world.summaries[edition]
    with world.database.transaction() as tx:
        generate(tx, conference.id, actor=world["staff"], at=world.now)
        take_remote(tx, conference.id, version=1, actor=world["staff"])
    return conference


def test_presses_at_the_same_moment_skip_no_project(world: World) -> None:
    conference = drawn_up(world)
    version = agenda_of(world, conference).screen.version

    def press() -> None:
        world.database.in_transaction(lambda tx: press_button(
            tx, conference.id, Press.NEXT, version=version, actor=world["staff"], at=world.now
        ))  # fmt: skip

    answers = at_once([press] * CLIENTS)
    assert sum(isinstance(answer, Stale) for answer in answers) == CLIENTS - 1
    agenda = agenda_of(world, conference)
    assert (agenda.ordinal, agenda.screen.version) == (1, version + 1)
