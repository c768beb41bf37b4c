"""The clock's row follows a proposal from state to state, on both databases."""

from datetime import datetime, timedelta

from sqlalchemy import select

from tests.clock import ahead
from tests.world import World
from workflow.base.calendar import warsaw_date
from workflow.models import Timer
from workflow.rules.facts import Ref


def waiting(world: World, ref: Ref) -> dict[str, datetime]:
    with world.database.reading() as tx:
        return ahead(tx, ref)


def due_at(world: World, ref: Ref) -> datetime | None:
    mine = Timer.subject_kind == ref.kind, Timer.subject_id == ref.id
    with world.database.reading() as tx:
        return tx.execute(select(Timer.due_at).where(*mine)).scalar_one()


def test_dates_of_an_earlier_stay_in_a_state_do_not_count_in_the_next(world: World) -> None:
    ref = world.proposal_in("submitted")
    world.send_back(ref)
    first = waiting(world, ref)["expire_completion"]
    world.take(ref, "resubmit", "leader", explanation="Uzupełnione.")
    assert waiting(world, ref) == {}
    assert due_at(world, ref) is None
    world.wait(days=3)
    world.send_back(ref)
    assert first < waiting(world, ref)["expire_completion"]


def test_the_same_dates_wait_on_when_a_state_is_entered_again(world: World) -> None:
    ref = world.proposal_in("submitted")
    world.send_back(ref)
    first = waiting(world, ref)
    world.take(ref, "resubmit", "leader", explanation="Uzupełnione.")
    world.send_back(ref)
    assert waiting(world, ref) == first


def test_a_subject_has_one_row_whatever_its_dates(world: World) -> None:
    ref = world.proposal_in("returned")
    assert len(waiting(world, ref)) > 1
    with world.database.reading() as tx:
        rows = tx.execute(select(Timer.due_at).where(Timer.subject_kind == ref.kind, Timer.subject_id == ref.id)).all()
    assert len(rows) == 1


def test_the_clock_looks_at_no_proposal_of_an_edition_that_rests_and_at_all_when_it_goes_on(world: World) -> None:
    ref = world.proposal_in("group_work")
    edition = world.edition_of(ref)
    world.take(edition, "suspend", "staff", reason="Powódź.")
    assert due_at(world, ref) is None
    world.take(edition, "set_calendar", "staff", summary_day=warsaw_date(world.at) + timedelta(days=60))
    world.take(edition, "resume", "staff")
    assert due_at(world, ref) == world.at
    assert "expire_unsubmitted" in waiting(world, ref)
