"""Paper cards: the office records them for a participant, for a name, for a group; with a scan; and nobody else may."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, select, update

from tests.conftest import database_url as database_url
from tests.web.stage import Stage, hidden
from tests.workflow.lifecycle.documents import PDF
from workflow.base.calendar import utc_now, warsaw_date
from workflow.base.errors import NotAllowed, Refusal
from workflow.engine.command import CreateCommand, StepCommand
from workflow.engine.machine import create, take
from workflow.models import GroupMember, HistoryContent, Person, Proposal, ProposalFile, RoleGrant
from workflow.rules.facts import Ref

pytestmark = pytest.mark.slow

DOOR = "/edycje/karty/karta-pomyslu"


@pytest.fixture
def edition(stage: Stage) -> Ref:
    return stage.world.edition("conferences", key="karty")


def record(stage: Stage, who: str = "staff", **typed: Any) -> Any:
    browser = stage.as_(who)
    fields = hidden(browser.get(DOOR).text, DOOR) or hidden(browser.get(DOOR).text)
    day = warsaw_date(utc_now()).isoformat()
    return browser.post(DOOR, {**fields, "title": "Kino letnie", "paper_on": day, "clause": "1", **typed})


def newest(stage: Stage) -> Any:
    with stage.db.reading() as tx:
        return tx.execute(select(Proposal).order_by(Proposal.id.desc()).limit(1)).one()


def members(stage: Stage) -> list[tuple[int | None, str]]:
    m = GroupMember
    with stage.db.reading() as tx:
        return [
            (row[0], row[1]) for row in tx.execute(select(m.person_id, m.name).where(m.proposal_id == newest(stage).id))
        ]


def count(stage: Stage, model: type) -> int:
    with stage.db.reading() as tx:
        return int(tx.execute(select(func.count()).select_from(model)).scalar_one())


def make_minor(stage: Stage, who: str, *, consent: bool) -> None:
    at = stage.world.now if consent else None
    with stage.db.transaction() as tx:
        mine = Person.id == stage.world[who].id
        tx.execute(update(Person).where(mine).values(is_minor=True, guardian_consent_at=at))


def test_a_card_of_a_participant_makes_that_person_the_author(stage: Stage, edition: Ref) -> None:
    person = stage.world["participant"].id
    assert record(stage, person=person).status_code == 303
    kept = newest(stage)
    assert (kept.author_id, kept.leader_id) == (person, None)
    assert members(stage) == [(person, "")]
    assert kept.recorded["card"]["paper_on"] == warsaw_date(utc_now()).isoformat()
    with stage.db.reading() as tx:
        mine = RoleGrant.person_id == person, RoleGrant.edition_id == edition.id
        assert tx.execute(select(RoleGrant.clause_version).where(*mine)).scalar_one() == "1"
    page = stage.page("animator", f"/projekty/{kept.id}")
    assert "Papierowa karta z pomysłem" in page


def test_a_card_of_somebody_unknown_keeps_the_name(stage: Stage, edition: Ref) -> None:
    assert record(stage, name="Stanisława Kruk").status_code == 303
    assert members(stage) == [(None, "Stanisława Kruk")]
    assert newest(stage).author_id is None


def test_a_card_of_a_group_names_nobody(stage: Stage, edition: Ref) -> None:
    assert record(stage, author_as_group="1", name="Stanisława Kruk").status_code == 303
    assert members(stage) == []
    assert newest(stage).author_id is None


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "person"),
        ({"author_as_group": "1", "paper_on": ""}, "paper_on"),
        ({"author_as_group": "1", "paper_on": "2999-01-01"}, "paper_on"),
        ({"author_as_group": "1", "title": ""}, "title"),
        ({"name": "Ala", "under_age": "1"}, "author_as_group"),
        ({"person": "999999"}, "person"),
    ],
)
def test_a_card_that_lacks_something_is_refused_and_given_back(
    stage: Stage, edition: Ref, typed: dict[str, str], field: str
) -> None:
    before = count(stage, Proposal)
    answer = record(stage, summary="Na rynku.", **typed)
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert "Na rynku." in answer.text
    assert count(stage, Proposal) == before


def test_a_minor_is_an_author_only_with_consent(stage: Stage, edition: Ref) -> None:
    person = stage.world["participant"].id
    make_minor(stage, "participant", consent=False)
    assert 'href="#f-author_as_group"' in record(stage, person=person).text
    make_minor(stage, "participant", consent=True)
    assert record(stage, person=person).status_code == 303


def test_the_scan_is_kept_with_the_card_as_one(stage: Stage, edition: Ref) -> None:
    scan = (BytesIO(PDF), "karta.pdf")
    assert record(stage, author_as_group="1", scan=scan).status_code == 303
    with stage.db.reading() as tx:
        row = tx.execute(select(ProposalFile.name, ProposalFile.kind, ProposalFile.proposal_id)).one()
    assert (row.name, row.kind, row.proposal_id) == ("karta.pdf", "scan", newest(stage).id)


def test_a_scan_that_is_none_leaves_no_card(stage: Stage, edition: Ref) -> None:
    before = count(stage, Proposal)
    answer = record(stage, author_as_group="1", scan=(BytesIO(b"MZ" + b"\0" * 500), "karta.pdf"))
    assert answer.status_code == 422
    assert 'href="#f-scan"' in answer.text
    assert 'value="Kino letnie"' in answer.text
    assert (count(stage, Proposal), count(stage, ProposalFile)) == (before, 0)


def test_the_next_card_follows_at_once(stage: Stage, edition: Ref) -> None:
    assert record(stage, author_as_group="1", another="1").location == DOOR


def test_cards_are_for_the_office(stage: Stage, edition: Ref) -> None:
    assert DOOR in stage.page("staff", "/edycje/karty/pomysl")
    assert DOOR not in stage.page("participant", "/edycje/karty/pomysl")
    for who in ("participant", "animator", "visitor"):
        assert stage.as_(who).get(DOOR).status_code == 403


def test_nobody_else_is_named_as_author_of_an_idea_of_ones_own(stage: Stage, edition: Ref) -> None:
    person = stage.world["member"].id
    with pytest.raises(Refusal) as refused, stage.db.transaction() as tx:
        create(tx, CreateCommand("proposal", "record_idea", actor=stage.world["participant"], at=stage.world.at,
                                 edition_id=edition.id, answers={"title": "Kino", "person": person}))  # fmt: skip
    assert [one.code for one in refused.value.missing] == ["no_card"]


def test_only_the_office_says_when_a_paper_came(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    edition = stage.world.edition_of(ref)
    stage.world.take(ref, "edit_sheet", "leader", goals="Cel.")
    yesterday = warsaw_date(stage.world.at) - timedelta(days=1)
    with pytest.raises(NotAllowed), stage.db.transaction() as tx:
        take(tx, StepCommand(ref, "submit", actor=stage.world["leader"], at=stage.world.at, paper_on=yesterday))
    with pytest.raises(NotAllowed), stage.db.transaction() as tx:
        create(tx, CreateCommand("proposal", "record_idea", actor=stage.world["participant"], at=stage.world.at,
                                 edition_id=edition.id, answers={"title": "Kino"}, paper_on=yesterday))  # fmt: skip


def test_a_card_leaves_words_in_the_history_that_can_be_taken_out(stage: Stage, edition: Ref) -> None:
    record(stage, name="Stanisława Kruk")
    with stage.db.reading() as tx:
        words = tx.execute(select(HistoryContent.data).order_by(HistoryContent.history_id.desc()).limit(1)).scalar_one()
    assert words["name"] == "Stanisława Kruk"
