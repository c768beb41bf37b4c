"""The worklist: what waits for the office, the committee and the appeal body, in groups, with one button each."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.growth import copies
from tests.web.stage import Stage, hidden
from workflow.models import Proposal
from workflow.proposals.candidates import PAGE
from workflow.rules.facts import Ref


def cards(page: str) -> list[str]:
    """Those of what waits; one's own proposals below them are no work now."""
    waiting = page.partition('<section class="section"')[0]
    return [part.partition("</section>")[0] for part in waiting.split('<li class="work-item">')[1:]]


def card_of(page: str, ref: Ref) -> str:
    return next((card for card in cards(page) if f'href="/projekty/{ref.id}"' in card), "")


@pytest.mark.parametrize(
    ("state", "who", "step"),
    [
        ("submitted", "staff", "Wypełnij punkty weryfikacji"),
        ("selected", "staff", "Wskaż koordynatora"),
        ("completed", "staff", "Sprawdź i zdecyduj"),
    ],
)
def test_each_body_finds_what_waits_for_it_with_one_button(stage: Stage, state: str, who: str, step: str) -> None:
    ref = stage.world.proposal_in(state)
    card = card_of(stage.page(who, "/praca"), ref)
    assert step in card
    assert card.count('class="button') == 1


def test_the_appeal_body_finds_both_answers_side_by_side(stage: Stage) -> None:
    ref = stage.world.proposal_in("appealed")
    card = card_of(stage.page("appeal_body", "/praca"), ref)
    assert "Rozpatrz odwołanie." in card
    assert re.findall(r'class="button[^"]*"', card) == ['class="button"'] * 2


def test_the_only_verdict_that_can_be_given_is_not_suggested(stage: Stage) -> None:
    ref = stage.world.proposal_in("completed")
    card = card_of(stage.page("staff", "/praca"), ref)
    assert "Sprawdź rozliczenie." in card
    assert "Przyjmij rozliczenie" not in card
    assert "krok/accept_settlement" not in card
    assert f'class="button secondary" href="/projekty/{ref.id}"' in card


def test_a_presented_project_is_no_task_of_one_person(stage: Stage) -> None:
    """The committee decides at a meeting, whose votes wait in "My work"."""
    ref = stage.world.proposal_in("presented")
    stage.world.to_phase(stage.world.edition_of(ref), "selection")
    for name in ("chair", "secretary", "committee1"):
        assert not card_of(stage.page(name, "/praca"), ref)
    assert "O wyborze projektu decyduje komitet sterujący." in stage.page("chair", f"/projekty/{ref.id}")


def test_what_ends_first_comes_first(stage: Stage) -> None:
    later, sooner = stage.world.proposal_in("completed"), stage.world.proposal_in("appealed")
    stage.world.take(sooner, "withdraw_appeal", "leader")
    stage.world.now = stage.world.at
    refs = [card.partition('href="/projekty/')[2].partition('"')[0] for card in cards(stage.page("staff", "/praca"))]
    assert refs[0] == str(later.id)


