"""What is published of announced decisions: nothing before, resolutions and lists afterwards, nothing twice."""

import json
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.workflow.documents.sessions import document_of, ended
from tests.workflow.documents.test_minutes import approved
from tests.workflow.selection.test_meetings import Session
from workflow.db.database import Database
from workflow.documents import store
from workflow.documents.published import Published, published_of
from workflow.editions.queries import texts_of
from workflow.engine.publication import publish
from workflow.models import Decision, Document, Proposal
from workflow.rules.documents import Format


@pytest.fixture
def session(database: Database) -> Session:
    return ended(database)


def publish_now(session: Session) -> int:
    world = session.world
    with world.database.transaction() as tx:
        return publish(tx, session.edition.id, actor=world["chair"], at=world.at)


def announce(session: Session) -> int:
    session.world.to_phase(session.edition, "selection")
    session.world.take(session.project, "select", "chair")
    return publish_now(session)


def published(session: Session) -> dict[str, Published]:
    with session.world.database.reading() as tx:
        return {one.of_version: one for one in published_of(tx, session.edition.id)}


def data_of(session: Session, kind: str) -> Any:
    query = select(Document.data).where(Document.kind == kind, Document.edition_id == session.edition.id)
    with session.world.database.reading() as tx:
        return tx.execute(query.order_by(Document.version.desc())).scalars().first()


def test_nothing_is_published_before_the_announcement(session: Session) -> None:
    approved(session)
    assert publish_now(session) == 0
    assert published(session) == {}
    with session.world.database.reading() as tx:
        assert not texts_of(tx, session.edition.id).has_published


def test_resolution_list_and_extract_are_published_once(session: Session) -> None:
    approved(session)
    year = session.world.at.year
    assert announce(session) == 3
    assert list(published(session)) == ["lista-rankingowa-w1", f"uchwala-1-{year}-w1", "protokol-1-w1"]
    assert publish_now(session) == 0
    one = published(session)[f"uchwala-1-{year}-w1"]
    assert (one.produced_by, one.responsible, one.published_by) == ("Komitet sterujący", "Chair", "Chair")
    assert one.published_at == session.world.at


def test_the_extract_is_published_when_the_minutes_are_approved_after_the_announcement(session: Session) -> None:
    assert announce(session) == 2
    assert "protokol-1-w1" not in published(session)
    approved(session)
    assert "protokol-1-w1" in published(session)
    assert publish_now(session) == 0


def test_minutes_that_are_approved_before_the_announcement_publish_nothing(session: Session) -> None:
    approved(session)
    assert published(session) == {}


def test_a_resolution_says_reasons_figures_and_the_committee_and_nobodys_vote(session: Session) -> None:
    announce(session)
    data = data_of(session, "resolution")
    assert [(item["outcome"], item["justification"]) for item in data["items"]] == [("select", "Dobry projekt.")]
    assert (data["figures"]["for"], data["figures"]["against"]) == (2, 1)
    assert [(seat["name"], seat["function"], seat["sector"]) for seat in data["seats"]] == [
        ("Chair", "chair", "gospodarka"), ("Committee1", "member", "edukacja"), ("Committee2", "member", "kultura"),
    ]  # fmt: skip
    text = json.dumps(data)
    assert not any(word in text for word in ('votes"', "electors", "choice", "recused_people"))


def test_the_extract_holds_no_vote_by_name_and_no_reason_of_a_recusal(session: Session) -> None:
    approved(session)
    announce(session)
    data = data_of(session, "extract")
    assert data["approved_at"]
    assert [motion["outcome"] for motion in data["motions"]] == ["adopted", "lost"]
    text = json.dumps(data)
    assert not any(word in text for word in ('votes"', "electors", "choice", "reason", "scores"))


def test_the_ranking_list_has_a_version_for_each_change_and_the_one_before_stays(session: Session) -> None:
    announce(session)
    first = data_of(session, "ranking")
    assert [(row["project"], row["outcome"], row["resolution"]) for row in first["projects"]] == [
        (1, "select", f"1/{session.world.at.year}")
    ]
    with session.world.database.transaction() as tx:
        tx.execute(update(Decision).values(active=False))
    assert publish_now(session) == 1
    assert data_of(session, "ranking")["projects"] == []
    assert {"lista-rankingowa-w1", "lista-rankingowa-w2"} <= set(published(session))


def test_what_is_published_stays_as_it_was_when_a_title_is_corrected(session: Session) -> None:
    announce(session)
    year = session.world.at.year
    number = published(session)[f"uchwala-1-{year}-w1"].document_id
    with session.world.database.transaction() as tx:
        stored = store.find(tx, number)
        assert stored
        before = {form: store.rendering(tx, stored, form) for form in Format}
        tx.execute(update(Proposal).where(Proposal.id == session.project.id).values(title="Inny tytuł"))
    with session.world.database.transaction() as tx:
        stored = store.find(tx, number)
        assert stored
        assert {form: store.rendering(tx, stored, form) for form in Format} == before


def test_an_approved_correction_is_published_with_the_minutes_that_it_corrects(session: Session) -> None:
    approved(session)
    announce(session)
    world = session.world
    world.take(session.meeting, "write_correction", "secretary", correction="Godzina: 17:05.")
    note = document_of(session, "correction")
    assert publish_now(session) == 0
    with world.database.transaction() as tx:
        store.note_reading(tx, note.id, world["chair"].id, at=world.at)
    world.take(session.meeting, "approve_correction", "chair", digest=note.data_digest)
    assert "sprostowanie-1-1-w1" in published(session)
