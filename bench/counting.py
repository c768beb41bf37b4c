"""How long a count takes: 220 projects and 108,499 ballots, by greedy and by Equal Shares with all increases.

Run it by itself: `python -m bench.counting`; it exits 1 where a limit is missed. Times are of one core's work, so that
what else the machine does is not counted.
"""

import random
import resource
import sys
import time
from collections.abc import Callable, Sequence

from workflow.voting.counting.ballots import Choice, Method, choice, group
from workflow.voting.counting.election import Election, Option, Outcome, Undecided, lexical
from workflow.voting.counting.profile import Profile
from workflow.voting.counting.rules import Rule, RuleName, count

PROJECTS, BALLOTS = 220, 108_499
# In grosze: as in a city that has 4.5 million zloty for projects of at most 150,000 zloty.
BUDGET, DEAREST = 450_000_000, 150_000
LIMITS = {
    RuleName.GREEDY: 10,
    RuleName.GREEDY_NO_SKIP: 10,
    RuleName.EQUAL_SHARES: 60,
    RuleName.FIRST_EXHAUSTIVE: 60,
    RuleName.LAST_FEASIBLE: 60,
}
# The most projects on one ballot.
LENGTHS = (1, 3, 5, 15)


def election(longest: int, *, projects: int = PROJECTS, ballots: int = BALLOTS) -> tuple[Election, Profile]:
    """A made-up city: a few popular projects, many that few people want; the same for the same numbers."""
    chance = random.Random(longest)
    options = tuple(Option(f"P{number:03}", chance.randrange(5_000, DEAREST) * 100) for number in range(projects))
    wanted = [chance.paretovariate(1.2) for _ in options]
    return Election(options, BUDGET), Profile(Method.APPROVE, group(choices(chance, wanted, longest, ballots)), longest)


def choices(chance: random.Random, wanted: Sequence[float], longest: int, ballots: int) -> list[Choice]:
    numbers = range(len(wanted))
    made = []
    for _ in range(ballots):
        drawn = set(chance.choices(numbers, wanted, k=chance.randint(1, longest)))
        made.append(choice(Method.APPROVE, ((f"P{number:03}", 1) for number in drawn)))
    return made


def seconds(call: Callable[[], Outcome | Undecided]) -> tuple[float, Outcome | Undecided]:
    started = time.process_time()
    outcome = call()
    return time.process_time() - started, outcome


def main() -> int:
    """Measure every rule on every length of ballot; 1 where one takes longer than its limit."""
    missed = 0
    for longest in LENGTHS:
        made, profile = election(longest)
        print(f"ballots of up to {longest}: {len(profile.groups)} different ones", flush=True)
        for rule, limit in LIMITS.items():
            took, outcome = seconds(lambda: count(made, profile, Rule(rule), lexical(made)))  # noqa: B023 - called at once
            missed += took > limit
            print(f"  {rule:34} {took:7.2f} s of {limit}  {described(outcome)}", flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"peak memory {peak} MB; {missed} limits missed")
    return 1 if missed else 0


def described(outcome: Outcome | Undecided) -> str:
    if isinstance(outcome, Undecided):
        return f"undecided: {', '.join(outcome.tie.members)}"
    runs = "" if outcome.increment is None else f", run {outcome.increment + 1} kept"
    return f"{len(outcome.selected)} selected{runs}"


if __name__ == "__main__":
    sys.exit(main())
