"""A world of people and proposals, and programs that act for them."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.world import World
from workflow.accounts.tokens import create_token
from workflow.db.database import Database
from workflow.proposals import api_rows
from workflow.rules.facts import Ref

V1 = "/api/v1"


class Program:
    """A program with somebody's key, or with none."""

    def __init__(self, client: FlaskClient, token: str = "") -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, body: Any, **headers: str) -> TestResponse:
        return self.ask("POST", path, headers=headers, json=body)

    def patch(self, path: str, body: Any, **headers: str) -> TestResponse:
        return self.ask("PATCH", path, headers=headers, json=body)

    def step(self, ref: Ref, name: str, version: int, *, key: str = "", note: str = "", **data: Any) -> TestResponse:
        headers = {"Idempotency-Key": key} if key else {}
        body = {"version": version, "note": note, "data": data}
        return self.ask("POST", f"{V1}/{ref.kind}s/{ref.id}/steps/{name}", headers=headers, json=body)

    def ask(self, method: str, path: str, *, headers: dict[str, str], **more: Any) -> TestResponse:
        spelled = {name.replace("_", "-"): value for name, value in headers.items()}
        where = path if path.startswith("/") else f"{V1}/{path}"
        return self.client.open(where, method=method, headers={**self.headers, **spelled}, **more)


@pytest.fixture
def world(db: Database) -> World:
    return World(db)


@pytest.fixture
def key_of(db: Database, world: World) -> Callable[[str], str]:
    """A key that works for one of the people of the world."""

    def make(name: str) -> str:
        with db.transaction() as tx:
            return create_token(tx, world[name].id or 0, name="test", at=world.now)

    return make


@pytest.fixture
def program(app: Flask, key_of: Callable[[str], str]) -> Callable[[str], Program]:
    """The program of one of the people of the world."""
    return lambda name: Program(app.test_client(), key_of(name))


@pytest.fixture
def nobody(app: Flask) -> Program:
    return Program(app.test_client())


@pytest.fixture
def version_of(db: Database) -> Callable[[Ref], int]:
    """The version of a proposal now."""

    def read(ref: Ref) -> int:
        with db.reading() as tx:
            return int(api_rows.find_row(tx, ref)["version"])

    return read
