"""The administrator's pages about people, roles and closed accounts; accounts from the command line."""

import json
import re

import pytest
from sqlalchemy import select

from workflow.models import OutboxRow, Person, RoleGrant
from workflow.people import queries


def test_the_list_finds_people_without_polish_letters(admin, add_person):
    add_person("zolw@example.org", name="Łucja Żółw", organisation="Gminny Ośrodek Kultury")
    add_person("inny@example.org", name="Piotr Inny")
    page = admin.get("/osoby?q=lucja+zolw").text
    assert "Łucja Żółw" in page
    assert "Piotr Inny" not in page
    assert "Łucja Żółw" in admin.get("/osoby?q=OŚRODEK").text
    assert "Nikogo nie znaleziono" in admin.get("/osoby?q=100%25_").text


def test_people_are_narrowed_by_edition_and_role(stage):
    stage.world.edition("conferences", key="pierwsza")
    stage.world.edition("conferences", key="druga")
    leader, staff = stage.world["leader"].name, stage.world["staff"].name

    def found(query):
        return stage.page("admin", f"/osoby?{query}").partition("<tbody")[2]

    assert leader in found("edycja=pierwsza")
    assert staff not in found("rola=appeal_body")
    assert staff in found("rola=staff&edycja=druga")
    assert "Nikogo nie znaleziono" in stage.page("admin", "/osoby?rola=staff&edycja=takiej-nie-ma")


@pytest.mark.slow
@pytest.mark.parametrize("url", ["sqlite_url", "postgres_url"])
def test_pages_of_the_list_show_everybody_once(request, url):
    from workflow.base.calendar import utc_now
    from workflow.db.database import Database
    from workflow.people.roles import NewPerson, add_person

    database = Database(request.getfixturevalue(url))
    names = ["Łoś", "Los", "Ąbel", "Abel", "abel", "Żak", "Źrebak", "Zając"] * 8
    with database.transaction() as tx:
        for number, name in enumerate(names):
            add_person(tx, NewPerson(f"p{number}@example.org", f"{name} {number % 3}"), at=utc_now())
    seen, cursor = [], ""
    with database.reading() as tx:
        while cursor is not None:
            page = queries.list_people(tx, cursor=cursor, limit=7)
            seen += page.people
            cursor = page.next_cursor
    database.close()
    assert len(seen) == len({one.id for one in seen}) == len(names)
    keys = [(" ".join(one.name.translate(queries.POLISH).lower().split()), one.id) for one in seen]
    assert keys == sorted(keys)


@pytest.mark.parametrize("cursor", ["x", "%%%", "A" * 700, "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OnE", "ŁŁ"])
def test_a_cursor_that_makes_no_sense_starts_from_the_front(admin, cursor):
    assert "Anna Administrator" in admin.get("/osoby", query_string={"cursor": cursor}).text


def test_a_person_is_added_and_invited(admin, db):
    admin.get("/osoby/nowa")
    answer = admin.post("/osoby/nowa", {"name": "Ewa Zielona", "email": "Ewa@Example.org", "invite": "1"})
    assert answer.status_code == 303
    assert "Ewa Zielona" in admin.get(answer.location).text
    with db.reading() as tx:
        row = tx.execute(select(OutboxRow.topic, OutboxRow.subject_kind, OutboxRow.subject_id)).one()
        person = tx.execute(select(Person.id).where(Person.email == "ewa@example.org")).scalar_one()
    assert row == ("account.invitation", "person", person)


def test_a_refused_person_keeps_what_was_typed(admin):
    admin.get("/osoby/nowa")
    answer = admin.post("/osoby/nowa", {"name": "Ewa Zielona", "email": "to nie adres", "organisation": "Szkoła"})
    assert answer.status_code == 422
    for kept in ("Ewa Zielona", "to nie adres", "Szkoła"):
        assert f'value="{kept}"' in answer.text


def test_one_address_is_one_person(admin, add_person):
    add_person("ewa@example.org")
    admin.get("/osoby/nowa")
    answer = admin.post("/osoby/nowa", {"name": "Ewa", "email": "EWA@example.org"})
    assert answer.status_code == 422
    assert "Osoba z tym adresem jest już na liście." in answer.text


def test_a_role_is_given_and_withdrawn_and_stays_on_record(admin, add_person, edition_id, db):
    person_id = add_person("ewa@example.org")
    admin.get(f"/osoby/{person_id}")
    given = {"edition": edition_id, "role": "staff"}
    assert admin.post(f"/osoby/{person_id}/role", given).status_code == 303
    assert admin.post(f"/osoby/{person_id}/role", given).status_code == 422
    with db.reading() as tx:
        grant = tx.execute(select(RoleGrant.id, RoleGrant.granted_by_id)).one()
    assert grant.granted_by_id is not None
    assert admin.post(f"/osoby/{person_id}/role/{grant.id}/withdraw").status_code == 303
    assert admin.post(f"/osoby/{person_id}/role/{grant.id}/withdraw").status_code == 404
    assert admin.post(f"/osoby/{person_id}/role", given).status_code == 303
    with db.reading() as tx:
        assert len(tx.execute(select(RoleGrant.id)).all()) == 2


