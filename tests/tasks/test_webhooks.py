"""Webhooks: signed calls about what may be told, made again until they are taken, never to an address of our own."""

import hmac
import http.server
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import select, update

from tasks import signed_calls
from tasks.deliver import Sender
from tasks.public_address import PrivateAddressError, is_public, resolve
from tasks.signed_calls import CallFailedError, call
from tasks.webhooks import call_webhooks
from tests.tasks.programme import MORNING, Clock, Programme
from workflow.accounts import seal
from workflow.base.errors import BadInput
from workflow.models import Webhook, WebhookCall, WebhookTry
from workflow.notifications import webhooks
from workflow.notifications.relay import relay_all
from workflow.notifications.webhook_calls import LEASE, PURPOSE, CallState, is_sent_to
from workflow.rules.facts import Ref
from workflow.rules.topics import Topic
from workflow.rules.webhook_scopes import WebhookScope

SECRET = "whsec_tajne"
BASE = "https://partnerstwo.example"


@dataclass
class Receiver:
    """Another system on this machine: takes calls, answers with the next status (200 at the end)."""

    port: int = 0
    statuses: list[int] = field(default_factory=list)
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://odbiorca.example:{self.port}/przyjmij?a=1"

    def resolve(self, _host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    known = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            known.calls.append((dict(self.headers), body))
            self.send_response(known.statuses.pop(0) if known.statuses else 200)
            self.send_header("Location", "http://127.0.0.1:1/wewnetrzny")
            self.end_headers()
            self.wfile.write("przyjęto".encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield known
    server.shutdown()
    server.server_close()


def add(programme: Programme, sender: Sender, url: str, scope: WebhookScope = WebhookScope.PUBLIC) -> int:
    with programme.db.transaction() as tx:
        number = webhooks.add(tx, programme.edition, url="https://odbiorca.example/", scope=scope, by=1, at=MORNING,
                              box=seal(sender.settings, SECRET, purpose=PURPOSE))  # fmt: skip
        # Only tests speak without TLS.
        tx.execute(update(Webhook).where(Webhook.id == number).values(url=url))
    return number


def happens(programme: Programme, *topics: Topic) -> None:
    for topic in topics:
        programme.tell(topic)
    relay_all(programme.db, base_url=BASE, at=MORNING)


def rows(programme: Programme) -> list[tuple[str, int]]:
    with programme.db.reading() as tx:
        return [
            tuple(row) for row in tx.execute(select(WebhookCall.state, WebhookCall.attempts).order_by(WebhookCall.id))
        ]


def tries(programme: Programme) -> list[tuple[int | None, str]]:
    with programme.db.reading() as tx:
        return [tuple(row) for row in tx.execute(select(WebhookTry.status, WebhookTry.reply).order_by(WebhookTry.id))]


def test_a_call_is_signed_over_time_and_body_and_names_nobody(
    programme: Programme, sender: Sender, receiver: Receiver
) -> None:
    add(programme, sender, receiver.url)
    happens(programme, Topic.SELECTED)
    assert call_webhooks(sender, resolver=receiver.resolve) == 1
    headers, body = receiver.calls[0]
    stamp = headers["X-Partnerstwo-Timestamp"]
    expected = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, sha256).hexdigest()
    assert headers["X-Partnerstwo-Signature"] == f"v1={expected}"
    assert int(stamp) == int(MORNING.timestamp())
    content = json.loads(body)
    assert content["topic"] == "proposal.selected"
    assert content["subject"] == {"kind": "proposal", "id": programme.proposal}
    assert content["edition"] == "proba-2026"
    assert "Leader" not in body.decode()
    assert "Łąka" not in body.decode()
    assert rows(programme) == [(CallState.SENT, 1)]
    assert tries(programme) == [(200, "przyjęto")]
    assert call_webhooks(sender, resolver=receiver.resolve) == 0


def test_a_call_that_is_not_taken_is_made_again_later_with_the_same_name(
    programme: Programme, sender: Sender, receiver: Receiver, clock: Clock
) -> None:
    add(programme, sender, receiver.url)
    happens(programme, Topic.SELECTED)
    receiver.statuses = [500, 429]
    call_webhooks(sender, resolver=receiver.resolve)
    assert rows(programme) == [(CallState.CREATED, 1)]
    assert call_webhooks(sender, resolver=receiver.resolve) == 0
    clock.ahead(minutes=2)
    call_webhooks(sender, resolver=receiver.resolve)
    clock.ahead(minutes=8)
    call_webhooks(sender, resolver=receiver.resolve)
    assert rows(programme) == [(CallState.SENT, 3)]
    assert [status for status, _ in tries(programme)] == [500, 429, 200]
    assert len({headers["X-Partnerstwo-Delivery"] for headers, _ in receiver.calls}) == 1
    assert len({headers["X-Partnerstwo-Signature"] for headers, _ in receiver.calls}) == 3


def test_after_three_days_of_failures_a_call_has_failed(
    programme: Programme, sender: Sender, receiver: Receiver, clock: Clock
) -> None:
    add(programme, sender, receiver.url)
    happens(programme, Topic.SELECTED)
    receiver.statuses = [503] * 30
    for _ in range(20):
        call_webhooks(sender, resolver=receiver.resolve)
        clock.ahead(hours=15)
    assert rows(programme) == [(CallState.FAILED, 14)]


def test_a_redirect_is_not_followed(programme: Programme, sender: Sender, receiver: Receiver) -> None:
    add(programme, sender, receiver.url)
    happens(programme, Topic.SELECTED)
    receiver.statuses = [302]
    call_webhooks(sender, resolver=receiver.resolve)
    assert len(receiver.calls) == 1
    assert tries(programme) == [(302, "the address answers with a redirect; give the final address")]


def test_workers_at_once_call_once(programme: Programme, sender: Sender, receiver: Receiver) -> None:
    add(programme, sender, receiver.url)
    happens(programme, Topic.SELECTED, Topic.COMPLETED, Topic.CANCELLED)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: call_webhooks(sender, resolver=receiver.resolve), range(4)))
    assert len(receiver.calls) == 3
    assert rows(programme) == [(CallState.SENT, 1)] * 3


