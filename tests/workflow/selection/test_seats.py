"""Seats of the committee and of the appeal body: terms, substitutes, and the role that sitting gives."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from tests.world import World
from workflow.base.errors import BadInput, NotFound
from workflow.models import Organisation, RoleGrant
from workflow.rules.facts import Ref
from workflow.selection import seats
from workflow.selection.seat_queries import SeatLine, seats_of

FROM, LATER, LAST = date(2026, 3, 1), date(2026, 9, 1), date(2026, 8, 31)


@pytest.fixture
def edition(world: World) -> Ref:
    return world.edition("selection")


def fill(world: World, edition: Ref, who: str, **more: Any) -> int:
    with world.database.transaction() as tx:
        sector = world.facts(edition)["sectors"][0]
        given = {"body": "committee", "function": "member", "sector": sector, "organisation": "", "appointed_by": "7/2026",
                 "from_on": FROM, "to_on": None, "person": world[who].id, **more}  # fmt: skip
        return seats.fill_seat(tx, edition.id, given, actor=world["staff"], at=world.now)


def lines(world: World, edition: Ref, body: str = "committee") -> tuple[SeatLine, ...]:
    with world.database.reading() as tx:
        return seats_of(tx, edition.id, body)


def roles(world: World, edition: Ref, who: str) -> set[str]:
    g = RoleGrant
    query = select(g.role).where(g.person_id == world[who].id, g.edition_id == edition.id, g.withdrawn_at.is_(None))
    with world.database.reading() as tx:
        return set(tx.execute(query).scalars())


def test_a_seat_gets_the_next_number_of_its_body_and_its_holder_the_role(world: World, edition: Ref) -> None:
    first = fill(world, edition, "participant")
    assert fill(world, edition, "partner") == first + 1
    assert fill(world, edition, "animator", body="appeal", sector="") == 1
    assert "committee_member" in roles(world, edition, "participant")
    assert "appeal_body" in roles(world, edition, "animator")


def test_an_organisation_is_created_once_whatever_the_capitals_and_accents(world: World, edition: Ref) -> None:
    fill(world, edition, "participant", organisation="Cech Rzemiosł")
    fill(world, edition, "partner", organisation=" cech  RZEMIOSL ")
    with world.database.reading() as tx:
        assert tx.execute(select(Organisation.name)).scalars().all() == ["Cech Rzemiosł"]


@pytest.mark.parametrize(
    ("more", "field"),
    [({"sector": "kosmos"}, "sector"), ({"to_on": date(2025, 1, 1)}, "to_on"), ({"person": 10**9}, "person")],
)
def test_a_seat_that_cannot_be_is_refused_with_the_field(
    world: World, edition: Ref, more: dict[str, Any], field: str
) -> None:
    before = lines(world, edition)
    with pytest.raises(BadInput) as refusal:
        fill(world, edition, "participant", **more)
    assert field in refusal.value.fields
    assert lines(world, edition) == before


def test_nobody_sits_twice_in_an_edition_at_the_same_time(world: World, edition: Ref) -> None:
    fill(world, edition, "participant")
    for body in ("committee", "appeal"):
        with pytest.raises(BadInput):
            fill(world, edition, "participant", body=body)


def test_a_body_has_one_chair_at_a_time(world: World, edition: Ref) -> None:
    fill(world, edition, "participant", function="chair", to_on=LAST)
    with pytest.raises(BadInput):
        fill(world, edition, "partner", function="chair")
    fill(world, edition, "partner", function="chair", from_on=LATER)


def test_a_seat_has_one_holder_and_substitutes_in_order(world: World, edition: Ref) -> None:
    number = fill(world, edition, "participant")
    seat = lines(world, edition)[number - 1]
    for who in ("partner", "animator"):
        given = {"person": world[who].id, "capacity": "substitute", "from_on": FROM, "to_on": None}
        with world.database.transaction() as tx:
            seats.add_holder(tx, edition.id, seat.id, given, actor=world["staff"], at=world.now)
    with pytest.raises(BadInput), world.database.transaction() as tx:
        given = {"person": world["coordinator"].id, "capacity": "holder", "from_on": LATER, "to_on": None}
        seats.add_holder(tx, edition.id, seat.id, given, actor=world["staff"], at=world.now)
    seat = lines(world, edition)[number - 1]
    assert [line.person_id for line in seat.substitutes_on(LATER)] == [world["partner"].id, world["animator"].id]


def test_a_vacated_seat_keeps_its_number_and_the_role_goes_with_the_term(world: World, edition: Ref) -> None:
    number = fill(world, edition, "participant")
    seat = lines(world, edition)[number - 1]
    with world.database.transaction() as tx:
        seats.end_term(tx, edition.id, seat.people[0].id, LAST, actor=world["staff"], at=world.now)
    seat = lines(world, edition)[number - 1]
    assert seat.holder_on(LAST) is not None
    assert seat.holder_on(LATER) is None
    assert "committee_member" not in roles(world, edition, "participant")
    with world.database.transaction() as tx:
        given = {"person": world["partner"].id, "capacity": "holder", "from_on": LATER, "to_on": None}
        seats.add_holder(tx, edition.id, seat.id, given, actor=world["staff"], at=world.now)
    holder = lines(world, edition)[number - 1].holder_on(LATER)
    assert holder is not None
    assert holder.person_id == world["partner"].id


def test_a_seat_of_another_edition_is_not_there(world: World, edition: Ref) -> None:
    number = fill(world, edition, "participant")
    seat = lines(world, edition)[number - 1]
    other = world.edition("conferences")
    with pytest.raises(NotFound), world.database.transaction() as tx:
        seats.end_term(tx, other.id, seat.people[0].id, LAST, actor=world["staff"], at=world.now)
