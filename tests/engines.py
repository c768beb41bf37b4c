"""Statements compiled once for all the engines that the tests of one process make.

SQLAlchemy keeps compiled statements by dialect, and every engine has a dialect and a cache of its own. A test opens a
database of its own, so each would compile again what all before it have compiled: a third of what a small test costs.
"""

from typing import Any

import sqlalchemy
from sqlalchemy import Engine, make_url

from workflow.db import database

# The first engine of each kind, whose dialect has been told what its server is able to do.
_first: dict[tuple[str, str], Engine] = {}


def create_engine(url: str, **settings: Any) -> Engine:
    """An engine as SQLAlchemy makes it, which shares dialect and compiled statements with those made before it."""
    kind = (make_url(url).drivername, str(settings.get("isolation_level")))
    first = _first.get(kind)
    if first is None or not first.dialect.server_version_info:
        # Nothing was asked of it yet, so its dialect does not know its server.
        _first[kind] = engine = sqlalchemy.create_engine(url, **settings)
        return engine
    engine = sqlalchemy.create_engine(url, **settings, _initialize=False)
    engine.dialect = first.dialect
    engine.pool._dialect = first.dialect
    engine._compiled_cache = first._compiled_cache
    return engine


def compile_statements_once() -> None:
    """Let every `Database` of this process share what was compiled."""
    database.create_engine = create_engine  # type: ignore[assignment]
