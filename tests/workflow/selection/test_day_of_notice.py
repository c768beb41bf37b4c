"""The term for an appeal runs from the day of notice, where that is another one than the day of the announcement."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.world import World
from workflow.base.calendar import deadline, warsaw_date
from workflow.base.errors import NotAllowed, NotReady
from workflow.db.database import Database
from workflow.engine import audit

LATER = 3
REASON = "Doręczono pocztą."


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    database = Database(sqlite_url)
    yield World(database)
    database.close()


def codes(refusal: NotReady) -> set[str]:
    return {unmet.code for unmet in refusal.missing}


@pytest.mark.parametrize("state", ["not_admitted", "not_selected", "reserve"])
def test_the_term_is_counted_from_the_day_of_notice_and_the_history_says_so(world: World, state: str) -> None:
    ref = world.proposal_in(state)
    first = world.at
    before = world.facts(ref).entry("appeal_window")["until"]
    world.wait(LATER)
    notice = warsaw_date(world.at)
    world.take(ref, "note_notice", "staff", notice_on=notice, reason=REASON)
    window = world.facts(ref).entry("appeal_window")
    assert window["until"] == deadline(world.at, days=7).isoformat() > before
    assert (window["notice"], window["announced_at"][:10]) == (notice.isoformat(), first.isoformat()[:10])
    with world.database.reading() as tx:
        assert audit.verify(tx).broken is None
    last = world.facts(ref).entry("note_notice")
    assert (last["notice_on"], last["reason"]) == (notice.isoformat(), REASON)
    world.at = deadline(first, days=7) + timedelta(hours=1)
    world.take(ref, "appeal", "leader", grounds="Pominięto partnerów.")
    assert world.state(ref) == "appealed"


@pytest.mark.parametrize("days", [-1, 1])
def test_a_day_before_the_announcement_or_ahead_is_refused_and_changes_nothing(world: World, days: int) -> None:
    ref = world.proposal_in("not_selected")
    before = world.facts(ref)
    with pytest.raises(NotReady) as refusal:
        world.take(ref, "note_notice", "staff", notice_on=warsaw_date(world.at) + timedelta(days=days), reason=REASON)
    assert codes(refusal.value) == {"notice_day_wrong"}
    assert world.facts(ref) == before


def test_only_the_office_records_it_and_only_while_no_appeal_was_decided(world: World) -> None:
    ref = world.proposal_in("not_selected")
    today = warsaw_date(world.at)
    with pytest.raises(NotAllowed):
        world.take(ref, "note_notice", "leader", notice_on=today, reason=REASON)
    world.take(ref, "appeal", "leader", grounds="Pominięto partnerów.")
    world.take(ref, "withdraw_appeal", "leader")
    with pytest.raises(NotReady) as refusal:
        world.take(ref, "note_notice", "staff", notice_on=today, reason=REASON)
    assert codes(refusal.value) == {"already_appealed"}


def test_appeals_of_an_edition_are_closed_only_after_the_last_term(world: World) -> None:
    ref = world.proposal_in("not_selected")
    edition = world.edition_of(ref)
    world.take(edition, "announce_results", "chair")
    first = world.facts(edition)["appeals_until"]
    world.wait(LATER)
    world.take(ref, "note_notice", "staff", notice_on=warsaw_date(world.at), reason=REASON)
    later = deadline(world.at, days=7)
    world.at = first + timedelta(hours=1)
    with pytest.raises(NotReady) as refusal:
        world.take(edition, "close_appeals", "staff")
    assert "appeals_running" in codes(refusal.value)
    assert {unmet.until for unmet in refusal.value.missing if unmet.code == "appeals_running"} == {later}
    world.at = later + timedelta(hours=1)
    world.take(edition, "close_appeals", "staff")
    with pytest.raises(NotReady) as refusal:
        world.take(ref, "note_notice", "staff", notice_on=warsaw_date(first), reason=REASON)
    assert "appeals_closed" in codes(refusal.value)
