"""Which letters a person gets: the page, and the link that needs no account."""

import re

import pytest

from tests.conftest import database_url as database_url
from tests.web.stage import Stage, send
from web.http.resources import resources
from workflow.accounts.signed_links import UNSUBSCRIBE, signed
from workflow.notifications.preferences import Pace, paces_of
from workflow.notifications.topic_groups import TopicGroup

PAGE = "/konto/powiadomienia"


def chosen(stage: Stage, name: str) -> dict[TopicGroup, Pace]:
    person = stage.world[name].id or 0
    with stage.db.reading() as tx:
        return {group: pace for (_, group), pace in paces_of(tx, [person]).items()}


def link(stage: Stage, name: str, what: str) -> str:
    text = f"{stage.world[name].id}-{what}"
    with stage.app.app_context():
        return f"/wypisz/{signed(resources().settings, text, purpose=UNSUBSCRIBE)}"


def test_a_person_chooses_and_finds_the_choice_again(stage: Stage) -> None:
    leader = stage.as_("leader")
    assert send(leader, PAGE, talk="daily", people="never", projects="at_once").status_code == 303
    assert chosen(stage, "leader") == {TopicGroup.TALK: Pace.DAILY, TopicGroup.PEOPLE: Pace.NEVER}
    page = leader.get(PAGE).text
    assert re.search(r'name="talk"[^>]*value="daily"[^>]*checked', page)
    assert "od doręczenia może biec termin na odwołanie" in page
    assert 'name="decisions"' not in page


@pytest.mark.parametrize("wrong", [{"talk": "hourly"}, {"office": "never"}, {"talk": "x" * 5000}])
def test_what_is_no_answer_is_refused_and_nothing_is_lost(stage: Stage, wrong: dict[str, str]) -> None:
    leader = stage.as_("leader")
    answer = send(leader, PAGE, people="never", **wrong)
    assert answer.status_code == 400 or answer.status_code == 422
    assert re.search(r'name="people"[^>]*value="never"[^>]*checked', answer.text)
    assert chosen(stage, "leader") == {}


def test_what_cannot_be_switched_off_is_not_switched_off_by_a_made_up_form(stage: Stage) -> None:
    assert send(stage.as_("leader"), PAGE, decisions="never", calls="weekly", talk="daily").status_code == 303
    assert chosen(stage, "leader") == {TopicGroup.TALK: Pace.DAILY}


def test_the_link_shows_what_it_does_and_does_it_only_when_asked(stage: Stage) -> None:
    visitor, url = stage.as_(None), link(stage, "leader", "talk")
    page = visitor.get(url).text
    assert "Rozmowy i propozycje tekstów" in page
    assert chosen(stage, "leader") == {}
    # One click of a mail program: a plain POST with no cookie and no token of a form.
    answer = visitor.client.post(url, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert chosen(stage, "leader") == {TopicGroup.TALK: Pace.NEVER}
    assert visitor.client.post(url).status_code == 200
    assert chosen(stage, "chair") == {}


def test_the_link_of_a_digest_switches_off_what_comes_in_digests(stage: Stage) -> None:
    send(stage.as_("staff"), PAGE, talk="daily", people="weekly", office="daily", projects="at_once")
    stage.as_(None).client.post(link(stage, "staff", "digests"))
    assert chosen(stage, "staff") == {
        TopicGroup.TALK: Pace.NEVER, TopicGroup.PEOPLE: Pace.NEVER, TopicGroup.OFFICE: Pace.DAILY,
    }  # fmt: skip


@pytest.mark.parametrize("what", ["decisions", "calls", "account", "office", "", "nonsense"])
def test_no_link_switches_off_what_has_to_come(stage: Stage, what: str) -> None:
    url = link(stage, "leader", what)
    assert stage.as_(None).get(url).status_code == 404
    assert stage.as_(None).client.post(url).status_code == 404
    assert chosen(stage, "leader") == {}


def test_a_link_of_somebody_else_cannot_be_made_up(stage: Stage) -> None:
    own, other = link(stage, "leader", "talk"), str(stage.world["chair"].id)
    signature = own.rpartition("-")[2]
    for text in (
        f"{other}-talk-{signature}",
        f"{stage.world['leader'].id}-people-{signature}",
        "x",
        "1-talk-",
        "ł-talk-ł",
    ):
        assert stage.as_(None).client.post(f"/wypisz/{text}").status_code == 404
    assert chosen(stage, "chair") == chosen(stage, "leader") == {}
