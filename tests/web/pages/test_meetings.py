"""The pages of meetings: a meeting played in browsers, what each role sees of it, and nothing for anybody outside."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.growth import copies
from tests.web.stage import Stage, answer_of, hidden, send
from workflow.base.calendar import warsaw_date
from workflow.demo.seats import seat_members
from workflow.models import Decision, Meeting, Motion, Poll, Proposal
from workflow.rules.facts import Ref
from workflow.selection.exclusions import exclude

MEMBERS = ("chair", "committee1", "committee2")


class Room:
    """A convened meeting of the committee of an edition with a presented project, and its people's browsers."""

    def __init__(self, stage: Stage, **rules: Any) -> None:
        self.stage, world = stage, stage.world
        self.project = world.proposal_in("presented", **rules)
        self.edition = world.edition_of(self.project)
        with stage.db.transaction() as tx:
            seat_members(tx, self.edition.id, at=world.now - timedelta(days=30))
        self.list = f"/edycje/{world.facts(self.edition)['key']}/posiedzenia"
        self.meeting = world.create("meeting", "prepare_meeting", "chair", edition=self.edition, body="committee",
                                    form="room", day=warsaw_date(world.at), hour="00:00")  # fmt: skip
        self.path = f"/posiedzenia/{self.meeting.id}"
        world.take(self.meeting, "add_agenda_item", "chair", item="Wybór projektów")
        world.take(self.meeting, "convene", "chair")

    def press(self, who: str, action: str, page: str = "", **typed: Any) -> Any:
        """Press the button of the form with this address, as it stands on the page of the meeting."""
        browser = self.stage.as_(who)
        fields = hidden(browser.get(page or self.path).text, action)
        assert fields, f"{action} is not on the page for {who}"
        return browser.post(action, {**fields, **typed})

    def arrive(self) -> None:
        facts = self.stage.world.facts(self.meeting, "chair").session
        assert facts is not None
        for seat in facts.seats:
            if seat.holder in {self.stage.world[name].id for name in MEMBERS}:
                self.stage.world.take(self.meeting, "note_arrival", "chair", seat=seat.id, person=seat.holder)

    def begin(self) -> None:
        self.arrive()
        self.stage.world.take(self.meeting, "begin", "chair")

    def put(self) -> None:
        number = self.stage.world.facts(self.project)["number"]
        row = {"project": number, "outcome": "select", "justification": "Dobry projekt."}
        self.stage.world.take(self.meeting, "put_motion", "chair", motion_kind="decide", wording="Wybrać targ.",
                              decisions=[row])  # fmt: skip

    def open(self) -> int:
        answer = self.press("chair", f"{self.path}/wniosek/1/glosowanie")
        assert answer.status_code == 303, answer.text
        with self.stage.db.reading() as tx:
            return int(tx.execute(select(Poll.id)).scalar_one())

    def vote(self, poll: int, **choices: str) -> None:
        for who, choice in choices.items():
            assert self.press(who, f"/glosowania/{poll}/glos", choice=choice).status_code == 303

    def outcome(self) -> str:
        with self.stage.db.reading() as tx:
            return str(tx.execute(select(Motion.outcome)).scalar_one())


@pytest.fixture
def room(stage: Stage) -> Room:
    return Room(stage)


@pytest.mark.parametrize("who", [None, "leader", "participant", "partner", "visitor"])
def test_nobody_outside_learns_that_there_are_meetings(room: Room, who: str | None) -> None:
    room.begin()
    room.put()
    poll = room.open()
    browser = room.stage.as_(who)
    for path in (room.list, room.path, f"{room.path}/protokol", f"/glosowania/{poll}"):
        assert browser.get(path).status_code == 404, path
    for path in (f"/glosowania/{poll}/glos", f"{room.path}/wniosek/1/glosowanie"):
        assert browser.post(path, {"choice": "for"}).status_code in (400, 403, 404), path


def test_a_leader_reads_the_same_of_an_edition_before_a_decision_and_while_its_minutes_are_open(room: Room) -> None:
    world, page = room.stage.world, room.list.removesuffix("/posiedzenia")
    world.to_phase(room.edition, "selection")
    room.begin()
    room.put()
    before = answer_of(room.stage.as_("leader"), page)
    room.vote(room.open(), chair="for", committee1="for", committee2="for")
    for who, action in (("chair", "/glosowania/1/krok/count"), ("chair", f"{room.path}/krok/adopt")):
        assert room.press(who, action).status_code == 303
    world.take(room.meeting, "end", "chair")
    assert "Najpierw zatwierdź protokoły" in room.stage.page("chair", page)
    assert answer_of(room.stage.as_("leader"), page) == before


