"""A table in use gets another version: who began by the old one goes on by the new one, and old entries stay readable."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from tests.world import World
from workflow.engine import audit
from workflow.models import HistoryEntry
from workflow.rules import registry
from workflow.rules.facts import Ref

NAME = "local_partnership"


@contextmanager
def in_version(number: int) -> Iterator[None]:
    """As long as this version of the table was the newest."""
    known = dict(registry.tables())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "tables", lambda: {key: table for key, table in known.items()
                                                   if key[0] != NAME or key[1] <= number})  # fmt: skip
        _forget()
        try:
            yield
        finally:
            _forget()


def _forget() -> None:
    registry.newest.cache_clear()
    registry.newest_version.cache_clear()


def versions(world: World, ref: Ref) -> list[int]:
    h = HistoryEntry
    query = select(h.lifecycle_version).where(h.subject_kind == ref.kind, h.subject_id == ref.id).order_by(h.version)
    with world.database.reading() as tx:
        return list(tx.execute(query).scalars())


def test_the_next_entry_of_an_old_subject_names_the_new_version_and_the_chain_holds(world: World) -> None:
    newest = registry.newest("proposal").version
    with in_version(1):
        edition = world.edition("conferences")
        ref = world.idea(edition)
    assert world.facts(ref).lifecycle_version == 1
    world.add_members(ref)
    world.take(ref, "form_group", "animator")
    assert world.facts(ref).lifecycle_version == newest
    assert versions(world, ref)[0] == 1
    assert set(versions(world, ref)[1:]) == {newest}
    with world.database.snapshot() as tx:
        assert audit.verify(tx).broken is None


def test_what_was_typed_under_the_second_version_stays_readable(world: World) -> None:
    with in_version(2):
        promoted, annulled = world.proposal_in("reserve", places_number=1), world.proposal_in("selected")
        world.take(promoted, "promote_from_reserve", "chair", resolution="3/2026", freed="funds")
        world.take(annulled, "annul_decision", "chair", resolution="4/2026", reason="Błąd w liczeniu.")
    assert world.facts(promoted).entry("promotion")["resolution"] == "3/2026"
    with world.database.snapshot() as tx:
        assert audit.verify(tx).broken is None


def test_a_historical_edition_is_entered_by_the_first_version() -> None:
    past, present = {"historical": True}, {"historical": False}
    assert registry.table_for("proposal", past).version == 1
    assert registry.table_for("proposal", present) is registry.newest("proposal")
