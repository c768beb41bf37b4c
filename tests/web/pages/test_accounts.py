"""Signing in and out, links in mails, passwords, sessions and keys."""

import json
import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy import func, select, update

from tests.cheap_passwords import REAL
from tests.conftest import database_url as database_url
from tests.listening import statements_of
from tests.web.conftest import HASHED, PASSWORD
from workflow.accounts import links, open_secret, passwords, sessions
from workflow.accounts.throttle import LIMITS, Purpose
from workflow.base.calendar import utc_now
from workflow.base.settings import load_settings
from workflow.models import Edition, OneTimeLink, OutboxRow, Person, RecoveryCode, RoleGrant, WebSession

OWN = LIMITS[Purpose.SIGN_IN].account_and_address


@pytest.fixture
def settings(database_url, tmp_path):
    """Everything here has to hold on both databases."""
    return load_settings(data=tmp_path, database_url=database_url)


def link_in_outbox(db, settings):
    with db.reading() as tx:
        payload = tx.execute(select(OutboxRow.payload).order_by(OutboxRow.id.desc()).limit(1)).scalar_one()
    return open_secret(settings, payload["box"])


def test_the_right_password_opens_a_session_and_leads_on(visitor, add_person):
    add_person("jan@example.org")
    answer = visitor.sign_in("jan@example.org", next="/konto?a=1")
    assert (answer.status_code, answer.location) == (303, "/konto?a=1")
    assert "Jan Nowak" in visitor.get("/konto").text


def test_the_address_is_taken_in_any_case_and_with_spaces(visitor, add_person):
    add_person("jan@example.org")
    assert visitor.sign_in("  Jan@Example.ORG ").status_code == 303


def test_an_unknown_address_and_a_wrong_password_get_the_same_answer(open_browser, add_person):
    add_person("jan@example.org")
    add_person("closed@example.org", password=False)
    answers = [
        open_browser().sign_in(email, "wrong password here")
        for email in ("jan@example.org", "nobody@example.org", "closed@example.org")
    ]
    seen = {
        re.sub(r'value="[^"]*"', "", answer.text.replace("closed@", "jan@").replace("nobody@", "jan@"))
        for answer in answers
    }
    assert {answer.status_code for answer in answers} == {422}
    assert len(seen) == 1


def test_an_unknown_address_takes_as_long_as_a_wrong_password(open_browser, add_person, monkeypatch):
    checked = []

    class Counting(PasswordHasher):
        def verify(self, kept, password):
            checked.append(extract_parameters(kept))
            return super().verify(kept, password)

    monkeypatch.setattr(passwords, "HASHER", Counting.from_parameters(extract_parameters(HASHED)))
    passwords._nobodys_hash.cache_clear()
    add_person("known@example.org")
    open_browser().sign_in("known@example.org", "wrong password here")
    open_browser().sign_in("unknown@example.org", "wrong password here")
    # Nearly all the time goes into one hash, which costs what its settings say.
    assert checked == [extract_parameters(HASHED)] * 2


def test_an_answer_that_refuses_nothing_says_nothing_about_waiting(visitor, add_person):
    add_person("jan@example.org")
    answer = visitor.sign_in("jan@example.org")
    assert answer.status_code == 303
    assert not {"Retry-After", "X-RateLimit-Remaining"} & set(answer.headers.keys())


def test_a_refused_sign_in_keeps_the_address_and_drops_the_password(visitor):
    answer = visitor.sign_in("jan@example.org", "wrong password here")
    assert 'value="jan@example.org"' in answer.text
    assert "wrong password here" not in answer.text
    assert "Nieprawidłowy adres lub hasło. Sprawdź je" in answer.text


