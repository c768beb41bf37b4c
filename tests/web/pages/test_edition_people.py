"""The office's list of everybody in an edition: search, filters, files, one person, and roles of many at once."""

import html
import re
from collections.abc import Callable
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import insert, select, update

from tests.web.stage import Stage, hidden, send
from workflow.models import (
    Affiliation,
    Conference,
    Organisation,
    Person,
    PersonChange,
    Presence,
    Registration,
    RoleGrant,
)
from workflow.people.bulk_roles import Act, Outcome, change_roles, plan_roles
from workflow.people.organisations import organisation_named
from workflow.rules.facts import Ref
from workflow.rules.roles import Role

Add = Callable[..., int]


@pytest.fixture
def edition(stage: Stage) -> Ref:
    return stage.world.edition(key="wioska")


@pytest.fixture
def add(stage: Stage, edition: Ref) -> Add:
    """Adds somebody to the edition, with an organisation where one is named."""

    def added(name: str, *, organisation: str = "", role: str = "participant", **more: object) -> int:
        kept = {key: more.pop(key) for key in ("kind", "sector", "commune") if key in more}
        with stage.db.transaction() as tx:
            row = {"name": name, "created_at": stage.world.now, **more}
            number = int(tx.execute(insert(Person).values(**row).returning(Person.id)).scalar_one())
            tx.execute(insert(RoleGrant).values(person_id=number, edition_id=edition.id, role=role,
                                                granted_at=stage.world.now))  # fmt: skip
            if organisation:
                found = organisation_named(tx, organisation, at=stage.world.now)
                tx.execute(insert(Affiliation).values(person_id=number, organisation_id=found))
                if kept:
                    tx.execute(update(Organisation).where(Organisation.id == found).values(**kept))
        return number

    return added


@pytest.fixture
def people(stage: Stage, edition: Ref, add: Add) -> dict[str, int]:
    """Four people who differ in what the filters look at; the second was at conference 1."""
    numbers = {
        "zak": add("Łucja Żak", email="lucja@example.org", organisation="OSP Łąck", kind="association",
                   sector="społeczny", commune="Łąck"),
        "gil": add("Jan Gil", organisation="Sklep Gil", kind="company", sector="gospodarczy", commune="Płock"),
        "sowa": add("Ola Sowa", email="ola@example.org", is_minor=True),
        "lis": add("Piotr Lis", email="piotr@example.org", role="animator"),
    }  # fmt: skip
    with stage.db.transaction() as tx:
        numbered = Conference.edition_id == edition.id, Conference.number == 1
        first = tx.execute(select(Conference.id).where(*numbered)).scalar_one()
        registration = {"conference_id": first, "person_id": numbers["gil"], "state": "registered", "source": "office",
                        "code": "ABCDEFGH", "registered_at": stage.world.now}  # fmt: skip
        number = tx.execute(insert(Registration).values(**registration).returning(Registration.id)).scalar_one()
        tx.execute(insert(Presence).values(conference_id=first, registration_id=number, person_id=numbers["gil"],
                                           arrived_at=stage.world.now, channel="name",
                                           checked_in_by_id=stage.world["staff"].id))  # fmt: skip
    return numbers


NAMES = {"zak": "Łucja Żak", "gil": "Jan Gil", "sowa": "Ola Sowa", "lis": "Piotr Lis"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"zak", "gil", "sowa", "lis"}),
        ("q=zak", {"zak"}),
        ("q=OSP%20lack", {"zak"}),
        ("q=ola@", {"sowa"}),
        ("kind=company", {"gil"}),
        ("sector=społeczny", {"zak"}),
        ("commune=Płock", {"gil"}),
        ("role=animator", {"lis"}),
        ("conference=1", {"gil"}),
        ("lacks=email", {"gil"}),
        ("lacks=consent", {"sowa"}),
        ("kind=company&lacks=consent", set()),
    ],
)
@pytest.mark.usefixtures("people")
def test_the_list_is_searched_and_filtered(stage: Stage, query: str, found: set[str]) -> None:
    page = stage.page("staff", f"/edycje/wioska/osoby?{query}").partition("<main")[2]

    assert {key for key, name in NAMES.items() if f">{name}</a>" in page} == found


