"""Writes down what was measured: ratios first, for seconds depend on the machine."""

import os
import platform
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from bench import letters, searching
from bench.announcing import TOGETHER, Announced
from bench.clients import SLICE, Rates
from bench.in_memory import Deciding, Verified
from bench.pages import Measured as MeasuredPage
from bench.pages import missed as missed_pages
from bench.pages import table as page_table
from bench.servers import DURABLE, SQLITE
from bench.starting import Started
from bench.starting import missed as missed_starts
from bench.steps import CONTESTANTS, EQUAL, PIPELINED
from workflow.base.calendar import utc_now
from workflow.db.database import Database

FILE = Path(__file__).parent / "RESULTS.md"
# Where take() has to reach LIMIT of the equal floor, sent one by one and pipelined alike.
LIMIT = 0.5
LIMITED = {(SQLITE, 1), (DURABLE, 1), (DURABLE, 8)}
STEPS_EXPLAINED = (
    "Steps a second, medians. Then take() as a share of each floor in the same round: the median, and in brackets the"
    " least and the most of all rounds. Load is that of the machine before and after."
)
LIBRARIES = ("SQLAlchemy", "psycopg", "Flask", "transitions")


def version_of(database: Database) -> str:
    """The name and version of a database."""
    query = "SELECT sqlite_version()" if database.is_sqlite else "SHOW server_version"
    with database.reading() as tx:
        number = str(tx.exec_driver_sql(query).scalar_one()).split()[0]
    return f"{'SQLite' if database.is_sqlite else 'PostgreSQL'} {number}"


def shown(share: tuple[float, float, float]) -> str:
    least, middle, most = share
    return f"{middle:.2f} ({least:.2f}-{most:.2f})"


def machine() -> str:
    """The kind of machine, without its name."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores (shared), {memory:.0f} GB"


@dataclass
class Results:
    """Everything measured in one run."""

    rounds: int
    # By database and number of clients.
    steps: dict[tuple[str, int], Rates] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    verified: dict[str, Verified] = field(default_factory=dict)
    announced: dict[str, Announced] = field(default_factory=dict)
    deciding: Deciding | None = None
    started: Started | None = None
    pages: dict[str, dict[str, MeasuredPage]] = field(default_factory=dict)
    # By the kind of database.
    searching: dict[str, dict[str, tuple[float, float]]] = field(default_factory=dict)

    sent: dict[str, letters.Sent] = field(default_factory=dict)

    def as_markdown(self) -> str:
        parts = [self.head(), self.step_table(), self.in_memory(), self.page_tables(), self.search_table()]
        parts += [letters.table(self.sent)] if self.sent else []
        return "\n".join(part for part in parts if part)

    def head(self) -> str:
        libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
        databases = ", ".join(self.versions.values())
        return (
            f"# Results of `make bench`\n\nWritten by the command on {utc_now():%Y-%m-%d}; read docs/performance.md"
            f" for what they mean.\n\n- Machine: {machine()}\n- Python {platform.python_version()}, {libraries}\n"
            f"- {databases}\n- {self.rounds} rounds; in each, floors and take() take turns for {SLICE} s, each client a"
            " process with connections of its own\n"
        )

    def step_table(self) -> str:
        speeds = " | ".join(f"{name}/s" for name in CONTESTANTS)
        shares = " | ".join(f"share of {name}" for name in CONTESTANTS[:-1])
        lines = [
            "## Steps beside the same work by hand\n",
            f"{STEPS_EXPLAINED}\n",
            f"| database | clients | {speeds} | {shares} | load |",
            "| --- " * 10 + "|",
        ]
        for (database, clients), rates in self.steps.items():
            cells = [f"{rates.per_second(name):.0f}" if name in rates.rounds else "" for name in CONTESTANTS]
            cells += [shown(rates.share(name)) if name in rates.rounds else "" for name in CONTESTANTS[:-1]]
            lines.append(f"| {database} | {clients} | {' | '.join(cells)} | {rates.load[0]:.1f}-{rates.load[1]:.1f} |")
        return "\n".join(lines) + "\n"

    def missed(self) -> list[str]:
        """A sentence for each limit that the median share misses."""
        floors = (EQUAL, PIPELINED)
        shares = {
            (*where, floor): rates.share(floor)[1]
            for where, rates in self.steps.items() if where in LIMITED
            for floor in floors if floor in rates.rounds
        }  # fmt: skip
        starts = missed_starts(self.started) if self.started else []
        return letters.missed(self.sent) + missed_pages(self.pages) + starts + [
            f"missed: {database}, {clients} clients: {share:.2f} of {floor}, not {LIMIT}"
            for (database, clients, floor), share in shares.items() if share < LIMIT
        ]  # fmt: skip

    def in_memory(self) -> str:
        lines = ["## In memory, together, and reading\n"]
        if times := self.deciding:
            lookups = f"{times.lookups:.1f} times a dict lookup with a role and a size to look at"
            lines.append(f"- Deciding one step: {times.one:.1f} µs, {lookups}; all of a page: {times.all:.0f} µs.")
        for name, record in self.verified.items():
            million = f"{record.per_second:,.0f} a second, a million in {1e6 / record.per_second:.0f} s"
            lines.append(f"- {name}: {record.entries:,} entries of the record verified at {million}.")
        for name, many in self.announced.items():
            each = f"{many.together * 1e6:.0f} µs a proposal, {many.faster:.1f} times as fast as one by one"
            lines.append(f"- {name}: {TOGETHER} decisions announced in one transaction: {each}.")
        if web := self.started:
            memory = f"{web.worker:.0f} MB the worker, {web.together:.0f} MB with its master"
            times = f"{web.seconds:.2f} s to its first page, {web.processor:.2f} s of a processor"
            lines.append(f"- A web process: {times}; memory then (PSS): {memory}.")
            lines.append(f"- `./run` where it ran before: {web.product:.2f} s to the first page.")
        return "\n".join(lines) + "\n" if len(lines) > 1 else ""

    def page_tables(self) -> str:
        return "\n".join(page_table(name, measured) for name, measured in self.pages.items())

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