def test_what_is_done_leaves_the_queue(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    staff = stage.as_("staff")
    stage.world.verify(ref)
    assert "Dopuść do prezentacji" in card_of(staff.get("/praca").text, ref)
    step = f"/projekty/{ref.id}/krok/admit"
    answer = staff.post(step, hidden(staff.get(f"{step}?next=/praca").text, step))
    assert (answer.status_code, answer.location) == (303, "/praca")
    assert not card_of(staff.get("/praca").text, ref)


def test_who_belongs_to_the_group_does_not_verify_it(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    stage.world.take(ref, "return_for_completion", "staff", reasons=["other"], explanation="Zmiana składu.")
    stage.world.take(ref, "add_member", "leader", person=stage.world["staff2"].id)
    stage.world.take(ref, "resubmit", "leader", explanation="Nowa osoba w grupie.")
    assert card_of(stage.page("staff", "/praca"), ref)
    assert not card_of(stage.page("staff2", "/praca"), ref)


@pytest.mark.parametrize("who", ["leader", "participant", "coordinator", "partner", "visitor"])
def test_others_find_nothing_of_the_office(stage: Stage, who: str) -> None:
    ref = stage.world.proposal_in("submitted")
    assert not card_of(stage.page(who, "/praca"), ref)
    assert stage.as_(who).get("/kolejka").status_code == 403


def test_visitors_are_sent_to_sign_in(stage: Stage) -> None:
    assert stage.as_(None).get("/praca").location == "/login?next=%2Fpraca"


def test_an_empty_queue_says_so(stage: Stage) -> None:
    stage.world.edition("conferences")
    assert "Nie masz nic do zrobienia" in stage.page("appeal_body", "/praca")


def test_the_queue_takes_a_fixed_number_of_statements(stage: Stage) -> None:
    # What is read of an edition depends on the states that are there, never on how many are in each.
    for state in ("submitted", "selected", "completed"):
        stage.world.proposal_in(state)
    first = stage.count("staff", "/praca")
    for state in ("submitted", "selected", "completed"):
        stage.world.proposal_in(state)
    assert stage.count("staff", "/praca") == first
    # Six of them read the plans of projects under way, however many there are.
    assert first <= 20


def test_a_long_queue_goes_on_on_the_next_page(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    with stage.db.transaction() as tx:
        copies(tx, ref, PAGE + 5)
    staff = stage.as_("staff")
    first = staff.get("/praca").text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = staff.get(following[1].replace("&amp;", "&")).text
    there = [re.search(r'href="/projekty/(\d+)"', card) for page in (first, second) for card in cards(page)]
    assert len({match[1] for match in there if match}) == PAGE + 6
    assert 'rel="next"' not in second


def test_the_address_of_the_former_queue_leads_to_the_worklist(stage: Stage) -> None:
    stage.world.edition("conferences")
    answer = stage.as_("staff").get("/kolejka")
    assert (answer.status_code, answer.location) == (301, "/praca")


def test_each_card_says_how_long_it_has_waited_and_until_when(stage: Stage) -> None:
    ref = stage.world.proposal_in("completed")
    stage.world.now += timedelta(days=9)
    card = card_of(stage.page("staff", "/praca"), ref)
    assert "Termin: " in card
    assert re.search(r"czeka \d+ dni|od dziś", card)


def test_work_is_narrowed_by_kind_words_and_edition(stage: Stage) -> None:
    checked, settled = stage.world.proposal_in("submitted"), stage.world.proposal_in("completed")
    page = stage.page("staff", "/praca?rodzaj=rozliczenie")
    assert card_of(page, settled)
    assert not card_of(page, checked)
    assert 'aria-current="true">Rozliczenie' in page
    title = stage.world.facts(checked)["title"]
    page = stage.page("staff", f"/praca?q={title.upper()}")
    assert card_of(page, checked)
    edition = stage.world.facts(settled).edition["title"]
    page = stage.page("staff", f"/praca?edycja={edition}")
    assert card_of(page, settled)
    assert "Wyczyść filtry" in page
    for words in ("takiego-nie-ma", "!!!", "„”", "%E2%80%8B"):
        assert "Nic takiego nie czeka na Ciebie" in stage.page("staff", f"/praca?q={words}"), words


def test_work_is_grouped_by_date_kind_or_edition(stage: Stage) -> None:
    stage.world.proposal_in("submitted"), stage.world.proposal_in("completed")
    assert 'id="g-rozliczenie"' in stage.page("staff", "/praca?grupuj=rodzaj")
    assert 'id="g-e0"' in stage.page("staff", "/praca?grupuj=edycja")
    by_date = stage.page("staff", "/praca?grupuj=cokolwiek")
    assert re.search(r'id="g-(late|soon|weeks|later|undated)"', by_date)


def test_one_act_of_the_worklist_stands_out(stage: Stage) -> None:
    for state in ("submitted", "selected", "selected"):
        stage.world.proposal_in(state)
    assert stage.page("staff", "/praca").count('class="button primary"') == 1


def test_what_follows_a_cancellation_or_a_withdrawal_of_a_selected_project_is_work_of_the_office_until_it_is_done(
    stage: Stage,
) -> None:
    world = stage.world
    cancelled, withdrawn = world.proposal_in("cancelled"), world.proposal_in("selected")
    world.take(withdrawn, "withdraw", "leader", reason="Brak lokalu.", group_informed=True)
    with world.writing() as tx:
        over = world.now - timedelta(days=3)
        tx.execute(update(Proposal).where(Proposal.id.in_([cancelled.id, withdrawn.id])).values(due_at=over))
    for ref, step in {cancelled: "check_reserve", withdrawn: "acknowledge_withdrawal"}.items():
        late = f"/edycje/{world.facts(world.edition_of(ref))['key']}/lista?due=late&sort=number"
        way = f"/projekty/{ref.id}/krok/{step}"
        assert way in stage.page("staff", "/praca")
        assert f'href="/projekty/{ref.id}"' in stage.page("staff", late)
        world.take(ref, step, "staff", remarks="Lista rezerwowa jest pusta.")
        assert way not in stage.page("staff", "/praca")
        # What was done counts as late nowhere any more.
        assert f'href="/projekty/{ref.id}"' not in stage.page("staff", late)
        board = stage.page("staff", late.replace("lista", "tablica"))
        assert f'href="/projekty/{ref.id}"' not in board
