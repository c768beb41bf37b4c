"""Letters that wait for a person: nothing goes out before it is approved, nothing that is withdrawn, and who may."""

from collections import Counter

import pytest
from sqlalchemy import select, update

from tests.workflow.letters.test_texts import TEXT
from tests.world import World
from workflow.base.errors import BadInput, NotAllowed, NotFound, NotReady
from workflow.db.database import Database
from workflow.letters import actions
from workflow.letters.batches import batch_content, batches_of
from workflow.letters.lists import people_on
from workflow.models import Delivery, Edition, OutboxRow, Person, RoleGrant
from workflow.notifications import outbox
from workflow.notifications.deliveries import DeliveryState, retry
from workflow.notifications.inbox import messages
from workflow.notifications.letter_batches import Withdrawal
from workflow.notifications.relay import relay, relay_all
from workflow.rules.facts import Actor
from workflow.rules.letter_batches import BatchState, RecipientList
from workflow.rules.topics import Topic

LETTER = {"recipients": "leaders", "subject": "Dyżur biura: {edition}", "text": "W środę biuro jest czynne do 18."}


class Office:
    """The office of an edition with one project that has a leader."""

    def __init__(self, world: World) -> None:
        self.world, self.db = world, world.database
        self.project = world.proposal_in("group_work")
        self.edition = world.edition_of(self.project)
        self.relay()

    def relay(self) -> list[int]:
        return relay_all(self.db, base_url="https://partnerstwo.example", at=self.world.at)

    def actor(self, who: str) -> Actor:
        return self.world[who]

    def write(self, who: str = "staff", **given: str) -> int:
        with self.db.transaction() as tx:
            return actions.write_to_list(
                tx, self.edition.id, {**LETTER, **given}, actor=self.actor(who), at=self.world.at
            )

    def approve(self, batch: int, who: str = "staff2") -> None:
        with self.db.transaction() as tx:
            actions.approve_batch(tx, self.edition.id, batch, actor=self.actor(who), at=self.world.at)

    def withdraw(self, batch: int, who: str = "staff2") -> Withdrawal:
        with self.db.transaction() as tx:
            return actions.withdraw_batch(tx, self.edition.id, batch, actor=self.actor(who), at=self.world.at)

    def deliveries(self, topic: Topic) -> Counter[tuple[str, str, str]]:
        query = (
            select(Person.name, Delivery.channel, Delivery.state).join(Person, Person.id == Delivery.recipient_id)
            .join(OutboxRow, OutboxRow.id == Delivery.outbox_id).where(OutboxRow.topic == topic)
        )  # fmt: skip
        with self.db.reading() as tx:
            return Counter(tuple(row) for row in tx.execute(query))


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)


def test_a_letter_to_a_list_waits_is_readable_and_goes_out_once_approved(office: Office) -> None:
    batch = office.write()
    assert office.relay() == []
    with office.db.reading() as tx:
        content = batch_content(tx, office.edition.id, batch, "pl")
        assert content is not None
        (letter,) = content.letters
        assert [line.state for line in batches_of(tx, office.edition.id)] == [BatchState.HELD]
    assert (content.people, content.by_email) == (1, 1)
    assert [person.name for person in letter.recipients] == ["Leader"]
    assert letter.letter.subject.startswith("Dyżur biura: ")
    assert "{" not in letter.letter.subject
    office.approve(batch)
    assert len(office.relay()) == 1
    assert office.deliveries(Topic.LIST_LETTER) == {("Leader", "email", "created"): 1, ("Leader", "inbox", "sent"): 1}
    with office.db.reading() as tx:
        newest = messages(tx, office.actor("leader").id or 0, language="pl").messages[0]
    assert newest.letter.happened == "W środę biuro jest czynne do 18."


def test_withdrawn_letters_are_never_sent(office: Office) -> None:
    first, second = office.write(), office.write()
    assert office.withdraw(first).waiting == 1
    office.approve(second)
    office.relay()
    what = office.withdraw(second)
    assert (what.withdrawn, what.kept) == ({office.actor("leader").id}, frozenset())
    assert office.relay() == []
    states = {state for _name, _channel, state in office.deliveries(Topic.LIST_LETTER)}
    assert states == {DeliveryState.WITHDRAWN}
    with office.db.reading() as tx:
        page = messages(tx, office.actor("leader").id or 0, language="pl")
    assert Topic.LIST_LETTER not in {message.topic for message in page.messages}
    for again in (first, second):
        with pytest.raises(NotReady):
            office.approve(again)


