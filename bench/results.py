"""Writes down what was measured: ratios first, for seconds depend on the machine."""

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from bench import searching
from bench.inside import Deciding, Verified
from bench.pages import SIZES
from bench.pages import Measured as Page
from bench.starting import Started
from bench.steps import ALL, PROPOSALS, ROUND, Measured
from bench.together import Announced
from workflow.base.calendar import utc_now
from workflow.db.database import Database

FILE = Path(__file__).parent / "RESULTS.md"
EXPLAINED = (
    "Somebody of the office is signed in. Answers a second are counted as served: through gunicorn with the product's"
    " settings, one worker, four connections; the share is that of the bare page through the same. Then the share"
    " without server and network, in the process; in brackets against a bare page that compiles its template for each"
    " request (`render_template_string`). Then how many times as long a page takes in a larger edition than in the"
    " smallest."
)
LIBRARIES = ("SQLAlchemy", "psycopg", "Flask", "transitions")


def version_of(database: Database) -> str:
    """The name and version of a database."""
    asked = "SELECT sqlite_version()" if database.is_sqlite else "SHOW server_version"
    with database.reading() as tx:
        told = str(tx.exec_driver_sql(asked).scalar_one())
    return f"{'SQLite' if database.is_sqlite else 'PostgreSQL'} {told.split()[0]}"


def machine() -> str:
    """The kind of machine, without its name."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores (shared), {memory:.0f} GB"


@dataclass
class Results:
    """Everything measured in one run."""

    rounds: int
    steps: dict[str, Measured] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    verified: dict[str, Verified] = field(default_factory=dict)
    announced: dict[str, Announced] = field(default_factory=dict)
    deciding: Deciding | None = None
    started: Started | None = None
    pages: dict[str, dict[str, Page]] = field(default_factory=dict)
    # By the kind of database.
    searching: dict[str, dict[str, tuple[float, float]]] = field(default_factory=dict)

    def as_markdown(self) -> str:
        parts = [self.head(), self.step_table(), self.inside(), self.page_tables(), self.search_table()]
        return "\n".join(part for part in parts if part)

    def head(self) -> str:
        libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
        databases = ", ".join(self.versions.values())
        return (
            f"# Results of `make bench`\n\nWritten by the command on {utc_now():%Y-%m-%d}; read docs/performance.md"
            f" for what they mean.\n\n- Machine: {machine()}\n- Python {platform.python_version()}, {libraries}\n"
            f"- {databases}\n- {self.rounds} rounds of {PROPOSALS} transactions each; floor and take() take turns,"
            " one process, one connection\n"
        )

    def step_table(self) -> str:
        lines = [
            "## A step beside four statements by hand\n",
            "Steps a second as a share of the floor's in the same round: the median, and in brackets the quartiles.\n",
            "| database | floor/s | " + " | ".join([*(f"`{name}`" for name, _, _ in ROUND), ALL, "take()/s"]) + " |",
            "| --- " * (len(ROUND) + 4) + "|",
        ]
        for name, measured in self.steps.items():
            cells = [f"{measured.per_second():.0f}"]
            for step in (*(step for step, _, _ in ROUND), ALL):
                low, middle, high = measured.share(step)
                cells.append(f"{middle:.2f} ({low:.2f}-{high:.2f})")
            lines.append(f"| {name} | {' | '.join(cells)} | {measured.per_second(ALL):.0f} |")
        return "\n".join(lines) + "\n"

    def inside(self) -> str:
        lines = ["## In memory, together, and reading\n"]
        if one := self.deciding:
            lookups = f"{one.lookups:.1f} times a dict lookup with a role and a size to look at"
            lines.append(f"- Deciding one step: {one.one:.1f} µs, {lookups}; all steps of a page: {one.all:.0f} µs.")
        for name, record in self.verified.items():
            million = f"{record.per_second:,.0f} a second, a million in {1e6 / record.per_second:.0f} s"
            lines.append(f"- {name}: {record.entries:,} entries of the record verified at {million}.")
        for name, many in self.announced.items():
            each = f"{many.together * 1e6:.0f} µs a proposal, {many.faster:.1f} times as fast as one by one"
            lines.append(f"- {name}: a thousand decisions announced in one transaction: {each}.")
        if web := self.started:
            memory = f"{web.worker:.0f} MB the worker, {web.together:.0f} MB with its master"
            lines.append(f"- A web process: {web.seconds:.2f} s to its first page; memory then (PSS): {memory}.")
        return "\n".join(lines) + "\n"

    def page_tables(self) -> str:
        return "\n".join(self.page_table(name, pages) for name, pages in self.pages.items())

    def page_table(self, name: str, found: Mapping[str, Page]) -> str:
        growth = " | ".join(f"{size:,} proposals" for size in SIZES[1:])
        lines = [
            f"## Pages beside a bare Flask page over one query: {name}\n",
            f"{EXPLAINED}\n",
            f"| page | served/s | share | in the process | {growth} |",
            "| --- " * (4 + len(SIZES[1:])) + "|",
        ]
        for page, one in found.items():
            grown = " | ".join(f"{one.growth(size):.2f}" for size in SIZES[1:])
            inside = f"{one.share():.2f} ({one.share_of_slower():.2f})"
            served = one.as_served
            lines.append(f"| {page} | {served.per_second():.0f} | {served.share():.2f} | {inside} | {grown} |")
        return "\n".join(lines) + "\n"

    def search_table(self) -> str:
        lines = [
            f"## The first page of what is sought in {searching.PROPOSALS:,} proposals\n",
            "Beside a page by title of the same list, in the same rounds.\n",
            "| database | words | ms | times as long |",
            "| --- | --- | --- | --- |",
        ]
        for database, rows in self.searching.items():
            lines += [f"| {database} | {name} | {ms:.1f} | {ratio:.1f} |" for name, (ms, ratio) in rows.items()]
        return "\n".join(lines) + "\n" if self.searching else ""