@pytest.mark.parametrize(
    ("given", "field"),
    [({"role": "king"}, "role"), ({"role": "committee_member"}, "sector"), ({"edition": "999"}, "edition"),
     ({"role": "committee_member", "sector": "rolnictwo"}, "sector"), ({"edition": "-1"}, "edition"),
     ({"edition": "9" * 30}, "edition")],
)  # fmt: skip
def test_a_role_that_makes_no_sense_is_refused_beside_its_field(admin, add_person, edition_id, given, field):
    person_id = add_person("ewa@example.org")
    admin.get(f"/osoby/{person_id}")
    answer = admin.post(f"/osoby/{person_id}/role", {"edition": edition_id, "role": "staff", **given})
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text


def test_a_closed_account_is_out_at_once(admin, visitor, add_person):
    person_id = add_person("ewa@example.org")
    visitor.sign_in("ewa@example.org")
    assert visitor.get("/konto").status_code == 200
    assert admin.post(f"/osoby/{person_id}/deactivate").status_code == 303
    assert visitor.get("/konto").status_code == 303
    assert visitor.sign_in("ewa@example.org").status_code == 422
    assert admin.post(f"/osoby/{person_id}/reactivate").status_code == 303
    assert visitor.sign_in("ewa@example.org").status_code == 303


def test_nobody_closes_his_own_account(admin, db):
    with db.reading() as tx:
        me = tx.execute(select(Person.id).where(Person.email == "admin@example.org")).scalar_one()
    assert admin.post(f"/osoby/{me}/deactivate").status_code == 422
    assert admin.get("/konto").status_code == 200


def test_unknown_people_are_not_found(admin):
    admin.get("/osoby")
    for path in ("/osoby/999", "/osoby/999/role", "/osoby/999/deactivate", "/osoby/999/invite"):
        answer = admin.get(path) if path == "/osoby/999" else admin.post(path, {"edition": 1, "role": "staff"})
        assert answer.status_code == 404, path


def run(monkeypatch, settings, *words, typed=None):
    from click.testing import CliRunner

    from web.cli import partnerstwo

    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("PARTNERSTWO_DATA", str(settings.data))
    return CliRunner().invoke(partnerstwo, words, input=typed)


def test_the_command_line_makes_an_account_that_signs_in_by_its_link(monkeypatch, settings, visitor, edition_id):
    told = run(monkeypatch, settings, "user", "create", "ewa@example.org", "--role", "staff", "--edition", "proba-2026")
    assert told.exit_code == 0, told.output
    link = re.search(r"/login/link/\S+", told.output)[0]
    visitor.get(link)
    assert visitor.post(link).status_code == 303
    assert visitor.get("/konto").status_code == 200


def test_the_command_line_gives_a_known_person_another_role(monkeypatch, settings, db, edition_id):
    for role in ("staff", "committee_member"):
        words = ("user", "create", "ewa@example.org", "--role", role, "--edition", "proba-2026")
        assert run(monkeypatch, settings, *words).exit_code == 0
    with db.reading() as tx:
        assert set(tx.execute(select(RoleGrant.role)).scalars()) == {"staff", "committee_member"}
        assert len(tx.execute(select(Person.id)).all()) == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [(("ewa@example.org", "--role", "king"), 2), (("ewa", "--role", "admin"), 2),
     (("ewa@example.org", "--role", "staff"), 2), (("ewa@example.org", "--role", "staff", "--edition", "no"), 1)],
)  # fmt: skip
def test_a_wrong_account_is_refused_and_nothing_is_written(monkeypatch, settings, db, words, code):
    assert run(monkeypatch, settings, "user", "create", *words).exit_code == code
    with db.reading() as tx:
        assert tx.execute(select(Person.id)).all() == []


def test_a_weak_password_from_the_command_line_is_refused(monkeypatch, settings):
    words = ("user", "create", "ewa@example.org", "--role", "admin", "--password-stdin")
    assert run(monkeypatch, settings, *words, typed="password1234\n").exit_code == 1
    assert run(monkeypatch, settings, *words, typed="osiem małych rybek\n").exit_code == 0


def test_a_key_from_the_command_line_works(monkeypatch, settings, db, add_person):
    from workflow.accounts.tokens import read_token
    from workflow.base.calendar import utc_now

    person_id = add_person("ewa@example.org")
    told = run(monkeypatch, settings, "token", "create", "--user", "ewa@example.org")
    with db.reading() as tx:
        assert read_token(tx, told.output.strip(), at=utc_now()).reader.id == person_id
    assert run(monkeypatch, settings, "token", "create", "--user", "nobody@example.org").exit_code == 1


def test_the_command_line_lists_every_route_with_its_permission(monkeypatch, settings, app):
    told = run(monkeypatch, settings, "routes")
    lines = [json.loads(line) for line in told.output.splitlines()]
    assert told.exit_code == 0
    assert {line["rule"] for line in lines} == {rule.rule for rule in app.url_map.iter_rules()}
    assert all(line["permission"] and line["methods"] for line in lines)
