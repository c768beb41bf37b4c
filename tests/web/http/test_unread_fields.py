import re
from pathlib import Path

import pytest
from flask import Flask

from tests.web.stage import Stage, send
from web.http.unread_fields import UNSEEN, ReadForm

TEMPLATES = Path(__file__).parents[3] / "web" / "templates"
HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*name="([a-z_-]+)"|ui\.field\("hidden", "([a-z_]+)"')


@pytest.fixture
def stage(app: Flask) -> Stage:
    return Stage(app)


def test_a_field_that_no_page_asks_for_is_named_and_the_rest_is_saved(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    leader, path = stage.as_("leader"), f"/projekty/{ref.id}/karta/goals"
    typed = {"goals": "Cel.", "deadline": "jutro", "partners-0-partner": "Gmina", "empty": ""}
    assert send(leader, path, **typed).status_code == 303
    page = leader.get(f"/projekty/{ref.id}/karta").text
    assert "Tych pól nie ma w formularzu, więc ich nie zapisano: deadline, partners-0-partner." in page
    assert stage.world.facts(ref)["sheet"]["goals"] == "Cel."


def test_what_a_page_reads_is_not_named(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    leader = stage.as_("leader")
    lines = {"budget_lines-0-what": "Farba", "budget_lines-0-amount": "450", "budget_lines-0-own": "1"}
    assert send(leader, f"/projekty/{ref.id}/karta/budget", **lines, funding="Gmina").status_code == 303
    assert send(leader, f"/projekty/{ref.id}/rozmowa", text="Kto ma klucze?", circle="group").status_code == 303
    assert "Tych pól nie ma w formularzu" not in leader.get(f"/projekty/{ref.id}/rozmowa").text


def test_a_form_knows_what_was_read_of_it() -> None:
    form = ReadForm([("a", "1"), ("b", "2"), ("b", "3"), ("c", ""), ("version", "4"), ("d", "5"), ("e", "6")])
    assert form.unread() == ["a", "b", "d", "e"]
    assert (form.get("a"), form.getlist("b"), form["d"], "e" in form) == ("1", ["2", "3"], "5", True)
    assert form.unread() == []


def test_what_forms_carry_unseen_is_known() -> None:
    found = {name for path in TEMPLATES.rglob("*.html") for pair in HIDDEN.findall(path.read_text()) for name in pair}
    assert found - {""} - UNSEEN == set()
