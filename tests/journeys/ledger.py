"""Clients that keep a ledger: what they meant to do, and what they were answered."""

import http.client
import json
import random
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.processes import OPENER
from workflow.rules.facts import Ref

# Who takes which step of the round that a proposal goes to and fro; the first and the third one tell people.
ROUND: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    ("staff", "return_for_completion", {"reasons": ["unclear"], "explanation": "Proszę dopisać partnerów."}),
    ("leader", "edit_sheet", {"summary": "Świetlica, wersja {number}."}),
    ("leader", "resubmit", {"explanation": "Uzupełnione po raz {number}."}),
    ("staff", "merit_opinion", {"unit": "Wydział {number}", "opinion": "positive", "justification": "Zasadny."}),
)
# A cold web process on a busy machine may be killed many times before it answers anybody.
PATIENCE = 120.0
# The share of answers that never reach the client, as on a phone in a train; it asks again.
LOST = 0.1


@dataclass
class Intent:
    """One step that a client wants to take, under one key until it is answered."""

    key: str
    ref: Ref
    who: str
    step: str
    version: int
    data: Mapping[str, Any]
    # What became of each call, for whoever has to find out why it was never answered.
    calls: list[str] = field(default_factory=list)
    answer: dict[str, Any] | None = None


@dataclass
class Ledger:
    """What all clients meant and were told; `cut` are calls that ended without an answer, `unread` are answers that
    a client's own net lost."""

    intents: list[Intent] = field(default_factory=list)
    cut: int = 0
    unread: int = 0
    refused: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def answered(self) -> list[Intent]:
        return [one for one in self.intents if one.answer is not None]


@dataclass
class Client(threading.Thread):
    """Takes steps of its own proposals while it may; asks again, with the same key, until it is answered."""

    address: str
    tokens: Mapping[str, str]
    versions: dict[Ref, int]
    ledger: Ledger
    may_go_on: Callable[[], bool]
    is_done: Callable[[], bool]
    seed: int

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.random = random.Random(self.seed)
        self.places = dict.fromkeys(self.versions, 0)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        # A refusal is final: nobody else touches these proposals, so it means that something was lost or doubled.
        while not self.is_done() and not self.ledger.refused:
            if not self.may_go_on():
                time.sleep(0.005)
                continue
            self.take(self.random.choice(sorted(self.versions)))

    def take(self, ref: Ref) -> None:
        """The next step of a proposal's round, until it is acknowledged."""
        number = self.places[ref]
        who, step, words = ROUND[number % len(ROUND)]
        data = {name: word.format(number=number) if isinstance(word, str) else word for name, word in words.items()}
        intent = Intent(f"{self.seed}-{ref.id}-{number}", ref, who, step, self.versions[ref], data)
        with self.ledger.lock:
            self.ledger.intents.append(intent)
        deadline = time.monotonic() + PATIENCE
        while intent.answer is None and not self.ledger.refused and time.monotonic() < deadline:
            self.ask(intent)
        if intent.answer is not None:
            self.versions[ref] = intent.answer["version"]
            self.places[ref] += 1

    def ask(self, intent: Intent) -> None:
        """One call; without an answer the client cannot know whether the step was taken."""
        began = time.monotonic()
        outcome = self.call(intent)
        intent.calls.append(f"{outcome} after {time.monotonic() - began:.2f} s")
        if outcome != "answered":
            time.sleep(0.02)

    def call(self, intent: Intent) -> str:
        address = f"{self.address}/api/v1/proposals/{intent.ref.id}/steps/{intent.step}"
        headers = {
            "Authorization": f"Bearer {self.tokens[intent.who]}",
            "Content-Type": "application/json",
            "Idempotency-Key": intent.key,
        }
        body = json.dumps({"version": intent.version, "data": intent.data}).encode()
        is_lost = self.random.random() < LOST
        try:
            with OPENER.open(urllib.request.Request(address, body, headers), timeout=15) as answer:
                found = json.load(answer)
        except urllib.error.HTTPError as refusal:
            with refusal, self.ledger.lock:
                if refusal.code < 500:
                    self.ledger.refused.append(f"{intent.key}: {refusal.code} {refusal.read().decode()}")
                self.ledger.cut += 1
                return f"refused with {refusal.code}"
        except (OSError, http.client.HTTPException, ValueError) as error:
            with self.ledger.lock:
                self.ledger.cut += 1
            return f"cut ({error!r})"
        if is_lost:
            with self.ledger.lock:
                self.ledger.unread += 1
            return "lost"
        intent.answer = found
        return "answered"
