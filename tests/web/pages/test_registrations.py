"""Registration for a conference on its pages: the same answer for every address, the letter's link, the calendar."""

import re
from datetime import timedelta
from quopri import decodestring

import pytest
from sqlalchemy import select, update

from tasks.render import render
from tests.web.stage import Stage, send
from workflow.accounts.sealing import open_secret
from workflow.base.calendar import utc_now
from workflow.models import Conference, OutboxRow, Registration
from workflow.notifications import relay
from workflow.notifications.message_data import addressed
from workflow.rules.topics import Topic

pytestmark = pytest.mark.slow


@pytest.fixture
def path(stage: Stage) -> str:
    edition = stage.world.edition("conferences", key="zapisy")
    number = stage.world.summaries[edition].id
    values = {"state": "open", "capacity": 1, "starts_at": utc_now() + timedelta(days=9), "venue": "Dom Kultury"}
    with stage.db.transaction() as tx:
        tx.execute(update(Conference).where(Conference.id == number).values(values))
    return f"/konferencje/{number}"


def token(stage: Stage) -> str:
    with stage.db.reading() as tx:
        payload = tx.execute(select(OutboxRow.payload).order_by(OutboxRow.id.desc()).limit(1)).scalar_one()
    return open_secret(stage.app.extensions["partnerstwo"].settings, payload["box"])


