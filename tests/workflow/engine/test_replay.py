"""A row, a record or a whole subject that was changed past the machine is found and named, on both databases."""

import json
from datetime import UTC, datetime, timedelta
from inspect import getsource

import pytest
from sqlalchemy import Executable, select, text, update

from tests.agreement import invited, opened, signed
from tests.workflow.engine.test_history import force
from tests.workflow.selection.test_meetings import Session, adopt
from tests.world import STATES, World
from workflow.base.calendar import warsaw_date
from workflow.db.database import Database
from workflow.engine import audit, machine
from workflow.engine.replay import UNTRACKED, defaults, same
from workflow.engine.replay_from_rows import FROM_ROWS
from workflow.models import HistoryContent, Meeting, Poll, Proposal
from workflow.models.base import table_of
from workflow.rules.effects import EFFECTS
from workflow.rules.facts import Ref

# A change made by hand, and what the verification calls the difference.
PROPOSAL = {
    "state = 'submitted'": "state",
    "previous_state = 'idea'": "previous_state",
    "head_hash = 'x'": "the chain does not end",
    "version = version - 1": "the chain does not end",
    "lifecycle_version = 7": "lifecycle_version",
    "title = 'Nowa świetlica'": "title",
    "cost = cost + 1": "cost",
    "summary = 'dopisane'": "summary",
    "sector = ''": "sector",
    "leader_id = NULL": "leader_id",
    "leader_accepted_at = NULL": "leader_accepted_at",
    "merged_into_id = id": "merged_into_id",
    "reserve_position = 3": "reserve_position",
    "due_at = '2031-01-01 00:00:00+00:00'": "due_at",
    "updated_at = '2011-01-01 00:00:00+00:00'": "updated_at",
    "created_at = '2011-01-01 00:00:00+00:00'": "created_at",
    "sheet = '{}'": "sheet",
    "recorded = '{}'": "record accept_settlement",
}
EDITION = {
    "state = 'archived'": "state",
    "places = 99": "places",
    "minimum_members = 1": "minimum_members",
    "title = 'Inna'": "title",
    "submission_deadline = NULL": "submission_deadline",
    "requires_agreement = NOT requires_agreement": "requires_agreement",
    'settings = \'{"quorum_share": "1/3"}\'': "settings",
}
CONFERENCE = {"participants = 900": "participants", "is_summary = NOT is_summary": "is_summary"}
AGREEMENT = {"partners = 900": "partners", "title = 'Inna'": "title"}
CHANGES = {"proposal": PROPOSAL, "edition": EDITION, "conference": CONFERENCE, "agreement": AGREEMENT}


def found_after(database: Database, change: Executable) -> str:
    """What the verification says after a statement, which is then rolled back."""
    with database.engine.connect() as tx, tx.begin() as transaction:
        tx.execute(change)
        broken = audit.verify(tx).broken
        transaction.rollback()
    return str(broken)


def verified(database: Database) -> None:
    with database.snapshot() as tx:
        verdict = audit.verify(tx)
    assert verdict.broken is None
    assert verdict.entries > 0


def settled(database: Database) -> tuple[World, Ref]:
    """A project that is settled, in an edition with its conferences and an agreement."""
    world = World(database)
    ref = world.proposal_in("settled")
    edition = world.edition_of(ref)
    agreement = opened(world, edition)
    for partner in invited(world, agreement, ["Szkoła", "Bank"]):
        signed(world, partner)
    return world, ref


def test_each_change_of_a_row_is_named(database: Database) -> None:
    world, proposal = settled(database)
    edition = world.edition_of(proposal)
    for kind, change, name in [(kind, *change) for kind, changes in CHANGES.items() for change in changes.items()]:
        mine = {"proposal": f"id = {proposal.id}", "edition": f"id = {edition.id}"}
        statement = text(f"UPDATE {kind} SET {change} WHERE {mine.get(kind, f'edition_id = {edition.id}')}")
        answer = found_after(database, statement)
        assert name in answer, (change, answer)
        assert answer.startswith(f"{kind}:"), (change, answer)
    verified(database)


