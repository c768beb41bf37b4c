"""Searching by words: marks, endings, both databases, and how much is asked."""

from importlib import import_module

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, text

from tests.listening import statements_of
from tests.world import World
from workflow.base.collation import fold
from workflow.db import schema
from workflow.db.database import Database
from workflow.models import Proposal, SearchWord
from workflow.proposals.search import SHOWN, alike, matching, similar, telling
from workflow.rules.facts import Ref

words_for_searching = import_module("workflow.migrations.versions.0003_words_for_searching")

ENDINGS = ("", "a", "ą", "e", "ę", "i", "y", "u", "em", "om", "ów", "ach", "ami", "ych", "ego", "iem", "owi")
MARKS = str.maketrans("ąćęłńóśźż", "acelnoszz")
STEMS = st.text("abcdefghijklmnoprstuwyząćęłńóśźż", min_size=4, max_size=12)


def titles_like(database: Database, edition: Ref, typed: str, visible: frozenset[str] | None = None) -> list[str]:
    with database.reading() as tx:
        return [one.title for one in similar(tx, edition_id=edition.id, text=typed, visible=visible)]


def titles_with(database: Database, edition: Ref, typed: str) -> list[str]:
    with database.reading() as tx:
        query = select(Proposal.title).where(Proposal.edition_id == edition.id).order_by(Proposal.sort_key)
        return list(tx.execute(query.where(*matching(tx, edition_id=edition.id, text=typed))).scalars())


def words_of(database: Database, ref: Ref) -> set[str]:
    with database.reading() as tx:
        return set(tx.execute(select(SearchWord.word).where(SearchWord.proposal_id == ref.id)).scalars())


@given(STEMS, st.sampled_from(ENDINGS), st.sampled_from(ENDINGS))
def test_words_with_other_endings_are_alike(stem: str, one: str, other: str) -> None:
    assert alike(fold(stem + one), fold(stem + other))


@given(STEMS, st.sampled_from(ENDINGS))
def test_words_with_and_without_marks_are_alike(stem: str, ending: str) -> None:
    written = stem + ending
    assert alike(fold(written), fold(written.translate(MARKS)))
    assert alike(fold(written.upper()), fold(written))


@given(STEMS, st.integers(3, 15))
def test_a_word_is_found_while_it_is_typed(stem: str, letters: int) -> None:
    assert alike(fold(stem[:letters]), fold(stem))


@given(st.text(max_size=300))
def test_any_text_has_a_few_telling_words(typed: str) -> None:
    assert len(telling(typed)) <= 8
    assert all(len(word) >= 3 for word in telling(typed))


@pytest.mark.parametrize(
    ("one", "other"),
    [("budowanie", "malowanie"), ("program", "projekt"), ("plac", "praca"), ("szkola", "szpital"), ("las", "lesie")],
)
def test_other_words_are_not_alike(one: str, other: str) -> None:
    assert not alike(one, other)


def test_ideas_are_found_by_other_forms_of_their_words(world: World, database: Database) -> None:
    edition = world.edition("conferences")
    for title in ("Żłobek w Łosicach", "Ścieżki rowerowe nad Wisłą", "Biblioteka sąsiedzka", "Targ śniadaniowy"):
        world.idea(edition, title=title)
    assert titles_like(database, edition, "zlobka dla losic") == ["Żłobek w Łosicach"]
    assert titles_like(database, edition, "ŚCIEŻKA ROWEROWA") == ["Ścieżki rowerowe nad Wisłą"]
    assert titles_like(database, edition, "sieć bibliotek") == ["Biblioteka sąsiedzka"]
    assert titles_like(database, edition, "Kino plenerowe") == []
    assert titles_like(database, edition, "i w na") == []
    assert titles_with(database, edition, "bibliotekach") == ["Biblioteka sąsiedzka"]
    assert titles_with(database, edition, "rowerowych scie") == ["Ścieżki rowerowe nad Wisłą"]
    assert titles_with(database, edition, "żłobek wisła") == []
    assert len(titles_with(database, edition, "")) == 4


