"""An edition on a moved clock: what it shows, that it changes nothing, and that it is the same each time."""

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from tests.world import World
from workflow.base.calendar import warsaw_date
from workflow.db.database import Database
from workflow.models import (
    ApiToken,
    Base,
    Consent,
    Edition,
    GroupInvitation,
    Person,
    Proposal,
    RecoveryCode,
    WebSession,
)
from workflow.operations.rehearsal import copy, course
from workflow.operations.rehearsal.copy import copied_tables, copy_edition, throw_away_database
from workflow.operations.rehearsal.course import Day, Rehearsal
from workflow.operations.rehearsal.events import Happened
from workflow.operations.rehearsal.report import day_as_json, day_as_text, ending_as_json, ending_as_text
from workflow.rules.facts import Ref
from workflow.rules.states import ProposalState
from workflow.rules.topics import Audience, Topic

BASE_URL = "http://127.0.0.1:8000"
OPENS = "opens-a-lock"


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    """What a rehearsal shows does not depend on the database, since it runs on a copy."""
    database = Database(sqlite_url)
    yield World(database)
    database.close()


@pytest.fixture
def written(world: World) -> Ref:
    """A project that its group still works on, in an edition whose deadline lies ahead."""
    return world.proposal_in("group_work")


def rehearsal(world: World, ref: Ref, **more: Any) -> Rehearsal:
    return Rehearsal(world.database, world.edition_of(ref).id, at=world.now, base_url=BASE_URL, **more)


def deadline(world: World, ref: Ref) -> datetime:
    with world.database.reading() as tx:
        query = select(Edition.submission_deadline).where(Edition.id == world.edition_of(ref).id)
        until: datetime | None = tx.execute(query).scalar_one()
    assert until
    return until


def dump(database: Database) -> dict[str, list[str]]:
    with database.snapshot() as tx:
        return {table.name: [repr(tuple(row)) for row in tx.execute(select(table).order_by(*table.primary_key.columns))]
                for table in Base.metadata.sorted_tables}  # fmt: skip


def test_every_reminder_comes_on_its_day_and_what_was_not_submitted_expires(world: World, written: Ref) -> None:
    until = warsaw_date(deadline(world, written))
    days = list(rehearsal(world, written).days())

    by_kind = {kind: [day.day for day in days for event in day.events if event.kind is kind] for kind in Happened}
    assert by_kind[Happened.STEP] == [until + timedelta(days=1)]
    assert by_kind[Happened.REMINDER]
    assert all(world.now.date() <= day <= until for day in by_kind[Happened.REMINDER])
    (expired,) = [event for day in days for event in day.events if event.kind is Happened.STEP]
    assert expired.is_over
    assert (expired.ref, expired.title) == (written, "Świetlica „Razem”")


def test_every_letter_is_shown_with_its_text_and_whom_it_reaches_in_which_role(world: World, written: Ref) -> None:
    letters = [letter for day in rehearsal(world, written).days() for letter in day.letters]

    expired = [letter for letter in letters if letter.topic is Topic.UNSUBMITTED_EXPIRED]
    assert [(letter.role, [one.name for one in letter.recipients]) for letter in expired] == [
        (Audience.LEADER, [world["leader"].name])
    ]
    (recipient,) = expired[0].recipients
    assert recipient.channels == ("email", "inbox")
    assert "Świetlica" in expired[0].letter.subject
    assert "Świetlica" in expired[0].letter.paragraphs[0]


@pytest.mark.parametrize("consented", [True, False])
def test_a_minor_finds_messages_under_the_own_name_and_letters_go_to_adults(
    world: World, written: Ref, *, consented: bool
) -> None:
    with world.database.transaction() as tx:
        tx.execute(update(Person).where(Person.id == world["leader"].id).values(is_minor=True))
        row = {"person_id": world["leader"].id, "kind": "guardian", "given_by": "Ewa Opiekunka", "given_on": world.now,
               "recorded_by_id": world["staff"].id, "recorded_at": world.now, "letters_to": "ewa@example.org"}  # fmt: skip
        tx.execute(insert(Consent).values(**row, withdrawn_at=None if consented else world.now))
    letters = [letter for day in rehearsal(world, written).days() for letter in day.letters]

    channels = {(one.name, channel) for letter in letters if letter.topic is Topic.UNSUBMITTED_EXPIRED
                for one in letter.recipients for channel in one.channels}  # fmt: skip
    adults = {"Ewa Opiekunka"} if consented else {world["staff"].name, world["staff2"].name}
    assert channels == {(world["leader"].name, "inbox"), *((adult, "email") for adult in adults)}


def test_nothing_is_changed_in_the_installation(database: Database) -> None:
    world = World(database)
    written = world.proposal_in("group_work")
    before = dump(database)
    assert [day.letters for day in rehearsal(world, written).days()]
    assert dump(database) == before


def test_the_same_rehearsal_says_the_same(world: World, written: Ref) -> None:
    def told() -> list[str]:
        played = rehearsal(world, written)
        return [json.dumps(day_as_json(day)) for day in played.days()] + [json.dumps(ending_as_json(played))]

    assert told() == told()


def test_a_rehearsal_ends_on_the_day_that_is_named(world: World, written: Ref) -> None:
    until = warsaw_date(deadline(world, written))
    last = max(day.day for day in rehearsal(world, written, until=until).days())
    assert last <= until
    assert not list(rehearsal(world, written, until=date(2020, 1, 1)).days())