def test_a_meeting_is_prepared_on_the_page_of_its_edition(room: Room) -> None:
    answer = send(room.stage.as_("staff"), room.list, body="committee", form="room", day="2026-12-03", hour="16:00",
                  venue="Sala 12")  # fmt: skip
    assert answer.status_code == 303, answer.text
    assert "Sala 12" in room.stage.page("chair", room.list)


def test_a_meeting_with_a_wrong_hour_keeps_what_was_typed(room: Room) -> None:
    answer = send(room.stage.as_("chair"), room.list, body="committee", form="room", day="2026-12-03", hour="25:99",
                  venue="Sala 12")  # fmt: skip
    assert answer.status_code == 422
    assert "Sala 12" in answer.text
    with room.stage.db.reading() as tx:
        assert len(tx.execute(select(Meeting.id)).all()) == 1


def test_a_meeting_is_played_in_browsers_from_arrival_to_resolution(room: Room) -> None:
    for _name in MEMBERS:
        assert room.press("chair", f"{room.path}/krok/note_arrival").status_code == 303
    room.stage.world.take(room.meeting, "begin", "chair")
    number = room.stage.world.facts(room.project)["number"]
    typed = {"motion_kind": "decide", "wording": "Wybrać targ.", "decisions-0-project": str(number),
             "decisions-0-outcome": "select", "decisions-0-justification": "Dobry projekt."}  # fmt: skip
    assert room.press("chair", f"{room.path}/krok/put_motion", f"{room.path}/krok/put_motion?rodzaj=decide&projekt=1",
                      **typed).status_code == 303  # fmt: skip
    poll = room.open()
    room.vote(poll, chair="for", committee1="for", committee2="against")
    assert room.press("chair", f"/glosowania/{poll}/krok/count").status_code == 303
    assert "wniosek przyjęty" in room.stage.page("committee1", room.path)
    assert room.press("chair", f"{room.path}/krok/adopt").status_code == 303
    page = room.stage.page("committee1", room.path)
    assert "Uchwała nr\u00a01/" in page
    with room.stage.db.reading() as tx:
        assert tx.execute(select(Decision.outcome)).scalar_one() == "select"
    assert "po zakończeniu posiedzenia" in room.stage.page("staff", f"{room.path}/protokol")


def test_how_people_vote_is_hidden_until_the_count_and_who_is_awaited_is_named(room: Room) -> None:
    room.begin()
    room.put()
    poll = room.open()
    room.vote(poll, committee1="against")
    page = room.stage.page("chair", room.path)
    assert "1 z 3" in page
    name = room.stage.world["committee2"].name
    assert name in page.partition("Czekamy na:")[2].partition("</p>")[0]
    assert "aria-pressed" not in page
    assert "(zapisano z sali)" not in page
    own = room.stage.page("committee1", room.path)
    assert 'value="against" aria-pressed="true"' in own
    count = f"/glosowania/{poll}/krok/count"
    # Somebody is awaited, so the page of the step asks once more.
    assert not hidden(room.stage.page("chair", room.path), count)
    assert "Bez głosu: 2 z 3. Czy mimo to zamknąć głosowanie?" in room.stage.page("chair", count)
    room.press("chair", count, page=count)
    assert "przeciw" in room.stage.page("chair", room.path).partition("Głosy imienne")[2]


def test_the_address_of_a_refused_opening_leads_back_to_the_meeting(room: Room) -> None:
    room.begin()
    room.put()
    for name in ("glosowanie", "rece"):
        answer = room.stage.as_("chair").get(f"{room.path}/wniosek/1/{name}")
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{room.path}#wniosek-1")
        assert room.stage.as_("leader").get(f"{room.path}/wniosek/1/{name}").status_code == 404


def test_a_vote_is_replaced_until_the_vote_is_closed_and_refused_after(room: Room) -> None:
    room.begin()
    room.put()
    poll = room.open()
    room.vote(poll, chair="against", committee1="for", committee2="for")
    room.vote(poll, chair="for")
    browser = room.stage.as_("chair")
    fields = hidden(browser.get(room.path).text, f"/glosowania/{poll}/glos")
    room.press("chair", f"/glosowania/{poll}/krok/count")
    late = browser.post(f"/glosowania/{poll}/glos", {**fields, "choice": "against"})
    assert late.status_code == 422
    assert "Głosowanie nie trwa" in late.text
    assert room.outcome() == "carried"


