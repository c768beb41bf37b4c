"""Secret votes: ballots with numbers and without names, exchanged until closing, laid out, counted; keys destroyed."""

import json
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from tests.workflow.selection.secrecy import Secret, rows_of_everything, with_keys, with_other_key
from tests.workflow.selection.test_meetings import codes
from tests.world import World
from workflow.base.calendar import warsaw_date
from workflow.base.errors import BadInput, NotAllowed, NotFound, NotReady
from workflow.db.database import Database
from workflow.documents.minutes import vote_blocks
from workflow.engine import audit
from workflow.engine.ballot_box import _laid_out
from workflow.engine.poll_keys import sweep_keys
from workflow.engine.proceedings import proceedings
from workflow.models import BallotBox, Elector
from workflow.operations.backup import read_copy, write_copy
from workflow.selection.ballots import cast as cast_by_name
from workflow.selection.ballots import count_if_complete, enter
from workflow.selection.secret_ballots import cast
from workflow.voting import verifier
from workflow.voting.results.verification import verify_result
from workflow.voting.sealing import (
    ALPHABET,
    CannotOpen,
    Receipt,
    as_written,
    is_genuine,
    new_key,
    new_receipt,
    open_ballot,
    seal,
)


class SecretCirculation(Secret):
    """A vote by circulation that is under way."""

    def __init__(self, world: World, **rules: Any) -> None:
        super().__init__(world, **rules)
        until = world.now + timedelta(days=7)
        self.meeting = world.create("meeting", "prepare_meeting", "chair", edition=self.edition, body="committee",
                                    form="circulation", day=warsaw_date(until), hour="12:00")  # fmt: skip
        world.take(self.meeting, "add_agenda_item", "chair", item="Wybór projektów")
        world.take(self.meeting, "convene", "chair")
        world.take(self.meeting, "begin", "chair")


FOR_ALL = dict.fromkeys(("chair", "committee1", "committee2"), "for")
PROGRAM = Path(verifier.__file__).with_name("verify_result.py")


@pytest.fixture
def secret(database: Database, tmp_path: Path) -> Secret:
    return Secret(World(with_keys(database, tmp_path)))


@pytest.fixture
def embedded(sqlite_url: str) -> Secret:
    return Secret(World(Database(sqlite_url)))


def refused(secret: Secret, choice: str, receipt: Receipt, who: str = "chair", poll: int = 1) -> set[str]:
    with pytest.raises(NotReady) as refusal, secret.world.database.transaction() as tx:
        cast(tx, poll, choice, receipt, actor=secret.world[who], at=secret.world.now)
    return codes(refusal.value)


def test_a_secret_vote_is_counted_adopted_and_verified_by_both_programs(secret: Secret, tmp_path: Path) -> None:
    poll = secret.open_secret()
    secret.cast(poll, chair="for", committee1="against", committee2="for")
    assert secret.laid_out() == []
    secret.world.take(poll, "count", "chair")
    result = secret.world.facts(poll, "chair")["result"]
    assert (result["for"], result["against"], result["abstain"]) == (2, 1, 0)
    assert sum(result["by_sector"].values()) == 3
    secret.world.take(secret.meeting, "adopt", "chair", motion=1)
    assert secret.adopted() == [(1, secret.project.id, "select")]
    path = tmp_path / "wynik.json"
    path.write_bytes(secret.file(poll))
    content = verify_result(path.read_bytes())
    assert content["receipts"] == sorted(secret.number(who) for who in FOR_ALL) == secret.numbers()
    assert content["ballots"] == [{"choice": ["against"], "count": 1}, {"choice": ["for"], "count": 2}]
    answer = subprocess.run([sys.executable, PROGRAM, path], capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stdout.strip()) == (0, "The result holds.")


