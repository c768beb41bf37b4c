"""Rules side by side: for the bodies alone, the proposed list, its ties, ballots of a hall, and the list as a motion."""

import io
import re
from html.parser import HTMLParser
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.growth import copies
from tests.web.pages.test_meetings import Room
from tests.web.stage import Stage
from tests.workflow.voting.test_pabulib import APPROVAL
from workflow.models import Edition, HallVote, MotionItem, Proposal, Tie, TieDraw
from workflow.rules.selection_rules import SelectionRule
from workflow.voting.pabulib.reader import read
from workflow.voting.results.verification import verify_result

OUTSIDERS = (None, "leader", "participant", "partner", "visitor")
HALL = """META
key;value
num_projects;3
num_votes;6
budget;20000
vote_type;approval
PROJECTS
project_id;cost
1;12500
2;6000
3;6000
VOTES
voter_id;vote
1;1,2
2;1,3
3;1
4;2
5;3
6;
"""


class Hall(Room):
    """A meeting in session, three presented projects and a rule that counts votes of the hall."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage, budget=20_000)
        with stage.db.transaction() as tx:
            second, third = copies(tx, self.project, 2)
            for number, ref in ((2, second), (3, third)):
                values = {"number": number, "cost": 600_000, "title": f"Klub {number}"}
                tx.execute(update(Proposal).where(Proposal.id == ref.id).values(**values))
            tx.execute(update(Edition).values(settings={"selection_rule": "approval"}))
        self.page = self.list.replace("posiedzenia", "co-jesli")

    def post(self, who: str, path: str, **typed: Any) -> Any:
        browser = self.stage.as_(who)
        browser.get(self.page)
        return browser.post(f"{self.page}/{path}", typed)

    def send(self, text: str = HALL, who: str = "chair") -> Any:
        return self.post(who, "glosy", file=(io.BytesIO(text.encode()), "sala.pb"))

    def tie(self) -> str:
        page = self.stage.page("chair", self.page)
        return page.partition('id="tie-')[2].partition('"')[0]


@pytest.fixture
def hall(stage: Stage) -> Hall:
    return Hall(stage)


def test_outsiders_find_no_page_and_no_ballots(hall: Hall) -> None:
    hall.send()
    for who in OUTSIDERS:
        for path in (hall.page, f"{hall.page}/glosy.pb"):
            assert hall.stage.as_(who).get(path).status_code == 404, (who, path)
        answers = [hall.post(who or "", path) if who else hall.stage.as_(None).post(f"{hall.page}/{path}")
                   for path in ("glosy", "losowanie", "remis/x")]  # fmt: skip
        assert {answer.status_code for answer in answers} <= {400, 403, 404}, who


def test_the_list_ends_at_a_tie_until_it_was_broken_by_the_draw(hall: Hall) -> None:
    assert hall.send().status_code == 303
    page = hall.stage.page("committee1", hall.page)
    assert "Trzeba rozstrzygnąć remis" in page
    assert "Zapisz, jak go rozstrzygnięto" not in page, "a member does not record it"
    key = hall.tie()
    assert hall.post("chair", "losowanie").status_code == 422, "the seed is there since the meeting was convened"
    with hall.stage.db.reading() as tx:
        seed = tx.execute(select(TieDraw.seed)).scalar_one()
    assert seed not in hall.stage.page("chair", hall.page)
    assert hall.post("chair", f"remis/{key}", way="draw", word="").status_code == 422
    assert hall.post("chair", f"remis/{key}", way="draw", word="jabłko").status_code == 303
    page = hall.stage.page("committee1", hall.page)
    assert seed in page
    assert "jabłko" in page
    assert "Trzeba rozstrzygnąć remis" not in page


ROUND = """1;2,3
2;2,3
3;2,3
4;1
5;1
6;1
"""


def test_both_projects_of_a_round_are_taken_together_where_places_and_money_suffice(hall: Hall) -> None:
    with hall.stage.db.transaction() as tx:
        settings = {"selection_rule": "equal-shares", "equal_shares_utilitarian": False}
        tx.execute(update(Edition).values(settings=settings))
    assert hall.send(HALL.partition("1;1,2")[0] + ROUND).status_code == 303
    key = hall.tie()
    assert "Miejsc i pieniędzy starcza na wszystkie." in hall.stage.page("chair", hall.page)
    assert hall.post("chair", f"remis/{key}", way="joint", words="").status_code == 422
    assert hall.post("chair", f"remis/{key}", way="joint", words="Oba służą tej samej wsi.").status_code == 303
    page = hall.stage.page("committee1", hall.page)
    assert "Wszystkie łącznie: Oba służą tej samej wsi." in page
    assert "Trzeba rozstrzygnąć remis" not in page
    file = verify_result(hall.stage.as_("chair").get(f"{hall.page}/wynik.json").data)
    assert file["outcome"]["selected"] == ["2", "3"]
    assert file["ties"][0]["broken_by"] == "joint"


def test_projects_that_do_not_fit_together_are_not_taken_together(hall: Hall) -> None:
    hall.send()
    key = hall.tie()
    assert "Razem kosztują o " in hall.stage.page("chair", hall.page)
    assert hall.post("chair", f"remis/{key}", way="joint", words="Oba.").status_code == 422
    assert hall.tie() == key


def test_the_chair_gives_an_order_with_reasons_and_what_was_typed_is_not_lost(hall: Hall) -> None:
    hall.send()
    key = hall.tie()
    refused = hall.post("chair", f"remis/{key}", way="chair", **{"place-3": "1"}, words="Tańszy w utrzymaniu.")
    assert refused.status_code == 422
    assert "Tańszy w utrzymaniu." in refused.text
    assert (
        hall.post(
            "committee1", f"remis/{key}", way="chair", **{"place-3": "1", "place-2": "2"}, words="Nie."
        ).status_code
        == 403
    )
    answer = hall.post(
        "chair", f"remis/{key}", way="chair", **{"place-3": "1", "place-2": "2"}, words="Tańszy w utrzymaniu."
    )
    assert answer.status_code == 303
    with hall.stage.db.reading() as tx:
        assert tx.execute(select(Tie.taken_in)).scalar_one() == ["3", "2"]
    assert (
        hall.post(
            "chair", f"remis/{key}", way="chair", **{"place-2": "1", "place-3": "2"}, words="Inaczej."
        ).status_code
        == 422
    )


def test_a_malformed_file_is_refused_with_its_line_and_the_ballots_before_stay(hall: Hall) -> None:
    hall.send()
    unknown = HALL.replace("3;6000", "33;6000").replace("1,3", "1").replace("5;3", "5;33")
    for text, line in ((unknown, 11), (APPROVAL, 13), (HALL.replace("4;2\n", "4;9\n"), 17)):
        answer = hall.send(text)
        assert answer.status_code == 422
        assert f"Wiersz {line}:" in answer.text
    assert hall.send("").status_code == 422
    with hall.stage.db.reading() as tx:
        assert len(read(tx.execute(select(HallVote.content)).scalar_one().encode()).ballots) == 6


def test_members_do_not_import_ballots(hall: Hall) -> None:
    assert hall.send(who="committee1").status_code == 403
    assert hall.send(who="staff").status_code == 303


def test_the_ballots_are_downloaded_without_anything_about_voters(hall: Hall) -> None:
    assert hall.stage.as_("chair").get(f"{hall.page}/glosy.pb").status_code == 404
    hall.send()
    answer = hall.stage.as_("committee1").get(f"{hall.page}/glosy.pb")
    assert answer.status_code == 200
    assert read(answer.data).budget == 2_000_000


def test_the_result_of_the_rule_is_a_file_once_its_ties_are_broken(hall: Hall) -> None:
    address = f"{hall.page}/wynik.json"
    assert hall.stage.as_("chair").get(address).status_code == 404
    hall.send()
    assert hall.stage.as_("chair").get(address).status_code == 422
    hall.post("chair", f"remis/{hall.tie()}", way="chair", **{"place-3": "1", "place-2": "2"}, words="Tańszy.")
    assert address in hall.stage.page("committee2", hall.page)
    content = verify_result(hall.stage.as_("committee2").get(address).data)
    assert content["outcome"]["order"] == ["1", "3"]
    assert {hall.stage.as_(who).get(address).status_code for who in OUTSIDERS} == {404}


def test_the_list_is_put_as_a_motion_that_can_be_changed(hall: Hall) -> None:
    hall.begin()
    hall.send()
    hall.post("chair", f"remis/{hall.tie()}", way="chair", **{"place-3": "1", "place-2": "2"}, words="Tańszy.")
    link = f"{hall.path}/krok/put_motion?lista=1"
    assert link in hall.stage.page("chair", hall.page)
    form = hall.stage.page("chair", link)
    for number, outcome in ((0, "select"), (1, "select"), (2, "place_on_reserve")):
        assert f'name="decisions-{number}-outcome"' in form
        assert f'value="{outcome}"' in form
    fields = sent_fields(form)
    assert [fields[f"decisions-{number}-project"] for number in range(3)] == ["1", "3", "2"]
    assert fields["decisions-2-position"] == "1"
    browser = hall.stage.as_("chair")
    browser.get(link)
    answer = browser.post(f"{hall.path}/krok/put_motion", fields | {"decisions-2-departure": "Radni odstępują."})
    assert answer.status_code == 303, answer.text
    with hall.stage.db.reading() as tx:
        rows = tx.execute(select(MotionItem.outcome, MotionItem.position).order_by(MotionItem.outcome)).all()
    assert [tuple(row) for row in rows] == [("place_on_reserve", 1), ("select", None), ("select", None)]


class Fields(HTMLParser):
    """What a browser would send of the fields of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.name = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("name") and given.get("type") not in {"radio", "checkbox"}:
            self.found[given["name"] or ""] = given.get("value") or ""
        if tag == "input" and given.get("type") == "radio" and "checked" in given:
            self.found[given["name"] or ""] = given.get("value") or ""
        if tag in {"select", "textarea"}:
            self.name = given.get("name") or ""
            self.found.setdefault(self.name, "")
        if tag == "option" and "selected" in given:
            self.found[self.name] = given.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self.name and self.lasttag == "textarea":
            self.found[self.name] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in {"select", "textarea"}:
            self.name = ""


