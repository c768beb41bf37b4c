"""The page of a group and of an invitation, through the browser's eyes."""

import re
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.web.conftest import Browser
from tests.web.stage import Stage, hidden, send
from workflow.accounts import open_secret
from workflow.base.calendar import utc_now
from workflow.groups import join_requests, tasks
from workflow.models import GroupInvitation, GroupMember, OutboxRow, Person
from workflow.rules.facts import Ref

NEW = "nowa@example.org"


@pytest.fixture
def ref(stage: Stage) -> Ref:
    return stage.world.proposal_in("group_work")


def page_of(ref: Ref) -> str:
    return f"/projekty/{ref.id}/grupa"


def post(stage: Stage, who: str | None, path: str, **data: Any) -> Any:
    browser = stage.as_(who)
    browser.get("/praca" if who else "/login")
    return browser.post(path, data)


def link_of(stage: Stage, email: str) -> str:
    """The address in the latest letter to somebody."""
    i, o = GroupInvitation, OutboxRow
    settings = stage.app.extensions["partnerstwo"].settings
    with stage.db.reading() as tx:
        number = tx.execute(select(i.id).where(i.email == email).order_by(i.id.desc())).scalars().first()
        query = select(o.payload).where(o.subject_kind == "invitation", o.subject_id == number).order_by(o.id.desc())
        box = tx.execute(query).scalars().first()
    assert box is not None
    return f"/zaproszenie/{open_secret(settings, box['box'])}"


def invite(stage: Stage, ref: Ref, email: str = NEW, place: str = "edit") -> str:
    answer = post(stage, "leader", f"{page_of(ref)}/zaproszenia", email=email, place=place)
    assert answer.status_code == 303
    return link_of(stage, email)


def test_page_shows_who_does_what_to_each_who_works_in_the_edition(stage: Stage, ref: Ref) -> None:
    stage.world.take(ref, "name_deputy", "leader", person=stage.world["member"].id)
    stage.world.take(ref, "assign_animator", "staff", person=stage.world["animator"].id)
    stage.world.take(ref, "describe_group", "leader", group_name="Razem dla Gąbina")
    for who in ("leader", "member", "participant", "animator", "staff", "committee1"):
        text = stage.page(who, page_of(ref))
        for words in ("Razem dla Gąbina", "lider grupy", "zastępca lidera", "Member2", "Animator"):
            assert words in text, (who, words)


def test_page_is_not_there_for_strangers(stage: Stage, ref: Ref) -> None:
    assert stage.as_("visitor").get(page_of(ref)).status_code == 404
    assert stage.as_(None).get(page_of(ref)).status_code == 303


def test_page_is_read_in_a_fixed_number_of_statements(stage: Stage, ref: Ref) -> None:
    world, before = stage.world, stage.count("leader", page_of(ref))
    for number in range(8):
        world.take(ref, "add_member", "leader", name=f"Osoba {number}")
        invite(stage, ref, f"osoba{number}@example.org")
        with stage.db.transaction() as tx:
            tasks.add_task(tx, ref, text="Zadanie", person=world["member"].id, due_on="", actor=world["leader"],
                                 at=utc_now())  # fmt: skip
    with stage.db.transaction() as tx:
        join_requests.ask_to_join(tx, ref, word="", actor=world["participant"], at=utc_now())
    assert stage.count("leader", page_of(ref)) == before <= 9


def test_minors_are_named_to_the_group_and_the_office_alone(stage: Stage, ref: Ref) -> None:
    world = stage.world
    with stage.db.transaction() as tx:
        tx.execute(update(Person).where(Person.id == world["member"].id).values(is_minor=True, name="Kasia Mała"))
        tasks.add_task(tx, ref, text="Plakat", person=world["member"].id, due_on="", actor=world["leader"],
                             at=utc_now())  # fmt: skip
    for who, named in (("leader", True), ("staff", True), ("animator", True), ("participant", False),
                       ("committee1", False), ("partner", False)):  # fmt: skip
        assert ("Kasia Mała" in stage.page(who, page_of(ref))) is named, who