def test_the_list_is_for_the_office_of_this_edition(stage: Stage, people: dict[str, int]) -> None:
    for path in ("/osoby", "/osoby.csv", f"/osoby/{people['zak']}"):
        assert stage.as_("leader").get(f"/edycje/wioska{path}").status_code == 403
        assert stage.as_(None).get(f"/edycje/wioska{path}").status_code == 303


def test_somebody_of_another_edition_is_not_there(stage: Stage, edition: Ref) -> None:
    with stage.db.transaction() as tx:
        stranger = tx.execute(insert(Person).values(name="Obcy", created_at=stage.world.now).returning(Person.id))
        number = stranger.scalar_one()

    assert edition.id
    assert stage.as_("staff").get(f"/edycje/wioska/osoby/{number}").status_code == 404


@pytest.mark.usefixtures("people")
def test_everybody_found_comes_as_a_file_without_formulas(stage: Stage, add: Add) -> None:
    add("=HYPERLINK(1)", organisation="+zle", email="zle@example.org")
    browser = stage.as_("staff")
    answer = browser.get("/edycje/wioska/osoby.csv?lacks=email")

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data.decode("utf-8-sig").splitlines()[1].startswith("Jan Gil;;Sklep Gil;Firma;gospodarczy;Płock;")
    assert ";'+zle;" in browser.get("/edycje/wioska/osoby.csv").data.decode("utf-8-sig")
    sheet = openpyxl.load_workbook(BytesIO(browser.client.get("/edycje/wioska/osoby.xlsx").data)).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}


def test_many_people_come_page_by_page_with_as_many_statements(stage: Stage, add: Add) -> None:
    few = stage.count("staff", "/edycje/wioska/osoby")
    for number in range(120):
        add(f"Osoba {number:03}", organisation=f"Firma {number}")
    browser, seen, path = stage.as_("staff"), [], "/edycje/wioska/osoby?q=osoba"
    while path:
        page = browser.get(path).text
        seen += page.split('<th scope="row"')[1:]
        following = re.search(r'href="([^"]*cursor=[^"]*)"', page)
        path = html.unescape(following[1]) if following else ""

    assert len(seen) == 120
    assert stage.count("staff", "/edycje/wioska/osoby") == few


def test_the_office_corrects_a_person_and_the_history_says_who(stage: Stage, people: dict[str, int]) -> None:
    path = f"/edycje/wioska/osoby/{people['gil']}"
    browser = stage.as_("staff")
    typed = {"name": "Jan Gil-Nowak", "email": "Jan.Gil@Example.org", "postal_address": "ul. Długa 1"}
    assert send(browser, path, **typed).status_code == 303
    joined = browser.post(f"{path}/organizacja", {"organisation": "Koło Gospodyń", "position": "skarbnik",
                                                  "from_on": "2026-01-02"})  # fmt: skip
    assert joined.status_code == 303
    page = browser.get(path).text

    for words in ("jan.gil@example.org", "Koło Gospodyń", "skarbnik", "„Jan Gil” → „Jan Gil-Nowak”"):
        assert words in page
    with stage.db.reading() as tx:
        by = tx.execute(select(PersonChange.changed_by_id).where(PersonChange.person_id == people["gil"])).scalars()
        assert set(by) == {stage.world["staff"].id}


def test_the_address_of_an_account_is_not_the_offices_to_change(stage: Stage, people: dict[str, int]) -> None:
    answer = send(stage.as_("staff"), f"/edycje/wioska/osoby/{people['zak']}", name="Łucja Żak",
                  email="zlodziej@example.org", postal_address="")  # fmt: skip

    assert answer.status_code == 422
    assert "zlodziej@example.org" in answer.text


# --- roles of many ---------------------------------------------------------------------------------------------


