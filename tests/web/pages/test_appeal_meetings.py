"""Meetings of the appeal body: prepared, convened and conducted by itself, read by its members, and by no committee chair."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.web.stage import Stage
from workflow.base.calendar import warsaw_date
from workflow.base.errors import NotAllowed, NotReady
from workflow.demo.seats import seat_members
from workflow.models import Motion, Poll, Seat
from workflow.rules.facts import Ref
from workflow.selection.ballots import cast
from workflow.selection.seats import fill_seat

SITTING = ("appeal_body", "partner", "participant")


class AppealBody:
    """An edition with a committee and an appeal body of three, whose meeting was convened by its own chair."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.world = stage, stage.world
        self.edition = self.world.edition("selection")
        since = warsaw_date(self.world.now) - timedelta(days=30)
        with stage.db.transaction() as tx:
            # Whoever has a role sits already; the first of the appeal body becomes its chair.
            seat_members(tx, self.edition.id, at=self.world.now - timedelta(days=30))
            tx.execute(update(Seat).where(Seat.body == "appeal").values(
                function="chair", sector=self.world.facts(self.edition)["sectors"][0],
            ))  # fmt: skip
            for number, name in enumerate(SITTING[1:], 1):
                sector = self.world.facts(self.edition)["sectors"][number]
                seat = {"body": "appeal", "function": "member", "sector": sector,
                        "organisation": "", "appointed_by": "8/2026", "from_on": since, "to_on": None,
                        "person": self.world[name].id}  # fmt: skip
                fill_seat(tx, self.edition.id, seat, actor=self.world["staff"], at=self.world.now)
        self.meeting = self.prepare("appeal_body")
        self.world.take(self.meeting, "add_agenda_item", "appeal_body", item="Odwołania")
        self.world.take(self.meeting, "convene", "appeal_body")

    def prepare(self, who: str, body: str = "appeal") -> Ref:
        return self.world.create("meeting", "prepare_meeting", who, edition=self.edition, body=body, form="room",
                                 day=warsaw_date(self.world.at), hour="00:00")  # fmt: skip

    def vote(self, **choices: str) -> str:
        """A motion about an appeal is put and voted on; its computed outcome."""
        session = self.world.facts(self.meeting, "appeal_body").session
        for seat in session.seats if session else ():
            self.world.take(self.meeting, "note_arrival", "appeal_body", seat=seat.id, person=seat.holder)
        self.world.take(self.meeting, "begin", "appeal_body")
        self.world.take(self.meeting, "put_motion", "appeal_body", motion_kind="procedural",
                        wording="Uwzględnić odwołanie w sprawie projektu 3.")  # fmt: skip
        poll = self.world.create("poll", "prepare_poll", "appeal_body", edition=self.edition, motion=1,
                                 meeting=self.meeting.id)  # fmt: skip
        self.world.take(poll, "open", "appeal_body")
        for name, choice in choices.items():
            with self.stage.db.transaction() as tx:
                cast(tx, poll.id, choice, actor=self.world[name], at=self.world.now)
        self.world.take(poll, "count", "appeal_body")
        with self.stage.db.reading() as tx:
            return str(tx.execute(select(Motion.outcome)).scalar_one())


@pytest.fixture
def body(stage: Stage) -> AppealBody:
    return AppealBody(stage)


def test_a_meeting_of_the_appeal_body_is_played_by_its_own_people_to_its_minutes(body: AppealBody) -> None:
    assert body.vote(appeal_body="for", partner="for", participant="against") == "carried"
    page = body.stage.page("partner", f"/posiedzenia/{body.meeting.id}")
    assert "Zespół odwoławczy" in page
    assert "wniosek przyjęty" in page
    body.world.take(body.meeting, "end", "appeal_body")
    body.world.take(body.meeting, "generate_minutes", "appeal_body")
    assert "Uwzględnić odwołanie w sprawie projektu 3." in body.stage.page(
        "partner", f"/posiedzenia/{body.meeting.id}/protokol"
    )


def test_a_member_votes_on_the_page_and_reads_the_result(body: AppealBody) -> None:
    body.vote(appeal_body="for", partner="for", participant="for")
    with body.stage.db.reading() as tx:
        poll = tx.execute(select(Poll.id)).scalar_one()
    assert body.stage.as_("participant").get(f"/glosowania/{poll}").status_code == 303
    assert body.stage.as_("participant").get(f"/glosowania/{poll}/wynik").status_code == 200
    assert body.stage.as_("leader").get(f"/glosowania/{poll}/wynik").status_code == 404


def test_the_chair_of_the_committee_conducts_no_meeting_of_the_appeal_body(body: AppealBody) -> None:
    with pytest.raises(NotAllowed):
        body.world.take(body.meeting, "cancel", "chair", reason="Inny termin.")
    with pytest.raises(NotReady):
        body.prepare("chair")


def test_the_appeal_body_neither_prepares_nor_reads_meetings_of_the_committee(body: AppealBody) -> None:
    with pytest.raises(NotReady):
        body.prepare("appeal_body", "committee")
    other = body.prepare("chair", "committee")
    assert body.stage.as_("appeal_body").get(f"/posiedzenia/{other.id}").status_code == 404


def test_its_list_of_meetings_holds_its_own_alone(body: AppealBody) -> None:
    other = body.prepare("chair", "committee")
    path = f"/edycje/{body.world.facts(body.edition)['key']}/posiedzenia"
    page = body.stage.page("appeal_body", path)
    assert f"/posiedzenia/{body.meeting.id}" in page
    assert f"/posiedzenia/{other.id}" not in page
    assert body.stage.as_("leader").get(path).status_code == 404


def test_the_appeal_body_decides_about_no_project(body: AppealBody) -> None:
    body.vote(appeal_body="for", partner="for", participant="for")
    with pytest.raises(NotReady) as refusal:
        body.world.take(body.meeting, "put_motion", "appeal_body", motion_kind="decide", wording="Wybrać.",
                        decisions=[{"project": 1, "outcome": "select", "justification": "Tak."}])  # fmt: skip
    assert "not_of_this_body" in {unmet.code for unmet in refusal.value.missing}
