"""Many at once, on PostgreSQL: one effect, clean refusals for the others, nothing lost."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.workflow.at_once import at_once, database, entries, take, version_of
from tests.world import SHEET, World
from workflow.base.errors import Stale
from workflow.engine import machine
from workflow.engine.command import CreateCommand
from workflow.models import OutboxRow, Proposal, Receipt
from workflow.submission.queries import submissions_of

pytestmark = pytest.mark.slow

__all__ = ["database"]
CLIENTS = 50


@pytest.mark.parametrize("says_version", [True, False])
def test_of_fifty_who_press_one_step_exactly_one_moves_it(world: World, says_version: bool) -> None:
    ref = world.proposal_in("submitted")
    world.verify(ref)
    version = version_of(world, ref)
    asked = {"version": version} if says_version else {}
    told = at_once([take(world, ref, "admit", "staff" if n % 2 else "staff2", **asked) for n in range(CLIENTS)])
    kinds = Counter(type(one).__name__ for one in told)
    assert kinds == {"Moved": 1, ("Stale" if says_version else "NoSuchStep"): CLIENTS - 1}
    for refusal in told:
        if isinstance(refusal, Stale):
            assert refusal.last is not None
            assert refusal.last.step == "admit"
    assert entries(world, ref, "admit") == 1
    assert version_of(world, ref) == version + 1
    with world.database.reading() as tx:
        key = f"{ref}:{version + 1}"
        assert tx.execute(select(func.count()).where(OutboxRow.key == key)).scalar_one() == 1


def test_of_two_decisions_at_once_one_stands(world: World) -> None:
    for _turn in range(10):
        ref = world.proposal_in("submitted")
        world.verify(ref)
        world.take(ref, "draft_refusal", "staff", ground="merit_powers", justification="Poza zadaniami.")
        version = version_of(world, ref)
        admit = take(world, ref, "admit", "staff", version=version)
        refuse = take(world, ref, "refuse_admission", "staff2", version=version)
        told = at_once([admit, refuse])
        assert sorted(type(one).__name__ for one in told) == ["Moved", "Stale"]
        assert world.state(ref) == next(one.target for one in told if isinstance(one, machine.Moved))


def test_records_by_many_are_all_kept_or_refused(world: World) -> None:
    ref = world.proposal_in("returned")
    before = entries(world, ref)
    works = [take(world, ref, "shift_term", "staff", answers={"days": 1, "reason": f"Powód {n}"}) for n in range(20)]
    told = at_once(works)
    assert all(isinstance(one, machine.Moved) for one in told)
    assert sorted(one.version for one in told) == list(range(before + 1, before + 21))
    assert len(world.facts(ref).entries("shift_term")) == 20


def test_ideas_at_once_get_numbers_of_their_own(world: World) -> None:
    edition = world.edition()

    def idea(number: int) -> Callable[[], Any]:
        data = {"title": f"Pomysł {number}"}
        return lambda: world.database.in_transaction(
            lambda tx: machine.create(
                tx,
                CreateCommand(
                    "proposal",
                    "record_idea",
                    actor=world["participant"],
                    at=world.now,
                    edition_id=edition.id,
                    answers=data,
                ),
            )
        )

    told = at_once([idea(number) for number in range(30)])
    assert all(isinstance(one, machine.Moved) for one in told), [str(one) for one in told]
    with world.database.reading() as tx:
        numbers = tx.execute(select(Proposal.number).where(Proposal.edition_id == edition.id)).scalars()
        assert sorted(numbers) == list(range(1, 31))


def test_a_call_repeated_by_twenty_at_once_has_one_effect(world: World) -> None:
    ref = world.proposal_in("submitted")
    world.verify(ref)
    version = version_of(world, ref)
    told = at_once([take(world, ref, "admit", "staff", version=version, key="raz")] * 20)
    assert {type(one).__name__ for one in told} == {"Moved"}
    assert len({(one.version, one.history_id, one.hash) for one in told}) == 1
    assert sum(not one.replayed for one in told) == 1
    assert entries(world, ref, "admit") == 1


def test_of_many_who_submit_at_once_one_gets_the_one_receipt(world: World) -> None:
    ref = world.proposal_in("group_work")
    world.take(ref, "edit_sheet", "leader", **SHEET)
    told = at_once([take(world, ref, "submit", "leader") for _turn in range(20)])
    assert Counter(type(one).__name__ for one in told) == {"Moved": 1, "NoSuchStep": 19}
    with world.database.reading() as tx:
        receipts = tx.execute(select(Receipt.number).where(Receipt.proposal_id == ref.id)).scalars().all()
        assert receipts == [version.receipt for version in submissions_of(tx, ref.id, names_minors=True)]
    assert len(receipts) == 1