def test_a_step_that_cannot_be_taken_says_what_stands_in_its_way_once(world: World, written: Ref) -> None:
    edition = world.edition_of(written)
    with world.database.transaction() as tx:
        tx.execute(update(Edition).where(Edition.id == edition.id).values(state="suspended"))
    played = rehearsal(world, written)
    (waits,) = [event for day in played.days() for event in day.events if event.waits]

    assert [unmet.code for unmet in waits.missing] == ["edition_suspended"]
    assert waits.missing[0].say("pl")
    assert [(one.count, one.state.en) for one in played.remaining] == [(1, "Group work")]


def test_what_remains_names_who_could_go_on(world: World) -> None:
    ref = world.proposal_in("submitted")
    played = rehearsal(world, ref)
    list(played.days())
    (one,) = played.remaining
    assert "staff" in one.who


def test_another_edition_is_not_copied(world: World, written: Ref, tmp_path: Path) -> None:
    other = world.proposal_in("submitted")
    target = throw_away_database(tmp_path)
    with world.database.snapshot() as connection:
        copy_edition(connection, target, world.edition_of(written).id)
    with target.reading() as tx:
        assert list(tx.execute(select(Proposal.id)).scalars()) == [written.id]
        assert list(tx.execute(select(Edition.id)).scalars()) == [world.edition_of(written).id]
    assert other != written
    target.close()


@pytest.fixture
def secrets(world: World, written: Ref) -> None:
    """Everything that lets somebody in, recognisable."""
    person, at = world["leader"].id, world.now
    dates = {"person_id": person, "created_at": at, "expires_at": at + timedelta(days=9)}
    with world.database.transaction() as tx:
        tx.execute(update(Person).values(password_hash=OPENS, totp_secret=OPENS, postal_address=OPENS))
        consent = {"person_id": person, "kind": "guardian", "given_by": "Matka", "given_on": at.date(),
                   "letters_to": "matka@example.org", "recorded_by_id": person, "recorded_at": at}  # fmt: skip
        tx.execute(insert(Consent).values(**consent))
        tx.execute(insert(ApiToken).values(**dates, name="x", token_digest=OPENS))
        tx.execute(insert(WebSession).values(**dates, token_digest=OPENS, seen_at=at))
        tx.execute(insert(RecoveryCode).values(person_id=person, code_digest=OPENS))
        invitation = {"proposal_id": written.id, "email": "ktos@example.org", "role": "edit", "invited_by_id": person}
        tx.execute(insert(GroupInvitation).values(
            **invitation, token_digest=OPENS, invited_at=at, sent_at=at, expires_at=at + timedelta(days=9)
        ))  # fmt: skip


@pytest.mark.usefixtures("secrets")
def test_the_copy_holds_no_secret_and_no_address(world: World, written: Ref, tmp_path: Path) -> None:
    target = throw_away_database(tmp_path)
    with world.database.snapshot() as connection:
        copy_edition(connection, target, world.edition_of(written).id)
    kept = json.dumps(dump(target), ensure_ascii=False)
    target.close()

    assert world["leader"].name in kept
    assert OPENS not in kept
    addresses = set(re.findall(r"[\w.-]+@[\w.-]+", kept))
    assert addresses
    assert all(address.endswith(".invalid") for address in addresses)


def test_every_column_of_a_copy_that_sounds_like_a_secret_is_emptied() -> None:
    """A new table has to choose: its secrets have such a name, or it is left out."""
    known = {
        "digest",
        "head_hash",
        "hash",
        "prev_hash",
        "state_hash",
        "search",
        "sort_key",
        "key",
        "source_key",
        # Names of files in the data folder; nobody is let in by one.
        "file_key",
    }
    sounding = re.compile(r"hash|key$|digest$")
    for table in copied_tables():
        for column in table.c:
            if sounding.search(column.name) and not copy.SECRET.search(column.name):
                is_check = column.name in known or column.name.endswith("_digest")
                assert is_check, f"{table.name}.{column.name}: a secret?"
    assert not {"ballot", "score", "score_card", "web_session", "paper_batch", "paper_line", "webhook"} & {
        table.name for table in copied_tables()
    }


def test_a_rehearsal_that_takes_too_long_says_on_which_day_it_stopped(world: World, written: Ref) -> None:
    played = rehearsal(world, written, seconds_at_most=-1)
    days = list(played.days())
    assert len(days) <= 1
    assert played.cut_short
    assert f"{played.cut_short.day} " in ending_as_text(played, "en")


def test_a_day_is_readable_at_a_terminal(world: World, written: Ref) -> None:
    text = "\n".join(day_as_text(day, "en") for day in rehearsal(world, written).days())
    assert world["leader"].name in text
    assert "The system takes a step" in text
    assert "People are reminded" in text


def test_the_copy_is_removed_in_the_end(
    world: World, written: Ref, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(course, "TemporaryDirectory", lambda prefix: _Folder(tmp_path / prefix))
    days = rehearsal(world, written).days()
    assert isinstance(next(days), Day)
    assert (tmp_path / "partnerstwo-rehearsal-" / "rehearsal.sqlite3").exists()
    days.close()
    assert not (tmp_path / "partnerstwo-rehearsal-").exists()


class _Folder:
    """A temporary folder whose place a test knows."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> str:
        self.path.mkdir()
        return str(self.path)

    def __exit__(self, *_error: object) -> None:
        for file in self.path.iterdir():
            file.unlink()
        self.path.rmdir()


def test_every_state_can_be_rehearsed(world: World) -> None:
    for state in (
        ProposalState.RETURNED,
        ProposalState.APPEALED,
        ProposalState.RESERVE,
        ProposalState.IN_IMPLEMENTATION,
    ):
        ref = world.proposal_in(state)
        days = list(rehearsal(world, ref).days())
        assert any(day.letters for day in days), state
