"""The page of messages tells what the letters tell."""

from sqlalchemy import update

from tests.listening import statements_of
from tests.tasks.programme import MORNING, Programme
from workflow.models import GroupMember
from workflow.notifications.deliveries import mark_read
from workflow.notifications.inbox import messages
from workflow.notifications.relay import relay_all
from workflow.rules.facts import Ref
from workflow.rules.topics import Topic


def record(programme: Programme, *topics: Topic) -> None:
    for topic in topics:
        programme.tell(topic, actor="staff", note="Uwaga biura")
    relay_all(programme.db, base_url="https://partnerstwo.example", at=MORNING)


def test_messages_come_newest_first_in_the_reader_s_language(programme: Programme) -> None:
    record(programme, Topic.SUBMITTED, Topic.ADMITTED)
    with programme.db.reading() as connection:
        page = messages(connection, programme.people["member"], language="pl")
        english = messages(connection, programme.people["member"], language="en")
    assert [message.topic for message in page.messages] == [Topic.ADMITTED, Topic.SUBMITTED]
    assert page.messages[0].letter.subject == "Projekt dopuszczono do prezentacji: Łąka dla pszczół"
    assert english.messages[0].letter.subject == "Project admitted to the presentation: Łąka dla pszczół"
    assert page.messages[0].letter.path == f"/projekty/{programme.proposal}"
    assert page.messages[0].letter.note == "Uwaga biura"
    assert page.before is None


def test_pages_follow_each_other_without_gap_or_repetition(programme: Programme) -> None:
    record(programme, *[Topic.ADMITTED] * 7)
    seen: list[int] = []
    before = None
    with programme.db.reading() as connection:
        while True:
            page = messages(connection, programme.people["leader"], language="pl", before=before, limit=3)
            seen += [message.id for message in page.messages]
            before = page.before
            if before is None:
                break
    assert len(seen) == len(set(seen)) == 7
    assert seen == sorted(seen, reverse=True)


def test_person_reads_and_marks_only_own_messages(programme: Programme) -> None:
    record(programme, Topic.ADMITTED, Topic.SUBMITTED)
    leader, member = programme.people["leader"], programme.people["member"]
    with programme.db.transaction() as tx:
        own = [message.id for message in messages(tx, member, language="pl").messages]
        assert mark_read(tx, leader, at=MORNING, ids=own) == 0
        assert programme.unread(tx, "member") == 2
        assert mark_read(tx, member, at=MORNING, ids=own[:1]) == 1
        assert programme.unread(tx, "member") == 1
        assert [message.is_read for message in messages(tx, member, language="pl").messages] == [True, False]
        assert mark_read(tx, member, at=MORNING) == 1
        assert programme.unread(tx, "leader") == 2


def test_whoever_left_the_group_no_longer_reads_its_words(programme: Programme) -> None:
    record(programme, Topic.ADMITTED)
    with programme.db.transaction() as tx:
        tx.execute(update(GroupMember).values(left_at=MORNING))
        page = messages(tx, programme.people["member"], language="pl")
    assert page.messages[0].letter.note == ""
    assert "Staff" not in " ".join(page.messages[0].letter.paragraphs)


def test_page_takes_the_same_number_of_statements_however_long_it_is(programme: Programme) -> None:
    record(programme, Topic.ADMITTED)
    record(programme, *[Topic.SUBMITTED] * 20)
    record(programme, Topic.SELECTED)
    counts = []
    for limit in (1, 20):
        with statements_of(programme.db) as asked, programme.db.reading() as connection:
            messages(connection, programme.people["leader"], language="pl", limit=limit)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 8


def test_secret_of_an_account_never_stands_in_the_inbox(programme: Programme) -> None:
    programme.tell(Topic.SIGN_IN_LINK, ref=Ref("person", programme.people["leader"]), payload={"box": "x"})
    relay_all(programme.db, base_url="https://partnerstwo.example", at=MORNING)
    with programme.db.reading() as connection:
        assert not messages(connection, programme.people["leader"], language="pl").messages
