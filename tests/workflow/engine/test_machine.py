from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.workflow.lifecycle.small_world import NOW, Small, small_world
from workflow.base.errors import BadInput, KeyReused, NoSuchStep, NotAllowed, NotFound, NotReady, Stale
from workflow.db.database import Database
from workflow.engine import facts_reader, machine
from workflow.engine.command import CreateCommand, StepCommand
from workflow.lifecycle.definition import load
from workflow.models import HistoryEntry, OutboxRow, RoleGrant
from workflow.rules import registry
from workflow.rules.facts import SYSTEM, Actor, Ref

VISITOR = Actor(0)
STORM = """
name = "storm"
version = 1
subject = "conference"
label = { pl = "Burza", en = "Storm" }

[[state]]
key = "calm"
label = { pl = "Spokój", en = "Calm" }
kind = "initial"

[[state]]
key = "windy"
label = { pl = "Wiatr", en = "Windy" }
kind = "normal"

[[state]]
key = "over"
label = { pl = "Po burzy", en = "Over" }
kind = "final"

[[step]]
id = "S0"
name = "begin"
label = { pl = "Zacznij", en = "Begin" }
from = []
to = "calm"
who = ["staff"]
asks = ["number", "purpose"]
effects = ["begin_conference"]
tells = "conference.planned"

[[step]]
id = "S1"
name = "blow"
label = { pl = "Dmij", en = "Blow" }
from = ["calm"]
to = "windy"
who = ["participant"]
tells = "conference.opened"
undo = ["staff"]

[[step]]
id = "S2"
name = "pass"
label = { pl = "Przejdź", en = "Pass" }
from = ["calm", "windy"]
to = "over"
who = ["staff"]
asks = ["reason"]
tells = "conference.held"
"""


@pytest.fixture
def small(database: Database) -> Small:
    with database.transaction() as tx:
        return small_world(tx)


@pytest.fixture
def a_third_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    path = tmp_path / "storm.toml"
    path.write_text(STORM, "utf-8")
    table = load(path, registry.NAMES)
    known = dict(registry.tables())
    kept = {key: one for key, one in known.items() if one.kind != "conference"}
    registry.newest.cache_clear()
    registry.scope_of_step.cache_clear()
    monkeypatch.setattr(registry, "tables", lambda: {**kept, ("storm", 1): table})
    yield
    registry.newest.cache_clear()
    registry.scope_of_step.cache_clear()


def counts(database: Database) -> tuple[int, int]:
    with database.reading() as tx:
        return tuple(
            tx.execute(select(func.count()).select_from(one)).scalar_one() for one in (HistoryEntry, OutboxRow)
        )


def test_a_third_table_runs_through_the_same_engine(database: Database, small: Small, a_third_table: None) -> None:
    with database.transaction() as tx:
        ref = machine.create(
            tx, CreateCommand("conference", "begin", actor=small.staff, at=NOW, edition_id=small.edition.id,
            answers={"number": 7, "purpose": "Burza"},
        )).ref  # fmt: skip
        machine.take(tx, StepCommand(ref, "blow", actor=small.participant, at=NOW, version=1))
        machine.undo(tx, ref, actor=small.staff, at=NOW, version=2, reason="Jeszcze nie")
        moved = machine.take(tx, StepCommand(ref, "pass", actor=small.staff, at=NOW, answers={"reason": "Koniec"}))
        facts = facts_reader.read_facts(tx, [ref], actor=SYSTEM)[ref]
    assert (moved.source, moved.target, moved.version) == ("calm", "over", 4)
    assert (facts.lifecycle, facts.lifecycle_version) == ("storm", 1)


