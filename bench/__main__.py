"""Measures and writes bench/RESULTS.md; exits 1 where a limit is missed.

`--quick` measures steps alone, in about a minute, and writes nothing; neither do `--only sqlite` and `--rounds N`.
"""

import argparse
import sys

from bench import announcing, clients, in_memory, letters, pages, results, searching, servers, starting
from bench.steps import Stage
from workflow.db.database import Database

ROUNDS, QUICK_ROUNDS = 11, 5
CLIENTS = (1, 8, 16)


def main() -> int:
    """Measure every database; the number of limits that were missed decides the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="steps alone, a few rounds")
    parser.add_argument("--rounds", type=int, help="rounds for each number of clients")
    parser.add_argument("--only", default="", help="databases whose name contains this")
    arguments = parser.parse_args()
    measured = results.Results(rounds=arguments.rounds or (QUICK_ROUNDS if arguments.quick else ROUNDS))
    with servers.databases(arguments.only) as databases:
        for name, database in databases.items():
            print(f"{name} ...", flush=True)
            stage = steps_of(name, database, measured)
            if not arguments.quick:
                rest_of(name, stage, measured)
    if not arguments.quick:
        measured.pages = pages.measure_all(arguments.only)
        measured.started = starting.measure()
        measured.sent = letters.measure_all(arguments.only)
    print(measured.as_markdown())
    if not (arguments.quick or arguments.only or arguments.rounds):
        results.FILE.write_text(measured.as_markdown(), encoding="utf-8")
    missed = measured.missed()
    print("\n".join(missed) or "no limit missed")
    return 1 if missed else 0


def steps_of(name: str, database: Database, measured: results.Results) -> Stage:
    """Steps on one database, with every number of clients; on SQLite one, since writers wait for each other there."""
    stage = Stage(database)
    measured.versions[database.engine.dialect.name] = results.version_of(database)
    for count in CLIENTS[:1] if database.is_sqlite else CLIENTS:
        measured.steps[name, count] = clients.measure(stage, count, rounds=measured.rounds)
    clients.verify(stage)
    return stage


def rest_of(name: str, stage: Stage, measured: results.Results) -> None:
    """Deciding, announcing, verifying and searching; reading only once for each kind of database."""
    if measured.deciding is None:
        measured.deciding = in_memory.deciding(stage)
    measured.announced[name] = announcing.measure(stage)
    if (dialect := stage.database.engine.dialect.name) not in measured.searching:
        measured.verified[name] = in_memory.verifying(stage)
        measured.searching[dialect] = searching.measure(stage)


if __name__ == "__main__":
    sys.exit(main())
