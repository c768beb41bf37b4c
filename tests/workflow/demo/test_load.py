import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, and_, func, select

from tests.invariants import faults
from tests.short_demo import short_demo as short_demo
from workflow.accounts.passwords import matches
from workflow.base.calendar import utc_now
from workflow.db.database import Database
from workflow.demo import load as demo
from workflow.demo.editions import REHEARSED
from workflow.engine import audit, chains
from workflow.engine.hall_figures import hall_figures
from workflow.models import (
    Agreement,
    Conference,
    Edition,
    HallPoll,
    HistoryContent,
    HistoryEntry,
    OutboxRow,
    Person,
    Poll,
    Proposal,
    RoleGrant,
    Timer,
)
from workflow.operations.rehearsal.course import Rehearsal
from workflow.rules.registry import newest
from workflow.rules.settings_catalogue import SETTINGS

pytestmark = pytest.mark.slow

PUBLISHED = Path(__file__).parents[4] / "shared" / "domain"
ACCOUNTS = ("pracownik", "lider", "lider2", "przewodniczacy", *(f"komitet{number}" for number in range(1, 7)),
            "koordynator", "animator", "odwolania", "uczestnik", "admin")  # fmt: skip
PASSWORD = "demo"


@pytest.fixture(scope="module")
def loaded(sqlite_master: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    path = tmp_path_factory.mktemp("demo") / "partnerstwo.sqlite3"
    path.write_bytes(sqlite_master)
    database = Database(f"sqlite:///{path}")
    demo.load(database, password=PASSWORD, at=utc_now())
    yield database
    database.close()


@pytest.fixture
def look(loaded: Database) -> Iterator[Connection]:
    with loaded.reading() as connection:
        yield connection


def edition(look: Connection, key: str) -> Any:
    return look.execute(select(*Edition.__table__.c).where(Edition.key == key)).one()


def proposals(look: Connection, key: str) -> list[Any]:
    query = select(*Proposal.__table__.c).where(Proposal.edition_id == edition(look, key).id).order_by(Proposal.number)
    return list(look.execute(query))


def everything(database: Database) -> dict[str, int]:
    with database.reading() as connection:
        return {
            model.__tablename__: connection.execute(select(func.count()).select_from(model)).scalar_one()
            for model in (Person, RoleGrant, Edition, Conference, Agreement, Proposal, HistoryEntry, OutboxRow, Timer)
        }


def test_loading_twice_changes_nothing(loaded: Database) -> None:
    before = everything(loaded)
    again = demo.load(loaded, password=PASSWORD, at=utc_now())

    assert (again.editions, again.accounts) == ((), 0)
    assert everything(loaded) == before


def test_the_record_of_the_demo_holds(loaded: Database) -> None:
    record_holds(loaded)


def test_the_demo_loads_on_postgresql_on_a_monday_and_its_record_holds(postgres_url: str, tmp_path: Path) -> None:
    with closing(Database(postgres_url, poll_keys=tmp_path / "polls")) as database:
        assert len(demo.load(database, password=PASSWORD, at=on_day(0)).editions) == 5
        record_holds(database)


def on_day(day: int) -> datetime:
    """A moment, early or late, on a day of the week in which the clocks go forward; 0 is Monday."""
    return datetime(2027, 3, 22, 23 if day % 2 else 0, 30, tzinfo=UTC) + timedelta(days=day)


def record_holds(database: Database) -> None:
    with database.snapshot() as connection:
        verdict = chains.verify(connection, audit.heads(connection))
        assert verdict.broken is None
        assert verdict.entries > 600
        # The letters of the last days wait for a relay, which does not run here.
        assert [fault for fault in faults(connection) if not fault.endswith("was never relayed")] == []
    # The lock of the secret vote is destroyed with its closing.
    assert database.poll_keys is not None
    assert list(database.poll_keys.iterdir()) == []


def test_the_edition_in_selection_has_a_secret_vote_with_its_ballots_laid_out(loaded: Database) -> None:
    with loaded.reading() as tx:
        query = select(Edition.key, Poll.result).join(Edition, Edition.id == Poll.edition_id)
        edition, result = tx.execute(query.where(Poll.secret.is_(True))).one()
    assert edition == "demo-selection"
    assert (result["against"], result["abstain"]) == (1, 0)
    assert result["for"] >= 3


def test_the_hall_of_today_has_a_counted_vote_and_one_that_is_open(loaded: Database) -> None:
    with loaded.reading() as tx:
        query = select(Conference.id, HallPoll.state, HallPoll.secret).join(Conference).order_by(HallPoll.id)
        (conference, *counted), (_same, *still_open) = map(tuple, tx.execute(query))
        (vote,) = hall_figures(tx, conference)
    assert (counted, still_open) == (["counted", True], ["open", False])
    assert [(option["score"], option["place"]) for option in vote["options"]] == [(10, 1), (9, 2), (9, 2), (2, 4)]
    assert (vote["voted"], vote["electors"], len(vote["strata"])) == (19, 21, 3)


@pytest.mark.parametrize("day", range(1, 7))
def test_the_demo_loads_on_any_other_day_of_the_week(
    sqlite_url: str, day: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The editions of 2017 are the same on any day.
    monkeypatch.setattr(demo, "EDITIONS", {key: demo.EDITIONS[key] for key in REHEARSED})
    with closing(Database(sqlite_url)) as database:
        assert len(demo.load(database, password=PASSWORD, at=on_day(day)).editions) == 3


@pytest.mark.usefixtures("short_demo")
def test_a_load_that_was_killed_is_finished_by_the_next(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_given: Any) -> None:
        raise KeyboardInterrupt

    database = Database(sqlite_url)
    with monkeypatch.context() as patched:
        patched.setitem(demo.EDITIONS, "losice-2017", killed)
        with pytest.raises(KeyboardInterrupt):
            demo.load(database, password=PASSWORD, at=utc_now())

    assert demo.load(database, password=PASSWORD, at=utc_now()).editions == ("losice-2017",)
    database.close()


def test_every_state_of_a_proposal_occurs(look: Connection) -> None:
    states = Counter(look.execute(select(Proposal.state)).scalars())

    assert states.keys() == newest("proposal").states.keys()
    assert states.total() >= 30


def test_editions_in_progress_are_in_the_promised_phases(look: Connection) -> None:
    assert {key: edition(look, key).state for key in ("demo", "demo-selection", "demo-implementation")} == {
        "demo": "conferences",
        "demo-selection": "selection",
        "demo-implementation": "implementation",
    }
    assert edition(look, "demo").submission_deadline > utc_now()
    assert edition(look, "demo-implementation").implementation_until > utc_now()


def test_every_account_signs_in_with_the_password(look: Connection) -> None:
    for name in ACCOUNTS:
        kept = look.execute(select(Person.password_hash).where(Person.email == f"{name}@example.org")).scalar_one()
        assert matches(kept, PASSWORD), name


@pytest.mark.usefixtures("short_demo")
def test_another_password_replaces_the_one_that_everybody_knows(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    for password in (PASSWORD, "cztery zielone konie", "inne hasło"):
        demo.load(database, password=password, at=utc_now())
    with database.reading() as connection:
        kept = connection.execute(select(Person.password_hash).where(Person.email == "lider@example.org")).scalar_one()

    assert matches(kept, "cztery zielone konie")
    database.close()


@pytest.mark.parametrize("key", ["demo", "demo-selection", "demo-implementation"])
def test_the_committee_is_balanced_and_everybody_has_seen_the_clause(look: Connection, key: str) -> None:
    here = edition(look, key)
    grants = look.execute(select(*RoleGrant.__table__.c).where(RoleGrant.edition_id == here.id)).all()
    seats = Counter(one.sector for one in grants if one.role.startswith("committee_"))

    assert seats.total() == 7
    assert max(seats.values()) * 100 <= SETTINGS["parity"].default * seats.total()
    assert {one.clause_version for one in grants} == {here.clause_version}


def test_nothing_is_overdue_for_the_clock_right_after_loading(look: Connection) -> None:
    # A date of a state that was left means nothing, and the clock finds that out.
    counts = Timer.subject_kind == "proposal", Timer.subject_id == Proposal.id, Timer.state == Proposal.state
    due = select(Timer.subject_id).join(Proposal, and_(*counts)).where(Timer.due_at <= utc_now())
    assert look.execute(due).all() == []


@pytest.mark.parametrize("key", ["demo", "demo-selection", "demo-implementation"])
def test_every_edition_in_progress_is_rehearsed_to_its_end(loaded: Database, look: Connection, key: str) -> None:
    rehearsal = Rehearsal(loaded, edition(look, key).id, at=utc_now(), base_url="http://127.0.0.1:8000")
    letters = [letter for day in rehearsal.days() for letter in day.letters]

    assert rehearsal.cut_short is None
    assert rehearsal.remaining
    assert letters
    assert all(recipient.name for letter in letters for recipient in letter.recipients)


def test_letters_wait_only_about_the_last_days_of_editions_in_progress(look: Connection) -> None:
    waiting = look.execute(select(OutboxRow.at).where(OutboxRow.relayed_at.is_(None))).scalars().all()

    told = look.execute(select(func.count()).select_from(OutboxRow)).scalar_one()
    # On a Monday what the second half of the week before brought waits too: 40 instead of 22.
    assert 0 < len(waiting) < min(50, told / 10), (len(waiting), told)
    assert min(waiting) > utc_now() - timedelta(days=8)


# --- the two editions of 2017 ------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "state", "count"), [("plock-2017", "selected", 7), ("losice-2017", "submitted", 5)])
def test_the_editions_of_2017_stand_where_the_article_ends(look: Connection, key: str, state: str, count: int) -> None:
    here = edition(look, key)

    assert (here.state, here.historical, here.year) == ("archived", True, 2017)
    assert [one.state for one in proposals(look, key)] == [state] * count


@pytest.mark.parametrize("key", ["plock-2017", "losice-2017"])
def test_titles_and_goals_are_those_of_the_article(look: Connection, key: str) -> None:
    path = PUBLISHED / f"{key}.json"
    if not path.exists():
        return
    article = json.loads(path.read_text("utf-8"))
    here = edition(look, key)

    assert here.title == article["edition"]["title"]
    assert here.initiators == [one["nominative_pl"] for one in article["edition"]["initiators"]]
    found = [(one.source_key, one.title, one.sheet.get("goals")) for one in proposals(look, key)]
    assert found == [
        (one["key"], one["title"], one["goal_text_pl"] or "\n".join(one["goals"]) or None)
        for one in article["projects"]
    ]


def test_luzolandia_has_no_goal(look: Connection) -> None:
    (luzolandia,) = (one for one in proposals(look, "losice-2017") if one.title.startswith("Luzolandia"))

    assert "goals" not in luzolandia.sheet


@pytest.mark.parametrize(("key", "about"), [("plock-2017", 100), ("losice-2017", 200)])
def test_conferences_keep_their_counts_with_qualifier_and_source(look: Connection, key: str, about: int) -> None:
    found = look.execute(select(*Conference.__table__.c).where(Conference.edition_id == edition(look, key).id)).all()

    assert len(found) == 6
    for one in found:
        assert (one.participants, one.participants_qualifier, one.starts_at) == (about, "ok.", None)
        assert f"ok. {about} uczestników" in one.participants_source


def test_losice_has_an_agreement_of_73_partners_and_plock_has_none(look: Connection) -> None:
    (agreement,) = look.execute(
        select(Agreement.edition_id, Agreement.state, Agreement.partners, Agreement.concluded_on)
        .join(Edition, Edition.id == Agreement.edition_id).where(Edition.historical)
    ).all()  # fmt: skip

    assert agreement == (edition(look, "losice-2017").id, "concluded", 73, None)


def test_nothing_is_invented_about_the_projects_of_2017(look: Connection) -> None:
    lent = []
    for one in (*proposals(look, "plock-2017"), *proposals(look, "losice-2017")):
        assert (one.author_id, one.cost, one.coordinator_id, one.sector, one.area) == (None, None, None, "", "")
        lent += [one] if one.leader_id else []
        if decision := one.recorded.get("decision"):
            assert "siedem z nich zostało wybranych do realizacji" in decision["justification"]
            assert not decision.keys() & {"members", "present", "votes_for", "adopted_on", "resolution"}

    (lent_one,) = lent
    assert words(look, lent_one.id, "name_leader").note.startswith("Konto demonstracyjne, a nie fakt ze źródła")


def words(look: Connection, proposal_id: int, step: str) -> Any:
    return look.execute(
        select(HistoryContent.note, HistoryContent.data).join(HistoryEntry, HistoryEntry.id == HistoryContent.history_id)
        .where(HistoryEntry.subject_kind == "proposal", HistoryEntry.subject_id == proposal_id, HistoryEntry.step == step)
    ).one()  # fmt: skip


def test_every_step_of_2017_names_its_sentence_and_what_was_assumed(look: Connection) -> None:
    for one in (*proposals(look, "plock-2017"), *proposals(look, "losice-2017")):
        entries = look.execute(
            select(HistoryEntry.step, HistoryEntry.role, HistoryContent.data)
            .outerjoin(HistoryContent, HistoryContent.history_id == HistoryEntry.id)
            .where(HistoryEntry.subject_kind == "proposal", HistoryEntry.subject_id == one.id)
        ).all()  # fmt: skip
        for entry in entries:
            if entry.step in {"name_leader", "accept_lead"}:
                continue
            assert entry.role == "archivist"
            assert entry.data["as_published"]
            assert "at" in entry.data["assumed"]
            assert ("step" in entry.data["assumed"]) == (entry.step in {"form_group", "admit"} or
                                                        (entry.step == "submit" and one.state == "selected"))  # fmt: skip