def test_guessing_one_account_is_slowed_down_whether_it_exists_or_not(open_browser, add_person):
    add_person("jan@example.org")
    for email in ("jan@example.org", "nobody@example.org"):
        for _ in range(OWN.failures):
            assert open_browser().sign_in(email, "wrong password here").status_code == 422
        assert open_browser().sign_in(email, PASSWORD).status_code == 429
    with time_machine.travel(utc_now() + OWN.every + timedelta(seconds=1)):
        assert open_browser().sign_in("jan@example.org").status_code == 303


def test_who_has_to_wait_learns_how_long_and_still_gets_in_by_a_link(visitor, add_person, db, settings):
    add_person("jan@example.org")
    start = datetime(2026, 11, 28, 12, 0, 5, tzinfo=UTC)
    with time_machine.travel(start, tick=False):
        for _ in range(OWN.failures):
            visitor.sign_in("jan@example.org", "wrong password here")
        answer = visitor.sign_in("jan@example.org")
        assert answer.headers["Retry-After"] == str(int(OWN.every.total_seconds()))
        assert "Najbliższa próba: 28 listopada 2026, godz. 13:04." in answer.text
        assert 'value="jan@example.org"' in answer.text
        for _ in range(50):
            assert visitor.post("/login/link", {"email": "jan@example.org"}).status_code == 200
        token = link_in_outbox(db, settings)
        for _ in range(50):
            assert visitor.post("/login/link/made-up").status_code == 422
        assert visitor.post(f"/login/link/{token}").status_code == 303


def test_five_wrong_passwords_lock_nobody_out_from_somewhere_else(open_browser, add_person):
    add_person("jan@example.org")
    for _ in range(OWN.failures + 1):
        answer = open_browser().sign_in("jan@example.org", "wrong password here")
    assert answer.status_code == 429
    elsewhere = open_browser()
    elsewhere.client.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    assert elsewhere.sign_in("jan@example.org").status_code == 303


def test_the_right_password_wipes_earlier_tries_out(open_browser, add_person):
    add_person("jan@example.org")
    for _ in range(3):
        for _ in range(OWN.failures - 1):
            open_browser().sign_in("jan@example.org", "wrong password here")
        assert open_browser().sign_in("jan@example.org").status_code == 303


def test_a_weaker_hash_is_renewed_at_sign_in(visitor, add_person, db, monkeypatch):
    monkeypatch.setattr(passwords, "HASHER", REAL)
    person_id = add_person("jan@example.org")
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    with db.transaction() as tx:
        tx.execute(Person.__table__.update().values(password_hash=weak))
    visitor.sign_in("jan@example.org")
    with db.reading() as tx:
        kept = tx.execute(select(Person.password_hash).where(Person.id == person_id)).scalar_one()
    assert kept != weak
    assert "m=19456,t=2" in kept


def test_the_database_keeps_only_a_digest_of_the_session(member, db):
    token = member.client.get_cookie("partnerstwo-login").value
    with db.reading() as tx:
        kept = tx.execute(select(WebSession.token_digest)).scalar_one()
    assert token not in kept
    assert len(kept) == 64


def test_signing_out_ends_the_session_on_the_server(member):
    token = member.client.get_cookie("partnerstwo-login").value
    assert member.post("/logout").status_code == 303
    member.client.set_cookie("partnerstwo-login", token)
    assert member.get("/konto").status_code == 303


def test_an_idle_session_ends_and_an_active_one_goes_on(member):
    start = utc_now()
    with time_machine.travel(start + timedelta(hours=11), tick=False):
        assert member.get("/konto").status_code == 200
    with time_machine.travel(start + timedelta(hours=22), tick=False):
        assert member.get("/konto").status_code == 200
    with time_machine.travel(start + timedelta(hours=35), tick=False):
        assert member.get("/konto").status_code == 303


def test_no_session_outlives_two_weeks(member):
    start = utc_now()
    for hours in range(0, 14 * 24, 10):
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            assert member.get("/konto").status_code == 200
    with time_machine.travel(start + timedelta(days=14, hours=1), tick=False):
        assert member.get("/konto").status_code == 303


