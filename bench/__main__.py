"""Measures and writes bench/RESULTS.md; `--only sqlite` and `--rounds N` make it shorter and write nothing."""

import argparse

from bench import inside, pages, results, searching, servers, starting, steps, together


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
            found.announced[name] = together.measure(stage)
            found.versions[database.engine.dialect.name] = results.version_of(database)
            if found.deciding is None:
                found.deciding = inside.deciding(stage)
            # Where the server waits for its disk makes no difference to reading. Pages last: they fill the edition.
            if (dialect := database.engine.dialect.name) not in found.searching:
                found.verified[name] = inside.verifying(stage)
                found.searching[dialect] = searching.measure(stage)
                found.pages[name] = pages.measure(stage)
    found.started = starting.measure()
    print(found.as_markdown())
    if not told.only:
        results.FILE.write_text(found.as_markdown(), encoding="utf-8")


if __name__ == "__main__":
    main()
