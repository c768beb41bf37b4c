"""On the page of a meeting one person proposes to annul a counted vote, and another one does it."""

from tests.web.pages.test_meetings import Room
from tests.web.stage import Stage, send


def test_a_counted_vote_is_annulled_by_two_people_on_the_page_and_opened_anew(stage: Stage) -> None:
    room, reason = Room(stage), "Na ekranie stał zły projekt."
    room.begin()
    room.put()
    poll = room.open()
    room.vote(poll, chair="for", committee1="for", committee2="for")
    room.press("chair", f"/glosowania/{poll}/krok/count")
    step = f"/glosowania/{poll}/krok"
    assert f"{step}/propose_annulment" in stage.page("chair", room.path)
    assert step not in stage.page("committee1", room.path)
    assert send(stage.as_("chair"), f"{step}/propose_annulment", reason=reason).status_code == 303
    assert f"{step}/annul" not in stage.page("chair", room.path)
    assert "Potwierdza je inna osoba." in stage.page("chair", room.path)
    assert reason in stage.page("secretary", room.path)
    assert send(stage.as_("secretary"), f"{step}/annul", reason=reason).status_code == 303
    assert room.outcome() == "open"
    assert f"{room.path}/wniosek/1/glosowanie" in stage.page("chair", room.path)
