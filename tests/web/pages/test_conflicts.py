"""The page of impartiality: members declare, chair and secretary see who has, somebody else clears; nobody outside."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from tests.growth import copies
from tests.web.pages.test_meetings import Room
from tests.web.stage import Stage, hidden
from workflow.demo.seats import seat_members
from workflow.models import Conflict, Declaration, GroupMember, Motion, Proposal
from workflow.rules.facts import Ref
from workflow.rules.impartiality import text_in

REASON = "Lider jest moim bratem."
OUTSIDERS = ("leader", "member", "participant", "partner", "animator", None)


@pytest.fixture
def project(stage: Stage) -> Ref:
    """A presented project before a committee with seats."""
    ref = stage.world.proposal_in("presented")
    edition = stage.world.edition_of(ref)
    with stage.db.transaction() as tx:
        seat_members(tx, edition.id, at=stage.world.now - timedelta(days=30))
    return ref


@pytest.fixture
def path(stage: Stage, project: Ref) -> str:
    return f"/edycje/{stage.world.facts(stage.world.edition_of(project))['key']}/bezstronnosc"


def declare(stage: Stage, path: str, who: str, project: Ref, answer: str, reason: str = "", **more: str) -> Any:
    browser = stage.as_(who)
    fields = {**hidden(browser.get(path).text), f"answer-{project.id}": answer, f"reason-{project.id}": reason, **more}
    return browser.post(path, fields)


def clear(stage: Stage, path: str, who: str, reason: str) -> Any:
    browser = stage.as_(who)
    page = browser.get(path).text
    fields = hidden(page, f"{path}/konflikt") if "/konflikt" in page else hidden(page)
    return browser.post(f"{path}/konflikt", {"person": "0", "proposal": "0", "seen": "", **fields, "reason": reason})


def works_in_group(stage: Stage, project: Ref, who: str) -> None:
    with stage.db.transaction() as tx:
        tx.execute(insert(GroupMember).values(proposal_id=project.id, person_id=stage.world[who].id,
                                              added_at=stage.world.now))  # fmt: skip


def rows(stage: Stage, query: Any) -> list[Any]:
    with stage.db.reading() as tx:
        return list(tx.execute(query).all())


def test_a_member_reads_the_text_and_declares_about_many_at_once(stage: Stage, path: str, project: Ref) -> None:
    page = stage.page("committee1", path)
    assert "nie zachodzą okoliczności" in page
    assert "Świetlica" in page
    assert "Kto złożył deklaracje" not in page, "members do not read what the others declared"
    assert "Deklaracje bezstronności do złożenia: 1" in stage.page("committee1", "/praca")
    assert declare(stage, path, "committee1", project, "impartial").status_code == 303
    assert rows(stage, select(Declaration.answer)) == [("impartial",)]
    assert "Deklaracje o wszystkich projektach są złożone" in stage.page("committee1", path)
    assert "bezstronności do złożenia" not in stage.page("committee1", "/praca")


def test_a_conflict_without_a_reason_is_refused_beside_its_project(stage: Stage, path: str, project: Ref) -> None:
    answer = declare(stage, path, "committee1", project, "conflicted")
    assert answer.status_code == 422
    assert "Podaj w kilku słowach" in answer.text
    assert 'value="conflicted" checked' in answer.text
    assert rows(stage, select(Declaration.id)) == []
    assert declare(stage, path, "committee1", project, "conflicted", REASON).status_code == 303
    assert rows(stage, select(Conflict.reason)) == [(REASON,)]


def test_nothing_is_marked_beforehand_and_a_form_without_a_mark_says_so(stage: Stage, path: str, project: Ref) -> None:
    assert " checked" not in stage.page("committee1", path)
    answer = declare(stage, path, "committee1", project, "", REASON)
    assert answer.status_code == 422
    assert "Zaznacz co najmniej jeden projekt" in answer.text
    assert REASON in answer.text


def test_a_declaration_on_an_older_text_is_refused_and_keeps_what_was_typed(
    stage: Stage, path: str, project: Ref
) -> None:
    answer = declare(stage, path, "committee1", project, "conflicted", REASON, text="0" * 64)
    assert answer.status_code == 422
    assert "Treść deklaracji się zmieniła" in answer.text
    assert REASON in answer.text
    assert rows(stage, select(Declaration.id)) == []


def test_what_was_found_is_shown_to_the_member_and_to_those_who_oversee(stage: Stage, path: str, project: Ref) -> None:
    works_in_group(stage, project, "committee1")
    assert "Pracuje w grupie projektu" in stage.page("committee1", path)
    for who in ("chair", "secretary", "staff"):
        page = stage.page(who, path)
        assert "Pracuje w grupie projektu" in page
        assert "Kto złożył deklaracje" in page
    assert "Pracuje w grupie projektu" not in stage.page("committee2", path)


def test_the_chair_clears_with_a_reason_and_nobody_else_is_offered_to(stage: Stage, path: str, project: Ref) -> None:
    works_in_group(stage, project, "committee1")
    assert "Uchyl konflikt" not in stage.page("secretary", path)
    assert clear(stage, path, "secretary", REASON).status_code in (403, 404, 422)
    assert clear(stage, path, "chair", " ").status_code == 422
    assert clear(stage, path, "chair", REASON).status_code == 303
    assert rows(stage, select(Conflict.state, Conflict.reason)) == [("cleared", REASON)]
    assert REASON in stage.page("chair", path)


@pytest.mark.parametrize("who", OUTSIDERS)
def test_nobody_outside_learns_that_there_is_such_a_page(
    stage: Stage, path: str, project: Ref, who: str | None
) -> None:
    known = stage.as_(who).get(path)
    unknown = stage.as_(who).get("/edycje/nie-ma-takiej/bezstronnosc")
    assert known.status_code == unknown.status_code
    assert known.status_code in (302, 303, 404)
    before = stage.as_(who).get(f"/projekty/{project.id}")
    declare(stage, path, "committee1", project, "conflicted", REASON)
    after = stage.as_(who).get(f"/projekty/{project.id}")
    assert (after.status_code, after.headers.get("ETag"), REASON in after.text) == (
        before.status_code, before.headers.get("ETag"), False,
    )  # fmt: skip


def test_whoever_is_no_member_declares_nothing(stage: Stage, path: str, project: Ref) -> None:
    assert declare(stage, path, "staff", project, "impartial", text=text_in("pl").digest).status_code == 404
    assert rows(stage, select(Declaration.id)) == []


def test_the_page_takes_a_fixed_number_of_statements(stage: Stage, path: str, project: Ref) -> None:
    first = stage.count("chair", path)
    works_in_group(stage, project, "committee1")
    declare(stage, path, "committee2", project, "conflicted", REASON)
    assert stage.count("chair", path) == first <= 20


def test_the_chair_splits_a_list_on_the_page_of_the_meeting(stage: Stage) -> None:
    room = Room(stage)
    with stage.db.transaction() as tx:
        copies(tx, room.project, 1)
    works_in_group(stage, room.project, "committee1")
    room.begin()
    numbers = [number for (number,) in rows(stage, select(Proposal.number).order_by(Proposal.number))]
    decisions = [{"project": number, "outcome": "reject", "justification": "Za drogi."} for number in numbers]
    stage.world.take(
        room.meeting, "put_motion", "chair", motion_kind="decide", wording="Odrzucić.", decisions=decisions
    )
    refused = room.press("chair", f"{room.path}/wniosek/1/glosowanie")
    assert refused.status_code == 422
    assert "Osobno głosujcie" in refused.text
    assert stage.world["committee1"].name in refused.text
    assert "Podziel listę" not in stage.page("committee2", room.path)
    assert room.press("chair", f"{room.path}/krok/split_motion").status_code == 303
    assert rows(stage, select(Motion.outcome).order_by(Motion.number)) == [("split",), ("open",), ("open",)]
    assert "Podziel listę" not in stage.page("chair", room.path)
