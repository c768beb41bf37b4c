"""Groups write down what they work out, several at once; what a conference leaves open waits for its owner."""

from datetime import timedelta
from functools import partial

from sqlalchemy import select

from tests.web.stage import Stage, send
from workflow.base.calendar import warsaw_date, working_days_after
from workflow.base.i18n import format_date
from workflow.models import ConferenceOutput, OpenMatter, Person, Proposal, Registration, RoleGrant
from workflow.rules.facts import Ref


def conference(stage: Stage, *, key: str = "stoly", outputs: str = "resources_problems") -> Ref:
    """A conference of today at which resources and problems are written down."""
    world = stage.world
    edition = world.edition("conferences", key=key)
    ref = world.create("conference", "plan", "staff", edition=edition, number=7, purpose="Warsztat", outputs=outputs,
                       day=warsaw_date(world.now))  # fmt: skip
    world.take(ref, "open", "staff")
    return ref


def register(stage: Stage, ref: Ref, name: str) -> None:
    with stage.db.transaction() as tx:
        tx.execute(Registration.__table__.insert().values(
            conference_id=ref.id, person_id=stage.world[name].id, state="registered", source="page",
            code=f"K{stage.world[name].id:07}", registered_at=stage.world.now,
        ))  # fmt: skip


def lines(stage: Stage) -> list[tuple[str, str, bool]]:
    o = ConferenceOutput
    with stage.db.reading() as tx:
        return [(row.table_label, row.text, row.struck_at is not None) for row in tx.execute(
            select(o.table_label, o.text, o.struck_at).order_by(o.id))]  # fmt: skip


def test_two_tables_write_at_once_and_the_same_sending_writes_once(stage: Stage) -> None:
    ref = conference(stage)
    register(stage, ref, "visitor")
    page = f"/konferencje/{ref.id}/stoly"
    for _time in range(2):
        given = {"table_label": "stolik 1", "kind": "resource", "text": "Zamek w Gąbinie", "form_key": "a"}
        assert send(stage.as_("animator"), page, **given).status_code == 303
    given = {"table_label": "stolik 2", "kind": "problem", "text": "Brak autobusów", "form_key": "b"}
    assert send(stage.as_("visitor"), page, **given).status_code == 303
    assert lines(stage) == [("stolik 1", "Zamek w Gąbinie", False), ("stolik 2", "Brak autobusów", False)]
    shown = stage.page("visitor", page)
    assert shown.index("Zamek w Gąbinie") < shown.index("Brak autobusów")
    # Who wrote a line is for those who host the conference.
    assert "Animator, " not in shown
    assert "Animator, " in stage.page("staff", page)


def test_who_does_not_take_part_finds_nothing_there(stage: Stage) -> None:
    ref = conference(stage)
    page = f"/konferencje/{ref.id}/stoly"
    assert stage.as_("visitor").get(page).status_code == 404
    assert send(stage.as_("visitor"), page, table_label="x", kind="resource", text="x").status_code == 404
    assert lines(stage) == []


def test_an_unknown_kind_is_refused_and_what_was_typed_stays(stage: Stage) -> None:
    ref = conference(stage)
    answer = send(stage.as_("animator"), f"/konferencje/{ref.id}/stoly", table_label="stolik 1", kind="idea",
                  text="Rejs po Wiśle")  # fmt: skip
    assert answer.status_code == 422
    assert "Rejs po Wiśle" in answer.text
    assert lines(stage) == []


def test_a_line_is_changed_by_its_author_alone_and_struck_out_rather_than_deleted(stage: Stage) -> None:
    ref = conference(stage)
    page = f"/konferencje/{ref.id}/stoly"
    register(stage, ref, "visitor")
    send(stage.as_("visitor"), page, table_label="stolik 1", kind="resource", text="Las")
    assert send(stage.as_("animator"), f"{page}/1/zmien", text="Inny las").status_code == 403
    assert send(stage.as_("visitor"), f"{page}/1/zmien", text="Las i łąki").status_code == 303
    assert send(stage.as_("animator"), f"{page}/1/skresl").status_code == 303
    assert lines(stage) == [("stolik 1", "Las i łąki", True)]
    assert "<s>Las i łąki</s>" in stage.page("visitor", page)


def test_a_line_becomes_an_idea_once(stage: Stage) -> None:
    ref = conference(stage, outputs="ideas")
    page = f"/konferencje/{ref.id}/stoly"
    send(stage.as_("animator"), page, table_label="stolik 1", kind="idea", text="Rejs po Wiśle")
    for _time in range(2):
        assert send(stage.as_("animator"), f"{page}/1/pomysl").status_code == 303
    with stage.db.reading() as tx:
        assert tx.execute(select(Proposal.title)).scalars().all() == ["Rejs po Wiśle"]
    assert "Zapisano pomysł" in stage.page("staff", page)


