"""The desk of a conference on its pages: who may, the camera there alone, without scripts, and what a device sends."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.web.stage import Stage
from workflow.base.calendar import utc_now
from workflow.models import Conference, Presence, Registration
from workflow.participation import registrations
from workflow.participation.registrations import Attendee, Entry
from workflow.rules.states import RegistrationSource

pytestmark = pytest.mark.slow


@pytest.fixture
def path(stage: Stage) -> str:
    """The desk of an open conference with two people on its list."""
    edition = stage.world.edition("conferences", key="odprawa")
    number = stage.world.summaries[edition].id
    with stage.db.transaction() as tx:
        tx.execute(update(Conference).where(Conference.id == number).values(state="open", starts_at=utc_now()))
        entry = Entry((Attendee("Anna Łoś"), Attendee("Jan Kot")), RegistrationSource.OFFICE, organisation="KGW")
        registrations.register(tx, stage.app.extensions["partnerstwo"].settings, number, entry, by=None, at=utc_now())
    return f"/konferencje/{number}/odprawa"


def codes(stage: Stage) -> list[tuple[int, str]]:
    with stage.db.reading() as tx:
        return [(row.id, row.code) for row in tx.execute(select(Registration).order_by(Registration.id))]


def channels(stage: Stage) -> list[str]:
    with stage.db.reading() as tx:
        return list(tx.execute(select(Presence.channel).order_by(Presence.id)).scalars())


def test_only_hosts_open_the_desk_and_only_there_the_camera_may_be_used(stage: Stage, path: str) -> None:
    for who, status in (("animator", 200), ("staff", 200), ("leader", 403), ("chair", 403), (None, 303)):
        assert stage.as_(who).get(path).status_code == status, who
        assert stage.as_(who).get(f"{path}/lista.json").status_code == status, who
    animator = stage.as_("animator")
    assert "camera=(self)" in animator.get(path).headers["Permissions-Policy"]
    assert "camera=()" in animator.get("/").headers["Permissions-Policy"]


def test_the_desk_works_without_scripts(stage: Stage, path: str) -> None:
    desk, (anna, jan) = stage.as_("animator"), codes(stage)
    assert "Anna Łoś" not in desk.get(path).text
    assert "Anna Łoś" in desk.get(f"{path}?q=los kgw").text
    shown = desk.post(f"{path}/{anna[0]}")
    assert "Wpuszczono: Anna Łoś" in shown.text
    assert "<svg" in shown.text
    again = desk.post(f"{path}/kod", {"code": anna[1]})
    assert (again.status_code, "Już na sali: Anna Łoś" in again.text) == (200, True)
    assert desk.post(f"{path}/kod", {"code": jan[1][:4] + " " + jan[1][4:]}).status_code == 200
    assert desk.post(f"{path}/spoza-listy", {"name": "", "organisation": "Firma"}).status_code == 422
    assert desk.post(f"{path}/spoza-listy", {"name": "Roman Kula", "organisation": "Firma"}).status_code == 200
    assert channels(stage) == ["name", "code", "walk_in"]
    assert desk.post(f"{path}/{anna[0]}/cofnij").status_code == 303
    assert channels(stage) == ["code", "walk_in"]


def test_guessing_codes_ends_in_a_refusal_for_a_while(stage: Stage, path: str) -> None:
    desk = stage.as_("animator")
    desk.get(path)
    answers = [desk.post(f"{path}/kod", {"code": f"ZZZZ{number:04}"}).status_code for number in range(62)]
    assert set(answers[:50]) == {404}
    assert answers[-1] == 429


def test_what_a_device_sends_twice_is_taken_once(stage: Stage, path: str) -> None:
    desk, (anna, jan) = stage.as_("animator"), codes(stage)
    desk.get(path)
    queue = [
        {"key": "1", "registration": anna[0], "ago": 1800, "by": "name"},
        {"key": "2", "registration": jan[0], "ago": 1, "by": "code"},
        {"key": "3", "name": "Roman Kula", "organisation": "Firma", "ago": 60},
        {"key": "4", "code": "ZZZZZZZZ"}, {"key": "5", "registration": 10**30}, {"key": "6"},
    ]  # fmt: skip
    headers = {"X-CSRFToken": desk.token}
    first = desk.client.post(f"{path}/kolejka", json=queue, headers=headers).get_json()
    second = desk.client.post(f"{path}/kolejka", json=queue, headers=headers).get_json()
    assert [(one["key"], one["refused"], one.get("new")) for one in first] == [
        ("1", False, True), ("2", False, True), ("3", False, True), ("4", True, None), ("5", True, None), ("6", True, None)
    ]  # fmt: skip
    assert [one.get("new") for one in second[:3]] == [False] * 3
    assert "na sali od" in second[0]["text"]
    assert channels(stage) == ["offline", "code", "walk_in"]
    with stage.db.reading() as tx:
        arrived = tx.execute(select(Presence.arrived_at).order_by(Presence.id).limit(1)).scalar_one()
    assert utc_now() - arrived > timedelta(minutes=29)


@pytest.mark.parametrize("wrong", [b"", b"{}", b"[1]", b"nonsense", b"[" + b"{}," * 600 + b"{}]"], ids=range(5))
def test_what_is_no_queue_is_refused(stage: Stage, path: str, wrong: bytes) -> None:
    desk = stage.as_("animator")
    desk.get(path)
    headers = {"X-CSRFToken": desk.token, "Content-Type": "application/json"}
    assert desk.client.post(f"{path}/kolejka", data=wrong, headers=headers).status_code == 422
    assert channels(stage) == []


def test_the_list_of_a_device_is_sent_again_only_when_it_changed(stage: Stage, path: str) -> None:
    desk = stage.as_("animator")
    tag = desk.get(f"{path}/lista.json").headers["ETag"]
    assert desk.get(f"{path}/lista.json", headers={"If-None-Match": tag}).status_code == 304
    desk.get(path)
    desk.post(f"{path}/{codes(stage)[0][0]}")
    assert desk.get(f"{path}/lista.json", headers={"If-None-Match": tag}).status_code == 200