def test_a_ballot_is_exchanged_by_number_and_key_until_the_count(secret: Secret) -> None:
    poll = secret.open_secret()
    secret.cast(poll, chair="against", committee1="for", committee2="for")
    secret.exchange(poll, "chair", "for", revision=0)
    secret.exchange(poll, "chair", "abstain", revision=1)
    secret.exchange(poll, "chair", "for")
    assert secret.receipts["chair"].revision == 3
    secret.world.take(poll, "count", "chair")
    assert secret.world.facts(poll, "chair")["result"]["for"] == 3
    with pytest.raises(NotReady) as refusal:
        secret.exchange(poll, "chair", "against")
    assert codes(refusal.value) == {"vote_closed"}


def test_a_secret_vote_with_fewer_than_three_ballots_is_not_closed_and_its_box_stays_shut(embedded: Secret) -> None:
    poll, world = embedded.open_secret(), embedded.world
    for ballots, who in enumerate(FOR_ALL):
        with pytest.raises(NotReady) as refusal:
            world.take(poll, "count", "chair")
        assert [(missing.code, missing.sentence.params) for missing in refusal.value.missing] == [
            ("few_ballots", {"cast": ballots, "electors": 3, "fewest": 3})
        ]
        assert embedded.laid_out() == []
        embedded.cast(poll, **{who: "against"})
    world.take(poll, "count", "chair")
    assert embedded.outcome() == "lost"


def test_hostile_2_a_ballot_after_the_closing_changes_nothing(embedded: Secret) -> None:
    poll = embedded.open_secret()
    late = embedded.form(poll)
    embedded.cast(poll, **FOR_ALL)
    embedded.world.take(poll, "count", "chair")
    assert refused(embedded, "for", late, "committee2", poll.id) == {"vote_closed"}
    assert (embedded.ticks(), len(embedded.laid_out())) == (3, 3)


def test_hostile_4_a_form_that_is_sent_again_gets_the_same_receipt(embedded: Secret) -> None:
    poll = embedded.open_secret()
    form = embedded.form(poll)
    embedded.cast(poll, form, chair="for")
    first = embedded.receipts["chair"]
    embedded.cast(poll, form, chair="for")
    assert embedded.receipts["chair"] == first
    assert (embedded.box(), embedded.ticks()) == ([(form.number, 0)], 1)


def test_hostile_5_a_key_left_by_a_killed_process_is_swept_and_that_of_an_open_vote_stays(embedded: Secret) -> None:
    poll, world = embedded.open_secret(), embedded.world
    embedded.cast(poll, **FOR_ALL)
    key = embedded.key(poll).read_bytes()
    assert sweep_keys(world.database, at=world.now + timedelta(days=9)) == 0
    world.take(poll, "count", "chair")
    assert not embedded.key(poll).exists()
    # As if the process had been killed between the commit and the destruction.
    embedded.key(poll).write_bytes(key)
    assert sweep_keys(world.database, at=world.now) == 1
    assert not embedded.key(poll).exists()


def test_hostile_5_a_closing_that_is_rolled_back_leaves_key_and_box(embedded: Secret) -> None:
    poll, world = embedded.open_secret(), embedded.world
    embedded.cast(poll, **FOR_ALL)
    with pytest.raises(RuntimeError), world.writing():
        world.take(poll, "count", "chair")
        raise RuntimeError("killed before the commit")
    assert embedded.key(poll).exists()
    assert len(embedded.box()) == 3
    world.take(poll, "count", "chair")
    assert embedded.outcome() == "carried"


def test_the_key_of_an_opening_that_was_rolled_back_is_swept_once_it_is_old(embedded: Secret) -> None:
    world = embedded.world
    embedded.begin()
    embedded.put()
    poll = world.create("poll", "prepare_poll", "chair", edition=embedded.edition, meeting=embedded.meeting.id,
                        motion=1)  # fmt: skip
    with pytest.raises(RuntimeError), world.writing():
        world.take(poll, "open", "chair")
        raise RuntimeError("killed before the commit")
    assert embedded.key(poll).exists()
    assert sweep_keys(world.database, at=world.now - timedelta(days=1)) == 0
    assert sweep_keys(world.database, at=world.now + timedelta(days=1)) == 1