def test_a_killed_worker_leaves_its_call_to_the_next(
    programme: Programme, sender: Sender, receiver: Receiver, clock: Clock
) -> None:
    add(programme, sender, receiver.url)
    happens(programme, Topic.SELECTED)

    def killed(_host: str, _port: int) -> list[str]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        call_webhooks(sender, resolver=killed)
    assert rows(programme) == [(CallState.SENDING, 1)]
    assert call_webhooks(sender, resolver=receiver.resolve) == 0
    clock.now += LEASE + timedelta(seconds=1)
    call_webhooks(sender, resolver=receiver.resolve)
    assert rows(programme) == [(CallState.SENT, 2)]


def test_a_silent_system_holds_up_no_other(programme: Programme, sender: Sender, receiver: Receiver) -> None:
    dead, alive = add(programme, sender, "http://nikt.example:1/"), add(programme, sender, receiver.url)
    happens(programme, Topic.SELECTED, Topic.COMPLETED)
    call_webhooks(sender, resolver=receiver.resolve)
    assert len(receiver.calls) == 2
    with programme.db.reading() as tx:
        found = tx.execute(select(WebhookCall.webhook_id, WebhookCall.state, WebhookCall.attempts)).all()
    assert {tuple(row) for row in found} == {
        (alive, CallState.SENT, 1), (dead, CallState.CREATED, 1), (dead, CallState.CREATED, 0),
    }  # fmt: skip


def test_an_ended_webhook_is_not_called(programme: Programme, sender: Sender, receiver: Receiver) -> None:
    number = add(programme, sender, receiver.url)
    happens(programme, Topic.SELECTED)
    with programme.db.transaction() as tx:
        webhooks.end(tx, programme.edition, number, by=1, at=MORNING)
    call_webhooks(sender, resolver=receiver.resolve)
    happens(programme, Topic.COMPLETED)
    assert receiver.calls == []
    assert rows(programme) == [(CallState.FAILED, 1)]