def sent_fields(page: str) -> dict[str, str]:
    """The fields of the form of a step, as they stand on its page."""
    parser = Fields()
    parser.feed(page.partition("<main")[2])
    return {name: value for name, value in parser.found.items() if name != "csrf_token"}


def test_rules_side_by_side_say_who_gets_in_and_who_drops_out(hall: Hall) -> None:
    hall.send()
    hall.post("chair", f"remis/{hall.tie()}", way="chair", **{"place-3": "1", "place-2": "2"}, words="Tańszy.")
    page = hall.stage.page("committee2", hall.page)
    assert "Równe udziały według kosztu, reszta według głosów" in page
    assert "Kto jest na liście według której zasady" in page
    assert 'id="matrix-table"' in page


def test_how_few_votes_decide_under_equal_shares_is_counted_if_asked_for(hall: Hall) -> None:
    with hall.stage.db.transaction() as tx:
        tx.execute(update(Edition).values(settings={"selection_rule": "equal-shares"}))
    hall.send()
    assert "Może wypaść, gdy ubędzie głosów" not in hall.stage.page("committee2", hall.page)
    assert f"{hall.page}?ile=glosow" in hall.stage.page("committee2", hall.page)
    assert "Może wypaść, gdy ubędzie głosów" in hall.stage.page("committee2", f"{hall.page}?ile=glosow")