def test_hostile_6_an_old_form_after_an_exchange_is_refused(embedded: Secret) -> None:
    poll = embedded.open_secret()
    form = embedded.form(poll)
    embedded.cast(poll, form, chair="for")
    embedded.exchange(poll, "chair", "against", revision=0)
    assert refused(embedded, "for", form, poll=poll.id) == {"ballot_exchanged"}
    with pytest.raises(NotReady) as refusal:
        embedded.exchange(poll, "chair", "abstain", revision=0)
    assert codes(refusal.value) == {"ballot_exchanged"}
    assert embedded.box() == [(form.number, 1)]


def test_hostile_7_a_guessed_key_a_receipt_of_another_vote_and_a_taken_number_are_refused(embedded: Secret) -> None:
    poll = embedded.open_secret()
    embedded.put()
    other = embedded.open_vote(2)
    form = embedded.form(poll)
    assert refused(embedded, "for", with_other_key(form), poll=poll.id) == {"no_receipt"}
    assert refused(embedded, "for", embedded.form(other), poll=poll.id) == {"no_receipt"}
    embedded.cast(poll, form, chair="for")
    assert refused(embedded, "against", form, "committee1", poll.id) == {"number_taken"}
    # The refused one is not ticked, and votes with a form of one's own.
    embedded.cast(poll, committee1="for")
    assert embedded.ticks() == 2


def test_hostile_8_a_number_that_no_form_bore_is_refused(embedded: Secret) -> None:
    poll = embedded.open_secret()
    assert refused(embedded, "for", Receipt("ABCDEFGH", "ABCDEFGH"), poll=poll.id) == {"no_receipt"}
    assert refused(embedded, "for", Receipt("", ""), poll=poll.id) == {"no_receipt"}
    assert embedded.box() == []


def test_nobody_votes_twice_with_another_form(secret: Secret) -> None:
    poll = secret.open_secret()
    secret.cast(poll, chair="for")
    assert refused(secret, "against", secret.form(poll), poll=poll.id) == {"voted_already"}
    assert len(secret.box()) == secret.ticks() == 1


def test_hostile_11_a_conflict_that_comes_up_annuls_the_vote_and_its_ballots_go_unread(secret: Secret) -> None:
    poll, world = secret.open_secret(), secret.world
    form = secret.form(poll)
    secret.cast(poll, chair="for", committee1="for")
    world.declare_conflict(secret.project, "committee2", "Prowadzę tę organizację.")
    with pytest.raises(NotAllowed), world.database.transaction() as tx:
        cast(tx, poll.id, "for", form, actor=world["committee2"], at=world.now)
    with pytest.raises(NotReady) as refusal:
        world.take(poll, "count", "chair")
    assert codes(refusal.value) == {"few_ballots", "late_conflict"}
    world.take(poll, "annul", "chair", reason="Konflikt interesów.")
    assert (secret.box(), secret.laid_out(), secret.numbers()) == ([], [], [])
    assert not secret.key(poll).exists()
    assert secret.outcome() == "open"


def test_hostile_15_a_member_who_leaves_while_the_vote_is_open_may_still_vote(embedded: Secret) -> None:
    poll = embedded.open_secret()
    embedded.world.take(embedded.meeting, "note_departure", "chair", seat=embedded.seats["committee2"])
    embedded.cast(poll, **FOR_ALL)
    embedded.world.take(poll, "count", "chair")
    assert embedded.world.facts(poll, "chair")["result"]["present"] == 3


def test_hostile_21_before_the_closing_nobody_reads_a_result(secret: Secret) -> None:
    poll, world = secret.open_secret(), secret.world
    secret.cast(poll, **FOR_ALL)
    with pytest.raises(NotFound):
        secret.file(poll)
    facts = world.facts(poll, "chair")
    assert (facts["result"], facts.session.laid_out if facts.session else None) == (None, None)
    with world.database.reading() as tx:
        line = proceedings(tx, secret.meeting.id, reader_id=world["chair"].id).polls[1]
    assert {vote.choice for vote in line.votes} == {""}
    assert {vote.cast_at for vote in line.votes} == {None}
    assert line.laid_out is None


