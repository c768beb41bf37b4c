"""The announcement: what moves, every letter, what is missing; one transaction, and two people where it is set so."""

from html import unescape
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from tests.web.stage import Stage, hidden
from workflow.engine import audit
from workflow.letters.actions import approve_batch
from workflow.letters.batches import batch_content, batches_of
from workflow.models import AnnouncementRequest, Edition, GroupMember, HistoryContent, OutboxRow
from workflow.notifications.relay import relay_all
from workflow.rules.facts import Ref
from workflow.rules.letter_batches import BatchState

PAGE = "/edycje/wybor/ogloszenie"


@pytest.fixture
def presented(stage: Stage) -> list[Ref]:
    """Three presented projects in an edition whose selection is open, its minutes signed and its ranking published."""
    world = stage.world
    with world.writing():
        edition = world.edition("conferences", key="wybor")
        world.at = world.now
        refs = [world.idea(edition, title=f"Projekt {number}") for number in (1, 2, 3)]
        world.wait(-40)
        for ref in refs:
            for one in (world.form_group, world.submit, world.admit):
                one(ref)
        world.wait(40)
        for ref in refs:
            world.present(ref)
        world.to_phase(edition, "selection")
    return refs


def decide(stage: Stage, refs: list[Ref], *chosen: str, ready: bool = True) -> None:
    """The committee adopts a list about the first of the projects; the third has the first place of the reserve."""
    stage.world.adopt(dict(zip(refs, chosen, strict=False)), positions={refs[2]: 1}, minutes=ready)


def two_people(stage: Stage) -> None:
    with stage.db.transaction() as tx:
        tx.execute(update(Edition).values(settings={"two_people_announce": True}))


def states(stage: Stage, refs: list[Ref]) -> list[str]:
    return [stage.world.state(ref) for ref in refs]


def send(stage: Stage, who: str, action: str = "oglos", **typed: Any) -> Any:
    browser = stage.as_(who)
    return browser.post(f"{PAGE}/{action}", {**hidden(browser.get(PAGE).text), **typed})


def test_everything_moves_at_one_moment_in_its_order_and_the_letters_wait(stage: Stage, presented: list[Ref]) -> None:
    decide(stage, presented, "reject", "select", "place_on_reserve")
    assert send(stage, "chair").status_code == 303
    assert states(stage, presented) == ["not_selected", "selected", "reserve"]
    edition = stage.world.edition_of(presented[0])
    assert stage.world.state(edition) == "appeals"
    o = OutboxRow
    with stage.db.reading() as tx:
        told = tx.execute(select(o.topic, o.at).where(o.topic.in_(
            ["proposal.selected", "proposal.placed_on_reserve", "proposal.rejected", "edition.results_announced"]
        )).order_by(o.id)).all()  # fmt: skip
    with stage.db.snapshot() as tx:
        assert audit.verify(tx).broken is None
    assert [row.topic for row in told] == [
        "proposal.selected", "proposal.placed_on_reserve", "proposal.rejected", "edition.results_announced",
    ]  # fmt: skip
    assert len({row.at for row in told}) == 1


def test_the_page_shows_every_move_and_every_letter_with_its_text(stage: Stage, presented: list[Ref]) -> None:
    decide(stage, presented, "reject", "select", "place_on_reserve")
    page = unescape(stage.page("chair", PAGE))
    for words in ("Projekt wybrano do realizacji: Projekt 2", "Projektu nie wybrano do realizacji: Projekt 1",
                  "miejsce 1", "3 : 0 : 0", "3 z 3", "może złożyć odwołanie", "Do: Leader", "Projekt odpowiada na potrzeby mieszkańców."):  # fmt: skip
        assert words in page, words
    assert "Nie można jeszcze ogłosić" not in page


def test_an_undecided_project_an_open_vote_and_unapproved_minutes_block_it_and_say_so(
    stage: Stage, presented: list[Ref]
) -> None:
    decide(stage, presented, "select", "reject", ready=False)
    page = stage.page("chair", PAGE)
    for words in (
        "Nie można jeszcze ogłosić",
        "Projekt 3” nie ma rozstrzygnięcia",
        "Najpierw zatwierdź protokoły. Posiedzenia: 1.",
    ):
        assert words in page, words
    assert send(stage, "chair").status_code == 422
    assert states(stage, presented) == ["presented"] * 3


