"""Letters are handed over to a folder or to an SMTP server."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tasks.mail import (
    FileTransport,
    LetterDeferredError,
    LetterRefusedError,
    MailTransport,
    OutgoingMail,
    SmtpTransport,
    TransportDownError,
    transport_for,
)
from tests.smtp_sink import BUSY, DROP_BEFORE, REFUSE, Answer, SmtpSink, slow
from workflow.base.settings import load_settings

MAIL = OutgoingMail("<1.abc@partnerstwo.example>", "biuro@example.org", "lider@example.org", b"Subject: x\r\n\r\ny\r\n")


def smtp(url: str, **limits: float) -> SmtpTransport:
    return SmtpTransport(load_settings(mail_url=url).mail, **limits)


def send(transport: MailTransport, *mails: OutgoingMail) -> None:
    with transport.connect() as connection:
        for mail in mails or (MAIL,):
            connection.send(mail)


@contextmanager
def server_that(speaks: Callable[[socket.socket], None]) -> Iterator[str]:
    """The address of a server that says to one client what it likes, until the client has gone."""

    def serve() -> None:
        client, _address = listener.accept()
        with client, suppress(OSError):
            speaks(client)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"smtp://127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


def dripping(client: socket.socket) -> None:
    while True:
        client.sendall(b"2")
        time.sleep(0.02)


def endless_lines(client: socket.socket) -> None:
    while True:
        client.sendall(b"220-welcome\r\n" * 100)


def endless_line(client: socket.socket) -> None:
    while True:
        client.sendall(b"220 welcome" * 100)


def test_setting_chooses_the_transport(tmp_path: Path) -> None:
    assert isinstance(transport_for(load_settings(mail_url=f"file:{tmp_path}")), FileTransport)
    assert isinstance(transport_for(load_settings(mail_url="smtp://mail.example:25")), SmtpTransport)


def test_file_is_private_named_after_its_message_id_and_written_once(tmp_path: Path) -> None:
    transport = FileTransport(tmp_path / "mail")
    send(transport, MAIL, MAIL)
    [file] = (tmp_path / "mail").iterdir()
    assert file.name == "1.abc@partnerstwo.example.eml"
    assert file.read_bytes() == MAIL.content
    assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "mail").stat().st_mode & 0o777 == 0o700


def test_message_id_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    send(FileTransport(tmp_path / "mail"), OutgoingMail("<../../x@y>", "a@b.pl", "c@d.pl", b"z"))
    assert [path.name for path in (tmp_path / "mail").iterdir()] == ["....x@y.eml"]


def test_folder_that_cannot_be_written_counts_as_down(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file")
    with pytest.raises(TransportDownError):
        send(FileTransport(tmp_path / "mail"))
    (tmp_path / "good" / "1.abc@partnerstwo.example.eml").mkdir(parents=True)
    with pytest.raises(TransportDownError):
        send(FileTransport(tmp_path / "good"))
    assert [path.name for path in (tmp_path / "good").iterdir()] == ["1.abc@partnerstwo.example.eml"]


def test_one_connection_carries_a_batch(smtp_sink: SmtpSink) -> None:
    send(smtp(smtp_sink.url), *[MAIL] * 5)
    assert len(smtp_sink.letters) == 5


@pytest.mark.parametrize(("answer", "error"), [(BUSY, LetterDeferredError), (REFUSE, LetterRefusedError)])
def test_letter_after_a_refused_one_goes_out_on_the_same_connection(
    smtp_sink: SmtpSink, answer: Answer, error: type[Exception]
) -> None:
    smtp_sink.script.append(answer)
    with smtp(smtp_sink.url).connect() as connection:
        with pytest.raises(error):
            connection.send(MAIL)
        connection.send(MAIL)
    assert len(smtp_sink.letters) == 1


def test_server_whose_connections_keep_breaking_counts_as_down(smtp_sink: SmtpSink) -> None:
    smtp_sink.rule = lambda _: DROP_BEFORE
    with smtp(smtp_sink.url).connect() as connection:
        for _ in range(2):
            with pytest.raises(LetterDeferredError):
                connection.send(MAIL)
        with pytest.raises(TransportDownError):
            connection.send(MAIL)


def test_slow_server_is_not_waited_for(smtp_sink: SmtpSink) -> None:
    smtp_sink.rule = lambda _: slow(3)
    with smtp(smtp_sink.url, answer_seconds=0.3).connect() as connection, pytest.raises(LetterDeferredError):
        connection.send(MAIL)


def test_letter_has_no_more_time_than_all_its_answers_together(smtp_sink: SmtpSink) -> None:
    with smtp(smtp_sink.url, letter_seconds=0).connect() as connection, pytest.raises(LetterDeferredError):
        connection.send(MAIL)


@pytest.mark.parametrize("speaks", [dripping, endless_lines, endless_line])
def test_server_that_never_comes_to_an_end_holds_nobody_up(speaks: Callable[[socket.socket], None]) -> None:
    began = time.monotonic()
    with server_that(speaks) as url, pytest.raises(TransportDownError):
        send(smtp(url, answer_seconds=0.3, letter_seconds=0.3))
    assert time.monotonic() - began < 3


def test_what_a_server_says_is_kept_without_control_characters(smtp_sink: SmtpSink) -> None:
    smtp_sink.script.append(Answer("550 no\0such \x1b[31mmailbox", keeps=False))
    with pytest.raises(LetterRefusedError, match=r"^550 no such  \[31mmailbox$"):
        send(smtp(smtp_sink.url))


@pytest.mark.parametrize("code", ["421", "530"])
def test_server_that_refuses_our_password_counts_as_down(smtp_sink: SmtpSink, code: str) -> None:
    smtp_sink.rule = lambda _: Answer(f"{code} not now", keeps=False)
    with pytest.raises(TransportDownError, match=code):
        send(smtp(smtp_sink.url))


@pytest.mark.slow
def test_password_is_given_and_a_wrong_one_counts_as_down() -> None:
    sink = SmtpSink(user="biuro", password="dobre")
    sink.start()
    try:
        send(smtp(f"smtp://biuro:dobre@127.0.0.1:{sink.port}"))
        assert len(sink.letters) == 1
        with pytest.raises(TransportDownError):
            send(smtp(f"smtp://biuro:inne@127.0.0.1:{sink.port}", answer_seconds=1))
        assert len(sink.letters) == 1
    finally:
        sink.stop()


def test_letter_does_not_travel_in_the_clear_where_tls_was_asked_for(smtp_sink: SmtpSink) -> None:
    for url in (f"smtp://127.0.0.1:{smtp_sink.port}?starttls=yes", f"smtps://127.0.0.1:{smtp_sink.port}"):
        with pytest.raises(TransportDownError):
            send(smtp(url, answer_seconds=2))
    assert smtp_sink.attempts == []


def test_address_with_polish_letters_goes_to_a_server_that_takes_it(smtp_sink: SmtpSink) -> None:
    mail = OutgoingMail(MAIL.message_id, MAIL.sender, "żaneta@example.org", MAIL.content)
    send(smtp(smtp_sink.url), mail)
    assert smtp_sink.letters[0].recipients == ("żaneta@example.org",)