def test_hostile_22_after_the_closing_nothing_links_a_person_to_a_choice(secret: Secret) -> None:
    poll = secret.open_secret()
    secret.cast(poll, chair="against", committee1="for", committee2="for")
    with secret.world.database.reading() as tx:
        sealed = list(tx.execute(select(BallotBox.sealed)).scalars())
    secret.world.take(poll, "count", "chair")
    secret.world.take(secret.meeting, "adopt", "chair", motion=1)
    rows = list(rows_of_everything(secret.world.database))
    numbers, codes_ = secret.numbers(), [code for code, _choice in secret.laid_out()]
    # A number stands in the list of receipts and nowhere else, a code beside its choice and nowhere else.
    assert {name for name, row in rows if any(number in row for number in numbers)} == {"ballot_receipt"}
    assert {name for name, row in rows if any(code in row for code in codes_)} == {"secret_ballot"}
    assert not set(numbers) & set(codes_)
    columns = {name: set(json.loads(row)) for name, row in rows if name in {"ballot_receipt", "secret_ballot"}}
    assert columns == {
        "ballot_receipt": {"poll_id", "number"},
        "secret_ballot": {"poll_id", "code", "secret", "choice"},
    }
    assert not any(name in {"ballot", "ballot_box"} for name, _row in rows)
    folder = secret.keys.parent
    data = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert not any(box.encode() in data for box in sealed)
    assert list(secret.keys.iterdir()) == []


def test_the_rows_of_closing_share_one_transaction_and_no_time(secret: Secret) -> None:
    poll = secret.open_secret()
    secret.cast(poll, **FOR_ALL)
    secret.world.take(poll, "count", "chair")
    with secret.world.database.reading() as tx:
        if not secret.world.database.is_sqlite:
            assert len(tx.execute(text("SELECT DISTINCT xmin::text FROM secret_ballot")).all()) == 1
            return
        for table in ("ballot_box", "secret_ballot", "ballot_receipt"):
            words = tx.execute(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": table}).scalar_one()
            assert "WITHOUT ROWID" in words


def test_hostile_23_a_copy_of_an_open_vote_holds_no_ballots_and_the_restored_vote_is_annulled(
    embedded: Secret, sqlite_master: bytes, tmp_path: Path
) -> None:
    poll, world = embedded.open_secret(), embedded.world
    embedded.cast(poll, **FOR_ALL)
    copy, uploads = tmp_path / "copy.tar.gz", tmp_path / "uploads"
    uploads.mkdir()
    write_copy(world.database, uploads, copy, at=world.now)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "restored.sqlite3").write_bytes(sqlite_master)
    restored = Database(f"sqlite:///{elsewhere / 'restored.sqlite3'}")
    read_copy(restored, uploads, copy, at=world.now)
    assert not (elsewhere / "polls").exists()
    world.database.close()
    world.database = restored
    assert embedded.box() == []
    with pytest.raises(NotReady) as refusal:
        world.take(poll, "count", "chair")
    assert codes(refusal.value) == {"key_lost"}
    world.take(poll, "annul", "chair", reason="Odtworzono kopię.")
    assert world.facts(poll, "chair").state == "annulled"


def test_a_box_that_lost_a_ballot_or_holds_a_changed_one_is_refused_with_the_figures(embedded: Secret) -> None:
    poll, world = embedded.open_secret(), embedded.world
    embedded.cast(poll, **FOR_ALL)
    with world.database.transaction() as tx:
        tx.execute(update(BallotBox).where(BallotBox.number == embedded.number("chair")).values(number="ZZZZZZZZ"))
    with pytest.raises(NotReady) as refusal:
        world.take(poll, "count", "chair")
    assert codes(refusal.value) == {"box_damaged"}
    with world.database.transaction() as tx:
        tx.execute(text("DELETE FROM ballot_box WHERE number = 'ZZZZZZZZ'"))
    with pytest.raises(NotReady) as refusal:
        world.take(poll, "count", "chair")
    assert [(missing.code, missing.sentence.params) for missing in refusal.value.missing] == [
        ("box_differs", {"ballots": 2, "ticked": 3})
    ]


