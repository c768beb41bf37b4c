"""The form in which a keyboard sends a letter changes nothing: not what is stored, not who is let in."""

import unicodedata
from typing import Literal
from urllib.parse import quote

import pytest
from sqlalchemy import update

from tests.web.shared_stage import shared_stage as shared_stage
from tests.web.stage import Stage, send
from web.http.identity import cookie_name
from workflow.accounts import passwords
from workflow.models import Person

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]
FORMS: tuple[Form, ...] = ("NFC", "NFD", "NFKC", "NFKD")
SECRET = "Zażółć gęślą jaźń ﬁlm"


@pytest.mark.parametrize("kept", FORMS)
def test_a_password_opens_in_every_form(kept: Form) -> None:
    hashed = passwords.hash_password(unicodedata.normalize(kept, SECRET))
    assert all(passwords.matches(hashed, unicodedata.normalize(form, SECRET)) for form in FORMS)
    assert not passwords.matches(hashed, SECRET.replace("ż", "z"))


@pytest.mark.parametrize("kept", FORMS[:2])
def test_a_password_that_was_kept_before_opens_in_the_forms_of_a_keyboard(kept: Form) -> None:
    hashed = passwords.HASHER.hash(unicodedata.normalize(kept, SECRET))
    assert passwords.matches(hashed, unicodedata.normalize("NFC", SECRET))
    assert passwords.matches(hashed, unicodedata.normalize("NFD", SECRET))


def test_signing_in_does_not_depend_on_the_form_of_address_and_password(shared_stage: Stage) -> None:
    with shared_stage.db.transaction() as tx:
        person = shared_stage.world["member"].id
        values = {"email": "zażółć@łąka.example", "password_hash": passwords.hash_password(SECRET)}
        tx.execute(update(Person).where(Person.id == person).values(**values))
    for form in FORMS:
        visitor = shared_stage.as_(None)
        address = unicodedata.normalize(form, "Zażółć@Łąka.example")
        answer = send(visitor, "/login", email=address, password=unicodedata.normalize(form, SECRET))
        assert answer.status_code == 303, form
        with shared_stage.app.app_context():
            assert cookie_name() in answer.headers["Set-Cookie"]


def test_what_is_typed_decomposed_is_stored_and_shown_composed(shared_stage: Stage) -> None:
    ref = shared_stage.world.proposal_in("group_work")
    leader, path = shared_stage.as_("leader"), f"/projekty/{ref.id}/rozmowa"
    typed = unicodedata.normalize("NFD", "Zażółć gęślą jaźń 👩‍🌾")
    assert send(leader, path, text=typed, circle="group", section="").status_code == 303
    page = leader.get(path).text
    assert "Zażółć gęślą jaźń 👩‍🌾" in page
    key = shared_stage.world.facts(ref).edition["key"]
    found = shared_stage.as_("staff").get(f"/edycje/{key}/lista?q={quote(unicodedata.normalize('NFD', 'świetlica'))}")
    assert 'name="q" value="świetlica"' in found.text