def test_one_session_is_ended_from_another(member, open_browser, db):
    other = open_browser()
    other.sign_in("jan@example.org")
    with db.reading() as tx:
        newest = tx.execute(
            select(WebSession.token_digest).order_by(WebSession.created_at.desc()).limit(1)
        ).scalar_one()
    assert newest in member.get("/konto").text
    assert member.post("/konto/sessions/end", {"session": newest}).status_code == 303
    assert other.get("/konto").status_code == 303
    assert member.get("/konto").status_code == 200


def test_nobody_ends_somebody_elses_session(member, open_browser, add_person, db):
    add_person("ewa@example.org")
    other = open_browser()
    other.sign_in("ewa@example.org")
    with db.reading() as tx:
        newest = tx.execute(
            select(WebSession.token_digest).order_by(WebSession.created_at.desc()).limit(1)
        ).scalar_one()
    assert member.post("/konto/sessions/end", {"session": newest}).status_code == 404
    assert other.get("/konto").status_code == 200


def test_a_new_password_ends_all_other_sessions(member, open_browser):
    other = open_browser()
    other.sign_in("jan@example.org")
    answer = member.post("/konto/password", {"old": PASSWORD, "new": "siedem szarych gęsi"})
    assert answer.status_code == 303
    assert other.get("/konto").status_code == 303
    assert member.get("/konto").status_code == 200
    assert open_browser().sign_in("jan@example.org").status_code == 422
    assert open_browser().sign_in("jan@example.org", "siedem szarych gęsi").status_code == 303


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("not this one", "siedem szarych gęsi", "To nie jest Twoje obecne hasło."),
        (PASSWORD, "krótkie", "Użyj co najmniej 12 znaków."),
        (PASSWORD, "a" * 14, "To hasło zbyt łatwo odgadnąć"),
        (PASSWORD, "Partnerstwo2026!", "To hasło zbyt łatwo odgadnąć"),
        (PASSWORD, "jan.nowak2026", "To hasło za bardzo przypomina"),
        (PASSWORD, "x" * 100 + "dwanaście liter" * 20, "Skróć hasło do 200 znaków."),
    ],
)
def test_a_bad_new_password_is_refused_with_its_reason(member, old, new, said):
    answer = member.post("/konto/password", {"old": old, "new": new})
    assert answer.status_code == 422
    assert said in answer.text


def test_a_link_signs_in_once(visitor, open_browser, add_person, db, settings):
    add_person("jan@example.org")
    visitor.get("/login/link")
    assert visitor.post("/login/link", {"email": "JAN@example.org"}).status_code == 200
    token = link_in_outbox(db, settings)
    # Mail programs open links by themselves: looking does not use the link up.
    assert visitor.get(f"/login/link/{token}").status_code == 200
    assert visitor.get(f"/login/link/{token}").status_code == 200
    assert visitor.post(f"/login/link/{token}").status_code == 303
    assert visitor.get("/konto").status_code == 200
    other = open_browser()
    other.get("/login/link")
    assert other.post(f"/login/link/{token}").status_code == 422
    assert other.get("/konto").status_code == 303


def test_a_link_lives_fifteen_minutes(visitor, add_person, db, settings):
    add_person("jan@example.org")
    visitor.get("/login/link")
    visitor.post("/login/link", {"email": "jan@example.org"})
    token = link_in_outbox(db, settings)
    with time_machine.travel(utc_now() + timedelta(minutes=15, seconds=1)):
        assert visitor.post(f"/login/link/{token}").status_code == 422


def test_using_one_link_makes_the_other_waiting_ones_useless(visitor, open_browser, add_person, db, settings):
    add_person("jan@example.org")
    visitor.get("/login/link")
    visitor.post("/login/link", {"email": "jan@example.org"})
    first = link_in_outbox(db, settings)
    visitor.post("/login/link", {"email": "jan@example.org"})
    second = link_in_outbox(db, settings)
    assert visitor.post(f"/login/link/{second}").status_code == 303
    other = open_browser()
    other.get("/login/link")
    assert other.post(f"/login/link/{first}").status_code == 422


