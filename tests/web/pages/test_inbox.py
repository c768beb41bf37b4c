"""The inbox: what a person was told, and what of it is new."""

import re
from datetime import timedelta

from sqlalchemy import update

from tests.web.stage import Stage, hidden
from workflow.base.calendar import utc_now
from workflow.comments.actions import add_comment, withdraw_comment
from workflow.comments.visibility import Circle
from workflow.models import GroupMember
from workflow.notifications.relay import relay_all
from workflow.rules.facts import Ref


def relayed(stage: Stage) -> None:
    relay_all(stage.db, base_url="http://127.0.0.1:8000", at=utc_now())


def test_messages_stand_in_the_inbox_with_a_number_in_the_menu(stage: Stage) -> None:
    ref = stage.world.proposal_in("returned")
    relayed(stage)
    page = stage.page("leader", "/skrzynka")
    assert f"/{ref.id}" in page.partition("<main")[2]
    assert "Proszę dopisać partnerów." in page
    assert '<span class="count">' in page
    # When it came, and the same small print as in the e-mail.
    for words in ("Data: ", "Piszemy do lidera grupy. To wiadomość automatyczna, prosimy na nią nie odpowiadać."):
        assert words in page


def test_what_was_read_is_not_new_any_more(stage: Stage) -> None:
    stage.world.proposal_in("returned")
    relayed(stage)
    leader = stage.as_("leader")
    fields = hidden(leader.get("/skrzynka").text)
    assert leader.post("/skrzynka/przeczytane", {"message": fields["message"]}).status_code == 303
    while "message" in (fields := hidden(leader.get("/skrzynka").text)):
        leader.post("/skrzynka/przeczytane", {"message": fields["message"]})
    assert '<span class="count">' not in leader.get("/praca").text


def test_nobody_marks_the_messages_of_others(stage: Stage) -> None:
    stage.world.proposal_in("returned")
    relayed(stage)
    message = hidden(stage.page("leader", "/skrzynka"))["message"]
    other = stage.as_("visitor")
    other.get("/skrzynka")
    other.post("/skrzynka/przeczytane", {"message": message})
    assert hidden(stage.page("leader", "/skrzynka"))["message"] == message


def test_an_empty_inbox_says_so(stage: Stage) -> None:
    assert "Nie ma jeszcze powiadomień" in stage.page("visitor", "/skrzynka")


def test_the_inbox_takes_a_fixed_number_of_statements(stage: Stage) -> None:
    stage.world.proposal_in("returned")
    relayed(stage)
    first = stage.count("leader", "/skrzynka")
    stage.world.proposal_in("returned")
    relayed(stage)
    assert stage.count("leader", "/skrzynka") == first


def say_in(
    stage: Stage, ref: Ref, words: str, who: str = "member", circle: str = Circle.GROUP, to: tuple[str, ...] = ()
) -> int:
    named = tuple(stage.world[name].id for name in to)
    with stage.db.transaction() as tx:
        return add_comment(
            tx, ref, text=words, actor=stage.world[who], at=stage.world.now, circle=circle, mentions=named
        )


def test_a_message_about_a_talk_carries_what_was_said(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    say_in(stage, ref, "Klucze są u sołtysa.")
    relayed(stage)
    page = stage.page("leader", "/skrzynka")
    assert '<blockquote class="said as-typed">Klucze są u sołtysa.</blockquote>' in page


def test_words_that_were_removed_or_that_the_reader_may_not_read_stand_in_no_message(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    number = say_in(stage, ref, "Tego już nie ma.")
    say_in(stage, ref, "Tylko dla grupy.")
    relayed(stage)
    with stage.db.transaction() as tx:
        withdraw_comment(tx, ref, number, actor=stage.world["member"], at=stage.world.now)
    page = stage.page("leader", "/skrzynka")
    assert "Tego już nie ma." not in page
    assert "Tylko dla grupy." in page
    # Whoever has left the group keeps the message and not the words.
    with stage.db.transaction() as tx:
        tx.execute(
            update(GroupMember).where(GroupMember.person_id == stage.world["leader"].id).values(left_at=stage.world.now)
        )
    page = stage.page("leader", "/skrzynka")
    assert "Tylko dla grupy." not in page
    assert "jest nowy wpis" in page


def test_similar_messages_are_gathered_in_one_card(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    for number in range(5):
        say_in(stage, ref, f"Wpis numer {number}.")
        stage.world.now += timedelta(minutes=20)
    relayed(stage)
    page = stage.page("leader", "/skrzynka")
    cards = [card for card in page.split("<article")[1:] if "Wpis numer" in card]
    assert len(cards) == 1
    assert all(f"Wpis numer {number}." in cards[0] for number in range(5))
    assert "Wcześniejsze: 2" in cards[0]
    assert "5 nowych" in cards[0]
    news = sum(int(number) for number in re.findall(r"(\d+) now(?:e|ych)</span>", page))
    assert f'<span class="count">{news}</span>' in page


def test_words_addressed_to_the_reader_head_the_card_of_the_talk_and_are_shown_once(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    say_in(stage, ref, "Kto ma klucze?", to=("leader",))
    stage.world.now += timedelta(minutes=20)
    say_in(stage, ref, "Już wiem, sołtys.")
    relayed(stage)
    (card,) = [card for card in stage.page("leader", "/skrzynka").split("<article")[1:] if "Kto ma klucze?" in card]
    assert "Wpis skierowany do Państwa" in card.partition("</h2>")[0]
    assert card.count("Kto ma klucze?") == 1
    assert card.count("Już wiem, sołtys.") == 1
    assert card.index("Już wiem, sołtys.") < card.index("Kto ma klucze?")


def test_a_second_entry_addressed_to_the_reader_says_so_at_its_words(stage: Stage) -> None:
    ref = stage.world.proposal_in("group_work")
    for words in ("Pierwszy do lidera.", "Drugi do lidera."):
        say_in(stage, ref, words, to=("leader",))
        stage.world.now += timedelta(minutes=20)
    relayed(stage)
    (card,) = [card for card in stage.page("leader", "/skrzynka").split("<article")[1:] if "Drugi do" in card]
    assert card.count("Wpis skierowany do Państwa") == 2


def test_why_one_gets_it_and_the_numbers_are_small_print(stage: Stage) -> None:
    stage.world.proposal_in("submitted")
    relayed(stage)
    page = stage.page("leader", "/skrzynka")
    small = re.findall(r'<p class="small muted fine">(.*?)</p>', page, flags=re.DOTALL)
    assert any("Numer potwierdzenia" in text and "Piszemy do" in text for text in small)
