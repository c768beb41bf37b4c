"""Statements compiled once for all the engines that the tests of one process make.

SQLAlchemy keeps compiled statements by dialect, and every engine has a dialect and a cache of its own. A test opens a
database of its own, so each would compile again what all before it have compiled: a third of what a small test costs.
"""

from typing import Any

import sqlalchemy
from sqlalchemy import Engine, event, make_url

from tests import kept_connections
from workflow.db import dialect

# More than all tests of a process have together; SQLAlchemy keeps five hundred.
MOST_STATEMENTS = 5_000
# Engines of each kind, until one of them has been told what its server is able to do; then that one.
_made: dict[tuple[str, str], list[Engine]] = {}


def create_engine(url: str, **settings: Any) -> Engine:
    """An engine as SQLAlchemy makes it, which shares dialect and compiled statements with one made before it."""
    settings["query_cache_size"] = MOST_STATEMENTS
    kind = (make_url(url).drivername, str(settings.get("isolation_level")))
    made = _made.setdefault(kind, [])
    first = next((engine for engine in made if engine.dialect.server_version_info), None)
    if first is None:
        # Nothing was asked of any yet, so their dialects do not know their server.
        made.append(connected(sqlalchemy.create_engine(url, **settings)))
        return made[-1]
    made[:] = [first]
    engine = connected(sqlalchemy.create_engine(url, **settings, _initialize=False))
    engine.dialect = first.dialect
    engine.pool._dialect = first.dialect
    engine._compiled_cache = first._compiled_cache
    # What is asked of every new connection, also where the server is known.
    on_connect, isolate = engine.dialect.on_connect_url(make_url(url)), engine.dialect._builtin_onconnect()
    if on_connect:
        event.listen(engine.pool, "connect", lambda connection, _record: on_connect(connection))
    if isolate:
        event.listen(engine.pool, "connect", isolate)
    return engine


def connected(engine: Engine) -> Engine:
    """The engine, which takes a connection to PostgreSQL that was kept, where there is one."""
    if engine.dialect.name == "postgresql":
        event.listen(engine, "do_connect", kept_connections.connect)
    return engine


def compile_statements_once() -> None:
    """Let every `Database` of this process share what was compiled."""
    dialect.create_engine = create_engine  # type: ignore[assignment]
