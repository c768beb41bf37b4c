"""Consents for minors: recorded and ended by the office, and what they change for an author."""

from typing import Any

import pytest
from sqlalchemy import select

from tests.conftest import database_url as database_url
from tests.web.stage import Stage, send
from workflow.base.calendar import utc_now, warsaw_date
from workflow.base.errors import NotAllowed
from workflow.models import Consent, Person, Proposal
from workflow.people.minors import note_age, record_consent
from workflow.rules.facts import Ref

pytestmark = pytest.mark.slow

LIST = "/edycje/szkola/niepelnoletni"
DOOR = "/edycje/szkola/pomysl"


@pytest.fixture
def edition(stage: Stage) -> Ref:
    return stage.world.edition("conferences", key="szkola")


@pytest.fixture
def minor(stage: Stage, edition: Ref) -> str:
    """The page of a participant who was noted as a minor."""
    answer = send(stage.as_("staff"), LIST, person=stage.world["participant"].id, band="13_15")
    assert answer.status_code == 303
    return str(answer.location)


def person(stage: Stage) -> Any:
    p = Person
    with stage.db.reading() as tx:
        query = select(p.is_minor, p.age_band, p.guardian_consent_at).where(p.id == stage.world["participant"].id)
        return tx.execute(query).one()


def consent(stage: Stage, page: str, **typed: Any) -> Any:
    given = {"kind": "school", "given_by": "Szkoła nr 2, dyr. Anna Lis", "given_on": warsaw_date(utc_now()).isoformat()}
    return send(stage.as_("staff"), page, **{**given, **typed})


def newest_author(stage: Stage) -> int | None:
    with stage.db.reading() as tx:
        return tx.execute(select(Proposal.author_id).order_by(Proposal.id.desc()).limit(1)).scalar_one()


def test_a_minor_without_consent_records_ideas_of_the_group(stage: Stage, minor: str) -> None:
    assert (person(stage).is_minor, person(stage).age_band) == (True, "13_15")
    participant = stage.as_("participant")
    assert "Autorem będzie grupa" in participant.get(DOOR).text
    refused = send(participant, DOOR, title="Skatepark")
    assert refused.status_code == 422
    assert 'href="#f-author_as_group"' in refused.text
    assert send(participant, DOOR, title="Skatepark", author_as_group="1").status_code == 303
    assert newest_author(stage) is None


def test_a_consent_lets_a_minor_be_the_author_until_it_is_withdrawn(stage: Stage, minor: str) -> None:
    assert consent(stage, minor).status_code == 303
    page = stage.page("staff", minor)
    assert "Szkoła nr 2, dyr. Anna Lis" in page
    assert "Wpis: Staff" in page
    participant = stage.as_("participant")
    assert send(participant, DOOR, title="Skatepark").status_code == 303
    assert newest_author(stage) == stage.world["participant"].id

    staff = stage.as_("staff")
    staff.get(minor)
    with stage.db.reading() as tx:
        number = tx.execute(select(Consent.id)).scalar_one()
    assert staff.post(f"{minor}/zgoda/{number}/wycofaj").status_code == 303
    assert staff.post(f"{minor}/zgoda/{number}/wycofaj").status_code == 404
    assert person(stage).guardian_consent_at is None
    assert send(participant, DOOR, title="Kino").status_code == 422


def test_of_two_consents_one_is_enough(stage: Stage, minor: str) -> None:
    for kind in ("guardian", "school"):
        consent(stage, minor, kind=kind)
    staff = stage.as_("staff")
    staff.get(minor)
    with stage.db.reading() as tx:
        first = tx.execute(select(Consent.id).order_by(Consent.id)).scalars().first()
    staff.post(f"{minor}/zgoda/{first}/wycofaj")
    assert person(stage).guardian_consent_at is not None


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"kind": "neighbour"}, "kind"), ({"given_by": ""}, "given_by"), ({"given_on": "2999-01-01"}, "given_on")],
)
def test_a_consent_that_lacks_something_is_refused_and_given_back(
    stage: Stage, minor: str, typed: dict[str, str], field: str
) -> None:
    answer = consent(stage, minor, **typed)
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert person(stage).guardian_consent_at is None


def test_whoever_comes_of_age_needs_no_consent(stage: Stage, minor: str) -> None:
    staff = stage.as_("staff")
    staff.get(minor)
    assert staff.post(f"{minor}/pelnoletni").location == LIST
    assert (person(stage).is_minor, person(stage).age_band) == (False, "")
    assert send(stage.as_("participant"), DOOR, title="Skatepark").status_code == 303


def test_minors_are_the_business_of_the_office_of_their_edition(stage: Stage, minor: str) -> None:
    for who in ("participant", "leader", "animator", "chair", "visitor"):
        assert stage.as_(who).get(LIST).status_code == 403
        assert stage.as_(who).get(minor).status_code == 403
    at, number = utc_now(), stage.world["participant"].id or 0
    given = {"kind": "school", "given_by": "Szkoła", "given_on": warsaw_date(at)}
    edition_id = stage.world.edition("conferences").id
    with pytest.raises(NotAllowed), stage.db.transaction() as tx:
        note_age(tx, number, edition_id=edition_id, band="", actor=stage.world["leader"])
    with pytest.raises(NotAllowed), stage.db.transaction() as tx:
        record_consent(tx, number, edition_id=edition_id, consent=given, actor=stage.world["animator"], at=at)


def test_somebody_of_no_role_here_is_nobody_here(stage: Stage, minor: str) -> None:
    number = stage.world["visitor"].id
    assert stage.as_("staff").get(f"{LIST}/{number}").status_code == 404
    assert send(stage.as_("staff"), LIST, person=number, band="13_15").status_code == 404


def test_the_list_asks_the_same_of_few_and_of_many(stage: Stage, minor: str) -> None:
    few = stage.count("staff", LIST)
    for who in ("leader", "member", "member2"):
        send(stage.as_("staff"), LIST, person=stage.world[who].id, band="16_17")
    assert stage.count("staff", LIST) == few <= 9
