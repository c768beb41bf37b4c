"""Whoever follows by e-mail confirms first, hears what is public, and ends it by one press; outsiders learn nothing."""

import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import insert, select

from tasks.deliver import Sender, deliver
from tasks.mail import MemoryTransport
from tests.tasks.programme import BASE, MORNING, Clock, relay_and_forget, settings_for
from tests.world import World
from workflow.base.calendar import warsaw_date
from workflow.base.i18n import format_date
from workflow.editions import followers
from workflow.models import Delivery, Follower, Registration
from workflow.notifications.relay import relay_all
from workflow.rules.facts import Ref

STRANGER = "sasiad@example.org"


@pytest.fixture
def edition(world: World) -> Ref:
    """An edition about which everything that was told until now is of no interest."""
    edition = world.edition("conferences")
    relay_and_forget(world.database)
    return edition


def follow(world: World, edition: Ref, proposal: int | None = None, *, minutes: int = 0) -> None:
    with world.database.transaction() as tx:
        followers.follow(
            tx, settings_for(world.database), STRANGER, edition_id=edition.id, proposal_id=proposal, language="pl",
            clause_version="1", at=MORNING + timedelta(minutes=minutes),
        )  # fmt: skip


def confirm(world: World) -> None:
    with world.database.transaction() as tx:
        assert followers.confirm(tx, 1, at=MORNING)


def letters(sender: Sender, transport: MemoryTransport) -> list[str]:
    """What goes to the stranger's address now."""
    transport.sent.clear()
    for _round in range(2):
        relay_all(sender.db, base_url=BASE, at=sender.clock())
    deliver(sender)
    return [mail.content.decode().replace("=\r\n", "") for mail in transport.sent if mail.recipient == STRANGER]


def read_by(transport: MemoryTransport, address: str) -> list[str]:
    """The plain texts of what went to an address, with one kind of line break."""
    mails = [message_from_bytes(mail.content, policy=policy.default) for mail in transport.sent
             if mail.recipient == address]  # fmt: skip
    bodies = [mail.get_body(("plain",)) for mail in mails]
    return [str(body.get_content()).replace("\r\n", "\n") for body in bodies if body is not None]


def test_nothing_but_the_question_is_sent_before_it_is_confirmed(
    world: World, edition: Ref, sender: Sender, transport: MemoryTransport
) -> None:
    follow(world, edition)
    follow(world, edition, minutes=5)
    (letter,) = letters(sender, transport)
    assert re.search(r"/obserwowanie/1-[\w-]+", letter)
    assert "/login" not in letter
    world.take(edition, "suspend", "staff", reason="Epidemia.")
    assert letters(sender, transport) == []


def test_news_name_the_fact_and_carry_a_link_that_ends_them(
    world: World, edition: Ref, sender: Sender, transport: MemoryTransport
) -> None:
    follow(world, edition)
    confirm(world)
    letters(sender, transport)
    world.take(edition, "suspend", "staff", reason="Epidemia.")
    (letter,) = letters(sender, transport)
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in letter
    link = re.search(r"List-Unsubscribe: <\S+/obserwowanie/koniec/(1-[\w-]+)>", letter)
    assert link
    assert followers.read_token(settings_for(world.database), link[1], followers.END) == 1
    assert followers.read_token(settings_for(world.database), link[1], followers.CONFIRM) is None
    with world.database.transaction() as tx:
        followers.end(tx, 1, at=MORNING)
        assert tx.execute(select(Follower.email)).scalars().all() == [""]
    world.take(edition, "set_calendar", "staff", summary_day=warsaw_date(world.at) + timedelta(days=60))
    assert letters(sender, transport) == []


def test_news_of_a_conference_that_was_moved_say_when_and_where_it_is(
    world: World, edition: Ref, sender: Sender, transport: MemoryTransport
) -> None:
    follow(world, edition)
    confirm(world)
    day = warsaw_date(world.at) + timedelta(days=20)
    place = {"venue": "Remiza", "host_commune": "Lipowo"}
    conference = world.create("conference", "plan", "staff", edition=edition, number=7, purpose="Warsztat", day=day,
                              **place)  # fmt: skip
    world.take(conference, "open", "staff")
    letters(sender, transport)
    later = day + timedelta(days=7)
    world.take(conference, "postpone", "staff", reason="Remont.", day=later, begins="10:00", ends="15:00")
    letters(sender, transport)
    (text,) = read_by(transport, STRANGER)
    assert f"Dzień i miejsce: {format_date(later, 'pl')}, godz. 10:00, Remiza, Lipowo." in text
    world.take(conference, "cancel", "staff", reason="Powódź.")
    letters(sender, transport)
    (text,) = read_by(transport, STRANGER)
    assert "Odwołano konferencję" in text
    assert "Dzień i miejsce" not in text


def test_a_conference_that_was_moved_tells_the_registered_at_which_hours_it_is(
    world: World, edition: Ref, sender: Sender, transport: MemoryTransport
) -> None:
    day = warsaw_date(world.at) + timedelta(days=20)
    conference = world.create("conference", "plan", "staff", edition=edition, number=7, purpose="Warsztat", day=day)
    world.take(conference, "open", "staff")
    with world.database.transaction() as tx:
        tx.execute(insert(Registration).values(
            conference_id=conference.id, person_id=world["visitor"].id, state="registered", source="page",
            code="ABCDEFGH", registered_at=MORNING,
        ))  # fmt: skip
    relay_and_forget(world.database)
    later = day + timedelta(days=7)
    world.take(conference, "postpone", "staff", reason="Remont.", day=later, begins="10:00", ends="15:00")
    relay_all(sender.db, base_url=BASE, at=sender.clock())
    deliver(sender)
    (text,) = [text for text in read_by(transport, "visitor@example.org") if "nr 7" in text]
    assert "Początek:\n10:00" in text
    assert "Koniec:\n15:00" in text


def test_a_project_that_is_not_public_tells_followers_nothing(
    world: World, edition: Ref, sender: Sender, transport: MemoryTransport
) -> None:
    idea = world.idea(edition)
    follow(world, edition, idea.id)
    confirm(world)
    letters(sender, transport)
    world.take(idea, "withdraw", "leader", reason="Brak czasu.", group_informed=True)
    assert letters(sender, transport) == []


def test_whoever_registered_for_a_conference_hears_that_it_is_cancelled_and_of_the_next_one(
    world: World, edition: Ref, sender: Sender, transport: MemoryTransport, clock: Clock
) -> None:
    day = warsaw_date(world.now) + timedelta(days=14)
    first, second = (world.create("conference", "plan", "staff", edition=edition, number=number, purpose="Warsztat",
                                  day=day) for number in (7, 8))  # fmt: skip
    world.take(first, "open", "staff")
    letters(sender, transport)
    with world.database.transaction() as tx:
        tx.execute(insert(Registration).values(
            conference_id=first.id, person_id=world["visitor"].id, state="registered", source="page", code="ABCDEFGH",
            registered_at=MORNING,
        ))  # fmt: skip
    letters(sender, transport)
    world.take(second, "open", "staff")
    world.take(first, "cancel", "staff", reason="Remont sali.")
    letters(sender, transport)
    clock.ahead(days=8)
    relay_all(sender.db, base_url=BASE, at=clock())
    heard = [mail for mail in transport.sent if mail.recipient == "visitor@example.org"]
    assert len(heard) >= 1
    with world.database.reading() as tx:
        told = tx.execute(select(Delivery.id).where(Delivery.recipient_id == world["visitor"].id)).all()
    # Each of the two facts stands in the inbox and goes by e-mail.
    assert len(told) == 4
