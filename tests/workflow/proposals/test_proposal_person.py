"""Authors, leaders and coordinators are found without an index on the proposal, whoever writes its row."""

from sqlalchemy import select, text, update

from tests.world import World
from workflow.db.database import Database
from workflow.models import Proposal, ProposalPerson
from workflow.rules.facts import Ref


def people_of(database: Database, ref: Ref) -> set[int]:
    with database.reading() as tx:
        query = select(ProposalPerson.person_id).where(ProposalPerson.proposal_id == ref.id)
        return set(tx.execute(query).scalars())


def named(world: World, *people: str) -> set[int]:
    return {world[who].id or 0 for who in people}


def test_whoever_begins_an_idea_is_named_on_it_once(world: World) -> None:
    ref = world.idea(world.edition("conferences"), who="leader")
    assert people_of(world.database, ref) == named(world, "leader")


def test_a_change_of_people_is_followed_and_every_other_step_writes_nothing(world: World) -> None:
    ref = world.proposal_in("submitted")
    before = people_of(world.database, ref)
    with world.database.transaction() as tx:
        tx.execute(text("DELETE FROM proposal_person"))
    world.take(ref, "return_for_completion", "staff", reasons=["unclear"], explanation="Proszę dopisać partnerów.")
    assert people_of(world.database, ref) == set()
    with world.database.transaction() as tx:
        tx.execute(update(Proposal).where(Proposal.id == ref.id).values(coordinator_id=world["staff"].id))
    assert people_of(world.database, ref) == before | named(world, "staff")
    with world.database.transaction() as tx:
        nobody = {"coordinator_id": None, "leader_id": None, "author_id": None}
        tx.execute(update(Proposal).where(Proposal.id == ref.id).values(**nobody))
    assert people_of(world.database, ref) == set()
