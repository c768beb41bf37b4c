import re

from sqlalchemy import select, update

from tests.web.stage import Stage
from workflow.base.calendar import utc_now
from workflow.models import Delivery
from workflow.notifications.channels import Channel
from workflow.notifications.deliveries import DeliveryState
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
