"""A conference at which people were checked in is held with their number; a typed figure is for those of the past."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.world import World
from workflow.base.settings import load_settings
from workflow.engine import audit
from workflow.models import Conference
from workflow.participation import check_in
from workflow.rules.facts import Ref


@pytest.fixture
def conference(world: World) -> Ref:
    edition = world.edition("conferences")
    ref = world.summaries[edition]
    with world.writing() as tx:
        later = {"state": "open", "starts_at": world.at - timedelta(days=1)}
        tx.execute(update(Conference).where(Conference.id == ref.id).values(later))
    return ref


def figure(world: World, ref: Ref) -> tuple[object, ...]:
    c = Conference
    query = select(c.participants, c.participants_qualifier, c.participants_source).where(c.id == ref.id)
    with world.database.reading() as tx:
        return tuple(tx.execute(query).one())


def test_people_who_were_checked_in_are_counted_and_a_typed_figure_is_left_aside(world: World, conference: Ref) -> None:
    with world.writing() as tx:
        for name in ("Anna Lis", "Jan Kot", "Ewa Sowa"):
            check_in.walk_in(tx, load_settings(), conference.id, name, "", actor=world["animator"], at=world.now)
    assert world.facts(conference).present == 3
    world.take(conference, "hold", "staff", participants=90, qualifier="ok.", source="Notatka")
    assert figure(world, conference) == (3, "", "Odprawa przy wejściu")


def test_without_check_in_the_figure_is_as_it_was_typed(world: World, conference: Ref) -> None:
    world.take(conference, "hold", "staff", participants=90, qualifier="ok.", source="Notatka")
    assert figure(world, conference) == (90, "ok.", "Notatka")


def test_the_counted_figure_is_in_the_history_and_a_replay_finds_the_same(world: World) -> None:
    edition = world.edition("conferences")
    ref = world.summaries[edition]
    with world.writing() as tx:
        check_in.walk_in(tx, load_settings(), ref.id, "Anna Lis", "", actor=world["animator"], at=world.now)
    world.at = world.facts(ref)["starts_at"] + timedelta(days=1)
    world.take(ref, "hold", "staff")
    assert figure(world, ref)[0] == 1
    with world.database.snapshot() as tx:
        verdict = audit.verify(tx, edition_id=edition.id)
    assert verdict.broken is None