def test_somebody_of_the_edition_is_invited_by_the_exact_name_and_the_address_stays_unseen(
    stage: Stage, ref: Ref
) -> None:
    path = f"{page_of(ref)}/zaproszenia"
    assert post(stage, "leader", path, email="Participant", place="edit").status_code == 303
    page = stage.page("leader", page_of(ref))
    assert "<bdi>Participant</bdi>" in page
    assert "participant@example.org" not in page
    assert "/zaproszenia/" in stage.page("participant", "/praca")
    # Nobody, half a name, other people's accounts and two of one name get the same answer.
    with stage.db.transaction() as tx:
        for who in ("committee1", "committee2"):
            tx.execute(update(Person).where(Person.id == stage.world[who].id).values(name="Anna Nowak"))
    for name in ("Partici", "Nikt Taki", "Anna Nowak", "Admin"):
        answer = post(stage, "leader", path, email=name, place="edit")
        assert answer.status_code == 422, name
        assert "Nie można nikogo zaprosić po tym imieniu i nazwisku." in answer.text
        assert f'value="{name}"' in answer.text


def test_invited_addresses_are_shown_only_to_those_who_may_invite(stage: Stage, ref: Ref) -> None:
    invite(stage, ref)
    for who, shown in (
        ("leader", True),
        ("animator", True),
        ("staff", True),
        ("member", False),
        ("participant", False),
    ):
        assert (NEW in stage.page(who, page_of(ref))) is shown, who


@pytest.mark.parametrize("who", ["member", "participant", "committee1"])
def test_others_are_refused_at_every_door_of_the_leader(stage: Stage, ref: Ref, who: str) -> None:
    invite(stage, ref)
    with stage.db.transaction() as tx:
        number = tx.execute(select(GroupInvitation.id)).scalar_one()
        asked = join_requests.ask_to_join(tx, ref, word="", actor=stage.world["leader2"], at=utc_now())
    for path in ("zaproszenia", f"zaproszenia/{number}/ponow", f"zaproszenia/{number}/wycofaj", f"prosby/{asked}",
                 "papier"):  # fmt: skip
        data = {"email": "x@example.org", "place": "edit", "decision": "welcome", "name": "X", "paper_on": "2026-01-01"}
        assert post(stage, who, f"{page_of(ref)}/{path}", **data).status_code == 403, path


def test_wrong_address_comes_back_with_what_was_typed(stage: Stage, ref: Ref) -> None:
    answer = post(stage, "leader", f"{page_of(ref)}/zaproszenia", email="zły adres@gmina", place="comment")
    assert answer.status_code == 422
    assert 'value="zły adres@gmina"' in answer.text
    assert "Sprawdź adres e-mail." in answer.text


def test_leader_changes_places_and_hands_over_from_the_page(stage: Stage, ref: Ref) -> None:
    browser, world = stage.as_("leader"), stage.world
    url = f"/projekty/{ref.id}/krok/name_leader"
    page = browser.get(page_of(ref)).text
    assert "Wskaż jako nowego lidera" in page
    fields = {"version": re.search(r'name="version" value="(\d+)"', page)[1], "next": page_of(ref)}  # type: ignore[index]
    answer = browser.post(url, {**fields, "person": str(world["member"].id)})
    assert (answer.status_code, answer.location) == (303, page_of(ref))
    text = stage.page("member", page_of(ref))
    assert "Wskazano Cię jako lidera" in text
    assert "Przyjmij rolę lidera" in text
    assert "Przyjmij rolę lidera" in stage.page("member", "/praca")


# --- invitations -----------------------------------------------------------------------------------------


def accept(browser: Browser, link: str, **typed: Any) -> Any:
    return send(browser, link, **typed)


def test_newcomer_sees_who_invites_gets_an_account_and_is_signed_in(stage: Stage, ref: Ref) -> None:
    link, browser = invite(stage, ref), stage.as_(None)
    shown = browser.get(link).text
    for words in ("Leader", "Świetlica „Razem”", NEW, "Klauzulę informacyjną"):
        assert words in shown, words
    answer = accept(browser, link, name="Nowa Osoba", clause="1")
    assert (answer.status_code, answer.location) == (303, page_of(ref))
    assert "Nowa Osoba" in browser.get(page_of(ref)).text
    assert stage.as_(None).get(link).status_code == 422


def test_newcomer_without_a_name_or_the_clause_is_asked_again(stage: Stage, ref: Ref) -> None:
    link, browser = invite(stage, ref), stage.as_(None)
    assert accept(browser, link, name="", clause="1").status_code == 422
    answer = accept(browser, link, name="Nowa Osoba")
    assert answer.status_code == 422
    assert 'value="Nowa Osoba"' in answer.text
    with stage.db.reading() as tx:
        assert not tx.execute(select(Person.id).where(Person.email == NEW)).first()