def test_a_letter_that_failed_is_not_sent_again_once_it_is_withdrawn(office: Office) -> None:
    batch = office.write()
    office.approve(batch)
    (number,) = office.relay()
    with office.db.transaction() as tx:
        tx.execute(update(Delivery).where(Delivery.id == number).values(state=DeliveryState.FAILED))
    office.withdraw(batch)
    with office.db.transaction() as tx:
        assert retry(tx, at=office.world.at) == 0


def test_letters_that_left_before_are_counted_and_stay(office: Office) -> None:
    batch = office.write()
    office.approve(batch)
    (number,) = office.relay()
    with office.db.transaction() as tx:
        tx.execute(update(Delivery).where(Delivery.id == number).values(state=DeliveryState.SENT))
    # Whoever has the e-mail keeps the message of the inbox too.
    with pytest.raises(NotReady, match="Everybody has these letters"):
        office.withdraw(batch)
    assert office.deliveries(Topic.LIST_LETTER) == {("Leader", "email", "sent"): 1, ("Leader", "inbox", "sent"): 1}


def test_withdrawing_keeps_who_approved(office: Office) -> None:
    batch = office.write()
    office.approve(batch)
    office.relay()
    office.withdraw(batch, "staff")
    with office.db.reading() as tx:
        (line,) = batches_of(tx, office.edition.id)
    assert (line.approved_by, line.withdrawn_by, line.state) == ("Staff2", "Staff", BatchState.WITHDRAWN)


def test_what_is_not_what_was_seen_is_neither_approved_nor_withdrawn(office: Office) -> None:
    batch = office.write()
    actor, at = office.actor("staff"), office.world.at
    with office.db.reading() as tx:
        content = batch_content(tx, office.edition.id, batch, "pl")
    assert content is not None
    with office.db.transaction() as tx:
        actions.change_letter(tx, office.edition.id, batch, {**LETTER, "text": "W czwartek."}, actor=actor, at=at)
    with office.db.transaction() as tx, pytest.raises(actions.LettersChanged):
        actions.approve_batch(tx, office.edition.id, batch, actor=actor, at=at, seen=content.digest)
    office.approve(batch)
    office.relay()
    with office.db.transaction() as tx, pytest.raises(actions.LettersChanged):
        seen = content.withdrawal.digest
        actions.withdraw_batch(tx, office.edition.id, batch, actor=actor, at=at, seen=seen)
    with office.db.reading() as tx:
        newest = messages(tx, office.actor("leader").id or 0, language="pl").messages[0]
    assert newest.letter.happened == "W czwartek."


def test_a_letter_is_changed_while_it_waits_and_no_longer(office: Office) -> None:
    batch = office.write()
    actor, at, edition = office.actor("staff2"), office.world.at, office.edition.id
    with office.db.transaction() as tx:
        actions.change_letter(tx, edition, batch, {**LETTER, "recipients": "everybody"}, actor=actor, at=at)
        assert actions.letter_of_list(tx, edition, batch) == {**LETTER, "recipients": "everybody"}
        (line,) = batches_of(tx, edition)
    assert (line.recipients, line.made_by, line.changed_by) == ("everybody", "Staff", "Staff2")
    with office.db.transaction() as tx, pytest.raises(BadInput):
        actions.change_letter(tx, edition, batch, {**LETTER, "text": "{nie ma}"}, actor=actor, at=at)
    office.approve(batch)
    with office.db.transaction() as tx, pytest.raises(NotReady):
        actions.change_letter(tx, edition, batch, LETTER, actor=actor, at=at)


def test_no_letter_goes_to_a_minor_directly(office: Office) -> None:
    with office.db.transaction() as tx:
        tx.execute(update(Person).where(Person.id == office.actor("leader").id).values(is_minor=True))
    batch = office.write()
    with office.db.reading() as tx:
        content = batch_content(tx, office.edition.id, batch, "pl")
    assert content is not None
    readers = [person for letter in content.letters for person in letter.recipients]
    assert [person.by_email for person in readers if person.name == "Leader"] == [False]
    # Whoever gets it instead is named with the minor.
    assert all(person.name.endswith(" (Leader)") for person in readers if person.by_email)
    office.approve(batch)
    office.relay()
    channels = {channel for name, channel, _state in office.deliveries(Topic.LIST_LETTER) if name == "Leader"}
    assert channels == {"inbox"}


