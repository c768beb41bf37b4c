"""One run of Equal Shares: exact balances over one common denominator, kept by classes of equal balance.

Every voter starts with the same share. A project costs its supporters `rate` for each unit of utility, or all that they
have left; the project with the least rate is bought, until no project is affordable. Rates only grow within a run, so a
rate computed earlier is a lower bound, and a project is looked at again only when its old rate is at the top of the heap.
"""

from fractions import Fraction
from heapq import heapify, heappop, heappush

from workflow.voting.counting.equal_shares_input import Ballots

# Unused classes are forgotten once in so many purchases.
FORGET_EVERY = 8
BROKE = 0


class Run:
    """The state of a run; `buy` changes it, `copy` branches it."""

    __slots__ = (
        "_ballots", "_classes", "_denominator", "_heap", "_maps", "_next_class", "_values", "bought", "spent",
    )  # fmt: skip

    def __init__(self, ballots: Ballots, money: int) -> None:
        """A run in which all voters together have `money` grosze, which may be more than the budget."""
        self._ballots = ballots
        self._denominator = max(ballots.voters, 1)
        first = 1 if money > 0 else BROKE
        # Balance of each class as a numerator over the denominator.
        self._values = {first: money} if first else {}
        self._next_class = 2
        self._classes = [first] * len(ballots.counts)
        self._maps = _first_maps(ballots, first)
        self._heap = [(Fraction(0), project) for project in ballots.supported]
        heapify(self._heap)
        self.bought: tuple[int, ...] = ()
        self.spent = 0

    def copy(self) -> "Run":
        """The same state, independent of this one."""
        other = Run.__new__(Run)
        other._ballots, other._denominator, other._next_class = self._ballots, self._denominator, self._next_class
        other._values, other._classes, other._heap = dict(self._values), list(self._classes), list(self._heap)
        other._maps = [None if entries is None else dict(entries) for entries in self._maps]
        other.bought, other.spent = self.bought, self.spent
        return other

    @property
    def exceeded(self) -> bool:
        """Whether more was spent than the budget; a run stops then."""
        return self.spent > self._ballots.budget

    @property
    def full(self) -> bool:
        """Whether all places are taken."""
        return self._ballots.places is not None and len(self.bought) >= self._ballots.places

    def cheapest(self) -> tuple[Fraction, list[int]] | None:
        """The least rate and all projects that have it, by number; `None` where nothing more is bought."""
        if self.exceeded or self.full:
            return None
        heap, maps = self._heap, self._maps
        best: Fraction | None = None
        computed: list[tuple[Fraction, int]] = []
        while heap and (best is None or heap[0][0] <= best):
            project = heappop(heap)[1]
            if maps[project] is None:
                continue
            rate = self.rate(project)
            if rate is None:
                # Balances only fall: what is not affordable now never will be in this run.
                maps[project] = None
                continue
            computed.append((rate, project))
            best = rate if best is None else min(best, rate)
        for entry in computed:
            heappush(heap, entry)
        return None if best is None else (best, sorted(project for rate, project in computed if rate == best))

    def rate(self, project: int) -> Fraction | None:
        """What supporters pay for a unit of utility so that the cost is covered; `None` if they cannot."""
        ballots, values = self._ballots, self._values
        rest = ballots.costs[project] * self._denominator
        if rest == 0:
            return Fraction(0)
        entries, weighed = self._entries(project)
        if sum(values[balance] * voters for _ratio, balance, _weight, voters in entries) < rest:
            return None
        multiple = ballots.multiple
        for ratio, balance, weight, voters in entries:
            # Those who have less than their share of the rest pay all; the others share what remains.
            if ratio * weighed >= rest * multiple:
                break
            rest -= values[balance] * voters
            weighed -= weight * voters
        return Fraction(rest, weighed * self._denominator * ballots.units[project])

    def _entries(self, project: int) -> tuple[list[tuple[int, int, int, int]], int]:
        """(balance by weight, class, weight, voters), the poorest first; and the sum of all weights."""
        ballots, values = self._ballots, self._values
        entries, weighed, width = [], 0, len(ballots.weights)
        for entry, voters in (self._maps[project] or {}).items():
            balance, position = divmod(entry, width)
            weight = ballots.weights[position]
            entries.append((values[balance] * ballots.scales[position], balance, weight, voters))
            weighed += weight * voters
        entries.sort()
        return entries, weighed

    def buy(self, project: int, rate: Fraction) -> None:
        """Buy a project at a rate that `cheapest` has given."""
        ballots = self._ballots
        self._maps[project] = None
        for rival in ballots.rivals[project]:
            self._maps[rival] = None
        self.bought += (project,)
        self.spent += ballots.costs[project]
        if rate:
            self._charge(project, rate * ballots.units[project] * self._denominator)
        if len(self.bought) % FORGET_EVERY == 0:
            self._forget()

    def _charge(self, project: int, payment: Fraction) -> None:
        """Take `payment` for each unit of weight from every supporter, or all that is there."""
        if payment.denominator != 1:
            self._denominator *= payment.denominator
            self._values = {balance: value * payment.denominator for balance, value in self._values.items()}
        amount, classes = payment.numerator, self._classes
        known = {value: balance for balance, value in self._values.items()}
        moves: dict[tuple[int, int], int] = {}
        for group in self._ballots.supporters[project]:
            old = classes[group]
            if old == BROKE:
                continue
            marks = self._ballots.marks[group]
            weight = next(position for marked, position in marks if marked == project) if self._weighted else 0
            new = moves.get((old, weight))
            if new is None:
                new = moves[old, weight] = self._class_of(
                    self._values[old] - amount * self._ballots.weights[weight], known
                )
            classes[group] = new
            self._move(group, old, new)

    @property
    def _weighted(self) -> bool:
        return len(self._ballots.weights) > 1

    def _class_of(self, value: int, known: dict[int, int]) -> int:
        if value <= 0:
            return BROKE
        if value not in known:
            known[value] = self._next_class
            self._values[self._next_class] = value
            self._next_class += 1
        return known[value]

    def _move(self, group: int, old: int, new: int) -> None:
        """Enter a group's voters under their new class in all projects that they support and that are still open."""
        maps, width, voters = self._maps, len(self._ballots.weights), self._ballots.counts[group]
        for project, weight in self._ballots.marks[group]:
            entries = maps[project]
            if entries is None:
                continue
            entry = old * width + weight
            left = entries[entry] - voters
            if left:
                entries[entry] = left
            else:
                del entries[entry]
            if new != BROKE:
                entry = new * width + weight
                entries[entry] = entries.get(entry, 0) + voters

    def _forget(self) -> None:
        """Drop the classes that no open project's map has, except those that groups still belong to."""
        width = len(self._ballots.weights)
        used = {entry // width for entries in self._maps if entries is not None for entry in entries}
        for group, balance in enumerate(self._classes):
            if balance not in used:
                # None of this group's projects is open any more, so its balance is never asked for again.
                self._classes[group] = BROKE
        self._values = {balance: value for balance, value in self._values.items() if balance in used}

    def groups_of(self, projects: list[int]) -> list[list[int]]:
        """The projects in groups that do not influence each other: no common supporter with money, no exclusion."""
        return _connected(projects, self._links(projects))

    def _links(self, projects: list[int]) -> list[list[int]]:
        ballots, among = self._ballots, set(projects)
        if ballots.places is not None and len(self.bought) + len(projects) > ballots.places:
            return [projects]
        links = [[project, *among.intersection(ballots.rivals[project])] for project in projects]
        for project in projects:
            for group in ballots.supporters[project]:
                if self._classes[group] != BROKE:
                    shared = [other for other, _weight in ballots.marks[group] if other in among]
                    if len(shared) > 1:
                        links.append(shared)
        return links

    def state(self) -> tuple[frozenset[int], tuple[Fraction | int, ...]]:
        """What the rest of a run depends on: what was bought, and all balances."""
        balances = {balance: Fraction(value, self._denominator) for balance, value in self._values.items()}
        return frozenset(self.bought), tuple(balances.get(balance, 0) for balance in self._classes)


def _first_maps(ballots: Ballots, first: int) -> list[dict[int, int] | None]:
    maps: list[dict[int, int] | None] = [{} for _ in ballots.options]
    width = len(ballots.weights)
    for group, marks in enumerate(ballots.marks):
        for project, weight in marks:
            entries = maps[project]
            if first and entries is not None:
                entry = first * width + weight
                entries[entry] = entries.get(entry, 0) + ballots.counts[group]
    return maps


def _connected(projects: list[int], links: list[list[int]]) -> list[list[int]]:
    """Connected components, smallest first."""
    component = {project: {project} for project in projects}
    for linked in links:
        joined = set().union(*(component[project] for project in linked))
        for project in joined:
            component[project] = joined
    found = {id(members): sorted(members) for members in component.values()}
    return sorted(found.values(), key=lambda members: (len(members), members))