def test_a_word_of_a_long_text_alone_makes_nothing_similar(world: World, database: Database) -> None:
    edition = world.edition("conferences")
    world.idea(edition, title="Pracownia ceramiki", summary="Warsztaty dla szkoły i parku.")
    assert titles_like(database, edition, "szkoła tańca") == []
    assert titles_like(database, edition, "szkolny park") == ["Pracownia ceramiki"]


def test_the_closest_of_many_comes_first(world: World, database: Database) -> None:
    edition = world.edition("conferences")
    for title in ("Plac zabaw i siłownia na wolnym powietrzu", *(f"Plac targowy {n}" for n in range(9)), "Plac zabaw"):
        world.idea(edition, title=title)
    found = titles_like(database, edition, "place zabaw")
    assert found[:2] == ["Plac zabaw", "Plac zabaw i siłownia na wolnym powietrzu"]
    assert len(found) == SHOWN


def test_ideas_of_another_edition_and_ideas_that_are_gone_are_not_similar(world: World, database: Database) -> None:
    here, there = world.edition("conferences"), world.edition("conferences")
    world.idea(there, title="Klub seniora")
    gone = world.idea(here, title="Klub seniora w Gąbinie")
    assert titles_like(database, here, "klub seniorów") == ["Klub seniora w Gąbinie"]
    world.take(gone, "withdraw", "leader", reason="Zmiana planów.", group_informed=True)
    assert titles_like(database, here, "klub seniorów") == []


def test_only_states_that_the_reader_may_see_are_similar(world: World, database: Database) -> None:
    edition = world.edition("conferences")
    world.idea(edition, title="Klub seniora")
    assert titles_like(database, edition, "klub", frozenset({"selected"})) == []
    assert titles_like(database, edition, "klub", frozenset({"idea"})) == ["Klub seniora"]


def test_words_follow_whatever_is_written(world: World, database: Database) -> None:
    edition = world.edition("conferences")
    ref = world.idea(edition, title="Kino letnie", sector="kultura")
    assert words_of(database, ref) == {"kino", "letnie", "kultura"}
    world.take(ref, "edit_sheet", "leader", title="Kino zimowe", summary="Zimą.")
    assert words_of(database, ref) == {"kino", "zimowe", "zima", "kultura"}
    with database.transaction() as tx:
        tx.execute(text("UPDATE proposal SET search = ''"))
    assert words_of(database, ref) == set()


def test_a_word_without_end_is_kept_by_its_beginning(world: World, database: Database) -> None:
    ref = world.idea(world.edition("conferences"), title="x" * 200)
    assert max(map(len, words_of(database, ref))) == 40


def test_the_words_can_be_taken_out_and_made_anew(world: World, database: Database) -> None:
    ref = world.idea(world.edition("conferences"), title="Kino letnie", sector="")
    with database.transaction() as tx:
        with Operations.context(MigrationContext.configure(tx)):
            words_for_searching.downgrade()
            words_for_searching.upgrade()
        assert schema.differences(tx) == []
    assert words_of(database, ref) == {"kino", "letnie"}


def test_searching_asks_the_same_of_few_and_of_many(world: World, database: Database) -> None:
    edition = world.edition("conferences")
    first = world.idea(edition, title="Świetlica w remizie", summary="Dla dzieci i młodzieży.")
    with statements_of(database) as few:
        titles_like(database, edition, "świetlice w remizach")
        titles_with(database, edition, "świetlice w remizach")
    with database.transaction() as tx:
        row = dict(tx.execute(select(Proposal.__table__).where(Proposal.id == first.id)).one()._mapping)
        more = [{**row, "id": 1000 + n, "number": 1000 + n, "title": f"Świetlica {n}", "search": f"swietlica remiza {n}",
                 "reserve_position": None} for n in range(500)]  # fmt: skip
        tx.execute(insert(Proposal), more)
    with statements_of(database) as many:
        assert len(titles_like(database, edition, "świetlice w remizach")) == SHOWN
        assert len(titles_with(database, edition, "świetlice w remizach")) == 501
    assert len(few) == len(many) == 4