def test_a_recused_member_and_whoever_is_no_elector_cast_no_ballot(embedded: Secret) -> None:
    poll, world = embedded.open_secret(), embedded.world
    recused = update(Elector).where(Elector.person_id == world["committee1"].id).values(recused=True)
    with world.database.transaction() as tx:
        tx.execute(recused)
    for who in ("committee1", "staff", "leader", "secretary"):
        with pytest.raises(NotAllowed), world.database.transaction() as tx:
            cast(tx, poll.id, "for", embedded.form(poll), actor=world[who], at=world.now)
    with pytest.raises(BadInput):
        embedded.cast(poll, chair="maybe")
    assert (embedded.box(), embedded.ticks()) == ([], 0)


def test_a_secret_vote_takes_no_vote_by_name_and_one_by_name_no_ballot(embedded: Secret) -> None:
    poll, world = embedded.open_secret(), embedded.world
    form = embedded.form(poll)
    with pytest.raises(NotReady) as refusal, world.database.transaction() as tx:
        cast_by_name(tx, poll.id, "for", actor=world["chair"], at=world.now)
    assert codes(refusal.value) == {"secret_vote"}
    with pytest.raises(NotReady), world.database.transaction() as tx:
        enter(tx, poll.id, embedded.seats["chair"], "for", actor=world["chair"], at=world.now)
    embedded.put(secret=False)
    by_name = embedded.open_vote(2)
    with pytest.raises(NotReady), world.database.transaction() as tx:
        cast(tx, by_name.id, "for", form, actor=world["chair"], at=world.now)
    assert not embedded.key(by_name).exists()


@pytest.mark.parametrize(
    ("way", "wanted", "is_secret"),
    [("chosen", True, True), ("chosen", False, False), ("always", False, True), ("never", False, False)],
)
def test_the_edition_says_which_motions_are_voted_on_in_secret(
    sqlite_url: str, way: str, wanted: bool, is_secret: bool
) -> None:
    secret = Secret(World(Database(sqlite_url)), **({} if way == "chosen" else {"secret_votes": way}))
    secret.begin()
    secret.put(secret=wanted)
    poll = secret.open_vote()
    assert secret.world.facts(poll, "chair")["secret"] is is_secret
    assert secret.key(poll).exists() is is_secret


def test_an_edition_without_secret_votes_refuses_one(sqlite_url: str) -> None:
    secret = Secret(World(Database(sqlite_url)), secret_votes="never")
    secret.begin()
    with pytest.raises(NotReady) as refusal:
        secret.put()
    assert codes(refusal.value) == {"not_secret"}


def test_hands_are_not_raised_in_a_secret_vote(embedded: Secret) -> None:
    embedded.begin()
    embedded.put()
    with pytest.raises(NotReady) as refusal:
        embedded.world.create("poll", "prepare_poll", "chair", edition=embedded.edition, meeting=embedded.meeting.id,
                              motion=1, by_hands=True)  # fmt: skip
    assert codes(refusal.value) == {"secret_vote"}


def test_the_minutes_say_that_the_vote_was_secret_and_who_voted(embedded: Secret) -> None:
    poll = embedded.open_secret()
    embedded.cast(poll, **dict.fromkeys(FOR_ALL, "against"))
    embedded.world.take(poll, "count", "chair")
    embedded.world.take(embedded.meeting, "end", "chair")
    session = embedded.world.facts(embedded.meeting, "secretary").session
    assert session is not None
    assert session.minutes is not None
    motion = session.minutes.data["motions"][0]
    said = repr(list(vote_blocks(motion["figures"], motion["poll"], motion=1)))
    assert "Głosowanie tajne" in said
    assert said.count("oddany głos") == 3
    assert embedded.world["committee1"].name in said
    assert embedded.world["committee1"].name not in repr(list(vote_blocks(motion["figures"], motion["poll"])))


