"""The inbox: what a person was told, and what of it is new."""

from tests.web.stage import Stage, hidden
from workflow.base.calendar import utc_now
from workflow.notifications.relay import relay_all


def relayed(stage: Stage) -> None:
    relay_all(stage.db, base_url="http://127.0.0.1:8000", at=utc_now())


def test_messages_stand_in_the_inbox_with_a_number_in_the_menu(stage: Stage) -> None:
    ref = stage.world.proposal_in("returned")
    relayed(stage)
    page = stage.page("leader", "/skrzynka")
    assert f"/{ref.id}" in page.partition("<main")[2]
    assert "Proszę dopisać partnerów." in page
    assert '<span class="count">' in page
    # When it came, and the same small print as in the e-mail.
    for words in ("Data: ", "Piszemy do lidera grupy. To wiadomość automatyczna, prosimy na nią nie odpowiadać."):
        assert words in page


def test_what_was_read_is_not_new_any_more(stage: Stage) -> None:
    stage.world.proposal_in("returned")
    relayed(stage)
    leader = stage.as_("leader")
    fields = hidden(leader.get("/skrzynka").text)
    assert leader.post("/skrzynka/przeczytane", {"message": fields["message"]}).status_code == 303
    while "message" in (fields := hidden(leader.get("/skrzynka").text)):
        leader.post("/skrzynka/przeczytane", {"message": fields["message"]})
    assert '<span class="count">' not in leader.get("/praca").text


def test_nobody_marks_the_messages_of_others(stage: Stage) -> None:
    stage.world.proposal_in("returned")
    relayed(stage)
    message = hidden(stage.page("leader", "/skrzynka"))["message"]
    other = stage.as_("visitor")
    other.get("/skrzynka")
    other.post("/skrzynka/przeczytane", {"message": message})
    assert hidden(stage.page("leader", "/skrzynka"))["message"] == message


def test_an_empty_inbox_says_so(stage: Stage) -> None:
    assert "Nie ma jeszcze wiadomości" in stage.page("visitor", "/skrzynka")


def test_the_inbox_takes_a_fixed_number_of_statements(stage: Stage) -> None:
    stage.world.proposal_in("returned")
    relayed(stage)
    first = stage.count("leader", "/skrzynka")
    stage.world.proposal_in("returned")
    relayed(stage)
    assert stage.count("leader", "/skrzynka") == first
