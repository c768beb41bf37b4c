import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from tests.listening import statements_of
from tests.workflow.lifecycle.small_world import NOW, Small, small_world
from tests.world import World
from workflow.db.database import Database
from workflow.engine import chains, facts_reader, history, machine
from workflow.engine.command import StepCommand
from workflow.models import Edition, HistoryContent
from workflow.rules.facts import SYSTEM, Ref

STEPS = 6


@pytest.fixture
def small(database: Database) -> Small:
    with database.transaction() as tx:
        world = small_world(tx)
        for number in range(STEPS):
            machine.take(
                tx, StepCommand(world.edition, "set_rules", actor=world.staff, at=NOW + timedelta(minutes=number),
                answers={"rules_version": str(number)}, note=f"uwaga {number}",
            ))  # fmt: skip
    return world


def heads(database: Database, *refs: Ref) -> dict[Ref, tuple[int, str]]:
    with database.reading() as tx:
        found = facts_reader.read_facts(tx, refs, actor=SYSTEM)
    return {ref: (facts.version, facts.head_hash) for ref, facts in found.items()}


def verdict(database: Database, small: Small) -> chains.Verdict:
    known = heads(database, small.edition)
    with database.snapshot() as tx:
        return chains.verify(tx, known)


def force(database: Database, statement: str, **values: Any) -> None:
    """What only the owner of the database can do: switch the protection off and change a row."""
    with database.transaction() as tx:
        if database.is_sqlite:
            triggers = tx.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            for name in triggers:
                tx.execute(text(f"DROP TRIGGER {name}"))
            tx.execute(text("PRAGMA defer_foreign_keys = ON"))
        else:
            tx.execute(text("SET LOCAL session_replication_role = replica"))
        tx.execute(text(statement), values)


def test_an_untouched_history_verifies(database: Database, small: Small) -> None:
    found = verdict(database, small)
    assert found.broken is None
    assert found.entries == STEPS + 1