def test_the_page_answers_for_every_rule_with_and_without_limits_and_ballots(hall: Hall) -> None:
    limits: tuple[dict[str, int | None], ...] = ({"budget": None, "places": None}, {"budget": 0, "places": 0})
    for sends in (False, True):
        if sends:
            hall.send()
        for name, limit in product(SelectionRule, limits):
            with hall.stage.db.transaction() as tx:
                tx.execute(update(Edition).values(settings={"selection_rule": name.value}, **limit))
            assert "Co jeśli" in hall.stage.page("chair", hall.page), (name, limit, sends)


def test_the_rules_are_compared_on_the_ballots_of_the_hall_where_score_cards_are_the_rule(hall: Hall) -> None:
    with hall.stage.db.transaction() as tx:
        tx.execute(update(Edition).values(settings={}))
    hall.send()
    page = hall.stage.page("committee1", hall.page)
    assert "Porównaj zasady na głosach sali" in page
    compared = hall.stage.page("committee1", f"{hall.page}?glosy=sala")
    assert "Według zasady tej edycji nie powstaje lista z tych głosów" in compared
    assert 'id="matrix-table"' in compared
    assert "zasada tej edycji</" not in compared


def test_a_member_with_a_conflict_gets_everything_without_that_project(hall: Hall) -> None:
    hall.send()
    hall.stage.world.declare_conflict(hall.project, "committee1", "Jestem w grupie.")
    page = hall.stage.page("committee1", hall.page)
    ranking = page.partition('id="ranking"')[2]
    assert "Obliczono bez projektów" in page
    assert f'/projekty/{hall.project.id}"' not in ranking


def test_an_outsider_reads_the_same_before_and_after_ballots_a_draw_and_a_tie(hall: Hall) -> None:
    paths = ("/", f"/edycje/{hall.list.split('/')[2]}", f"/projekty/{hall.project.id}")
    before = [hall.stage.as_("leader").get(path).text for path in paths]
    hall.send()
    hall.post("chair", f"remis/{hall.tie()}", way="draw", word="jabłko")
    after = [hall.stage.as_("leader").get(path).text for path in paths]
    assert [without_token(page) for page in before] == [without_token(page) for page in after]


def without_token(page: str) -> str:
    return re.sub(r'name="(csrf_token|form_key)" value="[^"]*"', "", page)
