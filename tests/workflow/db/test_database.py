from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from workflow.db import dialect
from workflow.db.database import Database
from workflow.db.dialect import SAFE_WAL, sqlite_module


def test_sqlite_is_new_enough_for_its_journal_or_does_without(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.reading() as tx:
        found = {
            name: tx.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    safe = sqlite_module().sqlite_version_info >= SAFE_WAL
    assert found == {"journal_mode": "wal" if safe else "delete", "synchronous": 2, "foreign_keys": 1}
    database.close()


def test_what_fails_in_a_transaction_leaves_nothing(database: Database) -> None:
    with database.transaction() as tx:
        tx.execute(text("CREATE TABLE scratch (n INTEGER)"))
    with pytest.raises(ZeroDivisionError), database.transaction() as tx:
        tx.execute(text("INSERT INTO scratch VALUES (1)"))
        1 / 0  # noqa: B018
    with database.reading() as tx:
        assert tx.execute(text("SELECT count(*) FROM scratch")).scalar() == 0


def test_who_reads_cannot_write(database: Database) -> None:
    with database.transaction() as tx:
        tx.execute(text("CREATE TABLE scratch (n INTEGER)"))
    with pytest.raises(DBAPIError), database.reading() as tx:
        tx.execute(text("INSERT INTO scratch VALUES (1)"))
    with database.reading() as tx:
        assert tx.execute(text("SELECT count(*) FROM scratch")).scalar() == 0


def test_many_writers_wait_for_each_other(database: Database) -> None:
    with database.transaction() as tx:
        tx.execute(text("CREATE TABLE scratch (n INTEGER)"))
        tx.execute(text("INSERT INTO scratch VALUES (0)"))

    def add(_number: int) -> None:
        with database.transaction() as tx:
            tx.execute(text("UPDATE scratch SET n = n + 1"))

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(add, range(100)))
    with database.reading() as tx:
        assert tx.execute(text("SELECT n FROM scratch")).scalar() == 100


def test_a_connection_that_the_server_closed_is_replaced(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialect, "TRUSTED_SECONDS", 0.0)
    database = Database(postgres_url)
    with database.reading() as tx:
        first = tx.execute(text("SELECT pg_backend_pid()")).scalar()
    other = Database(postgres_url)
    with other.transaction() as tx:
        tx.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": first})
    with database.reading() as tx:
        assert tx.execute(text("SELECT pg_backend_pid()")).scalar() != first
    database.close()
    other.close()


@pytest.mark.parametrize("way", ["reading", "transaction"])
def test_a_connection_that_was_closed_while_it_lay_unused_is_replaced(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(dialect, "TRUSTED_SECONDS", 0)
    database, other = Database(postgres_url), Database(postgres_url)
    with getattr(database, way)() as tx:
        first = tx.execute(text("SELECT pg_backend_pid()")).scalar()
    with other.transaction() as tx:
        tx.execute(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": first})
    with getattr(database, way)() as tx:
        assert tx.execute(text("SELECT pg_backend_pid()")).scalar() != first
    database.close()
    other.close()


def test_the_victim_of_a_deadlock_tries_again(postgres_url: str) -> None:
    database = Database(postgres_url)
    tries = []

    def work(tx: object) -> str:
        tries.append(tx)
        if len(tries) == 1:
            error = type("Deadlock", (Exception,), {"sqlstate": dialect.DEADLOCK})()
            raise OperationalError("UPDATE", {}, error)
        return "done"

    assert database.in_transaction(work) == "done"
    assert len(tries) == 2
    database.close()


def test_readers_keep_the_options_that_the_address_names(postgres_url: str) -> None:
    joint = "&" if "?" in postgres_url else "?"
    database = Database(f"{postgres_url}{joint}options=-c%20statement_timeout%3D7000")
    with database.reading() as tx:
        assert tx.execute(text("SHOW statement_timeout")).scalar() == "7s"
        assert tx.execute(text("SHOW default_transaction_read_only")).scalar() == "on"
    database.close()