def test_the_chair_enters_a_vote_given_by_hand_and_a_member_does_not(room: Room) -> None:
    room.begin()
    room.put()
    poll = room.open()
    session = room.stage.world.facts(room.meeting, "chair").session
    assert session is not None
    seat = next(seat.id for seat in session.seats if seat.holder == room.stage.world["committee2"].id)
    path = f"/glosowania/{poll}/miejsce/{seat}/glos"
    member = room.stage.as_("committee1")
    token = hidden(member.get(room.path).text)
    refused = member.post(path, {**token, "choice": "for"})
    assert refused.status_code == 403
    assert path not in member.get(room.path).text
    assert room.press("chair", path, choice="for").status_code == 303
    assert "2 z 3" not in room.stage.page("chair", room.path)
    assert "1 z 3" in room.stage.page("chair", room.path)


def test_a_vote_without_quorum_is_not_opened_and_the_page_says_why(room: Room) -> None:
    room.begin()
    room.put()
    session = room.stage.world.facts(room.meeting, "chair").session
    assert session is not None
    room.stage.world.take(room.meeting, "note_departure", "chair", seat=session.present[0].id)
    answer = room.press("chair", f"{room.path}/wniosek/1/glosowanie")
    assert answer.status_code == 422
    assert "Nie ma kworum" in answer.text
    with room.stage.db.reading() as tx:
        assert tx.execute(select(Poll.id)).all() == []


def test_a_page_that_is_out_of_date_opens_no_vote(room: Room) -> None:
    room.begin()
    room.put()
    action = f"{room.path}/wniosek/1/glosowanie"
    assert room.press("chair", action, version="1").status_code == 409


def test_a_refused_motion_keeps_everything_typed(room: Room) -> None:
    room.begin()
    typed = {"motion_kind": "decide", "wording": "Wybrać nieznany.", "decisions-0-project": "777",
             "decisions-0-outcome": "select", "decisions-0-justification": "Bo tak."}  # fmt: skip
    put = f"{room.path}/krok/put_motion"
    answer = room.press("chair", put, f"{put}?rodzaj=decide&projekt=1", **typed)
    assert answer.status_code == 422
    for words in ("Wybrać nieznany.", "777", "Bo tak."):
        assert words in answer.text


@pytest.mark.parametrize("who", ["committee1", "staff"])
def test_who_does_not_conduct_has_no_button_that_does(room: Room, who: str) -> None:
    room.begin()
    room.put()
    room.open()
    page = room.stage.page(who, room.path)
    assert "/krok/count" not in page
    assert "/krok/note_departure" not in page


def test_an_open_vote_waits_in_the_work_of_a_member_until_the_member_voted(room: Room) -> None:
    room.begin()
    room.put()
    poll = room.open()
    assert "Zagłosuj: Wybrać targ." in room.stage.page("committee1", "/praca")
    room.vote(poll, committee1="abstain")
    assert "Zagłosuj:" not in room.stage.page("committee1", "/praca")


def test_those_who_may_find_the_meetings_from_the_edition_and_the_selection(room: Room) -> None:
    edition = room.list.removesuffix("/posiedzenia")
    assert room.list in room.stage.page("committee1", edition)
    assert room.list in room.stage.page("chair", f"{edition}/wybor")
    assert room.list not in room.stage.page("leader", edition)


def test_a_list_that_cannot_be_voted_on_says_so_before_and_names_what_is_split_off(room: Room) -> None:
    with room.stage.db.transaction() as tx:
        (second,) = copies(tx, room.project, 1)
        tx.execute(update(Proposal).where(Proposal.id == second.id).values(number=2, title="Klub „Pod dębem”"))
    room.stage.world.declare_conflict(second, "committee1", "Mój brat jest w grupie.")
    room.begin()
    rows = [{"project": number, "outcome": "select", "justification": "Dobry projekt."} for number in (1, 2)]
    room.stage.world.take(room.meeting, "put_motion", "chair", motion_kind="decide", wording="Lista.", decisions=rows)
    page = room.stage.page("chair", room.path)
    assert "Podziel listę. Osobno: 2. Klub „Pod dębem”" in page
    assert "Głosujcie osobno" in page or "„Klub »Pod dębem«” (Committee1)" in page
    assert "Bez osób z konfliktem interesów: Committee1." in page
    assert "Podziel listę" not in room.stage.page("committee2", room.path)
    assert room.press("chair", f"{room.path}/krok/split_motion").status_code == 303
    assert "osobno głosowania" not in room.stage.page("chair", room.path)


