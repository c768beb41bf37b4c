"""Measures and writes bench/RESULTS.md; `--only sqlite` and `--rounds N` make it shorter and write nothing."""

import argparse

from bench import inside, pages, results, searching, servers, steps


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    asked.add_argument("--rounds", type=int, default=21, help="rounds for each database")
    asked.add_argument("--only", default="", help="databases whose name contains this")
    told = asked.parse_args()
    found = results.Results(rounds=told.rounds)
    with servers.databases(told.only) as databases:
        for name, database in databases.items():
            print(f"{name} ...", flush=True)
            found.steps[name], stage = steps.measure(database, rounds=told.rounds)
            found.versions[database.engine.dialect.name] = results.version_of(database)
            found.verified[name] = inside.verifying(stage)
            if not found.deciding:
                found.deciding = inside.deciding(stage)
            if database.is_sqlite and not found.pages:
                found.pages = pages.measure(stage)
            # The last, since it leaves ten thousand proposals behind.
            if (dialect := database.engine.dialect.name) not in found.searching:
                found.searching[dialect] = searching.measure(stage)
    print(found.as_markdown())
    if not told.only:
        results.FILE.write_text(found.as_markdown(), encoding="utf-8")


if __name__ == "__main__":
    main()
