"""Accounts are offered to many after a look at who gets a letter; the letters wait, and whoever wants signs in by one."""

from sqlalchemy import select, update

from tasks.render import render
from tests.web.pages.test_edition_people import Add, add, edition  # noqa: F401 - fixtures of the list
from tests.web.stage import Stage, hidden, send
from workflow.models import LetterBatch, OneTimeLink, OutboxRow, Person
from workflow.notifications import relay
from workflow.notifications.message_data import addressed
from workflow.rules.topics import Topic

PAGE = "/edycje/wioska/osoby/konta"


def offer(stage: Stage, people: list[int]) -> str:
    """Look at the offer to these people and write it; the address of the letters that wait."""
    staff = stage.as_("staff")
    own = hidden(staff.get("/edycje/wioska/osoby").text)
    shown = staff.post(PAGE, {"csrf_token": own["csrf_token"], "person": [str(number) for number in people]})
    assert shown.status_code == 200, shown.text
    fields = hidden(shown.text, f"{PAGE}/napisz")
    answer = staff.post(f"{PAGE}/napisz", {**fields, "person": [str(number) for number in people]})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def offers(stage: Stage) -> list[tuple[str, bool]]:
    o = OutboxRow
    query = select(Person.email, o.relayed_at).join(Person, Person.id == o.subject_id).order_by(Person.email)
    with stage.db.reading() as tx:
        return [(email, at is not None) for email, at in tx.execute(query.where(o.topic == Topic.ACCOUNT_OFFERED))]


def test_only_people_with_an_address_and_without_an_account_get_an_offer_that_waits(
    stage: Stage, edition: object, add: Add  # noqa: F811
) -> None:  # fmt: skip
    people = [add("Anna Nowa", email="anna@example.org"), add("Jan Nowy", email="jan@example.org"), add("Bez Adresu"),
              add("Ola Młoda", email="ola@example.org", is_minor=True), add("Ma Konto", email="ma@example.org"),
              add("Była Tu", email="byla@example.org", active=False)]  # fmt: skip
    with stage.db.transaction() as tx:
        tx.execute(update(Person).where(Person.id == people[4]).values(password_hash="x"))
    batch = offer(stage, people)
    assert offers(stage) == [("anna@example.org", False), ("jan@example.org", False)]
    shown = stage.page("staff", batch)
    assert shown.count('<details class="stack"') == 1
    assert "Anna Nowa, Jan Nowy" in shown
    settings, at = stage.app.extensions["partnerstwo"].settings, stage.world.now
    relay.relay_all(stage.db, base_url=settings.base_url, at=at)
    assert [sent for _email, sent in offers(stage)] == [False, False]
    # A second offer goes to nobody while the first is valid.
    again = send(stage.as_("staff"), PAGE, person=str(people[0]))
    assert "Mają ważne zaproszenie: bez drugiego (1)" in again.text

    with stage.db.transaction() as tx:
        tx.execute(update(LetterBatch).values(state="approved"))
    ids = relay.relay_all(stage.db, base_url=settings.base_url, at=at)
    with stage.db.reading() as tx:
        letters = [one for one in addressed(tx, ids).values() if one.facts.topic is Topic.ACCOUNT_OFFERED]
    assert sorted(letter.email for letter in letters) == ["anna@example.org", "jan@example.org"]
    text = render(letters[0], settings, at=at).content.decode().replace("=\r\n", "")
    assert "/login/link/" in text
    with stage.db.reading() as tx:
        assert {purpose for (purpose,) in tx.execute(select(OneTimeLink.purpose))} == {"offer"}


def test_what_changed_since_the_look_is_refused_and_nobody_is_no_offer(
    stage: Stage, edition: object, add: Add  # noqa: F811
) -> None:  # fmt: skip
    number = add("Anna Nowa", email="anna@example.org")
    staff = stage.as_("staff")
    fields = hidden(send(staff, PAGE, person=str(number)).text, f"{PAGE}/napisz")
    with stage.db.transaction() as tx:
        tx.execute(update(Person).where(Person.id == number).values(active=False))
    assert staff.post(f"{PAGE}/napisz", {**fields, "person": str(number)}).status_code == 409
    assert send(staff, PAGE).status_code == 422
    assert send(stage.as_("leader"), PAGE, person=str(number)).status_code == 403
    assert offers(stage) == []
