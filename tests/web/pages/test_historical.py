"""The editions of 2017 as everybody reads them: all projects from the front page, the films, and no empty fields."""

import pytest

from tests.web.stage import Stage
from workflow.base.calendar import utc_now
from workflow.demo.historical import enter_edition
from workflow.demo.load import read_book
from workflow.demo.people import add_people, gather

FILMS = ("https://www.youtube.com/watch?v=K9r1gC61Q2c", "https://www.youtube.com/watch?v=qa_Wc8djUvk")


@pytest.fixture
def stage_of_2017(stage: Stage) -> Stage:
    members = read_book("people")["person"]
    add_people(stage.db, members, password="demo-password-of-a-test", at=utc_now())
    with stage.db.transaction() as tx:
        cast = gather(tx, members)
        for key in ("plock-2017", "losice-2017"):
            enter_edition(tx, read_book(key), cast, utc_now())
    return stage


def test_all_projects_of_2017_are_found_from_the_front_page(stage_of_2017: Stage) -> None:
    front = stage_of_2017.page(None, "/")
    titles = [project["title"] for key in ("plock-2017", "losice-2017") for project in read_book(key)["project"]]
    assert len(titles) == 12
    for title in titles:
        assert str(title).replace('"', "&#34;") in front, title


@pytest.mark.parametrize("key", ["plock-2017", "losice-2017"])
def test_an_edition_of_2017_shows_films_and_conferences_and_no_field_that_the_source_leaves_empty(
    stage_of_2017: Stage, key: str
) -> None:
    page = stage_of_2017.page(None, f"/edycje/{key}")
    assert all(f'href="{film}"' in page for film in FILMS)
    assert page.count("Konferencja nr\u00a0") >= 6
    assert "<dd>–</dd>" not in page.partition("<main")[2]
    conference = page.partition('href="/konferencje/')[2].partition('"')[0]
    about = stage_of_2017.page(None, f"/konferencje/{conference}")
    assert "Konferencja się odbyła." in about
    assert "czeka na zatwierdzenie" not in about