def test_link_for_an_account_asks_to_sign_in_and_lets_no_other_in(stage: Stage, ref: Ref) -> None:
    link = invite(stage, ref, "participant@example.org")
    visitor = stage.as_(None)
    assert f'href="/login?next={link}"' in visitor.get(link).text
    assert accept(visitor, link, name="Ktoś", clause="1").status_code == 422
    other = stage.as_("leader2")
    assert "na inny adres" in other.get(link).text
    assert other.post(link, {"clause": "1", "clause_version": "1"}).status_code == 422
    assert accept(stage.as_("participant"), link, clause="1").status_code == 303
    with stage.db.reading() as tx:
        m = GroupMember
        there = select(m.person_id).where(m.proposal_id == ref.id, m.left_at.is_(None))
        members = set(tx.execute(there).scalars())
    assert stage.world["participant"].id in members
    assert stage.world["leader2"].id not in members


def test_invitation_waits_in_my_work_and_is_accepted_there(stage: Stage, ref: Ref) -> None:
    invite(stage, ref, "participant@example.org")
    page = stage.page("participant", "/praca")
    found = re.search(r'href="(/zaproszenia/\d+)"', page)
    assert found
    assert stage.as_("leader2").get(found[1]).status_code == 404
    answer = accept(stage.as_("participant"), found[1], clause="1")
    assert (answer.status_code, answer.location) == (303, page_of(ref))
    assert found[1] not in stage.page("participant", "/praca")


def test_pupil_who_invites_is_not_named_to_the_invited(stage: Stage, ref: Ref) -> None:
    world = stage.world
    world.take(ref, "name_deputy", "leader", person=world["member"].id)
    with stage.db.transaction() as tx:
        tx.execute(update(Person).where(Person.id == world["member"].id).values(is_minor=True, name="Kasia Mała"))
    for email in (NEW, "participant@example.org"):
        answer = post(stage, "member", f"{page_of(ref)}/zaproszenia", email=email, place="edit")
        assert answer.status_code == 303
    text = stage.page(None, link_of(stage, NEW))
    assert "Osoba z grupy" in text
    assert "Kasia" not in text
    assert "Kasia" not in stage.page("participant", "/praca")


def test_declined_invitation_makes_no_account(stage: Stage, ref: Ref) -> None:
    link, browser = invite(stage, ref), stage.as_(None)
    fields = hidden(browser.get(link).text, f"{link}/odmowa")
    assert browser.post(f"{link}/odmowa", fields).status_code == 200
    assert browser.get(link).status_code == 422
    with stage.db.reading() as tx:
        assert not tx.execute(select(Person.id).where(Person.email == NEW)).first()


def test_unknown_link_is_answered_like_a_used_one(stage: Stage) -> None:
    answer = stage.as_(None).get("/zaproszenie/nie-ma-takiego")
    assert answer.status_code == 422
    assert "już nie działa" in answer.text


# --- joining and tasks -----------------------------------------------------------------------------------


def test_participant_asks_and_the_leader_answers(stage: Stage, ref: Ref) -> None:
    assert post(stage, "participant", f"{page_of(ref)}/prosby", word="<b>Umiem</b> szyć.").status_code == 303
    text = stage.page("leader", page_of(ref))
    assert "&lt;b&gt;Umiem&lt;/b&gt; szyć." in text
    assert "Prośba o przyjęcie" in stage.page("leader", "/praca")
    number = re.search(r"/grupa/prosby/(\d+)", text)[1]  # type: ignore[index]
    url = f"{page_of(ref)}/prosby/{number}"
    assert post(stage, "leader", url, decision="refuse", answer="Już po terminie.", place="edit").status_code == 303
    assert "Już po terminie." in stage.page("participant", page_of(ref))
    assert "Już po terminie." not in stage.page("leader2", page_of(ref))


def test_task_is_added_done_and_seen_in_my_work(stage: Stage, ref: Ref) -> None:
    member = str(stage.world["member"].id)
    url = f"{page_of(ref)}/zadania"
    assert post(stage, "leader", url, text="Zebrać oferty", person=member, due_on="2026-12-01").status_code == 303
    page = stage.page("member", "/praca")
    assert "Zebrać oferty" in page
    assert "1 grudnia 2026" in page
    number = re.search(r"/grupa/zadania/(\d+)", stage.page("member", page_of(ref)))[1]  # type: ignore[index]
    assert post(stage, "member", f"{url}/{number}", wish="done").status_code == 303
    assert "Zebrać oferty" not in stage.page("member", "/praca")