def main_of(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


def test_a_known_and_an_unknown_address_get_the_same_answer(stage: Stage, path: str) -> None:
    known = send(stage.as_(None), f"{path}/zapisy", name="Jan Kot", email="leader@example.org")
    new = send(stage.as_(None), f"{path}/zapisy", name="Jan Kot", email="nowyyy@example.org")
    again = send(stage.as_(None), f"{path}/zapisy", name="Jan Kot", email="leader@example.org")
    pages = [main_of(answer.text) for answer in (known, new, again)]
    assert pages[0] == pages[1].replace("nowyyy", "leader") == pages[2]
    assert {answer.status_code for answer in (known, new, again)} == {200}


def test_the_letter_has_the_code_a_calendar_file_and_a_link_that_cancels_only_by_a_press(
    stage: Stage, path: str
) -> None:
    send(stage.as_(None), f"{path}/zapisy", name="Jan Kot", email="kot@example.org")
    settings, at = stage.app.extensions["partnerstwo"].settings, utc_now()
    ids = relay.relay_all(stage.db, base_url=settings.base_url, at=at)
    with stage.db.reading() as tx:
        code = tx.execute(select(Registration.code)).scalar_one()
        letters = [one for one in addressed(tx, ids).values() if one.email == "kot@example.org"]
    # One says that registration is open; the other is the confirmation.
    texts = [render(one, settings, at=at).content.decode() for one in letters]
    text = next(text for text in texts if "/zapis/" in text)
    # Whoever registers may have no account, so no link leads to signing in.
    others = [text.replace("=\r\n", "") for text in texts if "/zapis/" not in text]
    assert "/konferencje/" in others[0]
    assert not any(address in one for one in (*others, text) for address in ("/login", "/konto"))
    assert "Dom Kultury" in text
    assert "Dzie=C5=84 i godzina" in text
    assert "termin.ics" in text
    assert f"{code[:4]} {code[4:]}" in text.replace("=\r\n", "")
    link = f"/zapis/{token(stage)}"
    assert link.replace("=", "=3D") in text.replace("=\r\n", "")
    guest = stage.as_(None)
    page = guest.get(link).text
    assert "Dom Kultury" in page
    assert f"{code[:4]} {code[4:]}" in page
    with stage.db.reading() as tx:
        number = tx.execute(select(Registration.id)).scalar_one()
    assert guest.post(link, {"registration": str(number + 1)}).status_code == 404
    assert guest.post(link, {"registration": str(number)}).status_code == 303
    with stage.db.reading() as tx:
        assert tx.execute(select(Registration.state)).scalar_one() == "cancelled"
    assert guest.get("/zapis/1-1-zmyslony").status_code == 404


def test_whoever_waits_for_a_place_is_told_so_and_gets_no_calendar_entry_of_a_place(stage: Stage, path: str) -> None:
    for name in ("Jan", "Ewa"):
        send(stage.as_(None), f"{path}/zapisy", name=f"{name} Kot", email=f"{name.lower()}@example.org")
    waiting = token(stage)
    letters = confirmations(stage)
    assert "termin.ics" in letters["jan@example.org"]
    assert "termin.ics" not in letters["ewa@example.org"]
    assert "Osoby z listy oczekujących powiadomimy, gdy zwolni się miejsce." in letters["ewa@example.org"]
    calendar = f'href="{path}/termin.ics"'
    page = stage.as_(None).get(f"/zapis/{waiting}").text
    assert "Zrezygnuj z listy oczekujących: Ewa Kot" in page
    assert "Zrezygnuj z miejsca" not in page
    assert "na liście oczekujących" in page
    assert calendar not in page
    # With the place come the code and the calendar.
    send(stage.as_("staff"), f"{path}/krok/edit_conference", capacity="2")
    assert "termin.ics" in confirmations(stage)["ewa@example.org"]
    assert calendar in stage.as_(None).get(f"/zapis/{waiting}").text


def test_whoever_waits_leaves_the_waiting_list_and_gives_no_place_back(stage: Stage, path: str) -> None:
    for name in ("Jan", "Ewa"):
        send(stage.as_(None), f"{path}/zapisy", name=f"{name} Kot", email=f"{name.lower()}@example.org")
    guest, link = stage.as_(None), f"/zapis/{token(stage)}"
    guest.get(link)
    with stage.db.reading() as tx:
        number = tx.execute(select(Registration.id).where(Registration.state == "waiting")).scalar_one()
    assert guest.post(link, {"registration": str(number)}).status_code == 303
    page = guest.get(link).text
    assert ("Usunięto z listy oczekujących." in page, "Zwolniono miejsce." in page) == (True, False)
    assert "zapis odwołany" in page


def test_whoever_loses_a_place_by_the_office_is_told_and_the_calendar_loses_it_only_with_the_last_place(
    stage: Stage, path: str
) -> None:
    with stage.db.transaction() as tx:
        tx.execute(update(Conference).values(capacity=9))
    typed = {"organisation": "KGW", "contact_name": "Ewa Lis", "email": "kgw@example.org", "people": "Ewa Lis\nJan Kot"}
    send(stage.as_(None), f"{path}/zapisy/organizacja", **typed)
    # Who gives the place up, knows it.
    send(stage.as_(None), f"{path}/zapisy", name="Ola Kot", email="ola@example.org")
    own = token(stage)
    confirmations(stage)
    stage.as_(None).post(f"/zapis/{own}", {"registration": "3"})
    assert confirmations(stage) == {}
    letters = []
    for number in (1, 2):
        assert send(stage.as_("staff"), f"{path}/uczestnicy/{number}/odwolaj").status_code == 303
        letters.append(confirmations(stage)["kgw@example.org"])
    for name, letter in zip(("Ewa Lis", "Jan Kot"), letters, strict=True):
        assert "Biuro programu odwołało zapis na konferencję nr" in letter
        assert f"{name}: " in letter
        assert "/zapis/" in letter
    assert ["termin.ics" in letter for letter in letters] == [False, True]
    # Once more changes nothing and tells nobody.
    send(stage.as_("staff"), f"{path}/uczestnicy/2/odwolaj")
    assert confirmations(stage) == {}


def confirmations(stage: Stage) -> dict[str, str]:
    """By address: the letters about registrations that go out now, quoted-printable undone."""
    settings, at = stage.app.extensions["partnerstwo"].settings, utc_now()
    ids = relay.relay_all(stage.db, base_url=settings.base_url, at=at)
    with stage.db.reading() as tx:
        letters = [one for one in addressed(tx, ids).values() if "registrations" in one.payload]
    return {one.email: decodestring(render(one, settings, at=at).content).decode(errors="replace") for one in letters}


def test_an_organisation_whose_list_is_too_long_keeps_what_it_typed(stage: Stage, path: str) -> None:
    names = "\n".join(f"Osoba Numer{number}" for number in range(60))
    typed = {"organisation": "KGW", "contact_name": "Ewa Lis", "email": "kgw@example.org", "people": names}
    answer = send(stage.as_(None), f"{path}/zapisy/organizacja", **typed)
    assert (answer.status_code, "Osoba Numer59" in answer.text, "do 50 osób" in answer.text) == (422, True, True)
    assert (
        send(stage.as_(None), f"{path}/zapisy/organizacja", **typed | {"people": "Ewa Lis\nJan Kot"}).status_code == 200
    )
    with stage.db.reading() as tx:
        assert list(tx.execute(select(Registration.state)).scalars()) == ["registered", "waiting"]


def test_registration_is_found_from_the_front_page_the_edition_and_the_conference(stage: Stage, path: str) -> None:
    link = f'href="{path}/zapisy"'
    for page in ("/", "/edycje/zapisy", path):
        assert link in stage.page(None, page), page
    assert "Wolne miejsca: 1" in stage.page(None, "/")
    with stage.db.transaction() as tx:
        tx.execute(update(Conference).values(state="planned"))
    for page in ("/", "/edycje/zapisy", path):
        assert link not in stage.page(None, page), page
    assert "Zapisy nie są teraz otwarte" in stage.page(None, f"{path}/zapisy")


def test_the_calendar_file_names_day_place_and_true_end_as_the_programme_does(stage: Stage, path: str) -> None:
    answer = stage.as_(None).get(f"{path}/termin.ics")
    assert answer.mimetype == "text/calendar"
    assert "Dom Kultury" in answer.text
    # Nobody said when it ends, and its page and its letters name the hour at which it begins.
    assert re.search(r"DTSTART:\d{8}T\d{6}Z", answer.text)
    assert "DTEND" not in answer.text
    begins = utc_now().replace(microsecond=0) + timedelta(days=9)
    with stage.db.transaction() as tx:
        tx.execute(update(Conference).values(starts_at=begins, ends_at=begins + timedelta(hours=6)))
    event = stage.as_(None).get(f"{path}/termin.ics").text.partition("BEGIN:VEVENT")[2]
    assert f"DTEND:{begins + timedelta(hours=6):%Y%m%dT%H%M%SZ}" in event
    assert event == stage.as_(None).get(f"{path}/program.ics").text.partition("BEGIN:VEVENT")[2]


def test_a_larger_capacity_lets_whoever_waits_in_at_once_and_writes_to_them(stage: Stage, path: str) -> None:
    for name in ("Jan", "Ewa", "Ola"):
        send(stage.as_(None), f"{path}/zapisy", name=f"{name} Kot", email=f"{name.lower()}@example.org")
    answer = send(stage.as_("staff"), f"{path}/krok/edit_conference", capacity="2")
    assert answer.status_code == 303, answer.text
    with stage.db.reading() as tx:
        assert list(tx.execute(select(Registration.state).order_by(Registration.id)).scalars()) == [
            "registered", "registered", "waiting"
        ]  # fmt: skip
        told = tx.execute(select(OutboxRow.payload).where(OutboxRow.topic == Topic.MOVED_UP)).scalars().all()
    assert [payload["registrations"] for payload in told] == [[2]]


def test_a_minor_is_registered_only_with_whoever_consents_and_the_desk_reads_it(stage: Stage, path: str) -> None:
    typed = {"name": "Ola Kot", "email": "ola@example.org", "is_minor": "1"}
    refused = send(stage.as_(None), f"{path}/zapisy", **typed)
    assert (refused.status_code, refused.text.count("Poniżej 18 lat ktoś musi wyrazić zgodę")) == (422, 4)
    assert "Ola Kot" in refused.text
    consent = {"guardian": "Ewa Kot", "guardian_kind": "guardian"}
    assert send(stage.as_(None), f"{path}/zapisy", **typed, **consent).status_code == 200
    adult = {"name": "Jan Lis", "email": "jan@example.org", **consent}
    assert send(stage.as_(None), f"{path}/zapisy", **adult).status_code == 200
    with stage.db.reading() as tx:
        r = Registration
        rows = tx.execute(select(r.guardian, r.guardian_kind).order_by(r.id)).all()
    assert [tuple(row) for row in rows] == [("Ewa Kot", "guardian"), ("", "")]
    assert "Ewa Kot" in stage.page("animator", f"{path}/odprawa?q=kot")
