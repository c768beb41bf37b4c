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


# Copied from the article of 14 March 2018 by Jolanta Wanielista, the only source of both records.
ENGAGED = {
    "plock-2017": (
        "wypracowanie wielu partnerskich projektów, których pomysłodawcami byli sami uczestnicy",
        (
            "przedstawicieli: lokalnych władz gmin i powiatu, instytucji edukacji i rynku pracy, organizacji pozarządowych, "
            "instytucji infrastruktury, młodzież szkolna, a przede wszystkim pracodawcy i przedsiębiorcy"
        ),
        "różne sektory, takie jak: gospodarka, rynek pracy, kultura, edukacja i opieka społeczna",
    ),
    "losice-2017": (
        "wypracowanie wielu partnerskich projektów",
        (
            "Projekty zgłoszone i opracowane w trakcie warsztatów, których zrealizowanie w ocenie uczestników konferencji "
            "wpłynie na poprawę sytuacji w obszarze kultury, edukacji, przedsiębiorczości i turystyki"
        ),
        (
            "przedstawiciele lokalnych władz gmin i powiatu, instytucji edukacji i rynku pracy, organizacji pozarządowych, "
            "instytucji infrastruktury, młodzież szkolna, a przede wszystkim pracodawcy, przedsiębiorcy i producenci rolni z "
            "powiatu łosickiego"
        ),
    ),
}


@pytest.mark.parametrize("key", ENGAGED)
def test_an_edition_of_2017_says_in_the_words_of_its_source_whose_the_projects_were_and_who_was_engaged(
    stage_of_2017: Stage, key: str
) -> None:
    page = stage_of_2017.page(None, f"/edycje/{key}").replace("\u00a0", " ")
    part = page.partition('<h2 id="engaged">')[2].partition("</section>")[0]
    assert "Skąd wzięły się projekty i kto się zaangażował" in part
    for sentence in ENGAGED[key]:
        assert f'<blockquote class="said" lang="pl">„{sentence}”</blockquote>' in part, sentence
        # Said once, there, and not folded away.
        assert page.count(f">{sentence}<") == 0
    assert "<details" not in part
    assert "Źródło: Jolanta Wanielista" in part
    # What no source says is not quoted.
    assert "samo życie" not in page
