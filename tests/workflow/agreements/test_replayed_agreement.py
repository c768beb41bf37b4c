"""The history of an agreement and of its partners leads to their rows, on both databases."""

from tests.agreement import invited, opened, signed
from tests.world import World
from workflow.base.calendar import warsaw_date
from workflow.db.database import Database
from workflow.engine.audit import verify


def test_the_history_of_agreement_and_partners_can_be_replayed(world: World, database: Database) -> None:
    edition = world.edition("conferences")
    agreement = opened(world, edition, minimum_signatures=1, valid_until_day=warsaw_date(world.at))
    first, second = invited(world, agreement, ("Gmina Gąbin", "Szkoła"))
    signed(world, first)
    world.take(agreement, "conclude", "staff")
    signed(world, second)
    world.take(second, "withdraw", "staff", reason="Likwidacja.")
    world.take(second, "invite_again", "staff")
    with database.snapshot() as connection:
        verdict = verify(connection)
    assert not verdict.broken