def test_asking_for_a_link_tells_nothing_about_the_address(open_browser, add_person, db):
    add_person("jan@example.org")
    answers = []
    for email in ("jan@example.org", "nie@example.org"):
        browser = open_browser()
        browser.get("/login/link")
        answers.append(browser.post("/login/link", {"email": email}))
    seen = {re.sub(r'value="[^"]*"', "", a.text.replace("nie@", "jan@")) for a in answers}
    assert {a.status_code for a in answers} == {200}
    assert len(seen) == 1
    with db.reading() as tx:
        assert tx.execute(select(func.count()).select_from(OutboxRow)).scalar_one() == 1


def test_the_token_of_a_link_lies_in_no_table(visitor, add_person, db, settings):
    add_person("jan@example.org")
    visitor.get("/login/link")
    visitor.post("/login/link", {"email": "jan@example.org"})
    token = link_in_outbox(db, settings)
    with db.reading() as tx:
        payload = tx.execute(select(OutboxRow.payload)).scalar_one()
        digest = tx.execute(select(OneTimeLink.token_digest)).scalar_one()
    assert token not in json.dumps(payload)
    assert payload["link"] == digest != token


def test_a_mailbox_is_not_flooded_with_links(visitor, add_person, db):
    add_person("jan@example.org")
    visitor.get("/login/link")
    for _ in range(6):
        assert visitor.post("/login/link", {"email": "jan@example.org"}).status_code == 200
    with db.reading() as tx:
        assert tx.execute(select(func.count()).select_from(OutboxRow)).scalar_one() == links.MOST_WAITING


def test_a_made_up_link_is_refused(visitor):
    visitor.get("/login")
    for token in ("x", "ó" * 40, "A" * 2000):
        assert visitor.post(f"/login/link/{token}").status_code == 422


def enrol(browser):
    page = browser.get("/konto/second-factor")
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page.text)[1]
    answer = browser.post("/konto/second-factor", {"code": pyotp.TOTP(secret).at(utc_now())})
    return secret, re.findall(r"<code>([a-z0-9-]{14})</code>", answer.text)


def later(steps):
    return time_machine.travel(utc_now() + timedelta(seconds=30 * steps), tick=False)


def test_a_second_factor_is_asked_at_the_next_sign_in(member, open_browser):
    secret, codes = enrol(member)
    assert len(set(codes)) == 8
    browser = open_browser()
    browser.sign_in("jan@example.org")
    waiting = browser.get("/konto")
    assert waiting.status_code == 303
    assert waiting.location.startswith("/login/second-factor")
    browser.get("/login/second-factor")
    assert browser.post("/login/second-factor", {"code": "000000"}).status_code == 422
    with later(2):
        given = browser.post("/login/second-factor", {"code": pyotp.TOTP(secret).at(utc_now()), "next": "/konto"})
        assert (given.status_code, given.location) == (303, "/konto")
        assert browser.get("/konto").status_code == 200


def test_a_code_of_the_app_works_once(member, open_browser):
    secret, _ = enrol(member)
    with later(2):
        code = pyotp.TOTP(secret).at(utc_now())
        for expected in (303, 422):
            browser = open_browser()
            browser.sign_in("jan@example.org")
            browser.get("/login/second-factor")
            assert browser.post("/login/second-factor", {"code": code}).status_code == expected


def test_a_recovery_code_stands_in_for_the_phone_once(member, open_browser, db):
    _, codes = enrol(member)
    for expected in (303, 422):
        browser = open_browser()
        browser.sign_in("jan@example.org")
        browser.get("/login/second-factor")
        assert browser.post("/login/second-factor", {"code": codes[0].upper()}).status_code == expected
    with db.reading() as tx:
        kept = tx.execute(select(RecoveryCode.code_digest)).scalars().all()
    assert not set(kept) & set(codes)