def test_office_enters_a_leader_from_paper(stage: Stage, ref: Ref) -> None:
    data = {"name": "Zofia z karty", "paper_on": "2026-01-05", "leads": "1"}
    assert post(stage, "staff", f"{page_of(ref)}/papier", **data).status_code == 303
    text = stage.page("staff", page_of(ref))
    assert "Zofia z karty" in text


def test_joint_project_shows_what_was_merged_into_it(stage: Stage) -> None:
    ref = stage.world.proposal_in("merged")
    joint = Ref("proposal", stage.world.facts(ref)["merged_into_id"])
    text = stage.page("leader2", page_of(joint))
    assert f'href="/projekty/{ref.id}"' in text
    assert "z projektu: Świetlica „Razem”" in text
    back = stage.page("leader", page_of(ref))
    assert f'href="/projekty/{joint.id}"' in back
    assert stage.as_("leader2").get(f"/projekty/{ref.id}/krok/ask_to_unmerge").status_code == 200


def test_forms_offer_only_whom_a_record_can_concern(stage: Stage, ref: Ref) -> None:
    stage.world.take(ref, "add_member", "leader", name="Maria z karty")

    def offered(step: str, name: str) -> set[str]:
        page = stage.page("staff", f"/projekty/{ref.id}/krok/{step}")
        options = re.search(rf'<select[^>]* name="{name}".*?</select>', page, flags=re.DOTALL)
        assert options, (step, name)
        return {one.strip() for one in re.findall(r">([^<]+)</option>", options[0]) if one.strip()}

    assert "Animator" in offered("assign_animator", "person")
    assert not {"Staff", "Leader"} & offered("assign_animator", "person")
    assert {"Staff", "Staff2"} <= offered("assign_reviewer", "person")
    assert "Participant" not in offered("name_deputy", "person")
    assert "Maria z karty" in offered("remove_member", "member")


def test_a_leader_chooses_among_the_own_group_and_brings_nobody_in(stage: Stage, ref: Ref) -> None:
    world = stage.world
    chair = stage.world["chair"]
    for who in ("leader", "member"):
        for step in ("add_member", "name_leader"):
            answer = stage.as_(who).get(f"/projekty/{ref.id}/krok/{step}")
            assert "Chair" not in answer.text, (who, step)
            assert "participant@" not in answer.text
    browser = stage.as_("leader")
    for step, sentence in (("add_member", "Zaproś tę osobę"), ("name_leader", "nie należy do grupy")):
        url = f"/projekty/{ref.id}/krok/{step}"
        fields = hidden(browser.get(url).text)
        answers = [browser.post(url, {**fields, "person": str(number)}) for number in (chair.id, 987654)]
        assert [answer.status_code for answer in answers] == [422, 422]
        assert all(sentence in answer.text for answer in answers), step
    with stage.db.reading() as tx:
        m = GroupMember
        assert not tx.execute(select(m.id).where(m.proposal_id == ref.id, m.person_id == chair.id)).first()
    assert "Chair" in stage.as_("staff").get(f"/projekty/{ref.id}/krok/add_member").text
    assert world.facts(ref, "leader")["member_count"] > 0


def test_agreeing_to_a_merger_is_offered_where_somebody_proposed_one(stage: Stage, ref: Ref) -> None:
    world = stage.world
    other = world.sibling(ref)
    for page in (page_of(ref), f"/projekty/{ref.id}"):
        assert "Zgódź się na" not in stage.page("leader", page)
    assert "Zaproponuj połączenie z innym projektem" in stage.page("leader", page_of(ref))
    world.take(other, "agree_to_merge", "leader2", target=ref.id)
    page = stage.page("leader", page_of(ref))
    assert "proponuje połączenie z Twoim" in page
    assert "Zaproponuj połączenie z innym" not in page
    found = re.search(rf'href="(/projekty/{ref.id}/krok/agree_to_merge\?cel={other.id}&amp;[^"]*)"', page)
    assert found
    form = stage.page("leader", found[1].replace("&amp;", "&"))
    assert re.search(rf'<option value="{other.id}" selected', form)
    world.take(ref, "agree_to_merge", "leader", target=other.id)
    page = stage.page("leader", page_of(ref))
    assert "proponuje połączenie" not in page
    assert "merge_into" not in page
    assert "krok/merge_into" in stage.page("staff", page_of(ref))
