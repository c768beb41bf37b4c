"""Nothing that people write becomes a header."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tasks.headers import LETTER, LONGEST, clean_header
from tasks.mail import LetterRefusedError, MemoryTransport
from tasks.render import render
from tests.tasks.programme import MORNING, Programme, settings_for
from workflow.models import Person, Proposal
from workflow.notifications.message_data import addressed
from workflow.notifications.relay import relay_all
from workflow.rules.topics import Topic

EVIL = (
    "Hello =?UTF-8?Q?=0D=0A?=Bcc: x@y.pl",
    "Hello\r\nBcc: x@y.pl",
    "Hello\nBcc: x@y.pl\n\nbody",
    "Hello\x00\x0bBcc: x@y.pl",
    "Hello =\u200b?utf-8?B?DQpCY2M6IHhAeS5wbA==?=",
    "==??UTF-8?Q?=0D=0A?==??=",
    "Hello\u2028Bcc: x@y.pl",
    "a" * 5000,
)


@pytest.mark.parametrize("value", EVIL)
def test_header_is_one_short_line_without_encoded_words(value: str) -> None:
    clean = clean_header(value)
    assert len(clean) <= LONGEST
    assert "=?" not in clean
    assert "?=" not in clean
    assert clean.isprintable()


@given(st.text(alphabet=st.sampled_from("=?\r\n\x00 aUTF-8Q0D")))
def test_no_text_leaves_an_encoded_word(value: str) -> None:
    clean = clean_header(value)
    assert not {"=?", "?=", "\r", "\n", "\x00"} & {clean[i : i + n] for n in (1, 2) for i in range(len(clean))}


@given(st.text(alphabet="abcdśó„” :", max_size=LONGEST))
@example("Sprostowanie: Projekt dopuszczono do prezentacji: Cyfrowe środy dla seniorów")
def test_a_subject_is_read_as_it_was_written_wherever_it_is_folded(value: str) -> None:
    message = EmailMessage(policy=LETTER)
    message["Subject"] = clean_header(value)
    sent = message.as_bytes()
    assert message_from_bytes(sent, policy=policy.default)["Subject"] == clean_header(value)
    assert max(map(len, sent.splitlines())) < 80


@pytest.mark.parametrize("value", EVIL)
def test_letter_with_evil_names_has_only_our_headers(value: str, programme: Programme) -> None:
    with programme.db.transaction() as tx:
        tx.execute(Proposal.__table__.update().values(title=value.replace("\x00", "")[:200]))
        tx.execute(Person.__table__.update().values(name=value.replace("\x00", "")[:200]))
    programme.tell(Topic.RESERVE_EXPIRED)
    [number] = relay_all(programme.db, base_url="https://partnerstwo.example", at=MORNING)
    with programme.db.reading() as connection:
        letter = addressed(connection, [number])[number]
    mail = render(letter, settings_for(programme.db), at=MORNING)
    message = message_from_bytes(mail.content, policy=policy.default)
    assert message["Bcc"] is None
    assert [name for name in message if message.get_all(name) != [message[name]]] == []
    assert message["To"].addresses[0].addr_spec == "leader@example.org"
    assert mail.recipient == "leader@example.org"


@pytest.mark.parametrize("email", ["a b@example.org", "a@b@c.pl", "a\r\nRCPT TO:<x@y>@c.pl", "<a@b.pl>", "a@", "@b"])
def test_address_that_is_none_is_refused_for_good(email: str, programme: Programme, transport: MemoryTransport) -> None:
    with programme.db.transaction() as tx:
        tx.execute(Person.__table__.update().where(Person.name == "Leader").values(email=email))
    programme.tell(Topic.RESERVE_EXPIRED)
    [number] = relay_all(programme.db, base_url="https://partnerstwo.example", at=MORNING)
    with programme.db.reading() as connection:
        letter = addressed(connection, [number])[number]
    with pytest.raises(LetterRefusedError):
        render(letter, settings_for(programme.db), at=MORNING)
