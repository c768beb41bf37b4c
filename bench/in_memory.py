"""What happens in memory and in reading: deciding beside a dict lookup, open steps, verifying a long record."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

from sqlalchemy import insert

from bench.steps import Stage, seconds
from workflow.base.calendar import utc_now
from workflow.engine import chains, history
from workflow.engine.decision import decide, open_steps
from workflow.engine.machine import lifecycle_of
from workflow.models import HistoryContent, HistoryEntry
from workflow.rules.facts import Attempt, Ref

TIMES = 2000
ROUNDS = 7
# A record as it grows in many years: so many chains of so many entries.
CHAINS, ENTRIES = 10_000, 20
BATCH = 500
FIRST = 50_000_000
WORDS = {"explanation": "Proszę dopisać partnerów i poprawić kosztorys.", "reasons": ["unclear", "incomplete"]}


@dataclass(frozen=True, slots=True)
class Deciding:
    """Microseconds for one answer without any database, and how many dict lookups that is."""

    one: float
    all: float
    lookups: float


def deciding(stage: Stage) -> Deciding:
    """Whether one step may be taken, in turns with a dict lookup that looks at role and size of the group."""
    facts = stage.world.facts(stage.refs[0], "staff")
    table, at = lifecycle_of(facts), utc_now()
    attempt = Attempt(at, {"unit": "Wydział", "opinion": "positive", "justification": "Zasadny."})
    lookup = Lookup()

    def one_step(_number: int) -> None:
        decide(table, facts, "merit_opinion", attempt)

    def all_steps(_number: int) -> None:
        open_steps(facts, at=at)

    rounds = [(micro(one_step), micro(lookup.fire), micro(all_steps, TIMES // 10)) for _ in range(ROUNDS)]
    own, floor, every = (median(column) for column in zip(*rounds, strict=True))
    return Deciding(own, every, median(mine / theirs for mine, theirs, _ in rounds) if floor else 0.0)


class Lookup:
    """The least that a guarded move can be: five states in a circle, a role and a size to look at."""

    TABLE = {(f"s{n}", f"t{n}"): (f"s{(n + 1) % 5}", frozenset({"staff", "leader"}), 3) for n in range(5)}  # noqa: RUF012
    ROUND = tuple((f"t{n}", "staff") for n in range(5))

    def __init__(self) -> None:
        self.state, self.size = "s0", 5

    def fire(self, number: int) -> None:
        step, role = self.ROUND[number % 5]
        target, roles, least = self.TABLE[self.state, step]
        if role not in roles or self.size < least:
            raise PermissionError(step)
        self.state = target


def micro(work: Callable[[int], None], times: int = TIMES) -> float:
    def often() -> None:
        for number in range(times):
            work(number)

    return seconds(often, times) * 1e6


@dataclass(frozen=True, slots=True)
class Verified:
    """How many entries of the record were verified, and how many of them in a second."""

    entries: int
    per_second: float


def verifying(stage: Stage) -> Verified:
    """Verify a record of CHAINS x ENTRIES, written in bulk beside what is there."""
    heads = dict(written(stage))
    with stage.database.snapshot() as tx:
        verdicts: list[chains.Verdict] = []
        each = seconds(lambda: verdicts.append(chains.verify(tx, heads)), 1)
    if verdicts[0].broken:
        raise RuntimeError(f"the record does not hold: {verdicts[0].broken}")
    return Verified(verdicts[0].entries, verdicts[0].entries / each)


def written(stage: Stage) -> Iterator[tuple[Ref, tuple[int, str]]]:
    """Write the chains, and tell where each ends."""
    for start in range(0, CHAINS, BATCH):
        entries: list[dict[str, Any]] = []
        for number in range(start, start + BATCH):
            chain = list(chain_of(FIRST + number))
            entries += chain
            yield Ref("proposal", FIRST + number), (ENTRIES, chain[-1]["hash"])
        contents = [{"history_id": entry["id"], **entry.pop("words")} for entry in entries]
        with stage.database.transaction() as tx:
            tx.execute(insert(HistoryEntry), entries)
            tx.execute(insert(HistoryContent), contents)


def chain_of(number: int) -> Iterator[dict[str, Any]]:
    at, previous = utc_now(), ""
    for version in range(1, ENTRIES + 1):
        salt, note, data = f"{number:032}", "Uwaga.", {**WORDS, "which": version}
        content = history.content_digest(salt, note, data, {})
        row = {
            "version": version, "row": "T05", "step": "submit", "role": "leader", "prev_hash": previous,
        }  # fmt: skip
        covered = {
            **row, "subject": f"proposal:{number}", "lifecycle": "local_partnership/3", "from": "group_work",
            "to": "submitted", "actor": 3, "at": history.moment(at), "content": content,
        }  # fmt: skip
        previous = history.digest(covered)
        yield {
            **row, "id": number * ENTRIES + version, "subject_kind": "proposal", "subject_id": number,
            "lifecycle": "local_partnership", "lifecycle_version": 3, "from_state": "group_work",
            "to_state": "submitted", "actor_id": 3, "at": at, "content_digest": content, "hash": previous,
            "words": {"salt": salt, "note": note, "data": data, "before": {}},
        }  # fmt: skip
