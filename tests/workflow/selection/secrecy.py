"""A secret vote of a committee: its ballots, its receipts, and everything that the database holds afterwards."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from tests.workflow.selection.test_meetings import Session
from tests.world import World
from workflow.db.database import Database
from workflow.engine.result_reader import result_file
from workflow.models import BallotBox, BallotReceipt, Base, Elector, SecretBallot
from workflow.rules.facts import Ref
from workflow.selection.secret_ballots import Received, cast, exchange, new_form
from workflow.voting.sealing import Receipt


class Secret(Session):
    """A meeting in session with a motion that is voted on in secret, and the receipts of its voters."""

    def __init__(self, world: World, **rules: Any) -> None:
        super().__init__(world, **rules)
        if world.database.poll_keys is None:
            raise AssertionError("a test of secret votes names the folder of their keys")
        self.keys: Path = world.database.poll_keys
        self.receipts: dict[str, Received] = {}

    def put(self, **more: Any) -> None:
        row = {"project": self.world.facts(self.project)["number"], "outcome": "select", "justification": "Dobry."}
        self.world.take(self.meeting, "put_motion", "chair", motion_kind="decide", wording="Wybrać projekt.",
                        decisions=[row], **{"secret": True, **more})  # fmt: skip

    def open_secret(self, *present: str) -> Ref:
        self.begin(*present)
        self.put()
        return self.open_vote()

    def form(self, poll: Ref) -> Receipt:
        with self.world.database.reading() as tx:
            return new_form(tx, poll.id)

    def cast(self, poll: Ref, receipt: Receipt | None = None, **choices: str) -> None:
        for name, choice in choices.items():
            given = receipt or self.form(poll)
            with self.world.database.transaction() as tx:
                self.receipts[name] = cast(tx, poll.id, choice, given, actor=self.world[name], at=self.world.now)

    def exchange(self, poll: Ref, who: str, choice: str, *, revision: int | None = None) -> None:
        held = self.receipts[who]
        with self.world.database.transaction() as tx:
            self.receipts[who] = exchange(tx, poll.id, choice, held.receipt, revision=revision, at=self.world.now)

    def number(self, who: str) -> str:
        return self.receipts[who].receipt.number

    def box(self) -> list[tuple[str, int]]:
        b = BallotBox
        with self.world.database.reading() as tx:
            return [tuple(row) for row in tx.execute(select(b.number, b.revision).order_by(b.number))]

    def laid_out(self) -> list[tuple[str, str]]:
        b = SecretBallot
        with self.world.database.reading() as tx:
            return [tuple(row) for row in tx.execute(select(b.code, b.choice).order_by(b.code))]

    def numbers(self) -> list[str]:
        with self.world.database.reading() as tx:
            return sorted(tx.execute(select(BallotReceipt.number)).scalars())

    def ticks(self) -> int:
        with self.world.database.reading() as tx:
            return len(tx.execute(select(Elector.seat_id).where(Elector.voted)).all())

    def file(self, poll: Ref) -> bytes:
        with self.world.database.reading() as tx:
            return result_file(tx, poll.id)

    def key(self, poll: Ref) -> Path:
        return self.keys / f"{poll.id}.key"


def with_keys(database: Database, folder: Path) -> Database:
    """The database with a folder of its own for the keys of its votes."""
    database.poll_keys = folder / "polls"
    for engine in (database.engine, database.readers):
        engine.update_execution_options(poll_keys=database.poll_keys)
    return database


def rows_of_everything(database: Database) -> Iterator[tuple[str, str]]:
    """Every row of every table as text, with the name of its table."""
    with database.reading() as tx:
        for table in Base.metadata.sorted_tables:
            for row in tx.execute(select(table)).mappings():
                yield table.name, json.dumps(dict(row), default=str, ensure_ascii=False)


def with_other_key(receipt: Receipt) -> Receipt:
    """The same number with a key that does not belong to it."""
    return replace(receipt, key="00000000" if receipt.key != "00000000" else "11111111")
