"""The letter of an invitation: to the invited address alone, with its link, and only while the invitation is open."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tasks.deliver import Sender, deliver
from tasks.mail import MemoryTransport
from tasks.sweep import Sweep
from tests.tasks.programme import BASE, MORNING, Clock, relay_and_forget, settings_for
from tests.world import World
from workflow.groups import invitations
from workflow.models import GroupInvitation
from workflow.notifications.delivery_log import dump
from workflow.notifications.relay import relay_all
from workflow.rules.facts import Ref

NEW = "nowa@example.org"


@pytest.fixture
def ref(world: World) -> Ref:
    ref = world.proposal_in("group_work")
    relay_and_forget(world.database)
    return ref


def invite(world: World, ref: Ref, email: str = NEW) -> int:
    with world.database.transaction() as tx:
        settings = settings_for(world.database)
        return invitations.invite(tx, settings, ref, email=email, place="edit", actor=world["leader"], at=MORNING)


def letters(sender: Sender, transport: MemoryTransport) -> list[str]:
    relay_all(sender.db, base_url=BASE, at=sender.clock())
    deliver(sender)
    return [mail.content.decode() for mail in transport.sent]


def test_letter_goes_to_an_address_that_belongs_to_nobody(
    world: World, ref: Ref, sender: Sender, transport: MemoryTransport
) -> None:
    invite(world, ref)
    (letter,) = letters(sender, transport)
    assert [mail.recipient for mail in transport.sent] == [NEW]
    plain = letter.replace("=\r\n", "")
    assert re.search(rf"{re.escape(settings_for(world.database).base_url)}/zaproszenie/[\w-]{{43}}", plain)
    assert "/login/link/" not in plain
    with world.database.snapshot() as tx:
        rows = [row for row in dump(tx) if row["topic"] == "invitation.sent"]
    assert [(row["recipient"], row["channel"], row["state"]) for row in rows] == [(NEW, "email", "sent")]


def test_withdrawn_invitation_is_not_sent_any_more(
    world: World, ref: Ref, sender: Sender, transport: MemoryTransport
) -> None:  # fmt: skip
    number = invite(world, ref)
    with world.database.transaction() as tx:
        invitations.withdraw(tx, ref, number, actor=world["leader"], at=MORNING)
    assert letters(sender, transport) == []


def test_letter_names_who_invites_and_to_what(
    world: World, ref: Ref, sender: Sender, transport: MemoryTransport
) -> None:
    from email import message_from_string
    from email.policy import default

    invite(world, ref)
    message = message_from_string(letters(sender, transport)[0], policy=default)
    text = message.get_body(("plain",)).get_content()  # type: ignore[attr-defined]
    assert message["Subject"] == "Zaproszenie do grupy: Świetlica „Razem”"
    assert "Leader zaprasza Państwa do grupy" in text


def test_sweep_forgets_addresses_of_long_ended_invitations(
    world: World, ref: Ref, sender: Sender, clock: Clock
) -> None:  # fmt: skip
    number = invite(world, ref)
    clock.ahead(days=60)
    Sweep(sender, every=timedelta(hours=1)).run_once()
    with world.database.reading() as tx:
        assert tx.execute(select(GroupInvitation.email).where(GroupInvitation.id == number)).scalar_one() == ""
