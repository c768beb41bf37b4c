"""Letters for minors go to whoever consented, to an adult of the group or to the office; the inbox is their own."""

from datetime import date
from email import message_from_bytes, policy

import pytest
from sqlalchemy import delete, insert, update

from tasks.deliver import Sender, deliver
from tasks.mail import MemoryTransport
from tests.tasks.programme import MORNING, Clock, Programme
from workflow.models import Consent, GroupMember, Person, Proposal
from workflow.notifications import inbox
from workflow.notifications.relay import relay_all
from workflow.rules.facts import Ref
from workflow.rules.topics import Topic

BASE = "https://partnerstwo.example"
GUARDIAN = "opiekunka@example.org"


def is_minor(programme: Programme, *names: str) -> None:
    with programme.db.transaction() as tx:
        ids = [programme.people[name] for name in names]
        tx.execute(update(Person).where(Person.id.in_(ids)).values(is_minor=True))


def consents(programme: Programme, name: str, *, withdrawn: bool = False, letters_to: str = GUARDIAN) -> None:
    row = {"person_id": programme.people[name], "kind": "guardian", "given_by": "Ewa Opiekunka",
           "given_on": date(2026, 9, 1), "recorded_by_id": programme.people["staff"], "recorded_at": MORNING,
           "letters_to": letters_to, "withdrawn_at": MORNING if withdrawn else None}  # fmt: skip
    with programme.db.transaction() as tx:
        tx.execute(insert(Consent).values(**row))


def letters(sender: Sender, transport: MemoryTransport) -> dict[str, str]:
    """The text of every letter, by the address it goes to."""
    relay_all(sender.db, base_url=BASE, at=MORNING)
    while deliver(sender):
        pass
    found = {}
    for mail in transport.sent:
        body = message_from_bytes(mail.content, policy=policy.default).get_body(("plain",))
        assert body is not None
        found[mail.recipient] = str(body.get_content())
    return found


def test_the_guardian_gets_the_letter_and_the_minor_the_message(
    programme: Programme, sender: Sender, transport: MemoryTransport
) -> None:
    is_minor(programme, "member")
    consents(programme, "member")
    programme.tell(Topic.ADMITTED)
    found = letters(sender, transport)
    assert found.keys() == {"leader@example.org", GUARDIAN}
    assert "Dla osoby niepełnoletniej" in found[GUARDIAN]
    assert "Member" in found[GUARDIAN]
    assert "Member" not in found["leader@example.org"]
    with programme.db.reading() as tx:
        assert programme.unread(tx, "member") == 1
        assert programme.unread(tx, "leader") == 1
        assert len(inbox.messages(tx, programme.people["member"], language="pl").messages) == 1


@pytest.mark.parametrize("consent", [{"withdrawn": True}, {"letters_to": ""}])
def test_without_an_address_an_adult_of_the_group_gets_it(
    programme: Programme, sender: Sender, transport: MemoryTransport, consent: dict[str, object]
) -> None:
    is_minor(programme, "member")
    consents(programme, "member", **consent)  # type: ignore[arg-type]
    programme.tell(Topic.MENTIONED, payload={"person": programme.people["member"], "by": programme.people["staff"]})
    found = letters(sender, transport)
    assert found.keys() == {"leader@example.org"}
    assert "Dla osoby niepełnoletniej:\r\nMember" in found["leader@example.org"].replace("\n", "\r\n").replace(
        "\r\r", "\r"
    )
    with programme.db.reading() as tx:
        assert programme.unread(tx, "member") == 1
        assert programme.unread(tx, "leader") == 0


def test_an_adult_who_gets_the_letter_anyway_gets_no_second_one(
    programme: Programme, sender: Sender, transport: MemoryTransport
) -> None:
    is_minor(programme, "member")
    programme.tell(Topic.ADMITTED)
    assert letters(sender, transport).keys() == {"leader@example.org"}
    assert len(transport.sent) == 1


def test_a_decision_for_a_minor_who_leads_reaches_an_adult_or_the_office(
    programme: Programme, sender: Sender, transport: MemoryTransport
) -> None:
    is_minor(programme, "leader", "member")
    programme.tell(Topic.REJECTED)
    found = letters(sender, transport)
    assert found.keys() == {"staff@example.org"}
    assert "nie wybrał" in found["staff@example.org"]


def test_no_letter_ever_goes_to_the_minor_but_the_link_that_was_asked_for(
    programme: Programme, sender: Sender, transport: MemoryTransport
) -> None:
    is_minor(programme, "leader", "member", "author")
    consents(programme, "leader")
    for topic in (Topic.GROUP_FORMED, Topic.RETURNED, Topic.REJECTED, Topic.SUBMISSION_DEADLINE_NEAR):
        programme.tell(topic)
    found = letters(sender, transport)
    assert GUARDIAN in found
    assert not {"leader@example.org", "member@example.org", "author@example.org"} & found.keys()
    programme.tell(Topic.SIGN_IN_LINK, ref=Ref("person", programme.people["leader"]))
    assert "leader@example.org" in letters(sender, transport)


def test_who_left_the_group_since_is_written_about_no_more(
    programme: Programme, sender: Sender, transport: MemoryTransport, clock: Clock
) -> None:
    is_minor(programme, "member")
    consents(programme, "member")
    programme.tell(Topic.ADMITTED)
    relay_all(sender.db, base_url=BASE, at=clock.now)
    with programme.db.transaction() as tx:
        tx.execute(delete(GroupMember).where(GroupMember.person_id == programme.people["member"]))
        tx.execute(update(Proposal).values(leader_id=programme.people["leader"]))
    assert GUARDIAN not in letters(sender, transport)
