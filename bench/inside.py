"""What happens in memory and in reading: deciding, open steps, verifying the record."""

from statistics import median

from bench.steps import Stage, seconds
from workflow import history
from workflow.deciding import decide, open_steps
from workflow.facts import Attempt
from workflow.machine import lifecycle_of
from workflow.store import read_facts
from workflow.times import utc_now

TIMES = 2000
ROUNDS = 7


def deciding(stage: Stage) -> dict[str, float]:
    """Microseconds for one answer, without any database."""
    facts = stage.world.facts(stage.refs[0], "staff")
    table, at = lifecycle_of(facts), utc_now()
    attempt = Attempt(at, {"unit": "Wydział", "opinion": "positive", "justification": "Zasadny."})

    def one_step() -> None:
        for _ in range(TIMES):
            decide(table, facts, "merit_opinion", attempt)

    def all_steps() -> None:
        for _ in range(TIMES):
            open_steps(facts, at=at)

    def micro(work: object) -> float:
        return median(seconds(work, TIMES) for _ in range(ROUNDS)) * 1e6  # type: ignore[arg-type]

    return {"whether one step may be taken": micro(one_step), "every open step of a page": micro(all_steps)}


def verifying(stage: Stage) -> tuple[int, float]:
    """The number of entries of the record, and how many of them are verified in a second."""
    with stage.database.reading() as tx:
        found = read_facts(tx, stage.refs, actor=stage.world["staff"])
        heads = {ref: (facts.version, facts.head_hash) for ref, facts in found.items()}
        told: list[history.Verdict] = []
        each = seconds(lambda: told.append(history.verify(tx, heads)), 1)
    if told[0].broken:
        raise RuntimeError(f"the record does not hold: {told[0].broken}")
    return told[0].entries, told[0].entries / each
