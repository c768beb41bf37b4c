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

# The class of those who have nothing left.
BROKE = 0


class Run:
    """The state of a run; `buy` changes it, `copy` branches it.

    The balance of a class is `number * multiplier of its epoch` over the denominator. An epoch begins when a payment
    makes the denominator larger; only the multipliers of the epochs before change then, not the numbers of all classes.
    """

    __slots__ = (
        *("_ballots", "_classes", "_closed", "_denominator", "_epochs", "_heap", "_multipliers", "_numbers"),
        *("bought", "spent"),
    )

    def __init__(self, ballots: Ballots, money: int) -> None:
        """A run in which all voters together have `money` grosze, which may be more than the budget."""
        self._ballots = ballots
        self._denominator = max(ballots.voters, 1)
        self._multipliers = [1]
        self._numbers, self._epochs = [0, money], [0, 0]
        # The class of each ballot group.
        self._classes = [1 if money else BROKE] * len(ballots.counts)
        # Bought, excluded or not affordable any more.
        self._closed: set[int] = set()
        self._heap = [(ballots.least_rates[project], project) for project in ballots.supported]
        heapify(self._heap)
        self.bought: tuple[int, ...] = ()
        self.spent = 0

    def copy(self) -> "Run":
        """The same state, independent of this one."""
        other = Run.__new__(Run)
        other._ballots, other._denominator = self._ballots, self._denominator
        other._multipliers, other._numbers = list(self._multipliers), list(self._numbers)
        other._epochs, other._classes = list(self._epochs), list(self._classes)
        other._heap, other._closed = list(self._heap), set(self._closed)
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
        ballots = self._ballots
        rest = ballots.costs[project] * self._denominator
        if rest == 0:
            return Fraction(0)
        entries, weighed = self._entries(project)
        whole = rest * ballots.multiple
        for balance, weight, voters in entries:
            # Those who have less than their share of the rest pay all; the others share what remains.
            if balance * weighed >= whole:
                return Fraction(whole, weighed * self._denominator * ballots.units[project] * ballots.multiple)
            whole -= balance * weight * voters
            weighed -= weight * voters
        return None

    def _entries(self, project: int) -> tuple[list[tuple[int, int, int]], int]:
        """(balance for one weight by the least common multiple, weight, voters), the poorest first; all weights."""
        classes, counts = self._classes, self._ballots.counts
        numbers, epochs = self._numbers, self._epochs
        entries, weighed = [], 0
        for equal in self._ballots.supporters[project]:
            voters = Counter(map(classes.__getitem__, equal.singles))
            for group in equal.multiples:
                voters[classes[group]] += counts[group]
            del voters[BROKE]
            weight, scale = equal.weight, self._ballots.multiple // equal.weight
            multipliers = [multiplier * scale for multiplier in self._multipliers]
            entries += [(numbers[own] * multipliers[epochs[own]], weight, number) for own, number in voters.items()]
            weighed += weight * sum(voters.values())
        entries.sort()
        return entries, weighed

    def buy(self, project: int, rate: Fraction) -> None:
        """Buy a project at a rate that `cheapest` has given."""
        ballots = self._ballots
        self._closed.update((project, *ballots.rivals[project]))
        self.bought += (project,)
        self.spent += ballots.costs[project]
        if rate:
            self._charge(project, rate * ballots.units[project] * self._denominator)

    def _charge(self, project: int, payment: Fraction) -> None:
        """Take `payment` for each unit of weight from every supporter, or all that is there."""
        amount, factor = payment.numerator, payment.denominator
        if factor != 1:
            self._denominator *= factor
            self._multipliers = [*(multiplier * factor for multiplier in self._multipliers), 1]
        classes = self._classes
        for equal in self._ballots.supporters[project]:
            groups, share = equal.groups, amount * equal.weight
            old = [classes[group] for group in groups]
            moved = {own: self._new_class(self._balance(own) - share) for own in set(old)}
            for group, own in zip(groups, old, strict=True):
                classes[group] = moved[own]

    def _balance(self, own: int) -> int:
        return self._numbers[own] * self._multipliers[self._epochs[own]]

    def _new_class(self, balance: int) -> int:
        """A class of its own even where another has the same balance by chance: both are counted alike."""
        if balance <= 0:
            return BROKE
        self._numbers.append(balance)
        self._epochs.append(len(self._multipliers) - 1)
        return len(self._numbers) - 1

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
                paying = (group for group in equal.groups if self._classes[group] != BROKE)
                links += [[*shared] for group in paying if len(shared := among.intersection(ballots.marks[group])) > 1]
        return links

    def state(self) -> tuple[frozenset[int], int, tuple[int, ...]]:
        """What the rest of a run depends on: what was bought, and all balances over their least denominator."""
        values = [self._balance(own) for own in self._classes]
        common = gcd(self._denominator, *set(values))
        return frozenset(self.bought), self._denominator // common, tuple(value // common for value in values)