def test_an_open_matter_waits_for_its_owner_and_the_next_conference_begins_with_it(stage: Stage) -> None:
    ref = conference(stage)
    day = warsaw_date(stage.world.now) + timedelta(days=14)
    address = f"/konferencje/{ref.id}/sprawy"
    given = {"matter": "Zapytać gminę o salę", "person": stage.world["leader"].id, "due_on": day.isoformat()}
    assert send(stage.as_("leader"), address, **given).status_code == 403
    assert send(stage.as_("staff"), address, **given).status_code == 303
    assert "Zadanie po konferencji: Zapytać gminę o salę" in stage.page("leader", "/praca")
    edition = stage.world.edition_of(ref)
    following = stage.world.create("conference", "plan", "staff", edition=edition, number=8, purpose="Warsztat")
    assert "Zapytać gminę o salę" in stage.page("staff", f"/konferencje/{following.id}")
    assert send(stage.as_("leader"), f"{address}/1", result="Sala jest wolna.").status_code == 303
    assert "Zapytać gminę" not in stage.page("leader", "/praca")
    assert "Zapytać gminę" not in stage.page("staff", f"/konferencje/{following.id}")
    with stage.db.reading() as tx:
        assert tx.execute(select(OpenMatter.result)).scalars().all() == ["Sala jest wolna."]


def test_a_matter_shows_its_coming_reminders_to_its_owner_and_the_office_until_it_is_done(stage: Stage) -> None:
    ref = conference(stage)
    address, page = f"/konferencje/{ref.id}/sprawy", f"/konferencje/{ref.id}/stoly"
    day = working_days_after(warsaw_date(stage.world.now), days=40)
    send(stage.as_("staff"), address, matter="Sala", person=stage.world["leader"].id, due_on=day.isoformat())
    last = format_date(working_days_after(day, days=14), "pl")
    readers = [("staff", page), ("leader", page), ("staff", f"/konferencje/{ref.id}")]
    for who, url in readers:
        text = stage.page(who, url)
        assert ("Przypomnienia (5)" in text, last in text, "Dostaną je: Leader" in text) == (True, True, True)
    register(stage, ref, "visitor")
    assert "Przypomnienia (" not in stage.page("visitor", page)
    send(stage.as_("leader"), f"{address}/1", result="Sala jest wolna.")
    assert "Przypomnienia (" not in stage.page("staff", page)


def test_a_choice_of_people_that_is_cut_says_so_and_finds_others_by_name(stage: Stage) -> None:
    ref = conference(stage)
    page = f"/konferencje/{ref.id}/stoly"
    assert "Lista wyboru pokazuje" not in stage.page("staff", page)
    edition, now = stage.world.facts(ref)["edition_id"], stage.world.now
    with stage.db.transaction() as tx:
        first = tx.execute(Person.__table__.insert().returning(Person.id), [
            {"email": f"p{number}@example.org", "name": f"Żyła {number:04}", "created_at": now} for number in range(600)
        ]).scalars().all()  # fmt: skip
        tx.execute(RoleGrant.__table__.insert(), [
            {"person_id": number, "edition_id": edition, "role": "participant", "granted_at": now} for number in first
        ])  # fmt: skip
    shown = stage.page("staff", page)
    assert "Lista wyboru pokazuje 500 osób. Pozostałe znajdź po nazwisku." in shown
    assert "Animator" in shown
    assert "Żyła 0599" not in shown
    found = stage.page("staff", f"{page}?osoba=zyla+0599")
    assert ("Żyła 0599" in found, "Żyła 0001" in found, "Osoby na liście wyboru: 1." in found) == (True, False, True)
    assert "Nikt w tej edycji nie ma takiego nazwiska." in stage.page("staff", f"{page}?osoba=qqq")


def test_a_matter_needs_an_owner_of_the_edition(stage: Stage) -> None:
    ref = conference(stage)
    answer = send(stage.as_("staff"), f"/konferencje/{ref.id}/sprawy", matter="Sala", due_on="2026-12-24",
                  person=stage.world["visitor"].id)  # fmt: skip
    assert answer.status_code == 422
    assert "Wybierz osobę, która ma rolę w tej edycji." in answer.text


def test_what_others_write_is_another_version_of_the_live_lists_alone(stage: Stage) -> None:
    ref = conference(stage)
    page = f"/konferencje/{ref.id}/stoly"
    reader, version = stage.as_("staff"), partial(live_version, stage, page)
    first = version()
    assert first == version()
    send(stage.as_("animator"), page, table_label="stolik 1", kind="resource", text="Las")
    second = version()
    send(stage.as_("animator"), f"{page}/1/zmien", text="Las i łąki")
    third = version()
    send(stage.as_("animator"), f"{page}/1/skresl")
    fourth = version()
    noted = {"matter": "Zaprosić straż", "person": str(stage.world["animator"].id), "due_on": "2030-01-01"}
    assert send(stage.as_("staff"), f"/konferencje/{ref.id}/sprawy", **noted).status_code == 303
    assert len({first, second, third, fourth, version()}) == 5
    part = reader.client.get(page, headers={"X-Fragment": "table-lists"}).text
    assert part.strip().startswith('<div id="table-lists"')
    assert "Las i łąki" in part
    # What was refused is shown as it was typed, and nothing replaces it.
    refused = send(reader, page, table_label="", kind="resource", text="Rejs")
    assert ("Rejs" in refused.text, "data-live-url" in refused.text) == (True, False)


def live_version(stage: Stage, page: str) -> str:
    """The version that the signed address of a page answers with."""
    client = stage.as_("staff").client
    url = client.get(page).text.partition('data-live-url="')[2].partition('"')[0]
    return str(client.get(url).json["version"])