@pytest.mark.parametrize("who", ["leader", "chair", "committee1", "participant"])
def test_the_office_alone_writes_approves_and_withdraws(office: Office, who: str) -> None:
    batch = office.write()
    for act in (lambda: office.write(who), lambda: office.approve(batch, who), lambda: office.withdraw(batch, who)):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(NotFound):
        office.approve(batch + 99)


def test_two_people_where_the_edition_wants_it(office: Office) -> None:
    office.world.take(office.edition, "change_settings", "staff", two_people_letters=True)
    batch = office.write("staff")
    with pytest.raises(NotReady) as refusal:
        office.approve(batch, "staff")
    assert refusal.value.missing[0].code == "same_person"
    office.approve(batch, "staff2")


def test_bad_input_is_named_by_its_field(office: Office) -> None:
    for field, given in (("recipients", "nobody"), ("subject", ""), ("subject", "x" * 151), ("text", "{title}")):
        with pytest.raises(BadInput) as refusal:
            office.write(**{field: given})
        assert list(refusal.value.fields) == [field]
    with office.db.transaction() as tx:
        tx.execute(update(RoleGrant).where(RoleGrant.role.like("committee%")).values(withdrawn_at=office.world.at))
    with pytest.raises(NotReady) as empty:
        office.write(recipients="committee")
    assert empty.value.missing[0].code == "list_empty"


def test_leaders_whose_sheet_is_complete_are_not_on_the_list_of_unfinished_ones(office: Office) -> None:
    with office.db.reading() as tx:
        sizes = {chosen: people_on(tx, office.edition.id, chosen) for chosen in RecipientList}
    leader = office.actor("leader").id
    assert sizes[RecipientList.LEADERS] == sizes[RecipientList.LEADERS_WITHOUT_SHEET] == [leader]
    assert {office.actor(who).id for who in ("staff", "leader", "member", "chair")} <= set(
        sizes[RecipientList.EVERYBODY]
    )
    office.world.submit(office.project)
    with office.db.reading() as tx:
        assert people_on(tx, office.edition.id, RecipientList.LEADERS_WITHOUT_SHEET) == []
        assert people_on(tx, office.edition.id, RecipientList.LEADERS) == [leader]


def test_letters_with_an_edited_text_wait_until_it_is_approved(office: Office) -> None:
    office.world.take(office.edition, "change_letter_text", "staff", **{**TEXT, "letter_topic": "proposal.submitted",
                                                                         "letter_happened": "Mamy „{title}”."})  # fmt: skip
    office.world.take(office.edition, "change_letter_text", "staff", **TEXT)
    office.world.submit(office.project)
    # A receipt never waits.
    assert office.relay()
    office.world.admit(office.project)
    assert office.relay() == []
    with office.db.reading() as tx:
        (line,) = batches_of(tx, office.edition.id)
        content = batch_content(tx, office.edition.id, line.id, "pl")
    assert line.topic == Topic.ADMITTED
    assert content is not None
    assert all(letter.letter.happened.startswith("Projekt „Świetlica »Razem«” (") for letter in content.letters)
    office.approve(line.id)
    assert office.relay()
    with office.db.transaction() as tx:
        outbox.record(tx, key="later", topic=Topic.ADMITTED, ref=office.project, at=office.world.at)
    assert office.relay()
    with office.db.reading() as tx:
        assert len(batches_of(tx, office.edition.id)) == 1


def test_the_relay_never_waits_for_whoever_decides_about_a_batch(postgres_url: str) -> None:
    office = Office(World(Database(postgres_url)))
    office.world.take(office.edition, "change_letter_text", "staff", **TEXT)
    with office.db.transaction() as tx:
        outbox.record(tx, key="edited", topic=Topic.ADMITTED, ref=office.project, at=office.world.at)
    with office.db.transaction() as tx:
        tx.execute(select(Edition.id).where(Edition.id == office.edition.id).with_for_update())
        assert relay(office.db, base_url="https://partnerstwo.example", at=office.world.at) == []
    with office.db.reading() as connection:
        assert batches_of(connection, office.edition.id) == []
    assert office.relay() == []
    with office.db.reading() as connection:
        (line,) = batches_of(connection, office.edition.id)
    office.approve(line.id)
    assert office.relay()
    office.db.close()