def test_a_conflict_found_after_the_vote_blocks_the_announcement_and_names_the_member(
    stage: Stage, presented: list[Ref]
) -> None:
    decide(stage, presented, "select", "reject", "place_on_reserve")
    with stage.db.transaction() as tx:
        tx.execute(insert(GroupMember).values(
            proposal_id=presented[0].id, person_id=stage.world["committee1"].id, added_at=stage.world.now
        ))  # fmt: skip
    page = unescape(stage.page("chair", PAGE))
    assert "Projekt 1: po głosowaniu ujawniono konflikt interesów osoby, która głosowała (Committee1)." in page
    assert send(stage, "chair").status_code == 422
    assert states(stage, presented) == ["presented"] * 3


def test_one_refused_project_holds_the_whole_announcement(stage: Stage, presented: list[Ref]) -> None:
    decide(stage, presented, "select", "select", "place_on_reserve")
    with stage.db.transaction() as tx:
        tx.execute(update(Edition).values(places=1))
    assert send(stage, "chair").status_code == 422
    assert "Projekt 2: Wybrano już tyle projektów" in stage.page("chair", PAGE)
    assert states(stage, presented) == ["presented"] * 3


@pytest.mark.parametrize("who", ["secretary", "committee1", "leader"])
def test_others_announce_nothing(stage: Stage, presented: list[Ref], who: str) -> None:
    decide(stage, presented, "select", "reject", "place_on_reserve")
    browser = stage.as_(who)
    browser.get("/praca")
    for action in ("oglos", "popros", "wycofaj"):
        assert browser.post(f"{PAGE}/{action}", {"digest": "x"}).status_code == 403, action
    assert states(stage, presented) == ["presented"] * 3


@pytest.mark.usefixtures("presented")
@pytest.mark.parametrize(("who", "status"), [("committee1", 200), ("staff", 200), ("leader", 403), ("visitor", 403)])
def test_the_page_is_for_the_committee_and_the_office(stage: Stage, who: str, status: int) -> None:
    assert stage.as_(who).get(PAGE).status_code == status


def test_a_change_after_the_preview_is_refused_and_nothing_is_announced(stage: Stage, presented: list[Ref]) -> None:
    """Hostile case 24: an announcement with an old digest."""
    decide(stage, presented, "select", "reject", "place_on_reserve")
    chair = stage.as_("chair")
    fields = hidden(chair.get(PAGE).text)
    stage.world.take(presented[1], "assign_animator", "staff", person=stage.world["animator"].id)
    answer = chair.post(f"{PAGE}/oglos", {**fields, f"note-{presented[0].id}": "Gratulujemy."})
    assert answer.status_code == 409
    assert "Coś się zmieniło, odkąd otwarto tę stronę" in answer.text
    assert "Gratulujemy." in answer.text
    assert states(stage, presented) == ["presented"] * 3
    assert chair.post(f"{PAGE}/oglos", {**fields, "digest": ""}).status_code == 409


def test_a_note_stands_in_the_history_that_the_letters_are_made_from(stage: Stage, presented: list[Ref]) -> None:
    decide(stage, presented, "select", "reject", "place_on_reserve")
    assert send(stage, "chair", **{f"note-{presented[0].id}": "Gratulujemy."}).status_code == 303
    with stage.db.reading() as tx:
        assert tx.execute(select(HistoryContent.note).where(HistoryContent.note != "")).scalars().all() == [
            "Gratulujemy."
        ]


