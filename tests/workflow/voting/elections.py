"""Small elections with known outcomes, and made-up ones for properties."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from hypothesis import strategies as st

from workflow.voting.counting.ballots import Choice, Group, Method, choice, regroup
from workflow.voting.counting.election import Election, Option, Outcome, TieOrder, Undecided
from workflow.voting.counting.profile import Profile

THOUSAND = 100_000
# Real elections that are no part of this repository, where a folder beside the checkout has them.
FOLDERS = [parent / "shared" / "pabulib" for parent in Path(__file__).parents]
PABULIB = next((folder for folder in FOLDERS if folder.is_dir()), None)


def options(costs: dict[str, int], groups: dict[str, str] | None = None) -> tuple[Option, ...]:
    """Options with costs in thousands of zloty."""
    return tuple(Option(key, cost * THOUSAND, (groups or {}).get(key)) for key, cost in costs.items())


def approvals(*ballots: str, longest: int = 0) -> Profile:
    """Ballots such as "5xAB": five voters who approve A and B."""
    groups = []
    for ballot in ballots:
        count, keys = ballot.split("x")
        groups.append(Group(choice(Method.APPROVE, ((key, 1) for key in keys)), int(count)))
    return Profile(Method.APPROVE, regroup(groups), longest)


E1 = Election(options({"A": 45, "B": 35, "C": 30, "D": 20, "E": 10}), 100 * THOUSAND)
E1_BALLOTS = approvals("5xAB", "1xAD", "2xCD", "2xCE")
E2 = Election(options({"A": 20, "B": 100, "C": 30}), 120 * THOUSAND)
E2_BALLOTS = approvals("3xAB", "1xAC", "1xABC")
E3 = Election(options({"A": 40, "B": 30, "C": 30, "D": 20, "E": 15}), 100 * THOUSAND)
E3_BALLOTS = approvals("4xAB", "3xABD", "3xCE", "1xC", "1xDE")


def selected(outcome: Outcome | Undecided) -> str:
    """The keys of a decided outcome in the order of selection; a question mark and the members of an undecided tie."""
    return "?" + "".join(outcome.tie.members) if isinstance(outcome, Undecided) else "".join(outcome.selected)


@st.composite
def elections(draw: st.DrawFn, methods: Sequence[Method] = (Method.APPROVE,)) -> tuple[Election, Profile]:
    """Up to six options with few different costs, so that ties are frequent; up to eight ballots."""
    keys = "ABCDEF"[: draw(st.integers(1, 6))]
    costs = st.sampled_from([0, 100, 200, 200, 300, 500])
    groups = st.sampled_from([None, None, None, "site"])
    made = tuple(Option(key, draw(costs), draw(groups)) for key in keys)
    method = draw(st.sampled_from(methods))
    ballots = draw(st.lists(choices(keys, method), max_size=8))
    places = draw(st.sampled_from([None, None, None, 1, 2, 3]))
    return Election(made, draw(st.sampled_from([0, 300, 500, 700, 1000])), places), profile(method, ballots)


def choices(keys: str, method: Method) -> st.SearchStrategy[Choice]:
    """Legal choices of a method."""
    chosen = st.lists(st.sampled_from(keys), unique=True, max_size=4)
    if method is Method.RANK:
        return chosen.map(lambda ranked: choice(method, ((key, place) for place, key in enumerate(ranked))))
    if method is Method.POINTS:
        points = st.dictionaries(st.sampled_from(keys), st.integers(0, 3), max_size=4)
        return points.map(lambda given: choice(method, given.items()))
    return chosen.map(lambda approved: choice(method, ((key, 1) for key in approved)))


def profile(method: Method, ballots: Iterable[Choice]) -> Profile:
    """Ballots, one voter each, grouped."""
    return Profile(method, regroup(Group(ballot, 1) for ballot in ballots), 4)


def orders(election: Election) -> st.SearchStrategy[TieOrder]:
    """Every order of all options."""
    return st.permutations([option.key for option in election.options]).map(lambda keys: TieOrder(tuple(keys)))
