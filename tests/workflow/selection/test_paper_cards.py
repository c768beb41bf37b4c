"""Cards of a secret vote: they bar the screen, two people type them alike, they add up, and they name nobody."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from tests.workflow.lifecycle import documents
from tests.workflow.selection.secrecy import Secret, rows_of_everything, with_keys
from tests.workflow.selection.test_meetings import codes
from tests.workflow.selection.test_secret_votes import PROGRAM
from tests.world import World
from workflow.base.errors import BadInput, NotReady
from workflow.db.database import Database
from workflow.documents.minutes import vote_blocks
from workflow.engine import audit
from workflow.engine.proceedings import proceedings
from workflow.files.actions import sweep_files
from workflow.files.storage import path_of, receive
from workflow.models import Elector, PaperBatch
from workflow.rules.cards import CardBatch, CardMove, CardsTyped, does_not_add_up
from workflow.selection.cards import attach_scan, move_card, type_cards, void_cards
from workflow.voting.results.verification import verify_result

ISSUE, DROP, GIVE_BACK = CardMove.ISSUE, CardMove.DROP, CardMove.GIVE_BACK


class Cards(Secret):
    """A secret vote in which some members vote with a card."""

    def __init__(self, world: World, uploads: Path) -> None:
        super().__init__(world)
        self.uploads = uploads
        self.poll = self.open_secret()

    def move_card(self, who: str, *moves: CardMove) -> None:
        for one in moves:
            with self.world.database.transaction() as tx:
                move_card(tx, self.poll.id, self.seats[who], one, at=self.world.now)

    def drop_all(self) -> None:
        for who in ("chair", "committee1", "committee2"):
            self.move_card(who, ISSUE, DROP)

    def close(self) -> None:
        self.world.take(self.poll, "close", "chair")

    def type(self, who: str, *choices: str, spoiled: int = 0, in_box: int | None = None) -> None:
        lines, at = dict(enumerate(choices, 1)), self.world.at
        with self.world.database.transaction() as tx:
            type_cards(tx, self.poll.id, lines, in_box=len(lines) if in_box is None else in_box, spoiled=spoiled,
                       actor=self.world[who], at=at)  # fmt: skip

    def scan(self, who: str = "secretary") -> str:
        incoming = receive(self.uploads, BytesIO(documents.PDF), "karty.pdf")
        with self.world.database.transaction() as tx:
            attach_scan(tx, self.uploads, self.poll.id, incoming, actor=self.world[who])
        return incoming.key

    def refused(self, step: str = "count") -> set[str]:
        with pytest.raises(NotReady) as refusal:
            self.world.take(self.poll, step, "chair")
        return codes(refusal.value)

    def typed_seen_by(self, who: str) -> int:
        with self.world.database.reading() as tx:
            batch = proceedings(tx, self.meeting.id, reader_id=self.world[who].id).polls[1].cards
        return len(batch.typed) if batch else 0


@pytest.fixture
def cards(database: Database, tmp_path: Path) -> Cards:
    return Cards(World(with_keys(database, tmp_path)), tmp_path / "uploads")


@pytest.fixture
def embedded(sqlite_url: str, tmp_path: Path) -> Cards:
    return Cards(World(Database(sqlite_url)), tmp_path / "uploads")


def test_cards_and_screens_together_are_counted_adopted_and_verified(cards: Cards, tmp_path: Path) -> None:
    cards.move_card("chair", ISSUE, DROP)
    cards.move_card("committee1", ISSUE, DROP)
    cards.cast(cards.poll, committee2="for")
    cards.close()
    for who in ("secretary", "committee1"):
        cards.type(who, "for", "against")
    cards.scan()
    cards.world.take(cards.poll, "count", "chair")
    result = cards.world.facts(cards.poll, "chair")["result"]
    assert (result["for"], result["against"]) == (2, 1)
    assert result["cards"] == {"in_box": 2, "spoiled": 0, "missing": 0}
    cards.world.take(cards.meeting, "adopt", "chair", motion=1)
    content = verify_result(cards.file(cards.poll))
    assert content["electorate"]["voted"] == {"screen": 1, "card": 2, "hands": 0}
    assert cards.number("committee2") in content["receipts"]
    path = tmp_path / "wynik.json"
    path.write_bytes(cards.file(cards.poll))
    answer = subprocess.run([sys.executable, PROGRAM, path], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    with cards.world.database.snapshot() as tx:
        assert audit.verify(tx).broken is None


def test_a_card_bars_the_screen_until_it_is_given_back_and_a_vote_on_a_screen_bars_the_card(cards: Cards) -> None:
    cards.move_card("chair", ISSUE)
    with pytest.raises(NotReady) as refusal:
        cards.cast(cards.poll, chair="for")
    assert codes(refusal.value) == {"has_card"}
    cards.move_card("chair", GIVE_BACK)
    cards.cast(cards.poll, chair="for")
    with pytest.raises(NotReady) as refusal:
        cards.move_card("chair", ISSUE)
    assert codes(refusal.value) == {"card_elsewhere"}
    for wrong in (DROP, GIVE_BACK):
        with pytest.raises(NotReady):
            cards.move_card("committee1", wrong)


def test_a_vote_with_cards_is_closed_first_and_counted_when_two_typed_the_same_and_the_scan_is_there(
    cards: Cards,
) -> None:
    cards.drop_all()
    assert cards.refused() == {"cards_in_box"}
    cards.close()
    assert cards.refused() == {"cards_awaited"}
    cards.type("secretary", "for", "for", "against")
    cards.type("committee1", "for", "against", "against")
    assert cards.refused() == {"cards_differ"}
    cards.type("committee1", "for", "for", "against")
    assert cards.refused() == {"no_scan"}
    cards.scan()
    cards.world.take(cards.poll, "count", "chair")
    assert cards.outcome() == "carried"
    assert len(cards.numbers()) == len(cards.laid_out()) == 3


def test_hostile_10_more_cards_than_ticks_are_refused_with_the_figures(embedded: Cards) -> None:
    embedded.drop_all()
    embedded.close()
    with pytest.raises(BadInput) as refusal:
        embedded.type("secretary", "for", "for", "for", spoiled=1)
    assert refusal.value.fields["cards"].params == {"cards": 4, "in_box": 3, "spoiled": 1, "ticked": 3}
    with pytest.raises(BadInput) as refusal:
        embedded.type("secretary", "for", "for", in_box=3)
    assert refusal.value.fields["cards"].params == {"in_box": 3, "lines": 2}
    assert embedded.typed_seen_by("secretary") == 0


def test_hostile_10_one_clerk_twice_is_one_and_a_third_and_a_late_one_are_refused(embedded: Cards) -> None:
    embedded.drop_all()
    with pytest.raises(NotReady) as refusal:
        embedded.type("secretary", "for", "for", "for")
    assert codes(refusal.value) == {"not_closed"}
    embedded.close()
    embedded.type("secretary", "for", "for", "for")
    embedded.type("secretary", "for", "for", "for")
    assert embedded.refused() == {"cards_awaited"}
    embedded.type("committee1", "for", "for", "against")
    with pytest.raises(NotReady) as refusal:
        embedded.type("staff", "for", "for", "for")
    assert codes(refusal.value) == {"two_typed"}
    embedded.type("committee1", "for", "for", "for")
    embedded.scan()
    embedded.world.take(embedded.poll, "count", "chair")
    with pytest.raises(NotReady) as refusal:
        embedded.type("secretary", "for", "for", "against")
    assert codes(refusal.value) == {"not_closed"}


def test_nobody_sees_the_lines_of_the_other_before_both_are_in(embedded: Cards) -> None:
    embedded.drop_all()
    embedded.close()
    embedded.type("secretary", "for", "for", "against")
    assert [embedded.typed_seen_by(who) for who in ("secretary", "committee1", "chair")] == [1, 0, 0]
    embedded.type("committee1", "for", "against", "against")
    assert [embedded.typed_seen_by(who) for who in ("secretary", "committee1", "chair")] == [2, 2, 2]


def test_spoiled_and_missing_cards_stand_in_figures_and_minutes(embedded: Cards) -> None:
    embedded.drop_all()
    embedded.close()
    for who in ("secretary", "committee1"):
        embedded.type(who, "for", spoiled=1)
    embedded.scan()
    embedded.world.take(embedded.poll, "count", "chair")
    assert embedded.world.facts(embedded.poll, "chair")["result"]["cards"] == {"in_box": 1, "spoiled": 1, "missing": 1}
    content = verify_result(embedded.file(embedded.poll))
    assert (content["spoiled"], content["missing"]) == (1, 1)
    assert embedded.outcome() == "lost"
    embedded.world.take(embedded.meeting, "end", "chair")
    session = embedded.world.facts(embedded.meeting, "secretary").session
    assert session is not None
    assert session.minutes is not None
    motion = session.minutes.data["motions"][0]
    said = repr(list(vote_blocks(motion["figures"], motion["poll"], motion=1)))
    assert "ważne: 1" in said
    assert embedded.world["secretary"].name in said


def test_what_was_typed_is_made_void_with_a_reason_and_typed_again(embedded: Cards) -> None:
    embedded.drop_all()
    embedded.close()
    for who in ("secretary", "committee1"):
        embedded.type(who, "for", "for", "for")
    embedded.scan()

    def void(reason: str) -> None:
        with embedded.world.database.transaction() as tx:
            void_cards(tx, embedded.poll.id, reason, actor=embedded.world["chair"], at=embedded.world.at)

    with pytest.raises(BadInput):
        void(" ")
    void("Przepisano karty innego głosowania.")
    assert embedded.refused() == {"cards_awaited"}
    for who in ("committee1", "committee2"):
        embedded.type(who, "for", "against", "against")
    assert embedded.refused() == {"no_scan"}
    embedded.scan()
    embedded.world.take(embedded.poll, "count", "chair")
    assert embedded.outcome() == "lost"
    with embedded.world.database.reading() as tx:
        reasons = list(tx.execute(select(PaperBatch.void_reason).order_by(PaperBatch.number)).scalars())
    assert reasons == ["Przepisano karty innego głosowania.", ""]


def test_who_is_recused_types_no_cards_and_a_card_out_keeps_the_vote_open(embedded: Cards) -> None:
    embedded.move_card("chair", ISSUE, DROP)
    embedded.move_card("committee2", ISSUE)
    assert embedded.refused("close") == {"card_out", "few_ballots"}
    embedded.move_card("committee2", GIVE_BACK)
    for who in ("committee1", "committee2"):
        embedded.move_card(who, ISSUE, DROP)
    embedded.close()
    world = embedded.world
    with world.database.transaction() as tx:
        tx.execute(update(Elector).where(Elector.person_id == world["committee1"].id).values(recused=True, voted=False))
    with pytest.raises(NotReady) as refusal:
        embedded.type("committee1", "for")
    assert codes(refusal.value) == {"recused"}


def test_a_vote_on_screens_alone_is_not_closed_without_being_counted(embedded: Cards) -> None:
    embedded.cast(embedded.poll, chair="for")
    assert embedded.refused("close") == {"few_ballots", "no_cards"}


def test_a_closed_vote_is_annulled_and_an_open_meeting_does_not_end_with_it(embedded: Cards) -> None:
    embedded.drop_all()
    embedded.close()
    with pytest.raises(NotReady) as refusal:
        embedded.world.take(embedded.meeting, "end", "chair")
    assert "vote_open" in codes(refusal.value)
    embedded.world.take(embedded.poll, "annul", "chair", reason="Zgubiono karty.")
    assert embedded.world.facts(embedded.poll, "chair").state == "annulled"


def test_hostile_22_the_number_on_a_card_stands_beside_no_counted_ballot(embedded: Cards) -> None:
    embedded.drop_all()
    embedded.close()
    for who in ("secretary", "committee1"):
        embedded.type(who, "for", "against", "for")
    embedded.scan()
    embedded.world.take(embedded.poll, "count", "chair")
    tables = {name for name, row in rows_of_everything(embedded.world.database) if '"card": ' in row}
    assert tables == {"paper_line"}
    codes_ = [code for code, _choice in embedded.laid_out()]
    assert not set(codes_) & set(embedded.numbers())


def test_the_bytes_of_a_scan_stay_when_files_without_a_row_are_swept(embedded: Cards) -> None:
    embedded.drop_all()
    embedded.close()
    key = embedded.scan()
    path = path_of(embedded.uploads, key)
    assert path.is_file()
    sweep_files(embedded.world.database, embedded.uploads, at=embedded.world.now.replace(year=2099))
    assert path.is_file()


LINES = st.dictionaries(st.integers(1, 9), st.sampled_from(["for", "against", "abstain"]), max_size=9)


@given(LINES, LINES, st.integers(0, 3), st.integers(0, 3))
def test_only_two_who_typed_the_same_agree(first: dict[int, str], second: dict[int, str], a: int, b: int) -> None:
    both = CardBatch(1, (CardsTyped(1, "A", len(first), a, first), CardsTyped(2, "B", len(second), b, second)))
    assert (both.agreed is not None) == (first == second and a == b)
    assert {card for card, _a, _b in both.differences()} == {
        card for card in first.keys() | second.keys() if first.get(card) != second.get(card)
    }
    assert CardBatch(1, both.typed[:1]).agreed is None


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_cards_are_refused_exactly_where_they_cannot_be_right(box: int, spoiled: int, lines: int, ticked: int) -> None:
    assert (does_not_add_up(box, spoiled, lines, ticked) is None) == (lines == box and box + spoiled <= ticked)