def test_the_history_of_a_secret_vote_holds_and_says_no_choice(embedded: Secret) -> None:
    poll = embedded.open_secret()
    embedded.cast(poll, **FOR_ALL)
    embedded.world.take(poll, "count", "chair")
    with embedded.world.database.snapshot() as tx:
        assert audit.verify(tx).broken is None


def test_by_circulation_a_vote_is_by_name_unless_the_edition_says_otherwise(sqlite_url: str) -> None:
    circulation = SecretCirculation(World(Database(sqlite_url)))
    with pytest.raises(NotReady) as refusal:
        circulation.put()
    assert codes(refusal.value) == {"not_secret"}


def test_a_secret_vote_by_circulation_is_counted_with_the_last_answer(sqlite_url: str) -> None:
    circulation = SecretCirculation(World(Database(sqlite_url)), secret_circulation="1")
    circulation.put()
    poll = circulation.open_vote()
    for who in FOR_ALL:
        circulation.cast(poll, **{who: "for"})
        with circulation.world.database.transaction() as tx:
            complete = count_if_complete(tx, poll.id, at=circulation.world.now)
        assert complete is (who == "committee2")
    assert circulation.world.facts(poll, "chair")["result"]["for"] == 3
    assert not circulation.key(poll).exists()


def test_the_key_is_readable_by_its_owner_alone(embedded: Secret) -> None:
    poll = embedded.open_secret()
    assert embedded.key(poll).stat().st_mode & 0o777 == 0o600
    assert embedded.keys.stat().st_mode & 0o777 == 0o700


CHOICES = st.sampled_from(["for", "against", "abstain"])
BOXES = st.dictionaries(st.text(ALPHABET, min_size=8, max_size=8), CHOICES, max_size=40)


@given(BOXES, st.permutations(range(40)))
def test_no_ballot_is_lost_or_linked_whatever_the_order_in_the_box(box: dict[str, str], order: list[int]) -> None:
    shuffled = dict(sorted(box.items(), key=lambda item: order[hash(item[0]) % 40]))
    laid_out = _laid_out(shuffled, linked=20)
    assert Counter(choice for _code, choice in laid_out.ballots) == Counter(box.values())
    if len(box) >= 20:
        assert (dict(laid_out.ballots), laid_out.receipts) == (box, ())
    else:
        assert sorted(laid_out.receipts) == sorted(box)
        assert len({code for code, _choice in laid_out.ballots}) == len(box)


def test_ballots_are_not_laid_out_in_the_order_of_the_box() -> None:
    box = {f"{number:08}": ("for", "against")[number % 2] for number in range(30)}
    orders = {tuple(code for code, _choice in _laid_out(box, linked=20).ballots) for _ in range(5)}
    assert len(orders) == 5
    assert tuple(box) not in orders


@given(CHOICES, st.integers(1, 10**9))
def test_a_sealed_ballot_opens_only_as_itself_and_its_length_tells_nothing(choice: str, poll: int) -> None:
    key = new_key()
    receipt = new_receipt(key, poll)
    sealed = seal(key, poll, receipt.number, choice)
    assert open_ballot(key, poll, receipt.number, sealed) == choice
    assert len(sealed) == len(seal(key, poll, receipt.number, "abstain")) <= 120
    assert sealed != seal(key, poll, receipt.number, choice)
    for other in ((new_key(), poll, receipt.number), (key, poll + 1, receipt.number), (key, poll, "00000000")):
        with pytest.raises(CannotOpen):
            open_ballot(*other, sealed)
    assert is_genuine(key, poll, receipt)
    assert not is_genuine(key, poll + 1, receipt)
    assert as_written(f" {receipt.number[:4].lower()}-{receipt.number[4:]} ") == receipt.number