def test_a_motion_for_which_quorum_or_parity_cannot_hold_says_so_before_its_vote(room: Room) -> None:
    room.stage.world.declare_conflict(room.project, "committee1", "Mój brat jest w grupie.")
    room.begin()
    room.put()
    obstacles = room.stage.page("chair", room.path).partition("Przy obecnym stanie")[2]
    assert "Kworum: Obecność: 2 z 2, potrzeba 3." in obstacles
    assert "Parytet sektorów: Jeśli zagłosują wszyscy" in obstacles
    assert "Przy obecnym stanie" not in room.stage.page("committee2", room.path)


def second_project(room: Room) -> int:
    """A second presented project, no. 2; the number of the edition."""
    with room.stage.db.transaction() as tx:
        (second,) = copies(tx, room.project, 1)
        tx.execute(update(Proposal).where(Proposal.id == second.id).values(number=2, title="Fontanna"))
        return int(tx.execute(select(Proposal.edition_id).where(Proposal.id == second.id)).scalar_one())


def exclude_both(room: Room, edition: int) -> None:
    with room.stage.db.transaction() as tx:
        exclude(tx, edition, [1, 2], "Ten sam plac.", actor=room.stage.world["staff"], at=room.stage.world.at)


def test_a_motion_for_projects_that_exclude_each_other_says_so_before_its_vote(room: Room) -> None:
    edition = second_project(room)
    room.begin()
    rows = [{"project": number, "outcome": "select", "justification": "Dobry projekt."} for number in (1, 2)]
    room.stage.world.take(room.meeting, "put_motion", "chair", motion_kind="decide", wording="Lista.", decisions=rows)
    exclude_both(room, edition)
    obstacles = room.stage.page("chair", room.path).partition("Przy obecnym stanie")[2]
    assert "Można wybrać tylko jeden z tych projektów" in obstacles
    assert "„Fontanna”. Ten sam plac." in obstacles
    assert room.press("chair", f"{room.path}/wniosek/1/glosowanie").status_code == 422


def test_a_motion_that_would_select_both_of_two_exclusive_projects_is_not_put_and_keeps_what_was_typed(
    room: Room,
) -> None:
    exclude_both(room, second_project(room))
    room.begin()
    put = f"{room.path}/krok/put_motion"
    rows = {f"decisions-{row}-{name}": value for row in (0, 1) for name, value in
            {"project": str(row + 1), "outcome": "select", "justification": f"Projekt {row}."}.items()}  # fmt: skip
    page = f"{put}?rodzaj=decide&projekt=1&projekt=2"
    answer = room.press("chair", put, page, wording="Oba.", **rows)
    assert answer.status_code == 422
    assert "Można wybrać tylko jeden z tych projektów" in answer.text
    assert "Projekt 1." in answer.text
    assert "Oba." in answer.text
    with room.stage.db.reading() as tx:
        assert tx.execute(select(Motion.number)).all() == []


def test_the_page_leads_to_the_list_that_the_rule_proposes(room: Room) -> None:
    link = f"{room.path}/krok/put_motion?lista=1"
    assert link not in room.stage.page("chair", room.path)
    room.begin()
    assert link in room.stage.page("chair", room.path)
    assert link not in room.stage.page("committee1", room.path)
    assert "Według zasady tej edycji nie powstaje teraz lista" in room.stage.page("chair", link)


def test_before_a_meeting_ends_it_says_which_projects_have_no_decision(room: Room) -> None:
    sentence = "1 projekt nie ma jeszcze rozstrzygnięcia: nr\u00a01."
    assert sentence not in room.stage.page("chair", room.path)
    room.begin()
    assert sentence in room.stage.page("chair", room.path)
    room.put()
    room.vote(room.open(), chair="for", committee1="for", committee2="for")
    with room.stage.db.reading() as tx:
        poll = Ref("poll", int(tx.execute(select(Poll.id)).scalar_one()))
    room.stage.world.take(poll, "count", "chair")
    room.stage.world.take(room.meeting, "adopt", "chair", motion=1)
    assert "nie ma jeszcze rozstrzygnięcia" not in room.stage.page("chair", room.path)


def test_what_was_done_is_said_in_the_past(room: Room) -> None:
    room.begin()
    page = f"{room.path}/krok/put_motion"
    browser = room.stage.as_("chair")
    fields = hidden(browser.get(f"{page}?rodzaj=procedural").text, page)
    sent = {**fields, "wording": "Przerwa."}
    assert "Zgłoszono wniosek." in browser.post(page, sent, follow_redirects=True).text


