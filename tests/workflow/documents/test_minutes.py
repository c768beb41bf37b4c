"""Minutes from rows: what they hold, who reads, signs and approves them in which order, and that nothing moves after."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from tests.workflow.documents.sessions import APPROVE, GENERATE, SIGN, document_of, ended
from tests.workflow.selection.test_meetings import Session, codes
from workflow.base.errors import NotAllowed, NotReady
from workflow.db.database import Database
from workflow.documents import store
from workflow.documents.blocks import Grid, Heading, Items, Paragraph
from workflow.documents.minutes import spaced
from workflow.models import Document, DocumentRendering, DocumentSignature, Person, Tie, TieDraw
from workflow.rules.documents import Format
from workflow.selection.member_queries import pending_meetings


@pytest.fixture
def session(database: Database) -> Session:
    return ended(database)


def generate(session: Session) -> Any:
    session.world.take(session.meeting, GENERATE, "secretary")
    return document_of(session)


def read(session: Session, who: str, document: Any) -> None:
    with session.world.database.transaction() as tx:
        store.note_reading(tx, document.id, session.world[who].id, at=session.world.at)


def sign(session: Session, document: Any) -> None:
    read(session, "secretary", document)
    session.world.take(session.meeting, SIGN, "secretary", digest=document.data_digest)


def approve(session: Session, document: Any, who: str = "chair") -> None:
    read(session, who, document)
    session.world.take(session.meeting, APPROVE, who, digest=document.data_digest)


def approved(session: Session) -> Any:
    document = generate(session)
    sign(session, document)
    approve(session, document)
    return document


def text_of(session: Session, document: Any) -> Any:
    with session.world.database.reading() as tx:
        stored = store.find(tx, document.id)
    assert stored
    return store.text_of(stored)


def refused(session: Session, step: str, who: str, **answers: Any) -> set[str]:
    with pytest.raises(NotReady) as refusal:
        session.world.take(session.meeting, step, who, **answers)
    return codes(refusal.value)


def test_the_minutes_say_what_the_rows_say(session: Session) -> None:
    text = text_of(session, generate(session))
    assert text.title == "Protokół z posiedzenia nr 1: Komitet sterujący"
    assert [block.text for block in text.blocks if isinstance(block, Heading) and block.level == 2] == [
        "Obecność", "Kworum", "Porządek obrad", "Konflikty interesów i wyłączenia",
        "Wniosek 1: Rozstrzygnięcie o projektach", "Wniosek 2: Wniosek formalny",
        "Załącznik: wersje kart projektów", "Podpisy",
    ]  # fmt: skip
    grids = {block.caption: block for block in text.blocks if isinstance(block, Grid)}
    attendance = grids["Obecność według miejsc"].rows
    assert [(row[0], row[1].split(",")[0], row[2]) for row in attendance] == [
        ("1", "Chair", "gospodarka"), ("2", "Committee1", "edukacja"), ("3", "Committee2", "kultura"),
    ]  # fmt: skip
    assert [row[3].endswith("do końca") for row in attendance] == [True, True, False]
    votes = [
        block.rows for block in text.blocks if isinstance(block, Grid) and block.caption.startswith("Głosy imienne")
    ]
    assert [[row[2] for row in rows] for rows in votes] == [
        ["za", "za", "przeciw"], ["przeciw", "przeciw", "wstrzymanie się"],
    ]  # fmt: skip
    lines = [block.text for block in text.blocks if isinstance(block, Paragraph)]
    assert "Na początku obecnych: 3 z 3. Do kworum potrzeba: 3." in lines
    assert "Za: 2, przeciw: 1, wstrzymało się: 0." in lines
    assert "Wynik: uchwała podjęta." in lines
    assert any(line.startswith("Podjęto uchwałę nr 1/") for line in lines)
    conditions = [line for block in text.blocks if isinstance(block, Items) for line in block.lines]
    assert "Kworum: Obecność: 3 z 3, potrzeba 3." in conditions
    assert "Większość: Głosów za (0) nie jest więcej niż przeciw (2). Warunek nie jest spełniony." in conditions


def test_the_annex_names_the_version_that_was_decided_about(session: Session) -> None:
    document = generate(session)
    item = document.data["motions"][0]["items"][0]
    assert item["digest"] == session.world.facts(session.project).sheet_digest()
    assert item["version"] == 1
    assert item["receipt"]


def test_a_tie_broken_during_the_meeting_stands_in_the_minutes(session: Session) -> None:
    own = session.world.facts(session.meeting, "chair").own
    tie = {"edition_id": session.edition.id, "members_digest": "0" * 64, "kind": "boundary", "members": ["1", "2"],
           "taken_in": ["2", "1"], "broken_by": "draw", "words": "Losował kapelusz.", "recorded_at": own["ended_at"],
           "recorded_by_id": session.world["chair"].id}  # fmt: skip
    later = {**tie, "members_digest": "1" * 64, "recorded_at": own["ended_at"] + timedelta(minutes=1)}
    with session.world.database.transaction() as tx:
        tx.execute(insert(Tie), [tie, later])
        tx.execute(
            update(TieDraw).values(word="jarzębina", drawn_at=own["ended_at"], drawn_by_id=tie["recorded_by_id"])
        )
        seed = tx.execute(select(TieDraw.seed)).scalar_one()
    blocks = text_of(session, generate(session)).blocks
    said = [block.text for block in blocks if isinstance(block, Paragraph)]
    assert f"Ziarno: {spaced(seed)}. Słowo wypowiedziane na głos: jarzębina." in said
    assert any(line.startswith("Kod kontrolny ziarna (zapis: ") for line in said)
    lines = [line for block in blocks if isinstance(block, Items) for line in block.lines if "kolejność" in line]  # fmt: skip
    assert lines == ["Projekty nr 1, 2: rozstrzygnięto losowaniem, kolejność: 2, 1. Losował kapelusz."]


def test_the_chair_is_told_of_minutes_until_they_are_approved(session: Session) -> None:
    def waiting(who: str) -> list[int]:
        with session.world.database.reading() as tx:
            pending = pending_meetings(tx, session.world[who].id or 0, at=session.world.at)
        return [one.id for one in pending if one.awaits_minutes]

    assert waiting("chair") == [session.meeting.id]
    assert waiting("committee1") == []
    approved(session)
    assert waiting("chair") == []


def test_a_document_is_seen_before_it_is_signed(session: Session) -> None:
    assert "no_minutes" in refused(session, SIGN, "secretary", digest="0" * 64)
    document = generate(session)
    assert refused(session, SIGN, "secretary", digest=document.data_digest) == {"not_read"}
    read(session, "chair", document)
    assert refused(session, SIGN, "secretary", digest=document.data_digest) == {"not_read"}
    read(session, "secretary", document)
    assert refused(session, SIGN, "secretary", digest="0" * 64) == {"other_version"}
    session.world.take(session.meeting, SIGN, "secretary", digest=document.data_digest)
    with session.world.database.reading() as tx:
        assert tx.execute(select(DocumentSignature.person_id)).scalars().all() == [session.world["secretary"].id]


def test_the_minute_taker_signs_first_and_the_chair_reads_before_approving(session: Session) -> None:
    document = generate(session)
    read(session, "chair", document)
    assert refused(session, APPROVE, "chair", digest=document.data_digest) == {"minutes_unsigned"}
    sign(session, document)
    approve(session, document)
    assert session.world.state(session.meeting) == "minutes_approved"
    assert document_of(session).state == "approved"


def test_the_chair_cannot_approve_unread(session: Session) -> None:
    document = generate(session)
    sign(session, document)
    assert refused(session, APPROVE, "chair", digest=document.data_digest) == {"not_read"}


@pytest.mark.parametrize(("step", "who"), [(SIGN, "chair"), (SIGN, "committee1"), (APPROVE, "secretary"),
                                           (APPROVE, "committee1"), (GENERATE, "committee1")])  # fmt: skip
def test_nobody_else_signs_or_approves(session: Session, step: str, who: str) -> None:
    document = generate(session)
    read(session, who, document)
    answers = {} if step == GENERATE else {"digest": document.data_digest}
    with pytest.raises(NotAllowed):
        session.world.take(session.meeting, step, who, **answers)


def test_a_deputy_approves_the_minutes_of_a_meeting_from_which_the_chair_was_absent(database: Database) -> None:
    session = ended(database, away="chair")
    document = generate(session)
    assert document.data["chair"] == {"name": "Participant", "function": "deputy"}
    sign(session, document)
    read(session, "participant", document)
    with pytest.raises(NotAllowed):
        approve(session, document, "committee1")
    approve(session, document, "participant")
    with database.reading() as tx:
        functions = tx.execute(select(DocumentSignature.function).order_by(DocumentSignature.meaning.desc())).scalars()
        assert functions.all() == ["secretary", "deputy"]


def test_a_deputy_does_not_approve_where_the_chair_was_there(database: Database) -> None:
    session = ended(database, away="committee1")
    document = generate(session)
    sign(session, document)
    with pytest.raises(NotAllowed):
        approve(session, document, "participant")


def test_what_has_changed_makes_a_new_version_that_is_read_again(session: Session) -> None:
    first = generate(session)
    sign(session, first)
    assert refused(session, GENERATE, "secretary") == {"minutes_current"}
    with session.world.database.transaction() as tx:
        tx.execute(update(Person).where(Person.name == "Committee2").values(name="Anna Nowa"))
    read(session, "chair", first)
    assert {"minutes_outdated", "minutes_unsigned"} <= refused(session, APPROVE, "chair", digest=first.data_digest)
    second = generate(session)
    assert (second.version, second.data_digest == first.data_digest) == (2, False)
    assert refused(session, SIGN, "secretary", digest=second.data_digest) == {"not_read"}
    sign(session, second)
    approve(session, second)
    assert "Anna Nowa" in str(text_of(session, second).blocks)


def test_an_approved_document_never_changes(session: Session) -> None:
    document = approved(session)
    db = session.world.database
    with db.transaction() as tx:
        stored = store.find(tx, document.id)
        assert stored
        kept = dict(store.keep_renderings(tx, stored))
    changes = (
        update(Document).values(data={}), update(Document).values(state="draft"), delete(Document),
        update(DocumentRendering).values(content=b""), delete(DocumentRendering),
        update(DocumentSignature).values(person_id=1), delete(DocumentSignature),
    )  # fmt: skip
    for change in changes:
        with pytest.raises(DBAPIError), db.transaction() as tx:
            tx.execute(change)
    with db.transaction() as tx:
        again = store.find(tx, document.id)
        assert again
        assert {form: store.rendering(tx, again, form) for form in Format} == kept
        assert set(store.digests(tx, document.id)) == set(Format)


def test_a_draft_may_be_replaced_and_not_rewritten(session: Session) -> None:
    generate(session)
    with pytest.raises(DBAPIError), session.world.database.transaction() as tx:
        tx.execute(update(Document).values(data={}, data_digest="0" * 64))


def test_a_correction_names_what_it_corrects_and_is_approved_by_another_person_who_has_read_it(
    session: Session,
) -> None:
    minutes = approved(session)
    text = "W punkcie 1 zamiast „projekt” powinno być „projekty”."
    session.world.take(session.meeting, "write_correction", "secretary", correction=text)
    note = document_of(session, "correction")
    assert (note.data["digest"], note.data["meeting"]) == (minutes.data_digest, 1)
    assert "correction_waits" in refused(session, "write_correction", "secretary", correction=text)
    assert refused(session, "approve_correction", "chair", digest=note.data_digest) == {"not_read"}
    read(session, "chair", note)
    session.world.take(session.meeting, "approve_correction", "chair", digest=note.data_digest)
    assert document_of(session, "correction").state == "approved"
    assert document_of(session).data_digest == minutes.data_digest
    assert text in str(text_of(session, note).blocks)


def test_an_excused_absence_stands_in_the_minutes_and_makes_a_new_version(database: Database) -> None:
    session = ended(database, away="committee2")
    seat = session.seats["committee2"]
    generate(session)
    assert refused(session, "note_absence", "secretary", seat=session.seats["chair"]) == {"seat_taken"}
    assert refused(session, "note_absence", "secretary", seat=999_999) == {"no_seat"}
    for excused in (False, True):
        session.world.take(session.meeting, "note_absence", "secretary", seat=seat, excused=excused, remarks="Choroba.")
    document = generate(session)
    assert (document.version, document.data["seats"][2]["absence"]) == (2, {"excused": True, "reason": "Choroba."})
    rows = next(block for block in text_of(session, document).blocks if isinstance(block, Grid)
                and block.caption == "Obecność według miejsc").rows  # fmt: skip
    assert rows[2][3] == "nieobecność usprawiedliwiona: Choroba."


def test_recording_minutes_writes_nothing_of_the_project_and_of_the_edition(session: Session) -> None:
    world = session.world
    before = [world.facts(ref) for ref in (session.project, session.edition)]
    approved(session)
    after = [world.facts(ref) for ref in (session.project, session.edition)]
    assert [(one.version, one.head_hash, one.own) for one in before] == [
        (one.version, one.head_hash, one.own) for one in after
    ]
