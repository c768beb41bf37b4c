"""What people write in other scripts, with emoji or in decomposed letters is found by search on both databases."""

import unicodedata
from importlib import import_module
from typing import Literal

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import insert, text

from tests.workflow.proposals.test_search import titles_with
from tests.world import World
from workflow.db.database import Database
from workflow.models import Person
from workflow.people.queries import list_people
from workflow.rules.facts import Ref

words_of_every_script = import_module("workflow.migrations.versions.0070_words_of_every_script")

TITLES = (
    "Мистецький простір Їжак", "上海公园重建", "ورشة الخط العربي", "גן קהילתי", "Ogród społeczny 👩‍🌾🌳", "Café Müller",
    "Στέγη Πολιτισμού", "한국 문화의 날", "Klub ①", "I w na",
)  # fmt: skip
Form = Literal["NFC", "NFD", "NFKC", "NFKD"]
FORMS: tuple[Form, ...] = ("NFC", "NFD", "NFKC", "NFKD")
NOTHING = ("!!!", "–", "„”", "\u200b", "\u200f\u202e", "%", "_", "'", "\\", "* ?")


@pytest.fixture
def edition(world: World) -> Ref:
    edition = world.edition("conferences")
    for title in TITLES:
        world.idea(edition, title=title)
    return edition


def test_a_title_is_found_by_each_of_its_words_in_every_form(edition: Ref, database: Database) -> None:
    for title in TITLES:
        for word in title.split():
            for form in FORMS:
                typed = unicodedata.normalize(form, word).upper()
                assert title in titles_with(database, edition, typed), (title, word, form)
    for typed, title in (("公园", TITLES[1]), ("мистец", TITLES[0]), ("🌳", TITLES[4]), ("cafe muller", TITLES[5])):
        assert titles_with(database, edition, typed) == [title]


def test_a_search_with_nothing_to_search_for_never_shows_everything(edition: Ref, database: Database) -> None:
    assert [titles_with(database, edition, typed) for typed in NOTHING] == [[]] * len(NOTHING)
    assert titles_with(database, edition, "w na") == ["I w na"]
    with database.reading() as tx:
        assert [list_people(tx, search=typed).people for typed in NOTHING] == [()] * len(NOTHING)
        assert list_people(tx, search=" ").people


def test_people_are_found_whatever_the_form_of_their_name_and_of_the_question(world: World, database: Database) -> None:
    names = ("Олена Їжаківська", "Zoë Müller-Ółkiewicz", "Ngô Đình", "יעל כהן", "O\u2019Brien Strauß")
    with database.transaction() as tx:
        for number, name in enumerate(names):
            stored = unicodedata.normalize("NFD" if number % 2 else "NFC", name)
            values = {"name": stored, "email": f"osoba{number}@example.net", "created_at": world.now}
            tx.execute(insert(Person).values(**values))
    with database.reading() as tx:
        for number, name in enumerate(names):
            for word in (*name.split(), f"OSOBA{number}@example.net"):
                for form in FORMS:
                    found = list_people(tx, search=unicodedata.normalize(form, word).lower()).people
                    assert [person.email for person in found] == [f"osoba{number}@example.net"], (word, form)


def test_titles_of_before_are_found_after_the_upgrade(edition: Ref, database: Database) -> None:
    with database.transaction() as tx:
        tx.execute(text("UPDATE proposal SET search = 'ogrod' WHERE title LIKE 'Ogr%'"))
        tx.execute(text("UPDATE proposal SET search = '' WHERE title NOT LIKE 'Ogr%'"))
    assert titles_with(database, edition, "їжак") == []
    with database.transaction() as tx, Operations.context(MigrationContext.configure(tx)):
        words_of_every_script.upgrade()
    assert titles_with(database, edition, "їжак") == [TITLES[0]]
    assert titles_with(database, edition, "🌳") == [TITLES[4]]