def test_a_refused_step_writes_nothing(database: Database, small: Small) -> None:
    before = counts(database)
    for refused, step, actor, data in [
        (NotFound, "announce", VISITOR, {}),
        (NotAllowed, "announce", small.participant, {}),
        (NoSuchStep, "close", small.staff, {}),
        (NotReady, "announce", small.staff, {}),
        (BadInput, "initiators_decide", small.staff, {}),
        (BadInput, "initiators_decide", small.staff, {"reason": "x", "nonsense": 1}),
        (BadInput, "initiators_decide", small.staff, {"reason": "a\x00b"}),
        (BadInput, "initiators_decide", small.staff, {"reason": "\ud800"}),
        (BadInput, "initiators_decide", small.staff, {"reason": "x" * 4001}),
    ]:
        with pytest.raises(refused), database.transaction() as tx:
            machine.take(tx, StepCommand(small.edition, step, actor=actor, at=NOW, answers=data))
    assert counts(database) == before


def test_a_step_writes_one_history_entry_and_one_outbox_row(database: Database, small: Small) -> None:
    history, outbox = counts(database)
    with database.transaction() as tx:
        machine.take(tx, StepCommand(small.edition, "archive", actor=small.admin, at=NOW, answers={"reason": "Próba"}))
    assert counts(database) == (history + 1, outbox + 1)


def test_an_error_after_the_step_takes_all_of_it_back(database: Database, small: Small) -> None:
    before = counts(database)
    with pytest.raises(RuntimeError), database.transaction() as tx:
        machine.take(tx, StepCommand(small.edition, "archive", actor=small.admin, at=NOW, answers={"reason": "Próba"}))
        raise RuntimeError
    assert counts(database) == before


def test_a_stale_page_learns_who_did_what(database: Database, small: Small) -> None:
    with database.transaction() as tx:
        machine.take(
            tx, StepCommand(small.edition, "set_rules", actor=small.other_staff, at=NOW, answers={"rules_version": "2"})
        )
    with pytest.raises(Stale) as refusal, database.transaction() as tx:
        machine.take(
            tx,
            StepCommand(
                small.edition, "set_rules", actor=small.staff, at=NOW, version=1, answers={"rules_version": "3"}
            ),
        )
    assert refusal.value.last is not None
    assert (refusal.value.last.who, refusal.value.last.step) == ("other_staff", "set_rules")


def test_the_same_key_has_one_effect_and_the_first_answer(database: Database, small: Small) -> None:
    call = {"actor": small.staff, "at": NOW, "answers": {"rules_version": "2"}, "key": "k1"}
    with database.transaction() as tx:
        first = machine.take(tx, StepCommand(small.edition, "set_rules", **call))
    with database.transaction() as tx:
        again = machine.take(tx, StepCommand(small.edition, "set_rules", **call))
    assert again.replayed
    assert (again.version, again.hash, again.at) == (first.version, first.hash, first.at)
    assert counts(database)[0] == 2


def test_the_same_key_with_other_content_is_refused(database: Database, small: Small) -> None:
    with database.transaction() as tx:
        machine.take(
            tx,
            StepCommand(
                small.edition, "set_rules", actor=small.staff, at=NOW, answers={"rules_version": "2"}, key="k1"
            ),
        )
    with pytest.raises(KeyReused), database.transaction() as tx:
        machine.take(
            tx,
            StepCommand(
                small.edition, "set_rules", actor=small.staff, at=NOW, answers={"rules_version": "3"}, key="k1"
            ),
        )


def test_a_withdrawn_role_counts_at_once(database: Database, small: Small) -> None:
    with database.transaction() as tx:
        tx.execute(RoleGrant.__table__.update().where(RoleGrant.person_id == small.staff.id).values(withdrawn_at=NOW))
    with pytest.raises(NotFound), database.transaction() as tx:
        machine.take(
            tx, StepCommand(small.edition, "set_rules", actor=small.staff, at=NOW, answers={"rules_version": "2"})
        )


def test_unknown_subjects_are_not_found(database: Database, small: Small) -> None:
    for ref in (Ref("edition", 10**6), Ref("nonsense", 1)):
        with pytest.raises(NotFound), database.transaction() as tx:
            machine.take(tx, StepCommand(ref, "archive", actor=small.admin, at=NOW, answers={"reason": "x"}))


