"""What stands in a letter."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

import pytest

from tasks.render import render
from tests.tasks.programme import MORNING, Programme, settings_for
from workflow.accounts import seal
from workflow.base.i18n import LANGUAGES, translator
from workflow.models import Edition, Person, Proposal
from workflow.notifications.message_data import addressed
from workflow.notifications.message_texts import WORDS
from workflow.notifications.messages import AS_WHAT, LetterFacts, compose
from workflow.notifications.relay import relay_all
from workflow.notifications.topic_recipients import AUDIENCES
from workflow.rules.facts import Ref
from workflow.rules.topics import Audience, Topic


def letters(programme: Programme, **settings: object) -> dict[str, EmailMessage]:
    """The rendered letters by the name of the reader."""
    made = relay_all(programme.db, base_url="https://partnerstwo.example", at=MORNING)
    with programme.db.reading() as connection:
        rows = addressed(connection, made)
    parsed = {
        letter.email.partition("@")[0]: message_from_bytes(
            render(letter, settings_for(programme.db, **settings), at=MORNING).content, policy=policy.default
        )
        for letter in rows.values()
    }
    return cast("dict[str, EmailMessage]", parsed)


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


@pytest.mark.parametrize("topic", sorted(WORDS))
def test_every_sentence_of_a_topic_is_said_in_polish(topic: Topic) -> None:
    words = WORDS[topic]
    for sentence in (words.subject, words.happened, *words.expected.values()):
        said = translator("pl").gettext(sentence.text)
        assert said != sentence.text
        assert sorted(said.split("{")[1:], key=len) or "{" not in sentence.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("topic", sorted(AUDIENCES))
def test_every_topic_becomes_a_letter_in_every_language(topic: Topic, language: str) -> None:
    facts = LetterFacts(7, topic, Ref("proposal", 1), MORNING, "Łąka", 3, "Próba 2026", "proba", "Anna",
                        audiences=frozenset(AUDIENCES[topic]), note="Notatka", data={"justification": "Bo tak"},
                        until=MORNING)  # fmt: skip
    letter = compose(facts, language, only=AUDIENCES[topic])
    assert letter.subject
    assert "{" not in " ".join((letter.subject, *letter.paragraphs))
    assert letter.paragraphs[0] == letter.happened


@pytest.mark.parametrize("audience", sorted(set(Audience) - {Audience.PUBLIC}))
def test_reader_is_told_why_he_is_written_to(audience: Audience) -> None:
    assert translator("pl").gettext(AS_WHAT[audience].text) != AS_WHAT[audience].text


def test_letter_speaks_the_reader_s_language(programme: Programme) -> None:
    with programme.db.transaction() as tx:
        tx.execute(Person.__table__.update().where(Person.name == "Member").values(language="en"))
    programme.tell(Topic.ADMITTED)
    sent = letters(programme)
    assert sent["leader"]["Subject"] == "Projekt dopuszczony: Łąka dla pszczół"
    assert sent["member"]["Subject"] == "Project admitted: Łąka dla pszczół"
    assert 'lang="pl"' in part(sent["leader"], "html")
    assert 'lang="en"' in part(sent["member"], "html")


def test_letter_says_who_why_until_when_and_its_number(programme: Programme) -> None:
    until = MORNING + timedelta(days=7)
    data = {"reasons": ["budget"], "explanation": "Brak źródeł"}
    programme.tell(Topic.RETURNED, actor="staff", note="Do rozmowy", data=data, payload={"until": until.isoformat()})
    letter = letters(programme)["leader"]
    for kind in ("plain", "html"):
        text = part(letter, kind)
        for words in (
            "Kto i kiedy: Staff",
            "Termin: 23 września 2026",
            "Brak źródeł",
            "Do rozmowy",
            "Powiadomienie nr 1",
        ):
            assert words in text


def test_wide_circles_do_not_read_the_words_meant_for_the_group(programme: Programme) -> None:
    programme.tell(Topic.SELECTED, actor="committee_chair", note="Poufna uwaga", data={"justification": "Tajne powody"})
    sent = letters(programme)
    assert "Poufna uwaga" in part(sent["member"], "plain")
    for outsider in ("partner", "other_leader"):
        text = part(sent[outsider], "plain") + part(sent[outsider], "html")
        assert "Łąka dla pszczół" in text
        assert not any(words in text for words in ("Poufna uwaga", "Tajne powody", "Committee_Chair"))


@pytest.mark.parametrize("topic", [Topic.REFUSAL_DRAFTED, Topic.CANCELLATION_PROPOSED])
def test_draft_of_a_decision_never_travels_by_mail(topic: Topic, programme: Programme) -> None:
    programme.tell(topic, note="Poufna uwaga", data={"justification": "Tajne powody"})
    for letter in letters(programme).values():
        assert not {"Poufna uwaga", "Tajne powody"} & set(part(letter, "plain").splitlines())


def test_what_people_wrote_is_escaped_in_html(programme: Programme) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    with programme.db.transaction() as tx:
        tx.execute(Proposal.__table__.update().values(title=evil))
        tx.execute(Person.__table__.update().where(Person.name == "Staff").values(name=evil))
    programme.tell(Topic.RETURNED, actor="staff", note=evil, data={"explanation": evil})
    html = part(letters(programme)["leader"], "html")
    assert "<script" not in html
    assert "<img" not in html


def test_every_link_begins_with_base_url(programme: Programme) -> None:
    programme.tell(Topic.ADMITTED, note="https://evil.example/ to zwykły tekst")
    html = part(letters(programme, host="0.0.0.0", port=1234)["leader"], "html")
    links = [piece.split('"')[0] for piece in html.split('href="')[1:]]
    assert links == [f"https://partnerstwo.example/proposals/{programme.proposal}"]
    assert "src=" not in html
    assert "url(" not in html


def test_letter_says_that_a_machine_wrote_it(programme: Programme) -> None:
    programme.tell(Topic.ADMITTED)
    letter = letters(programme)["leader"]
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Id"] == "<partnerstwo.partnerstwo.example>"
    assert letter["Message-ID"].endswith("@partnerstwo.example>")
    assert "<style" not in part(letter, "html")


def test_sign_in_link_is_opened_only_when_the_letter_is_written(programme: Programme) -> None:
    settings = settings_for(programme.db)
    payload = {"box": seal(settings, "secret-token"), "until": (MORNING + timedelta(minutes=15)).isoformat()}
    programme.tell(Topic.SIGN_IN_LINK, ref=Ref("person", programme.people["leader"]), payload=payload)
    letter = letters(programme)["leader"]
    assert letter["Subject"] == "Link do logowania"
    assert "https://partnerstwo.example/login/link/secret-token" in part(letter, "plain")
    assert 'href="https://partnerstwo.example/login/link/secret-token"' in part(letter, "html")


def decided(programme: Programme) -> None:
    window = {"until": (MORNING + timedelta(days=7)).isoformat()}
    grounds = {"justification": "Za mało partnerów", "resolution": "4/2026", "outcome": "reject", "votes_for": 1}
    with programme.db.transaction() as tx:
        tx.execute(Proposal.__table__.update().values(recorded={"decision": grounds, "appeal_window": window}))


def test_decision_tells_its_grounds_and_until_when_to_appeal(programme: Programme) -> None:
    decided(programme)
    programme.tell(Topic.REJECTED, actor="committee_chair")
    sent = letters(programme)
    for words in ("Za mało partnerów", "4/2026", "można się odwołać", "Termin: 23 września 2026"):
        assert words in part(sent["leader"], "plain")
    assert "Za mało partnerów" in part(sent["member"], "plain")
    assert "odwołać" not in part(sent["member"], "plain")


def test_edition_without_appeals_promises_none(programme: Programme) -> None:
    decided(programme)
    with programme.db.transaction() as tx:
        tx.execute(Edition.__table__.update().values(settings={"allows_appeals": False}))
    programme.tell(Topic.REJECTED)
    assert "odwołać" not in part(letters(programme)["leader"], "plain")


def test_grounds_of_a_selection_do_not_reach_the_other_leaders(programme: Programme) -> None:
    decided(programme)
    programme.tell(Topic.SELECTED)
    sent = letters(programme)
    assert "Za mało partnerów" in part(sent["leader"], "plain")
    for outsider in ("other_leader", "partner"):
        assert "Za mało partnerów" not in part(sent[outsider], "plain") + part(sent[outsider], "html")