def test_where_it_is_set_so_another_person_confirms_what_one_asked_for(stage: Stage, presented: list[Ref]) -> None:
    decide(stage, presented, "select", "reject", "place_on_reserve")
    two_people(stage)
    before = [stage.world.facts(ref).version for ref in (*presented, stage.world.edition_of(presented[0]))]
    assert send(stage, "staff").status_code == 422, "nobody has asked for it"
    assert send(stage, "chair", "popros", **{f"note-{presented[0].id}": "Gratulujemy."}).status_code == 303
    after = [stage.world.facts(ref).version for ref in (*presented, stage.world.edition_of(presented[0]))]
    assert before == after, "asking writes no row of the edition or of a project"
    assert send(stage, "chair").status_code == 422, "whoever asked does not confirm"
    assert "Gratulujemy." in stage.page("staff", PAGE)
    assert states(stage, presented) == ["presented"] * 3
    assert send(stage, "staff").status_code == 303
    assert states(stage, presented) == ["selected", "not_selected", "reserve"]
    with stage.db.reading() as tx:
        row = tx.execute(select(AnnouncementRequest.announced, AnnouncementRequest.closed_by_id)).one()
    assert (row.announced, row.closed_by_id) == (True, stage.world["staff"].id)


def test_a_change_after_the_request_makes_it_invalid_until_it_is_taken_back(stage: Stage, presented: list[Ref]) -> None:
    decide(stage, presented, "select", "reject", "place_on_reserve")
    two_people(stage)
    assert send(stage, "chair", "popros").status_code == 303
    assert send(stage, "staff2", "popros").status_code == 422, "one request at a time"
    stage.world.take(presented[1], "assign_animator", "staff", person=stage.world["animator"].id)
    answer = send(stage, "staff")
    assert answer.status_code == 409
    assert "<li>Projekt 2</li>" in answer.text
    assert "<li>Projekt 1</li>" not in answer.text
    assert send(stage, "staff", "wycofaj").status_code == 303
    assert send(stage, "staff", "popros").status_code == 303
    assert send(stage, "chair").status_code == 303
    assert states(stage, presented) == ["selected", "not_selected", "reserve"]


def test_a_leader_who_withdraws_after_the_resolution_is_not_announced(stage: Stage, presented: list[Ref]) -> None:
    """Hostile case 25."""
    decide(stage, presented, "select", "reject", "place_on_reserve")
    chair = stage.as_("chair")
    fields = hidden(chair.get(PAGE).text)
    stage.world.take(presented[0], "withdraw", "leader", reason="Zmiana planów.", group_informed=True)
    assert chair.post(f"{PAGE}/oglos", fields).status_code == 409
    assert stage.world.state(presented[0]) == "withdrawn"


def test_the_page_takes_a_fixed_number_of_statements(stage: Stage, presented: list[Ref]) -> None:
    decide(stage, presented, "select", ready=False)
    first = stage.count("chair", PAGE)
    stage.world.adopt({presented[1]: "reject", presented[2]: "select"})
    assert stage.count("chair", PAGE) == first
    assert first <= 43


@pytest.mark.parametrize("wait", [True, False])
def test_the_letters_are_one_batch_which_waits_where_the_edition_wants_another_look(
    stage: Stage, presented: list[Ref], wait: bool
) -> None:
    edition = stage.world.edition_of(presented[0])
    relay_all(stage.db, base_url="http://127.0.0.1", at=stage.world.at)
    if wait:
        stage.world.take(edition, "change_settings", "staff", announcement_letters_wait=True)
    decide(stage, presented, "reject", "select", "place_on_reserve")
    relay_all(stage.db, base_url="http://127.0.0.1", at=stage.world.at)
    assert send(stage, "chair").status_code == 303
    sent = relay_all(stage.db, base_url="http://127.0.0.1", at=stage.world.at)
    with stage.db.reading() as tx:
        (line,) = batches_of(tx, edition.id)
        content = batch_content(tx, edition.id, line.id, "pl")
    assert content is not None
    assert {str(letter.topic) for letter in content.letters} >= {"proposal.selected", "edition.results_announced"}
    assert bool(sent) is not wait
    assert line.state is (BatchState.HELD if wait else BatchState.APPROVED)
    if wait:
        with stage.db.transaction() as tx:
            approve_batch(tx, edition.id, line.id, actor=stage.world["staff"], at=stage.world.at)
        assert relay_all(stage.db, base_url="http://127.0.0.1", at=stage.world.at)
