"""What stands in a letter."""

import re
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

import pytest

from tasks.render import render
from tests.tasks.programme import MORNING, Programme, settings_for
from workflow.accounts import seal
from workflow.base.i18n import LANGUAGES, translator
from workflow.models import Conference, Edition, Person, Proposal
from workflow.notifications.letter_page import plain_of
from workflow.notifications.letter_texts import shipped
from workflow.notifications.message_data import addressed
from workflow.notifications.messages import AS_WHAT, LetterFacts, compose
from workflow.notifications.relay import relay_all
from workflow.notifications.topic_audiences import AUDIENCES
from workflow.rules.facts import Ref
from workflow.rules.letter_text import PLACEHOLDER, fault
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


@pytest.mark.parametrize("topic", sorted(AUDIENCES))
def test_every_text_is_shipped_in_both_languages_with_placeholders_of_its_topic(topic: Topic) -> None:
    polish, english = (shipped(language)[topic] for language in LANGUAGES)
    assert polish.expected.keys() == english.expected.keys()
    for text in (polish, english):
        assert [fault(part, topic) for part in text.parts()] == [None] * len(list(text.parts()))
    for said, source in zip(polish.parts(), english.parts(), strict=True):
        assert said != source or not source
        assert sorted(PLACEHOLDER.findall(said)) == sorted(PLACEHOLDER.findall(source))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("topic", sorted(AUDIENCES))
def test_every_topic_becomes_a_letter_for_each_audience_in_every_language(topic: Topic, language: str) -> None:
    for audience in set(AUDIENCES[topic]) - {Audience.PUBLIC}:
        facts = LetterFacts(7, topic, Ref("proposal", 1), MORNING, "Łąka", 3, "Próba 2026", "proba", "Anna",
                            audiences=frozenset({audience}), note="Notatka", data={"justification": "Bo tak"},
                            until=MORNING)  # fmt: skip
        letter = compose(facts, shipped(language)[topic], language)
        assert letter.subject
        text = plain_of(letter, "https://partnerstwo.example/")
        assert "{" not in text
        assert not re.search(r" [,.:]|\(\)|, \.|: \.", text)
        assert len(letter.expected) <= 2
        assert text.startswith(letter.greeting)
        assert text.count("https://") == 1
        assert letter.reason in text.split("-- ")[1]


def letter_to(audience: Audience, topic: Topic, **facts: object) -> tuple[str, str, str]:
    """Where a letter leads, what its button says, and until when something is expected."""
    known = LetterFacts(7, topic, Ref("proposal", 1), MORNING, "Łąka", audiences=frozenset({audience}),
                        until=MORNING + timedelta(days=7), **facts)  # type: ignore[arg-type]  # fmt: skip
    letter = compose(known, shipped("pl")[topic], "pl")
    return letter.path, letter.link, letter.until


def test_a_letter_leads_to_the_page_that_its_sentences_speak_of() -> None:
    assert letter_to(Audience.LEADER, Topic.JOIN_REQUESTED)[:2] == ("/projekty/1/grupa", "Otwórz stronę grupy")
    assert letter_to(Audience.NAMED, Topic.MENTIONED)[:2] == ("/projekty/1/rozmowa", "Otwórz rozmowę")
    assert letter_to(Audience.OTHER_LEADER, Topic.MERGER_AGREED, data={"target": 9})[0] == "/projekty/9"
    assert letter_to(Audience.STAFF, Topic.MERGER_AGREED, data={"target": 9})[0] == "/projekty/1"


def test_a_reminder_names_its_term_to_whoever_is_only_informed_and_other_letters_do_not() -> None:
    assert letter_to(Audience.COORDINATOR, Topic.RESUME_NEAR)[2].startswith("Termin: ")
    assert letter_to(Audience.LEADER, Topic.SELECTED)[2] == ""


@pytest.mark.parametrize("audience", sorted(set(Audience) - {Audience.PUBLIC}))
def test_reader_is_told_why_he_is_written_to(audience: Audience) -> None:
    assert translator("pl").gettext(AS_WHAT[audience].text) != AS_WHAT[audience].text


def test_letter_speaks_the_reader_s_language(programme: Programme) -> None:
    with programme.db.transaction() as tx:
        tx.execute(Person.__table__.update().where(Person.name == "Member").values(language="en"))
    programme.tell(Topic.ADMITTED)
    sent = letters(programme)
    assert sent["leader"]["Subject"] == "Projekt dopuszczono do prezentacji: Łąka dla pszczół"
    assert sent["member"]["Subject"] == "Project admitted to the presentation: Łąka dla pszczół"
    assert 'lang="pl"' in part(sent["leader"], "html")
    assert 'lang="en"' in part(sent["member"], "html")
    page = f"https://partnerstwo.example/projekty/{programme.proposal}"
    assert f"{page}\r\n" in part(sent["leader"], "plain")
    assert f"{page}?lang=en\r\n" in part(sent["member"], "plain")