def test_each_change_of_a_record_is_named(database: Database) -> None:
    _world, ref = settled(database)
    table = table_of(Proposal)
    with database.reading() as tx:
        recorded = tx.execute(table.select().where(table.c.id == ref.id)).one().recorded
    assert {"decision", "submission"} <= recorded.keys()
    changes = {
        "decision": {**recorded["decision"], "outcome": "reject"},
        "submission": {**recorded["submission"], "digest": "0" * 64},
        "deciders": None,
        "invented": {"by": 1},
    }
    for name, value in changes.items():
        document = {**recorded, name: value} if value is not None else {k: v for k, v in recorded.items() if k != name}
        statement = update(table).where(table.c.id == ref.id).values(recorded=document)
        answer = found_after(database, statement)
        assert answer.startswith(str(ref)), (name, answer)
        assert f"record {name} of its row" in answer


def test_a_proposal_that_was_deleted_with_all_its_traces_is_named_by_its_number(database: Database) -> None:
    world = World(database)
    with world.writing():
        edition = world.edition("conferences")
        first, _second = (world.idea(edition, title=f"Pomysł {number}") for number in range(2))
    force(database, f"DELETE FROM group_member WHERE proposal_id = {first.id}")
    force(database, f"DELETE FROM proposal WHERE id = {first.id}")
    with database.snapshot() as tx:
        assert str(audit.verify(tx).broken).startswith(f"{first}, entry 1: it has entries and has no row")
        assert str(audit.verify(tx, edition_id=edition.id).broken).startswith(str(first))
    mine = f"subject_kind = 'proposal' AND subject_id = {first.id}"
    force(database, f"DELETE FROM history_content WHERE history_id IN (SELECT id FROM history WHERE {mine})")
    force(database, f"DELETE FROM history WHERE {mine}")
    with database.snapshot() as tx:
        assert "has messages and has no row" in str(audit.verify(tx).broken)
    force(database, f"DELETE FROM outbox WHERE {mine}")
    with database.snapshot() as tx:
        broken = audit.verify(tx).broken
    assert broken is not None
    assert (broken.subject, broken.why) == (
        str(edition), "a proposal is gone: there are 1, and the last one has the number 2"
    )  # fmt: skip


