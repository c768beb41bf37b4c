"""The first page of a list with words sought in thousands of proposals, beside a page without, in turns."""

from collections.abc import Callable
from statistics import median

from bench.steps import Stage, seconds
from tests.web.many import add_many
from workflow.proposals.filters import Filters
from workflow.proposals.lists import Wanted, list_proposals

PROPOSALS = 10_000
ROUNDS, TIMES = 7, 5
# Everything has "gąbin", every seventh one "żłobek"; one has the number.
SOUGHT = {
    "one proposal has it": "009999",
    "every seventh has it": "żłobkiem",
    "all have it": "gąbin",
    "two words": "żłobek w gąbinie",
}


def measure(stage: Stage) -> dict[str, tuple[float, float]]:
    """What is sought -> milliseconds for a page, and how many times as long as a page by title in the same round."""
    edition = stage.world.edition("announced")
    with stage.database.transaction() as tx:
        add_many(tx, edition, PROPOSALS)
    if not stage.database.is_sqlite:
        with stage.database.transaction() as tx:
            tx.exec_driver_sql("ANALYZE")
    plain = reading(stage, Wanted(edition.id))
    return {
        name: beside(reading(stage, Wanted(edition.id, filters=Filters(q=words))), plain)
        for name, words in SOUGHT.items()
    }


def reading(stage: Stage, wanted: Wanted) -> Callable[[], None]:
    def read() -> None:
        for _ in range(TIMES):
            with stage.database.reading() as tx:
                if not list_proposals(tx, wanted).lines:
                    raise RuntimeError("nothing was found")

    return read


def beside(sought: Callable[[], None], plain: Callable[[], None]) -> tuple[float, float]:
    sought()
    plain()
    times = [(seconds(sought, TIMES), seconds(plain, TIMES)) for _ in range(ROUNDS)]
    return median(searched for searched, _ in times) * 1000, median(searched / listed for searched, listed in times)
