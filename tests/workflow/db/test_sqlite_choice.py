"""Which SQLite is used, and with which journal, on machines for which no newer one is built, such as ARM."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.markers import Marker

from tests.postgres import CHECKOUT

WITHOUT_WHEEL = """
import sqlite3.dbapi2, sys
sys.modules["pysqlite3"] = None
sqlite3.dbapi2.sqlite_version_info = {version}
from sqlalchemy import text
from workflow.db.database import Database
database = Database("sqlite:///" + sys.argv[1])
with database.transaction() as tx:
    tx.execute(text("CREATE TABLE scratch (n INTEGER)"))
with database.reading() as tx:
    print(database.engine.dialect.loaded_dbapi.__name__, tx.execute(text("PRAGMA journal_mode")).scalar())
"""


@pytest.mark.slow
@pytest.mark.parametrize(("version", "journal"), [((3, 40, 1), "delete"), ((3, 51, 2), "delete"), ((3, 51, 3), "wal")])
def test_python_s_own_sqlite_gets_a_log_only_when_it_is_safe(
    version: tuple[int, int, int], journal: str, tmp_path: Path
) -> None:
    words = [sys.executable, "-c", WITHOUT_WHEEL.format(version=version), str(tmp_path / "x.sqlite3")]
    result = subprocess.run(words, cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["sqlite3.dbapi2", journal]


@pytest.mark.parametrize(
    ("machine", "system", "is_built"),
    [("x86_64", "linux", True), ("aarch64", "linux", False), ("arm64", "darwin", True), ("x86_64", "darwin", False)],
)
def test_lock_asks_for_the_newer_sqlite_only_where_a_wheel_exists(machine: str, system: str, *, is_built: bool) -> None:
    lock = (CHECKOUT / "requirements.txt").read_text(encoding="utf-8")
    line = re.search(r"(?m)^pysqlite3==\S+ ; (.*) \\$", lock)
    assert line
    marker = Marker(line[1])
    assert marker.evaluate({"platform_machine": machine, "sys_platform": system}) is is_built
