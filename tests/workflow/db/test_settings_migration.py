"""Settings that were columns keep every value when the database is upgraded, and histories still lead to their rows."""

from typing import Any

import pytest
from sqlalchemy import Connection, text

from tests.workflow.db.downgrade import downgrade_before
from tests.world import World
from workflow.db.database import Database
from workflow.db.schema import differences, upgrade
from workflow.engine import audit, facts_reader
from workflow.engine.command import CreateCommand
from workflow.engine.decision import decide
from workflow.engine.move import change_of, move_of, write
from workflow.rules.effects import Change
from workflow.rules.facts import Ref
from workflow.rules.registry import newest
from workflow.rules.settings_catalogue import SETTINGS, values

pytestmark = pytest.mark.slow

OTHER = {"completion_days": 10, "appeal_days": 3, "appeal_decision_days": 21, "freeze_days": 0, "settlement_days": 90,
         "allows_appeals": False, "reserve_may_skip": True}  # fmt: skip
OLD = {"quorum_strict": True}


def begun_before(world: World, tx: Connection, key: str) -> Ref:
    """An edition whose first entry names no settings, as an older version of the program wrote it."""
    answers = {"key": key, "title": f"Edycja {key}", "county": "powiat przykładowy", "year": 2025}
    created = CreateCommand("edition", "create_edition", actor=world["admin"], at=world.at, answers=answers)
    facts = facts_reader.facts_before_creation(tx, "edition", edition_id=None, actor=world["admin"], lock=True)
    decision = decide(newest("edition"), facts, "create_edition", created.attempt())
    columns = change_of(facts, decision, world["admin"]).columns
    subject = facts_reader.insert_subject(
        tx, "edition", newest("edition"), decision.target, None, columns, world["admin"], world.at
    )
    return write(tx, move_of(subject, decision, world["admin"], change=Change())).ref


def as_before(tx: Connection, ref: Ref, columns: dict[str, Any]) -> None:
    downgrade_before(tx, "0017")
    names = ", ".join(f"{name} = :{name}" for name in columns)
    tx.execute(text(f"UPDATE edition SET {names} WHERE id = :id"), {**columns, "id": ref.id})


def test_an_upgrade_keeps_every_value_and_the_quorum_of_more_than_half(database: Database) -> None:
    world = World(database)
    with database.transaction() as tx:
        usual, unusual = begun_before(world, tx, "zwykla"), begun_before(world, tx, "inna")
        as_before(tx, unusual, OTHER)
    upgrade(database)
    usually = {key: setting.default for key, setting in SETTINGS.items()} | OLD
    assert values(world.facts(usual, "admin").edition) == usually
    assert values(world.facts(unusual, "admin").edition) == usually | OTHER
    with database.reading() as tx:
        assert differences(tx) == []


def test_the_history_of_an_edition_that_is_older_than_its_settings_leads_to_its_row(database: Database) -> None:
    world = World(database)
    with database.transaction() as tx:
        begun_before(world, tx, "dawna")
        downgrade_before(tx, "0017")
    upgrade(database)
    world.create("edition", "create_edition", "admin", key="nowa", title="Nowa", county="powiat inny", year=2026)
    with database.snapshot() as tx:
        assert audit.verify(tx).broken is None


def test_a_new_edition_begins_with_the_settings_of_the_last_one_of_its_county(database: Database) -> None:
    world = World(database)
    with database.transaction() as tx:
        begun_before(world, tx, "dawna")
    same = {"county": "powiat przykładowy", "year": 2026}
    after = world.create("edition", "create_edition", "admin", key="po-niej", title="Po niej", **same)
    other = world.create(
        "edition", "create_edition", "admin", key="inna", title="Inna", county="powiat inny", year=2026
    )
    assert world.facts(after, "admin")["settings"] == OLD
    assert world.facts(other, "admin")["settings"] == {}
    with database.snapshot() as tx:
        assert audit.verify(tx).broken is None
