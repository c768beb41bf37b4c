"""The attendance of a conference on its page: counts with their table, what is printed, the office's registration."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from tests.web.stage import Stage, send
from workflow.base.calendar import utc_now
from workflow.models import Conference, ConferencePass, Organisation, Presence, Registration
from workflow.participation import check_in

pytestmark = pytest.mark.slow


@pytest.fixture
def path(stage: Stage) -> str:
    """A conference with two people of one organisation who are there, and one registered by the office."""
    edition = stage.world.edition("conferences", key="obecni")
    number = stage.world.summaries[edition].id
    settings = stage.app.extensions["partnerstwo"].settings
    with stage.db.transaction() as tx:
        later = {"state": "open", "starts_at": utc_now() - timedelta(hours=1)}
        tx.execute(update(Conference).where(Conference.id == number).values(later))
        for name, organisation in (("Anna Lis", "KGW"), ("Jan Kot", "KGW"), ("=1+1", "")):
            check_in.walk_in(tx, settings, number, name, organisation, actor=stage.world["animator"], at=utc_now())
        tx.execute(update(Organisation).where(Organisation.name == "KGW").values(sector="społeczny", commune="Łąck"))
    return f"/konferencje/{number}"


def test_counts_are_shown_with_their_table_and_those_unknown_by_word(stage: Stage, path: str) -> None:
    page = stage.page("animator", f"{path}/uczestnicy")
    for words in ("społeczny", "Łąck", "KGW", "nie podano", 'class="bar"'):
        assert words in page, words
    assert "Zapisz tę osobę" not in page
    for who, status in (("leader", 403), (None, 303)):
        assert stage.as_(who).get(f"{path}/uczestnicy").status_code == status


def test_a_recorded_figure_keeps_its_qualifier_and_source(stage: Stage, path: str) -> None:
    edition = stage.world.edition("conferences", key="dawna")
    number = stage.world.summaries[edition].id
    figure = {"participants": 100, "participants_qualifier": "ok.", "participants_source": "Gazeta, 2017"}
    with stage.db.transaction() as tx:
        tx.execute(update(Conference).where(Conference.id == number).values(figure))
    page = stage.page("staff", f"/konferencje/{number}/uczestnicy")
    assert "ok. 100" in page
    assert "Gazeta, 2017" in page


def test_the_office_registers_somebody_without_an_address_and_cancels(stage: Stage, path: str) -> None:
    staff = stage.as_("staff")
    assert send(staff, f"{path}/uczestnicy", name="Zofia Bez Adresu", email="", organisation="").status_code == 303
    with stage.db.reading() as tx:
        query = select(Registration.id, Registration.source).order_by(Registration.id.desc()).limit(1)
        number, source = tx.execute(query).one()
    assert source == "office"
    assert staff.post(f"{path}/uczestnicy/{number}/odwolaj").status_code == 303
    staff.get(f"{path}/uczestnicy")
    assert "Zofia Bez Adresu" not in staff.get(f"{path}/uczestnicy").text
    assert staff.post(f"{path}/uczestnicy/{number + 100}/odwolaj").status_code == 404
    animator = stage.as_("animator")
    animator.get(f"{path}/odprawa")
    assert animator.post(f"{path}/uczestnicy", {"name": "X"}).status_code == 403


def test_the_office_registers_a_minor_only_with_whoever_consents(stage: Stage, path: str) -> None:
    staff, typed = stage.as_("staff"), {"name": "Ola Kot", "email": "", "organisation": "", "is_minor": "1"}
    refused = send(staff, f"{path}/uczestnicy", **typed)
    assert (refused.status_code, refused.text.count("Poniżej 18 lat ktoś musi wyrazić zgodę")) == (422, 4)
    assert send(staff, f"{path}/uczestnicy", **typed, guardian="Ewa Kot", guardian_kind="guardian").status_code == 303
    with stage.db.reading() as tx:
        query = select(Registration.guardian, Registration.guardian_kind).order_by(Registration.id.desc()).limit(1)
        assert tuple(tx.execute(query).one()) == ("Ewa Kot", "guardian")


@pytest.mark.parametrize("name", ["identyfikatory", "lista-obecnosci", "zaswiadczenia", "plakat"])
def test_every_print_is_a_pdf_for_hosts_alone(stage: Stage, path: str, name: str) -> None:
    answer = stage.as_("animator").client.get(f"{path}/druki/{name}.pdf")
    assert (answer.status_code, answer.data[:5]) == (200, b"%PDF-")
    assert stage.as_("leader").get(f"{path}/druki/{name}.pdf").status_code == 403
    assert stage.as_("animator").get(f"{path}/druki/inne.pdf").status_code == 404
    assert stage.as_("animator").get(f"{path}/druki/zaswiadczenia.pdf?osoba=987654").status_code == 404


def test_the_list_as_rows_holds_no_formula(stage: Stage, path: str) -> None:
    text = stage.as_("staff").client.get(f"{path}/uczestnicy.csv").data.decode("utf-8-sig")
    assert "Anna Lis;KGW;społeczny;Łąck" in text
    assert "\n=1+1" not in text
    assert stage.as_("staff").client.get(f"{path}/uczestnicy.xlsx").data[:2] == b"PK"


def test_how_many_were_there_is_not_asked_where_people_were_checked_in(stage: Stage, path: str) -> None:
    assert 'name="participants"' not in stage.page("staff", f"{path}/krok/hold")
    with stage.db.transaction() as tx:
        tx.execute(delete(ConferencePass))
        tx.execute(delete(Presence))
    assert 'name="participants"' in stage.page("staff", f"{path}/krok/hold")
