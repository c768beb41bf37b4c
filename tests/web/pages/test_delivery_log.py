import re
from datetime import timedelta

from sqlalchemy import select, update

from tests.web.stage import Stage
from workflow.base.calendar import utc_now
from workflow.models import Delivery, OutboxRow
from workflow.notifications.bounces import mark_address
from workflow.notifications.channels import Channel
from workflow.notifications.deliveries import DeliveryState, Try, TryOutcome, note_tries
from workflow.notifications.relay import relay_all


def with_a_failed_letter(stage: Stage) -> int:
    stage.world.proposal_in("returned")
    relay_all(stage.db, base_url="http://127.0.0.1:8000", at=utc_now())
    with stage.db.transaction() as tx:
        letter = tx.execute(select(Delivery.id).where(Delivery.channel == Channel.EMAIL).limit(1)).scalar_one()
        failed = {"state": DeliveryState.FAILED, "error": "550 nie ma takiej skrzynki", "attempts": 1}
        tx.execute(update(Delivery).where(Delivery.id == letter).values(**failed))
    return int(letter)


def state_of(stage: Stage, letter: int) -> str:
    with stage.db.reading() as tx:
        return str(tx.execute(select(Delivery.state).where(Delivery.id == letter)).scalar_one())


def test_the_office_sees_why_a_letter_failed_and_sends_it_again(stage: Stage) -> None:
    letter = with_a_failed_letter(stage)
    office = stage.as_("staff")
    page = office.get("/poczta").text
    assert "550 nie ma takiej skrzynki" in page
    assert re.search(rf'name="letter"\s+value="{letter}"', page)
    assert office.post("/poczta/wyslij", {"letter": str(letter)}).status_code == 303
    assert state_of(stage, letter) == DeliveryState.CREATED


def test_a_leader_sees_no_letters_of_others(stage: Stage) -> None:
    letter = with_a_failed_letter(stage)
    leader = stage.as_("leader")
    assert leader.get("/poczta").status_code == 403
    leader.get("/konto")
    assert leader.post("/poczta/wyslij", {"letter": str(letter)}).status_code == 403
    assert state_of(stage, letter) == DeliveryState.FAILED


def test_the_journey_of_a_letter_is_shown_by_person_and_by_project(stage: Stage) -> None:
    with_a_failed_letter(stage)
    with stage.db.transaction() as tx:
        query = select(Delivery.id, Delivery.recipient_id, OutboxRow.subject_id)
        query = query.join(OutboxRow, OutboxRow.id == Delivery.outbox_id).where(OutboxRow.subject_kind == "proposal")
        row = tx.execute(query.where(Delivery.channel == Channel.EMAIL).limit(1)).one()
        letter = int(row.id)
        note_tries(tx, [Try(letter, utc_now(), TryOutcome.REFUSED, "550 nie ma takiej skrzynki")])
    office = stage.as_("staff")
    project = f"/poczta/projekt/{row.subject_id}"
    for path in (f"/poczta/osoba/{row.recipient_id}", project):
        page = office.get(f"{path}?before={letter + 1}").text
        assert "odrzucono" in page
        assert "550 nie ma takiej skrzynki" in page
    assert office.get("/poczta/osoba/987654").status_code == 404
    assert office.get("/poczta/projekt/987654").status_code == 404
    assert stage.as_("leader").get(project).status_code == 403


def test_address_whose_letters_come_back_is_marked_where_people_are_chosen_until_it_is_cleared(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    with stage.db.transaction() as tx:
        mark_address(tx, "Leader@example.org", lasting=True, reply="550 5.1.1 no such user", at=utc_now())
        leader = stage.world["leader"].id
    office, admin = stage.as_("staff"), stage.as_("admin")
    assert "powiadomienia wracają" in admin.get("/osoby").text
    assert '<span lang="en">550 5.1.1 no such user</span>' in admin.get(f"/osoby/{leader}").text
    assert "powiadomienia wracają" in office.get(f"/projekty/{ref.id}/grupa").text
    assert "550 5.1.1 no such user" in office.get("/poczta").text
    assert office.post("/poczta/adres", {"email": "leader@example.org"}).status_code == 303
    assert "550 5.1.1 no such user" not in office.get("/poczta").text
    assert "powiadomienia wracają" not in admin.get("/osoby").text


def test_the_office_is_warned_on_every_page_while_letters_wait_and_none_goes_out(stage: Stage) -> None:
    stage.world.proposal_in("returned")
    relay_all(stage.db, base_url="http://127.0.0.1:8000", at=utc_now() - timedelta(hours=1))
    warning = "żadne nie wychodzi"
    assert warning in stage.as_("staff").get("/praca").text
    assert warning not in stage.as_("leader").get("/praca").text
    ready = stage.as_(None).get("/readyz")
    assert ready.status_code == 200
    assert ready.json["mail"] == "stalled"
    metrics = stage.as_(None).get("/metrics").text
    assert re.search(r"^partnerstwo_mail_stalled_seconds [1-9]", metrics, re.MULTILINE)