def test_open_steps_say_what_is_missing_in_both_languages(database: Database, small: Small) -> None:
    with database.reading() as tx:
        facts = machine.facts_of(tx, [small.edition], actor=small.staff)[small.edition]
    announce = next(one for one in machine.open_steps(facts, at=NOW) if one.step.name == "announce")
    assert announce.permitted
    assert not announce.allowed
    assert {one.code for one in announce.missing} == {
        "no_initiators", "no_rules", "no_conferences", "no_committee", "no_clause"
    }  # fmt: skip
    for one in announce.missing:
        assert one.who
        assert one.say("pl") != one.say("en")


def test_suspending_an_edition_rests_everything_and_resuming_returns_where_it_was(
    database: Database, small: Small
) -> None:
    with database.transaction() as tx:
        tx.execute(facts_reader.KINDS["edition"].__table__.update().values(state="conferences"))
        ref = machine.create(
            tx, CreateCommand("conference", "plan", actor=small.staff, at=NOW, edition_id=small.edition.id,
            answers={"number": 1, "purpose": "x", "day": "2026-05-04"},
        )).ref  # fmt: skip
        machine.take(
            tx, StepCommand(small.edition, "suspend", actor=small.staff, at=NOW, answers={"reason": "Epidemia"})
        )
    with pytest.raises(NotReady) as resting, database.transaction() as tx:
        machine.take(tx, StepCommand(ref, "open", actor=small.staff, at=NOW))
    assert resting.value.missing[0].code == "edition_suspended"
    later = NOW + timedelta(days=60)
    with database.transaction() as tx:
        machine.take(
            tx,
            StepCommand(
                small.edition, "set_calendar", actor=small.staff, at=later, answers={"summary_day": "2026-12-08"}
            ),
        )
        moved = machine.take(tx, StepCommand(small.edition, "resume", actor=small.staff, at=later))
    assert moved.target == "conferences"


def test_what_may_be_there_once_is_refused_by_its_field(database: Database, small: Small) -> None:
    data = {"number": 1, "purpose": "x"}
    with database.transaction() as tx:
        machine.create(
            tx,
            CreateCommand("conference", "plan", actor=small.staff, at=NOW, edition_id=small.edition.id, answers=data),
        )
    with pytest.raises(BadInput) as refusal, database.transaction() as tx:
        machine.create(
            tx,
            CreateCommand("conference", "plan", actor=small.staff, at=NOW, edition_id=small.edition.id, answers=data),
        )
    assert "number" in refusal.value.fields
    again = {"key": "proba", "title": "Próba", "county": "powiat przykładowy", "year": 2026}
    with pytest.raises(BadInput) as refusal, database.transaction() as tx:
        machine.create(tx, CreateCommand("edition", "create_edition", actor=small.admin, at=NOW, answers=again))
    assert "key" in refusal.value.fields


def test_rules_that_are_emptied_are_gone_and_others_stay(database: Database, small: Small) -> None:
    first = {
        "places_number": 7,
        "requires_agreement": True,
        "sectors": "gospodarka",
        "rules_version": "1",
        "budget": "10",
    }
    with database.transaction() as tx:
        machine.take(tx, StepCommand(small.edition, "set_rules", actor=small.staff, at=NOW, answers=first))
        emptied = {"places_number": "", "requires_agreement": "", "sectors": "", "budget": ""}
        machine.take(tx, StepCommand(small.edition, "set_rules", actor=small.staff, at=NOW, answers=emptied))
        facts = facts_reader.read_facts(tx, [small.edition], actor=SYSTEM)[small.edition]
    assert (facts["places"], facts["requires_agreement"], facts["sectors"], facts["budget"]) == (None, False, [], None)
    assert (facts["rules_version"], facts["minimum_members"]) == ("1", 3)
