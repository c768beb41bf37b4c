"""A proposal's page for each who may read it, and the door for new ideas."""

import pytest
from sqlalchemy import update

from tests.web.stage import Stage, send
from tests.world import STATES
from workflow.models import Proposal
from workflow.rules.facts import Ref

# Nobody awaits a step of these but an appeal, a place, or what somebody else asks for.
NOTHING_EXPECTED = frozenset({"not_admitted", "reserve", "not_selected", "settled", "withdrawn", "merged"})
FOR_OTHERS = frozenset({"group_work", "returned", "appealed", "in_implementation"})


def path(ref: Ref) -> str:
    return f"/projekty/{ref.id}"


@pytest.mark.slow
@pytest.mark.parametrize("state", STATES)
def test_the_page_opens_in_every_state_and_names_it(stage: Stage, state: str) -> None:
    ref = stage.world.proposal_in(state)
    page = stage.page("staff", path(ref))
    assert f'data-state="{state}"' in page
    # What is expected of the office stands there once, and nowhere where nothing is or where it is for others.
    assert page.count("Co jest do zrobienia") == (state not in NOTHING_EXPECTED | FOR_OTHERS)


def test_the_first_line_says_what_is_expected_of_whom(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    assert "Wypełnij punkty weryfikacji." in stage.page("staff", path(ref))
    assert (
        "Nie masz teraz nic do zrobienia. Następny krok: „Wypełnij punkty weryfikacji”. Wykonuje go: biuro programu."
        in stage.page("leader", path(ref))
    )


def test_one_button_is_the_first_one(stage: Stage) -> None:
    for state in ("idea", "group_work", "submitted", "selected"):
        page = stage.page("staff", path(stage.world.proposal_in(state)))
        assert page.partition("<main")[2].count("button primary") <= 1


def test_what_cannot_be_done_is_grey_with_the_reason_and_who_can_mend_it(stage: Stage) -> None:
    page = stage.page("staff", path(stage.world.proposal_in("submitted")))
    assert 'aria-disabled="true" aria-describedby="waits-admit-why"' in page
    assert "Nie zapisano jeszcze opinii merytorycznej." in page


def test_what_others_can_do_is_folded_away_with_their_names(stage: Stage) -> None:
    page = stage.page("leader", path(stage.world.proposal_in("submitted")))
    assert "Co mogą tu zrobić inni" in page
    assert "<b>Dopuść do prezentacji</b>" in page


def test_the_history_tells_who_did_what(stage: Stage) -> None:
    page = stage.page("leader", path(stage.world.proposal_in("returned")))
    assert "Zwrócono projekt do uzupełnienia" in page
    assert "Wyjaśnienie: Proszę dopisać partnerów." in page


def test_a_decision_not_announced_is_known_to_the_committee_and_the_office_only(stage: Stage) -> None:
    ref = stage.world.proposal_in("presented")
    stage.world.decide(ref, "reject")
    for knows in ("chair", "committee1", "secretary", "staff"):
        assert "Rozstrzygnięcie komitetu, jeszcze nieogłoszone" in stage.page(knows, path(ref))
    for outsider in ("leader", "participant", "animator", "appeal_body", "admin"):
        page = stage.page(outsider, path(ref))
        assert "Nie wybierać" not in page
        assert "nieogłoszone" not in page
        assert "uchwała" not in page
        assert "Podjęta uchwała stanowi o projekcie co innego." not in page


def test_a_typed_decision_of_former_days_stays_under_embargo(stage: Stage) -> None:
    """Its record is in no present table any more, and it is still not for outsiders."""
    ref = stage.world.proposal_in("presented")
    with stage.db.transaction() as tx:
        typed = {"decide": {"outcome": "reject", "justification": "Za drogi.", "at": "2026-03-01T10:00:00+00:00"}}
        tx.execute(update(Proposal).where(Proposal.id == ref.id).values(recorded=typed))
    assert "Za drogi." in stage.page("chair", path(ref))
    for outsider in ("leader", "participant", "animator", "admin"):
        assert "Za drogi." not in stage.page(outsider, path(ref)), outsider


def test_a_drafted_refusal_does_not_show_in_what_the_leader_reads(stage: Stage) -> None:
    ref = stage.world.proposal_in("submitted")
    before = stage.page("leader", path(ref))
    stage.world.take(ref, "draft_refusal", "staff", ground="merit_powers", justification="Poza zadaniami powiatu.")
    after = stage.page("leader", path(ref))
    assert "Poza zadaniami powiatu" not in after
    assert lead_of(after) == lead_of(before)
    assert "Poza zadaniami powiatu" in stage.page("staff2", path(ref))


def lead_of(page: str) -> str:
    return page.partition('<dl class="lead-line">')[2].partition("</dl>")[0]


def test_visitors_read_a_chosen_project_without_the_names_of_people(stage: Stage) -> None:
    ref = stage.world.proposal_in("selected")
    page = stage.page(None, path(ref))
    assert "Świetlica „Razem”" in page
    assert "Otworzyć świetlicę dla dzieci i seniorów." in page
    assert not any(name in page for name in ("Leader", "Member", "Historia", "Zalany", "12 500"))


def test_the_page_takes_a_fixed_number_of_statements(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    first = stage.count("leader", path(ref))
    for number in range(4):
        stage.world.take(ref, "add_member", "leader", name=f"Osoba {number}")
        stage.world.take(ref, "edit_sheet", "leader", risks=f"Ryzyko {number}.")
    assert stage.count("leader", path(ref)) == first
    assert first <= 10


def test_an_idea_needs_no_more_than_a_title(stage: Stage) -> None:
    stage.world.edition("conferences", key="pomysly")
    answer = send(stage.as_("participant"), "/edycje/pomysly/pomysl", title="Rower dla każdego")
    assert answer.status_code == 303
    assert "Rower dla każdego" in stage.page("participant", answer.location)


def test_an_idea_without_a_title_keeps_what_was_typed(stage: Stage) -> None:
    stage.world.edition("conferences", key="pomysly")
    answer = send(stage.as_("participant"), "/edycje/pomysly/pomysl", summary="Dla dzieci i dorosłych.")
    assert answer.status_code == 422
    assert "Dla dzieci i dorosłych." in answer.text
    assert 'href="#f-title"' in answer.text


def test_a_new_clause_is_shown_and_confirmed_once(stage: Stage) -> None:
    edition = stage.world.edition("conferences", key="klauzula")
    stage.world.take(edition, "set_rules", "staff", clause_version="2", clause_text="Administratorem jest Starosta.")
    participant, door = stage.as_("participant"), "/edycje/klauzula/pomysl"
    page = participant.get(door).text
    assert "Administratorem jest Starosta." in page
    assert "wersja 2" in page
    refused = send(participant, door, title="Kino")
    assert refused.status_code == 422
    assert 'href="#f-clause"' in refused.text
    assert send(participant, door, title="Kino", clause="1").status_code == 303
    assert 'name="clause"' not in participant.get(door).text


def test_an_edition_that_takes_no_ideas_says_so(stage: Stage) -> None:
    stage.world.edition("implementation", key="pozno")
    answer = send(stage.as_("participant"), "/edycje/pozno/pomysl", title="Za późno")
    assert answer.status_code == 422
    assert "Ta edycja nie przyjmuje teraz pomysłów." in answer.text
    assert "Za późno" in answer.text
