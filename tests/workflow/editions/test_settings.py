"""A change of settings is a record: it names old and new values, respects phases and bounds, and rules follow it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.workflow.selection.test_meetings import Session
from tests.world import World
from workflow.base.calendar import warsaw_date
from workflow.base.errors import BadInput, NotAllowed, NotReady, Stale
from workflow.db.database import Database
from workflow.engine import audit, machine
from workflow.engine.command import StepCommand
from workflow.engine.result_reader import result_file
from workflow.models import HistoryContent, HistoryEntry, Timer
from workflow.rules.facts import Ref
from workflow.rules.settings_catalogue import CATALOGUE, SETTINGS, value
from workflow.rules.states import EditionState
from workflow.voting.results.verification import verify_result


def words(database: Database, ref: Ref) -> list[dict[str, object]]:
    """What the entries of changes of an edition's settings say."""
    h, c = HistoryEntry, HistoryContent
    query = select(c.data).join(h, h.id == c.history_id).where(h.step == "change_settings", h.subject_id == ref.id)
    with database.reading() as tx:
        return list(tx.execute(query.order_by(h.id)).scalars())


def test_the_entry_names_old_and_new_values_and_the_history_leads_to_the_row(world: World, database: Database) -> None:
    edition = world.edition("conferences", declarations_before_vote=True)
    world.take(edition, "change_settings", "staff", appeal_days=10, parity="none", quorum_strict=True)
    world.take(edition, "change_settings", "staff", appeal_days="7", parity="50")
    assert words(database, edition) == [
        {"appeal_days": 10, "parity": "none", "quorum_strict": True,
         "before": {"appeal_days": 7, "parity": 49, "quorum_strict": False}},
        {"appeal_days": 7, "parity": 50, "before": {"appeal_days": 10, "parity": None}},
    ]  # fmt: skip
    assert world.facts(edition)["settings"] == {"parity": 50, "quorum_strict": True}
    with database.snapshot() as tx:
        assert audit.verify(tx).broken is None


def refusal_of(world: World, edition: Ref, **settings: object) -> list[tuple[str, str | None]]:
    with pytest.raises(NotReady) as refusal:
        world.take(edition, "change_settings", "staff", **settings)
    return [(missing.code, missing.field) for missing in refusal.value.missing]


def other(key: str) -> object:
    """A legal value that is not the default."""
    setting = SETTINGS[key]
    if setting.options:
        return next(option for option in setting.options if option != setting.default)
    return not setting.default if isinstance(setting.default, bool) else str(setting.maximum)


def test_what_is_locked_in_a_phase_is_refused_and_changes_nothing(sqlite_url: str) -> None:
    world = World(Database(sqlite_url))
    edition = world.edition("selection", declarations_before_vote=True)
    before = world.facts(edition)
    locked = {setting.key for setting in CATALOGUE if setting.is_locked({"state": EditionState.SELECTION})}
    assert {"quorum_share", "parity", "completion_days"} <= locked
    for key in sorted(locked):
        assert refusal_of(world, edition, **{key: other(key)}) == [("setting_locked", key)]
    assert world.facts(edition).version == before.version
    for key in sorted(SETTINGS.keys() - locked):
        world.take(edition, "change_settings", "staff", **{key: other(key)})
        assert value(world.facts(edition).edition, key) != SETTINGS[key].default
    world.database.close()


def test_bad_values_a_stale_page_and_others_than_the_office_are_refused(sqlite_url: str) -> None:
    world = World(Database(sqlite_url))
    edition = world.edition("announced", declarations_before_vote=True)
    assert refusal_of(world, edition, appeal_days=7) == [("nothing_changed", None)]
    assert refusal_of(world, edition) == [("nothing_changed", None)]
    assert refusal_of(world, edition, quorum_strict=True, quorum_share="1") == [("quorum_impossible", "quorum_share")]
    with pytest.raises(BadInput) as refusal:
        world.take(edition, "change_settings", "staff", appeal_days=0, parity=33, quorum_floor=2)
    assert refusal.value.fields.keys() == {"appeal_days", "parity", "quorum_floor"}
    for who in ("chair", "secretary", "animator", "leader", "admin"):
        with pytest.raises(NotAllowed):
            world.take(edition, "change_settings", who, appeal_days=9)
    with pytest.raises(Stale), world.database.transaction() as tx:
        machine.take(tx, StepCommand(edition, "change_settings", actor=world["staff"], at=world.at, version=1,
                                     answers={"appeal_days": 9}))  # fmt: skip
    assert world.facts(edition)["settings"] == {}
    world.database.close()


def test_terms_of_appeals_and_completion_are_those_of_the_edition(sqlite_url: str) -> None:
    world = World(Database(sqlite_url))
    ref = world.proposal_in("submitted")
    world.take(world.edition_of(ref), "change_settings", "staff", completion_days=30)
    world.send_back(ref)
    due = world.facts(ref).due_at
    assert due is not None
    assert warsaw_date(due) - warsaw_date(world.at) >= timedelta(days=30)
    world.database.close()


def test_the_clock_of_reports_follows_a_change(sqlite_url: str) -> None:
    world = World(Database(sqlite_url))
    ref = world.proposal_in("selected")

    def next_look() -> object:
        with world.database.reading() as tx:
            return tx.execute(
                select(Timer.due_at).where(Timer.subject_kind == ref.kind, Timer.subject_id == ref.id)
            ).scalar_one()

    before = next_look()
    world.take(world.edition_of(ref), "change_settings", "staff", start_days=10)
    assert str(next_look()) < str(before)
    world.database.close()


def test_a_vote_is_counted_by_the_settings_that_held_when_it_was_opened(sqlite_url: str) -> None:
    world = World(Database(sqlite_url))
    session = Session(world)
    session.begin()
    poll = session.open_vote(session.move())
    world.take(session.edition, "change_settings", "staff", parity="none")
    session.vote(poll, chair="for", committee1="for")
    world.take(poll, "count", "chair")
    assert session.outcome() == "lost"
    world.database.close()


def test_a_sector_may_have_more_votes_where_there_is_no_parity(sqlite_url: str) -> None:
    world = World(Database(sqlite_url))
    session = Session(world, parity="none")
    session.begin()
    poll = session.open_vote(session.move())
    assert world.facts(poll, "chair")["rules"]["parity"] is None
    session.vote(poll, chair="for", committee1="for")
    world.take(poll, "count", "chair")
    assert session.outcome() == "carried"
    world.database.close()


@pytest.mark.parametrize(("rules", "chair", "outcome"), [
    ({"casting_vote": True}, "for", "carried"), ({"casting_vote": True}, "against", "lost"), ({}, "for", "lost"),
    ({"casting_vote": True, "majority": "absolute"}, "for", "lost"),
])  # fmt: skip
def test_the_chair_decides_a_tie_only_where_the_edition_says_so(
    sqlite_url: str, rules: dict[str, object], chair: str, outcome: str
) -> None:
    world = World(Database(sqlite_url))
    session = Session(world, **rules)
    session.begin()
    poll = session.open_vote(session.move())
    session.vote(poll, chair=chair, committee1="against" if chair == "for" else "for", committee2="abstain")
    world.take(poll, "count", "chair")
    assert session.outcome() == outcome
    with world.database.reading() as tx:
        content = verify_result(result_file(tx, poll.id))
    assert content["electorate"].get("chair_voted_for") == ((chair == "for") if "casting_vote" in rules else None)
    world.database.close()