def test_a_motion_over_the_budget_says_by_how_much_before_its_vote(stage: Stage) -> None:
    room = Room(stage, budget=100)
    room.begin()
    room.put()
    page = stage.page("chair", room.path)
    assert "ponad budżet o" in page


def test_two_people_count_hands_on_the_page_and_see_both_counts_only_when_both_are_in(room: Room) -> None:
    room.begin()
    room.put()
    assert room.press("chair", f"{room.path}/wniosek/1/rece").status_code == 303
    with room.stage.db.reading() as tx:
        poll = int(tx.execute(select(Poll.id)).scalar_one())
    where, votes = f"/glosowania/{poll}/rece", ("for", "against", "abstain")
    assert f"/glosowania/{poll}/glos" not in room.stage.page("committee1", room.path)

    def hands(*choices: str) -> dict[str, str]:
        return {f"hands-{at}-{vote}": str(int(vote == choice)) for at, choice in enumerate(choices) for vote in votes}

    assert room.press("secretary", where, **hands("for", "for", "against")).status_code == 303
    refused = room.press("chair", f"/glosowania/{poll}/krok/count")
    assert refused.status_code == 422
    for text in (refused.text, room.stage.page("chair", room.path)):
        assert (
            "Liczby podane przez: Secretary. Ręce policzyć musi jeszcze jedna osoba: Chair, Committee1, Committee2"
            in text
        )
    assert "counts-" not in room.stage.page("chair", room.path)
    assert room.press("committee1", where, **hands("for", "for", "for")).status_code == 303
    page = room.stage.page("chair", room.path)
    assert "Wyniki się różnią" in page
    assert "counts-" in page
    assert where not in page
    assert room.press("committee1", where, **hands("for", "for", "against")).status_code == 303
    assert room.press("chair", f"/glosowania/{poll}/krok/count").status_code == 303
    assert room.outcome() == "carried"


@pytest.mark.parametrize("typed", ["", "-1", "x", "9", "1,5"])
def test_a_count_of_hands_that_cannot_be_is_refused_and_keeps_what_was_typed(room: Room, typed: str) -> None:
    """Hostile case 10."""
    room.begin()
    room.put()
    room.press("chair", f"{room.path}/wniosek/1/rece")
    with room.stage.db.reading() as tx:
        poll = int(tx.execute(select(Poll.id)).scalar_one())
    votes = ("for", "against", "abstain")
    figures = {f"hands-{at}-{vote}": "0" for at in range(3) for vote in votes}
    answer = room.press("chair", f"/glosowania/{poll}/rece", **(figures | {"hands-0-for": typed, "hands-1-for": "1"}))
    assert answer.status_code == 422
    assert re.search(r'<input[^>]*name="hands-1-for"[^>]*value="1"', answer.text)
    assert "Niczego nie zmieniono" in answer.text


def test_a_vote_by_circulation_shows_until_when_and_offers_a_demand_for_a_meeting(room: Room) -> None:
    world = room.stage.world
    until = world.now + timedelta(days=2)
    meeting = world.create("meeting", "prepare_meeting", "chair", edition=room.edition, body="committee",
                           form="circulation", day=warsaw_date(until), hour="12:00")  # fmt: skip
    world.take(meeting, "add_agenda_item", "chair", item="Wybór")
    world.take(meeting, "convene", "chair")
    world.take(meeting, "begin", "chair")
    room.meeting, room.path = meeting, f"/posiedzenia/{meeting.id}"
    room.put()
    poll = room.open()
    page = room.stage.page("committee1", room.path)
    assert "odpowiedzi do:" in page
    assert f"{room.path}/krok/demand_meeting" in page
    assert "note_arrival" not in room.stage.page("chair", room.path)
    room.vote(poll, committee1="for", committee2="for")
    room.vote(poll, chair="for")
    assert room.outcome() == "carried"


def test_a_vote_of_somebody_else_is_another_version_of_the_live_parts(room: Room) -> None:
    room.begin()
    room.put()
    client = room.stage.as_("chair").client

    def version() -> str:
        url = client.get(room.path).text.partition('data-live-url="')[2].partition('"')[0]
        return str(client.get(url).json["version"])

    before, poll = version(), room.open()
    opened = version()
    room.vote(poll, committee1="for")
    assert len({before, opened, version()}) == 3
    part = client.get(room.path, headers={"X-Fragment": "motions-in_session"}).text
    assert "Wybrać targ." in part
    assert "<html" not in part
    assert "<html" in client.get(room.path, headers={"X-Fragment": "motions-convened"}).text