@pytest.mark.parametrize("statement", ["UPDATE history SET step = 'x'", "DELETE FROM history"])
def test_the_database_refuses_to_change_the_history(database: Database, small: Small, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"), database.transaction() as tx:
        tx.execute(text(statement))
    assert verdict(database, small).broken is None


def test_postgresql_refuses_to_empty_the_history(postgres_url: str) -> None:
    database = Database(postgres_url)
    with pytest.raises(DBAPIError, match="append-only"), database.transaction() as tx:
        tx.execute(text("TRUNCATE history CASCADE"))
    database.close()


@pytest.mark.parametrize(
    "change",
    [
        "step = 'archive'", "from_state = 'closed'", "to_state = 'closed'", "actor_id = 99", "role = 'admin'",
        "lifecycle_version = 9", "row = 'E99'", "prev_hash = 'x'", "hash = 'x'", "content_digest = ''",
    ],
)  # fmt: skip
def test_a_changed_field_is_found_and_named(database: Database, small: Small, change: str) -> None:
    force(database, f"UPDATE history SET {change} WHERE version = 4")
    broken = verdict(database, small).broken
    assert broken is not None
    assert (broken.subject, broken.version) == (str(small.edition), 4)


@pytest.mark.parametrize("version", range(1, STEPS + 2))
def test_a_missing_entry_is_found(database: Database, small: Small, version: int) -> None:
    force(
        database,
        "DELETE FROM history_content WHERE history_id IN (SELECT id FROM history WHERE version = :v)",
        v=version,
    )
    force(database, "DELETE FROM history WHERE version = :v", v=version)
    broken = verdict(database, small).broken
    assert broken is not None
    assert broken.version in (version, STEPS + 1)


def test_a_changed_word_is_found(database: Database, small: Small) -> None:
    with database.transaction() as tx:
        tx.execute(update(HistoryContent).where(HistoryContent.note == "uwaga 2").values(note="uwaga 9"))
    broken = verdict(database, small).broken
    assert broken is not None
    assert "words" in broken.why


def test_words_that_cannot_be_read_any_more_are_found(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.transaction() as tx:
        world = small_world(tx)
        machine.take(
            tx, StepCommand(world.edition, "set_rules", actor=world.staff, at=NOW, answers={"rules_version": "1"})
        )
        tx.execute(text("UPDATE history_content SET data = 'not json' WHERE history_id = 2"))
    broken = verdict(database, world).broken
    database.close()
    assert broken is not None
    assert (broken.version, broken.why) == (2, "its words do not match their digest")


def test_of_many_chains_the_broken_one_is_named(database: Database) -> None:
    world = World(database)
    with world.writing():
        edition = world.edition("conferences")
        refs = [world.idea(edition, title=f"Pomysł {number}") for number in range(4)]
        world.lead(refs[2], "submitted")
    known = heads(database, *refs, edition)
    with database.snapshot() as tx:
        found = chains.verify(tx, known)
    assert (found.broken, found.subjects) == (None, 5)
    assert found.entries == sum(version for version, _head in known.values())
    force(database, "UPDATE history SET role = 'admin' WHERE subject_kind = 'proposal' AND subject_id = :id AND version = 3",
          id=refs[2].id)  # fmt: skip
    with database.snapshot() as tx:
        broken = chains.verify(tx, known).broken
    assert broken is not None
    assert (broken.subject, broken.version) == (str(refs[2]), 3)


def test_a_chain_without_any_entry_is_found(database: Database, small: Small) -> None:
    with database.snapshot() as tx:
        broken = chains.verify(tx, {Ref("proposal", 77): (2, "x"), **heads(database, small.edition)}).broken
    assert broken is not None
    assert broken.subject == "proposal:77"


def test_many_chains_take_one_statement(database: Database) -> None:
    world = World(database)
    with world.writing():
        edition = world.edition("conferences")
        refs = [world.idea(edition, title=f"Pomysł {number}") for number in range(5)]
    known = heads(database, *refs)
    with statements_of(database) as asked, database.snapshot() as tx:
        chains.verify(tx, known)
    assert len(asked) == 1


def test_erased_words_leave_the_chain_whole(database: Database, small: Small) -> None:
    with database.transaction() as tx:
        tx.execute(
            update(HistoryContent).where(HistoryContent.note == "uwaga 2").values(note="", data={}, erased_at=NOW)
        )
    assert verdict(database, small).broken is None


def test_a_head_that_was_set_back_is_found(database: Database, small: Small) -> None:
    with database.transaction() as tx:
        tx.execute(update(Edition).values(version=3))
    assert verdict(database, small).broken is not None


def test_an_outsider_recomputes_every_hash_from_the_dump(database: Database, small: Small) -> None:
    with database.reading() as tx:
        lines = [json.loads(json.dumps(entry)) for entry in history.dump(tx)]
    previous = ""
    for line in lines:
        assert line["prev_hash"] == previous
        assert history.digest(line) == line["hash"]
        previous = line["hash"]
    assert [line["version"] for line in lines] == list(range(1, STEPS + 2))


def test_nothing_in_the_house_updates_or_deletes_history() -> None:
    root = Path(__file__).parents[3]
    pattern = re.compile(r"(update|delete)\(\s*(models\.)?HistoryEntry")
    sources = [path for package in ("workflow", "web", "tasks") for path in (root / package).rglob("*.py")]
    assert [str(path) for path in sources if pattern.search(path.read_text("utf-8"))] == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_canonical_json_is_byte_for_byte_what_the_standard_library_writes(value: Any) -> None:
    expected = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert history.canonical(value) == expected


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.booleans(), max_size=5))
def test_canonical_json_does_not_depend_on_the_order_of_names(value: dict[str, Any]) -> None:
    turned = dict(reversed(value.items()))
    assert history.canonical(value) == history.canonical(turned)
    assert json.loads(history.canonical(value)) == value