def test_letter_says_who_why_until_when_and_no_number_of_all_letters(programme: Programme) -> None:
    until = MORNING + timedelta(days=7)
    data = {"reasons": ["budget"], "explanation": "Brak źródeł"}
    programme.tell(Topic.RETURNED, actor="staff", note="Do rozmowy", data=data, payload={"until": until.isoformat()})
    letter = letters(programme)["leader"]
    for kind in ("plain", "html"):
        text = part(letter, kind)
        for words in (
            "Zapis w historii: Staff",
            "Termin: 23 września 2026",
            "Brak źródeł",
            "Do rozmowy",
        ):
            assert words in text
        assert "Powiadomienie nr" not in text, "it would tell how many letters there were, those under embargo too"


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
    assert links == [f"https://partnerstwo.example/projekty/{programme.proposal}",
                     "https://partnerstwo.example/konto/powiadomienia"]  # fmt: skip
    assert "src=" not in html
    assert "url(" not in html


def test_letter_says_that_a_machine_wrote_it(programme: Programme) -> None:
    programme.tell(Topic.ADMITTED)
    letter = letters(programme)["leader"]
    assert letter["Auto-Submitted"] == "auto-generated"
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
    for words in ("Za mało partnerów", "4/2026", "może złożyć odwołanie", "Termin: 23 września 2026"):
        assert words in part(sent["leader"], "plain")
    assert "Za mało partnerów" in part(sent["member"], "plain")
    assert "odwołanie" not in part(sent["member"], "plain")


def test_edition_without_appeals_promises_none(programme: Programme) -> None:
    decided(programme)
    with programme.db.transaction() as tx:
        tx.execute(Edition.__table__.update().values(settings={"allows_appeals": False}))
    programme.tell(Topic.REJECTED)
    assert "odwołanie" not in part(letters(programme)["leader"], "plain")


def test_grounds_of_a_selection_do_not_reach_the_other_leaders(programme: Programme) -> None:
    decided(programme)
    programme.tell(Topic.SELECTED)
    sent = letters(programme)
    assert "Za mało partnerów" in part(sent["leader"], "plain")
    for outsider in ("other_leader", "partner"):
        assert "Za mało partnerów" not in part(sent[outsider], "plain") + part(sent[outsider], "html")


def test_letter_is_signed_by_the_office_that_the_edition_names(programme: Programme) -> None:
    office = {"office_name": "Starostwo Powiatowe w Płocku", "office_contact": "biuro@example.org"}
    with programme.db.transaction() as tx:
        tx.execute(Edition.__table__.update().values(settings=office))
    programme.tell(Topic.UNSUBMITTED_EXPIRED)
    letter = letters(programme)["leader"]
    for kind in ("plain", "html"):
        text = part(letter, kind)
        for words in ("Szanowni Państwo", "Z poważaniem", "Biuro programu „Próba 2026”",
                      "Starostwo Powiatowe w Płocku, biuro@example.org", "Pytania: biuro@example.org.",
                      "prosimy napisać do biura programu: biuro@example.org."):  # fmt: skip
            assert words in text


def test_admission_invites_to_the_summary_conference_with_a_calendar_file(programme: Programme) -> None:
    number = programme.conference()
    with programme.db.transaction() as tx:
        day = {"is_summary": True, "starts_at": MORNING + timedelta(days=9), "venue": "Dom kultury"}
        tx.execute(Conference.__table__.update().where(Conference.id == number).values(host_commune="Łąck", **day))
    programme.tell(Topic.ADMITTED)
    letter = letters(programme)["leader"]
    assert "(25 września 2026, godz. 11:00, Dom kultury, Łąck)" in part(letter, "plain").replace("\n", " ")
    (calendar,) = letter.iter_attachments()
    assert calendar.get_content_type() == "text/calendar"
    assert "DTSTART:20260925T" in str(calendar.get_content())
    assert f"UID:conference-{number}@partnerstwo.example" in str(calendar.get_content())


def test_no_title_or_name_adds_a_header(programme: Programme) -> None:
    evil = "Łąka\r\nBcc: someone@example.org\r\n\r\nNowa treść =?utf-8?q?=0d=0aX:y?="
    with programme.db.transaction() as tx:
        tx.execute(Proposal.__table__.update().values(title=evil))
        tx.execute(
            Edition.__table__.update().values(title=evil, settings={"office_name": evil, "office_contact": evil})
        )
        tx.execute(Person.__table__.update().where(Person.name == "Leader").values(name=evil))
    programme.tell(Topic.ADMITTED)
    for letter in letters(programme).values():
        assert letter["Bcc"] is None
        assert letter["X"] is None
        assert letter["Subject"].startswith("Projekt dopuszczono do prezentacji: Łąka Bcc:")