def test_codes_cannot_be_guessed_at_leisure(member, open_browser):
    enrol(member)
    browser = open_browser()
    browser.sign_in("jan@example.org")
    browser.get("/login/second-factor")
    answers = [browser.post("/login/second-factor", {"code": f"{n:06}"}).status_code for n in range(8)]
    assert answers[:5] == [422] * 5
    assert answers[-1] == 429


def test_the_secret_of_the_phone_is_encrypted(member, db):
    secret, _ = enrol(member)
    with db.reading() as tx:
        kept = tx.execute(select(Person.totp_secret)).scalar_one()
    assert secret not in kept


def test_switching_the_second_factor_off_asks_for_a_code(member):
    _, codes = enrol(member)
    assert member.post("/konto/second-factor/off", {"code": "123456"}).status_code == 422
    assert member.post("/konto/second-factor/off", {"code": codes[1]}).status_code == 303
    assert "Ustaw" in member.get("/konto").text


def test_a_key_for_programs_is_shown_once_and_can_be_ended(member, db):
    shown = member.post("/konto/keys", {"name": "raport"}).text
    key = re.search(r"lp_[\w-]{40,}", shown)[0]
    page = member.get("/konto").text
    assert key not in page
    assert "raport" in page
    assert member.post("/konto/keys/1/end").status_code == 303
    assert member.post("/konto/keys/1/end").status_code == 404


def test_the_language_follows_the_account_into_another_browser(member, open_browser):
    assert 'lang="pl"' in member.get("/konto").text
    member.post("/language", {"language": "en", "next": "/konto"})
    assert '<html lang="en"' in member.get("/konto").text
    other = open_browser()
    other.sign_in("jan@example.org")
    assert '<html lang="en"' in other.get("/konto").text


def test_reading_a_session_takes_one_statement(member, db, edition_id, add_person):

    add_person("ewa@example.org", (edition_id, "staff"), (edition_id, "participant"))
    at = utc_now()
    with db.transaction() as tx:
        person_id = tx.execute(select(Person.id).where(Person.email == "ewa@example.org")).scalar_one()
        token = sessions.open_session(tx, person_id, at=at)
    with statements_of(db) as statements, db.reading() as tx:
        found = sessions.read_session(tx, token, at=at)
    assert len(statements) == 1
    assert found.reader.grants == {edition_id: frozenset({"staff", "participant"})}


def test_the_information_clause_is_shown_and_the_time_is_kept(visitor, add_person, edition_id, db):
    with db.transaction() as tx:
        clause = {"clause_version": "2", "clause_text": "Administratorem danych jest starosta."}
        tx.execute(update(Edition).values(clause))
    add_person("ewa@example.org", (edition_id, "participant"))
    visitor.sign_in("ewa@example.org")
    with db.reading() as tx:
        grant = tx.execute(select(RoleGrant.clause_version, RoleGrant.clause_shown_at)).one()
    assert grant.clause_version == "2"
    assert grant.clause_shown_at is not None
    page = visitor.get("/konto").text
    assert "Administratorem danych jest starosta." in page
    assert "Pierwsze wyświetlenie" in page
    visitor.get("/konto")
    with db.reading() as tx:
        assert tx.execute(select(RoleGrant.clause_shown_at)).scalar_one() == grant.clause_shown_at


def test_somebody_with_an_unread_clause_is_told_at_sign_in(visitor, add_person, edition_id, db):
    with db.transaction() as tx:
        tx.execute(update(Edition).values(clause_version="2", clause_text="Administratorem danych jest starosta."))
    add_person("ewa@example.org", (edition_id, "participant"))
    visitor.get("/login")
    visitor.post("/login", {"email": "ewa@example.org", "password": PASSWORD})
    assert "czeka informacja" in visitor.get("/dostepnosc").text
