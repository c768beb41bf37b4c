"""Texts of letters that an edition has of its own: versions, placeholders, and which version a letter keeps."""

from datetime import timedelta

import pytest

from tests.world import World
from workflow.base.errors import NotAllowed, NotReady
from workflow.db.database import Database
from workflow.engine import audit
from workflow.letters.actions import approve_text
from workflow.notifications.letter_texts import edition_texts, shipped, texts_of
from workflow.rules.facts import Ref
from workflow.rules.topics import Audience, Topic

TEXT = {"letter_topic": "proposal.admitted", "letter_language": "pl", "letter_subject": "Zapraszamy: {title}",
        "letter_happened": "Projekt „{title}” ({day}, {place}) jest dopuszczony.",
        "letter_expected": [{"audience": "leader", "text": "Prosimy zadzwonić: {contact}."}]}  # fmt: skip


@pytest.fixture
def edition(world: World) -> Ref:
    return world.edition("conferences")


def test_a_saved_text_holds_in_its_language_alone_and_the_shipped_one_can_be_taken_back(
    world: World, database: Database, edition: Ref
) -> None:
    world.take(edition, "change_letter_text", "staff", **TEXT)
    with database.reading() as tx:
        polish, english = (texts_of(tx, edition.id, language)[Topic.ADMITTED] for language in ("pl", "en"))
        other = texts_of(tx, edition.id + 1, "pl")[Topic.ADMITTED]
    assert polish.subject == "Zapraszamy: {title}"
    assert polish.expected == {Audience.LEADER: "Prosimy zadzwonić: {contact}."}
    assert english == shipped("en")[Topic.ADMITTED]
    assert other == shipped("pl")[Topic.ADMITTED]
    world.take(edition, "reset_letter_text", "staff2", letter_topic="proposal.admitted", letter_language="pl")
    with database.reading() as tx:
        assert texts_of(tx, edition.id, "pl")[Topic.ADMITTED] == shipped("pl")[Topic.ADMITTED]
        versions = edition_texts(tx, [edition.id]).of(edition.id, Topic.ADMITTED, "pl")
    assert [(version.changed_by, version.text is None) for version in versions] == [("Staff", False), ("Staff2", True)]
    with database.snapshot() as tx:
        assert audit.verify(tx).broken is None


def test_a_new_edition_takes_over_the_approved_texts_of_the_last_one_of_its_county(
    world: World, database: Database, edition: Ref
) -> None:
    unapproved = {**TEXT, "letter_topic": "proposal.submitted", "letter_happened": "Zgłoszono.", "letter_expected": []}
    world.take(edition, "change_letter_text", "staff", **TEXT)
    world.take(edition, "change_letter_text", "staff", **unapproved)
    with database.transaction() as tx:
        approve_text(tx, edition.id, Topic.ADMITTED, actor=world["staff2"], at=world.at)
    county = world.facts(edition).edition["county"]
    following = world.create("edition", "create_edition", "admin", key="nastepna", title="Następna", county=county,
                             year=2031)  # fmt: skip
    elsewhere = world.create("edition", "create_edition", "admin", key="obca", title="Obca", county="inny", year=2031)
    with database.reading() as tx:
        texts = edition_texts(tx, [following.id, elsewhere.id])
    copied = texts.version(following.id, Topic.ADMITTED, "pl", at=None)
    assert copied is not None
    assert (copied.text and copied.text.subject, copied.approved_by) == ("Zapraszamy: {title}", "Staff2")
    assert texts.version(following.id, Topic.SUBMITTED, "pl", at=None) is None
    assert texts.version(elsewhere.id, Topic.ADMITTED, "pl", at=None) is None
    with database.snapshot() as tx:
        assert audit.verify(tx).broken is None


def test_a_letter_keeps_the_text_that_held_when_it_was_written(world: World, database: Database, edition: Ref) -> None:
    before = world.at
    world.take(edition, "change_letter_text", "staff", **TEXT)
    changed = world.at
    with database.reading() as tx:
        texts = edition_texts(tx, [edition.id])
    earlier = texts.text(edition.id, Topic.ADMITTED, "pl", at=before - timedelta(seconds=1))
    assert earlier == shipped("pl")[Topic.ADMITTED]
    assert texts.text(edition.id, Topic.ADMITTED, "pl", at=changed).subject == "Zapraszamy: {title}"


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"letter_happened": "Projekt {tytul}."}, "letter_happened", "placeholder_unknown"),
        ({"letter_subject": "{title.__class__}"}, "letter_subject", "placeholder_unknown"),
        ({"letter_expected": [{"audience": "leader", "text": "{receipt}"}]}, "letter_expected", "placeholder_unknown"),
        ({"letter_topic": "proposal.nothing"}, "letter_topic", "letter_topic_unknown"),
    ],
)
def test_what_no_letter_can_fill_is_refused_and_writes_nothing(
    world: World, database: Database, edition: Ref, given: dict[str, object], field: str, code: str
) -> None:
    before = world.facts(edition).version
    with pytest.raises(NotReady) as refusal:
        world.take(edition, "change_letter_text", "staff", **{**TEXT, **given})
    (missing,) = refusal.value.missing
    assert (missing.code, missing.field) == (code, field)
    assert world.facts(edition).version == before
    with database.reading() as tx:
        assert edition_texts(tx, [edition.id]).versions == {}


def test_the_office_alone_changes_texts(world: World, edition: Ref) -> None:
    for who in ("leader", "chair", "committee1"):
        with pytest.raises(NotAllowed):
            world.take(edition, "change_letter_text", who, **TEXT)