def roles(stage: Stage, person_id: int) -> set[str]:
    with stage.db.reading() as tx:
        query = select(RoleGrant.role).where(RoleGrant.person_id == person_id, RoleGrant.withdrawn_at.is_(None))
        return set(tx.execute(query).scalars())


def test_a_role_is_given_to_many_after_a_look_at_what_changes(stage: Stage, people: dict[str, int]) -> None:
    browser = stage.as_("staff")
    browser.get("/edycje/wioska/osoby")
    asked = {"act": "give", "role": "animator", "person": [str(people["zak"]), str(people["lis"])]}
    seen = browser.post("/edycje/wioska/osoby/role", asked).text

    assert roles(stage, people["zak"]) == {"participant"}
    assert "Otrzymają rolę" in seen
    assert "Mają już tę rolę" in seen
    fields = hidden(seen, "/edycje/wioska/osoby/role/zmien")
    assert browser.post("/edycje/wioska/osoby/role/zmien", {**fields, **asked}).status_code == 303
    assert roles(stage, people["zak"]) == {"participant", "animator"}
    assert roles(stage, people["lis"]) == {"animator"}


def test_what_has_changed_since_the_look_is_refused(stage: Stage, people: dict[str, int]) -> None:
    browser = stage.as_("staff")
    browser.get("/edycje/wioska/osoby")
    asked = {"act": "withdraw", "role": "participant", "everything": "1", "query": "q=gil"}
    fields = hidden(browser.post("/edycje/wioska/osoby/role", asked).text, "/edycje/wioska/osoby/role/zmien")
    with stage.db.transaction() as tx:
        tx.execute(update(RoleGrant).where(RoleGrant.person_id == people["gil"]).values(withdrawn_at=stage.world.now))
    answer = browser.post("/edycje/wioska/osoby/role/zmien", fields)

    assert answer.status_code == 409
    assert "Niczego nie zmieniono." in answer.text


@pytest.mark.parametrize("wrong", [{"role": "staff"}, {"act": "eat"}, {"person": []}])
def test_a_wrong_choice_is_said_beside_the_list(stage: Stage, people: dict[str, int], wrong: dict[str, object]) -> None:
    browser = stage.as_("staff")
    browser.get("/edycje/wioska/osoby")
    asked = {"act": "give", "role": "animator", "person": [str(people["zak"])], **wrong}
    answer = browser.post("/edycje/wioska/osoby/role", asked)

    assert answer.status_code == 422
    assert "Łucja Żak" in answer.text
    assert roles(stage, people["zak"]) == {"participant"}


def test_whoever_answers_for_a_project_under_way_keeps_the_role_until_another_is_named(stage: Stage) -> None:
    project = stage.world.proposal_in("in_implementation")
    edition, who = stage.world.edition_of(project), stage.world["coordinator"].id or 0
    with stage.db.reading() as tx:
        plan = plan_roles(tx, edition.id, [who], act=Act.WITHDRAW, role=Role.COORDINATOR)
    assert [line.outcome for line in plan.lines] == [Outcome.ANSWERS]
    with stage.db.reading() as tx:
        grants = tx.execute(select(RoleGrant.id).where(RoleGrant.person_id == who, RoleGrant.role == Role.COORDINATOR))
        grant = grants.scalar_one()
    admin = stage.as_("admin")
    admin.get(f"/osoby/{who}")
    refused = admin.post(f"/osoby/{who}/role/{grant}/withdraw", {})
    assert (refused.status_code, "odpowiada za coś, co jeszcze trwa" in refused.text) == (422, True)
    with stage.db.transaction() as tx:
        assert (
            change_roles(tx, edition.id, plan, digest=plan.digest, actor=stage.world["staff"], at=stage.world.now) == 0
        )
    stage.world.take(project, "name_coordinator", "staff", person=stage.world["leader"].id)
    with stage.db.reading() as tx:
        plan = plan_roles(tx, edition.id, [who], act=Act.WITHDRAW, role=Role.COORDINATOR)
    assert [line.outcome for line in plan.lines] == [Outcome.WITHDRAWN]
