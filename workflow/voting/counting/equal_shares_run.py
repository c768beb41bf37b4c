"""One run of Equal Shares: exact balances over one common denominator, kept by classes of equal balance.

Every voter starts with the same share. A project costs its supporters `rate` for each unit of utility, or all that they
have left; the project with the least rate is bought, until no project is affordable. Rates only grow within a run: an
earlier rate is a lower bound, and a project is evaluated again only when its old rate is at the top of the heap.
"""

from collections import Counter
from fractions import Fraction
from heapq import heapify, heappop, heappush
from math import gcd

from workflow.voting.counting.equal_shares_input import Ballots

# Unused classes are forgotten once in so many purchases.
FORGET_EVERY = 8
BROKE = 0


class Run:
    """The state of a run; `buy` changes it, `copy` branches it."""

    __slots__ = (
        "_ballots",
        "_classes",
        "_closed",
        "_denominator",
        "_heap",
        "_next_class",
        "_values",
        "bought",
        "spent",
    )

    def __init__(self, ballots: Ballots, money: int) -> None:
        """A run in which all voters together have `money` grosze, which may be more than the budget."""
        self._ballots = ballots
        self._denominator = max(ballots.voters, 1)
        # The balance of each class as a numerator over the denominator, and the class of each ballot group.
        self._values = {BROKE: 0, 1: money}
        self._classes = [1] * len(ballots.counts)
        self._next_class = 2
        # Bought, excluded or not affordable any more.
        self._closed: set[int] = set()
        self._heap = [(ballots.least_rates[project], project) for project in ballots.supported]
        heapify(self._heap)
        self.bought: tuple[int, ...] = ()
        self.spent = 0

    def copy(self) -> "Run":
        """The same state, independent of this one."""
        other = Run.__new__(Run)
        other._ballots, other._denominator, other._next_class = self._ballots, self._denominator, self._next_class
        other._values, other._classes, other._heap = dict(self._values), list(self._classes), list(self._heap)
        other._closed = set(self._closed)
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
        heap = self._heap
        best: Fraction | None = None
        computed: list[tuple[Fraction, int]] = []
        while heap and (best is None or heap[0][0] <= best):
            project = heappop(heap)[1]
            if project in self._closed:
                continue
            rate = self.rate(project)
            if rate is None:
                # Balances only fall: what is not affordable now never will be in this run.
                self._closed.add(project)
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
        entries, multiple = self._entries(project), ballots.multiple
        if sum(values[balance] * voters for _ratio, balance, _weight, voters in entries) < rest:
            return None
        weighed = sum(weight * voters for _ratio, _balance, weight, voters in entries)
        for ratio, balance, weight, voters in entries:
            # Those who have less than their share of the rest pay all; the others share what remains.
            if ratio * weighed >= rest * multiple:
                break
            rest -= values[balance] * voters
            weighed -= weight * voters
        return Fraction(rest, weighed * self._denominator * ballots.units[project])

    def _entries(self, project: int) -> list[tuple[int, int, int, int]]:
        """(balance for one weight, class, weight, voters) of everybody who has money, the poorest first."""
        classes, counts, values = self._classes, self._ballots.counts, self._values
        entries = []
        for equal in self._ballots.supporters[project]:
            voters = Counter(map(classes.__getitem__, equal.singles))
            for group in equal.multiples:
                voters[classes[group]] += counts[group]
            del voters[BROKE]
            weight, scale = equal.weight, self._ballots.multiple // equal.weight
            entries += [(values[balance] * scale, balance, weight, number) for balance, number in voters.items()]
        entries.sort()
        return entries

    def buy(self, project: int, rate: Fraction) -> None:
        """Buy a project at a rate that `cheapest` has given."""
        ballots = self._ballots
        self._closed.update((project, *ballots.rivals[project]))
        self.bought += (project,)
        self.spent += ballots.costs[project]
        if rate:
            self._charge(project, rate * ballots.units[project] * self._denominator)
        if len(self.bought) % FORGET_EVERY == 0:
            self._forget()

    def _charge(self, project: int, payment: Fraction) -> None:
        """Take `payment` for each unit of weight from every supporter, or all that is there."""
        amount, factor = payment.numerator, payment.denominator
        if factor != 1:
            self._denominator *= factor
            self._values = {balance: value * factor for balance, value in self._values.items()}
        values, classes = self._values, self._classes
        for equal in self._ballots.supporters[project]:
            groups, share = equal.groups, amount * equal.weight
            old = [classes[group] for group in groups]
            moved = {balance: self._new_class(values[balance] - share) for balance in set(old)}
            for group, balance in zip(groups, old, strict=True):
                classes[group] = moved[balance]

    def _new_class(self, value: int) -> int:
        """A class of its own even where another has the same balance by chance: both are counted alike."""
        if value <= 0:
            return BROKE
        number = self._next_class
        self._values[number], self._next_class = value, number + 1
        return number

    def _forget(self) -> None:
        """Drop the classes to which no group belongs."""
        used = {BROKE, *self._classes}
        self._values = {balance: value for balance, value in self._values.items() if balance in used}

    def influenced(self, projects: list[int]) -> list[int]:
        """The first of the projects and those that influence it, over others too: a common supporter, an exclusion."""
        reached, links = {projects[0]}, self._links(projects)
        while added := {project for linked in links if not reached.isdisjoint(linked) for project in linked} - reached:
            reached |= added
        return sorted(reached)

    def _links(self, projects: list[int]) -> list[list[int]]:
        ballots, among = self._ballots, set(projects)
        if ballots.places is not None and len(self.bought) + len(projects) > ballots.places:
            return [projects]
        links = [[project, *among.intersection(ballots.rivals[project])] for project in projects]
        for project in projects:
            for equal in ballots.supporters[project]:
                paying = (group for group in equal.groups if self._values[self._classes[group]])
                links += [[*shared] for group in paying if len(shared := among.intersection(ballots.marks[group])) > 1]
        return links

    def state(self) -> tuple[frozenset[int], int, tuple[int, ...]]:
        """What the rest of a run depends on: what was bought, and all balances over their least denominator."""
        values = [self._values[balance] for balance in self._classes]
        common = gcd(self._denominator, *set(values))
        return frozenset(self.bought), self._denominator // common, tuple(value // common for value in values)