@pytest.mark.slow
def test_every_state_is_reached_by_entries_that_can_be_replayed(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    world = World(database)
    for state in STATES:
        world.proposal_in(state)
        verified(database)
    database.close()


def test_undone_steps_are_replayed(database: Database) -> None:
    world = World(database)
    ref = world.proposal_in("submitted")
    world.send_back(ref)
    with database.transaction() as tx:
        machine.undo(tx, ref, actor=world["staff"], at=world.now, version=None, reason="Pomyłka.")
    verified(database)
    assert "due_at" in found_after(database, update(Proposal).values(due_at=world.now))


def test_erased_words_leave_the_state_compared(database: Database) -> None:
    world = World(database)
    ref = world.proposal_in("submitted")
    with database.transaction() as tx:
        tx.execute(update(HistoryContent).values(note="", data={}, before={}, erased_at=world.now))
        tx.execute(update(Proposal).where(Proposal.id == ref.id).values(title="[usunięto]"))
    with database.snapshot() as tx:
        verdict = audit.verify(tx)
    assert (verdict.broken, verdict.erased) == (None, verdict.subjects)
    assert "state of its row" in found_after(database, update(Proposal).values(state="idea"))


def test_terms_are_counted_by_the_dates_that_the_edition_had_at_the_time(database: Database) -> None:
    world = World(database)
    ref = world.proposal_in("admitted")
    edition, today = world.edition_of(ref), warsaw_date(world.at)
    world.take(ref, "ask_for_changes", "leader", reason="Nowy partner.")
    world.take(edition, "set_calendar", "staff", summary_day=today + timedelta(days=10))
    world.take(ref, "reopen_for_changes", "staff")
    assert warsaw_date(world.facts(ref).due_at or world.at) == today + timedelta(days=3)
    world.take(edition, "set_calendar", "staff", summary_day=today + timedelta(days=300))
    verified(database)


def test_a_vote_and_its_announcement_are_replayed(database: Database) -> None:
    session = Session(World(database))
    adopt(session)
    session.world.take(session.project, "select", "chair")
    verified(database)
    proposal = update(Proposal).where(Proposal.id == session.project.id)
    with database.reading() as tx:
        recorded = tx.execute(select(Proposal.recorded).where(Proposal.id == session.project.id)).scalar_one()
    other = {**recorded, "decision": {**recorded["decision"], "votes_for": 1}}
    assert "record decision of its row" in found_after(database, proposal.values(recorded=other))
    assert "place of its row" in found_after(database, update(Meeting).values(place="Inna sala"))
    assert "state of its row" in found_after(database, update(Poll).values(state="annulled"))


def test_only_effects_that_read_other_rows_are_left_out() -> None:
    readers = ("session_of(", "motion_of(", "minutes_of(", "line_of_seat(", "report_of(", "plan_of(", "hall_of(")
    reads_rows = {name for name, effect in EFFECTS.items() if any(one in getsource(effect) for one in readers)}
    assert reads_rows == FROM_ROWS.keys()


# --- the published head --------------------------------------------------------------------------------------


def published(database: Database) -> str:
    with database.snapshot() as tx:
        return json.dumps(audit.head(tx))


def compared(database: Database, head: str) -> str:
    with database.snapshot() as tx:
        return str(audit.verify(tx, published=audit.read_head(head)).broken)


def test_a_head_is_met_by_the_history_and_by_all_that_follows(database: Database) -> None:
    world = World(database)
    ref = world.proposal_in("submitted")
    head = published(database)
    assert json.loads(head)["entries"] == sum(version for version, _link in json.loads(head)["subjects"].values())
    world.send_back(ref)
    assert compared(database, head) == "None"
    assert published(database) != head


def test_a_chain_that_was_written_anew_differs_from_the_published_head(database: Database) -> None:
    world = World(database)
    with world.writing():
        edition = world.edition("conferences")
        world.idea(edition)
        ref = world.idea(edition, title="Drugi")
    head = published(database)
    # As if the last proposal had been deleted and recorded anew under the same number: every hash fits.
    mine = f"subject_kind = 'proposal' AND subject_id = {ref.id}"
    for statement in (
        f"DELETE FROM history_content WHERE history_id IN (SELECT id FROM history WHERE {mine})",
        *(f"DELETE FROM {table} WHERE {mine}" for table in ("history", "outbox", "timer")),
        f"DELETE FROM group_member WHERE proposal_id = {ref.id}", f"DELETE FROM proposal WHERE id = {ref.id}",
    ):  # fmt: skip
        force(database, statement)
    verified(database)
    assert compared(database, head) == f"{ref}, entry 1: it is in the published head and has no row any more"
    if not database.is_sqlite:
        for table in ("search_word", "proposal_person"):
            force(database, f"DELETE FROM {table} WHERE proposal_id = {ref.id}")
        force(database, f"SELECT setval(pg_get_serial_sequence('proposal', 'id'), {ref.id}, false)")
    assert world.idea(edition, title="Podmieniony") == ref
    verified(database)
    assert compared(database, head).startswith(f"{ref}, entry 1 (")
    assert compared(database, head).endswith("it is not the one of the published head")


def test_a_chain_shorter_than_the_published_head_is_named(database: Database) -> None:
    ref = World(database).proposal_in("idea")
    head = json.loads(published(database))
    head["subjects"][str(ref)] = [9, "f" * 64]
    with database.snapshot() as tx:
        broken = audit.verify(tx, published={ref: (9, "f" * 64)}).broken
    assert broken is not None
    assert (broken.subject, broken.why) == (str(ref), "it has fewer entries than its published head")
    with pytest.raises(audit.NotAHead, match="the file itself was changed"):
        audit.read_head(json.dumps(head))


@pytest.mark.parametrize(
    "wrong", ["", "[]", "{}", '{"hash": "x", "subjects": {"proposal": [1]}}', '{"subjects": 3, "hash": ""}']
)
def test_what_is_no_head_is_refused(wrong: str) -> None:
    with pytest.raises(audit.NotAHead, match="not the output"):
        audit.read_head(wrong)


# --- what is compared ----------------------------------------------------------------------------------------


def test_columns_without_a_value_of_their_own_begin_with_the_default_of_the_database() -> None:
    assert defaults("edition")["minimum_members"] == 3
    assert defaults("edition")["settings"] == {}
    assert defaults("proposal")["sheet"] == {}
    assert defaults("proposal")["summary"] == ""
    assert not UNTRACKED & defaults("proposal").keys()


def test_the_same_moment_in_two_time_zones_is_the_same() -> None:
    assert same({"at": ["2026-05-04T10:00:00+00:00"]}, {"at": ["2026-05-04T12:00:00+02:00"]})
    assert not same({"at": "2026-05-04T10:00:00+00:00"}, {"at": "2026-05-04T10:00:00+02:00"})
    assert not same("2026", "słowo")
    assert same(datetime(2026, 5, 4, tzinfo=UTC), datetime(2026, 5, 4, tzinfo=UTC))