def test_only_what_may_be_told_is_told(programme: Programme, sender: Sender, receiver: Receiver) -> None:
    add(programme, sender, receiver.url)
    add(programme, sender, receiver.url, WebhookScope.OFFICE)
    happens(programme, Topic.SELECTED, Topic.SUBMITTED, Topic.GROUP_FORMED, Topic.COMMENTED)
    programme.tell(Topic.SIGN_IN_LINK, ref=Ref("person", programme.people["leader"]))
    relay_all(programme.db, base_url=BASE, at=MORNING)
    call_webhooks(sender, resolver=receiver.resolve)
    told = sorted(json.loads(body)["topic"] for _, body in receiver.calls)
    assert told == ["proposal.selected", "proposal.selected", "proposal.submitted"]


@pytest.mark.parametrize("scope", WebhookScope)
def test_meetings_votes_and_accounts_are_never_told(scope: WebhookScope) -> None:
    for topic in Topic:
        kind = topic.partition(".")[0]
        if kind in ("meeting", "poll", "account", "invitation"):
            assert not is_sent_to(topic, kind, scope)
    assert is_sent_to(Topic.RESULTS_ANNOUNCED, "edition", scope)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
     "::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::", "ff02::1",
     "255.255.255.255", "192.0.2.1", "2001:db8::1"],
)  # fmt: skip
def test_addresses_that_are_not_public_are_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f000001", "[::1]", "0177.0.0.1"])
def test_a_name_of_this_machine_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises((PrivateAddressError, OSError)):
        resolve(host.strip("[]"), 443)


def test_a_call_goes_to_the_address_that_was_checked(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads elsewhere a moment later is not asked again."""
    asked = []

    def once(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["127.0.0.1"]

    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("asked again")

    opened = signed_calls.socket.create_connection

    def only_numbers(address: tuple[str, int], **more: Any) -> Any:
        assert address[0] == "127.0.0.1"
        return opened(address, **more)

    monkeypatch.setattr("tasks.signed_calls.socket.create_connection", only_numbers)
    assert call(receiver.url, b"{}", {}, resolver=once).status == 200
    assert asked == [("odbiorca.example", receiver.port)]


def test_a_private_address_is_refused_at_every_try(
    programme: Programme, sender: Sender, receiver: Receiver, clock: Clock
) -> None:
    add(programme, sender, f"http://localhost:{receiver.port}/")
    happens(programme, Topic.SELECTED)
    for _ in range(2):
        call_webhooks(sender)
        clock.ahead(minutes=10)
    assert receiver.calls == []
    assert [status for status, _ in tries(programme)] == [None, None]
    assert all("not a public address" in reply for _, reply in tries(programme))


@contextmanager
def dripping() -> Iterator[int]:
    """A server that answers one byte at a time and never ends."""
    listener = signed_calls.socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            try:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-A: ")
                while not stop.wait(0.05):
                    connection.sendall(b"a")
            except OSError:
                return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        stop.set()
        thread.join(5)
        listener.close()


def test_a_server_that_answers_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signed_calls, "CALL_SECONDS", 0.5)
    with dripping() as port, pytest.raises(CallFailedError):
        call(f"http://x.example:{port}/", b"{}", {}, resolver=lambda _host, _port: ["127.0.0.1"])


@pytest.mark.parametrize(
    "url",
    ["http://x.example/", "https://", "ftp://x.example/", "https://anna:haslo@x.example/", "javascript:alert(1)", "x",
     "https://x.example:0/", "https://x.example:99999/", "https://łąka.example/", "https://x.example/" + "a" * 500],
)  # fmt: skip
def test_what_cannot_be_called_is_refused_when_it_is_added(programme: Programme, url: str) -> None:
    with pytest.raises(BadInput), programme.db.transaction() as tx:
        webhooks.add(tx, programme.edition, url=url, scope=WebhookScope.PUBLIC, box="x", by=1, at=MORNING)
