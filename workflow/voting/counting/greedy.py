"""Municipal greedy: best score first, while money and places last; a tie at the boundary is never broken silently."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from workflow.voting.counting.election import (
    NO_ORDER,
    Election,
    Option,
    Outcome,
    Score,
    Tie,
    TieKind,
    TieOrder,
    Undecided,
    cost_of,
    room,
)
from workflow.voting.counting.ranking import classes


class _Purse:
    """What has been taken so far, and what still fits."""

    def __init__(self, election: Election, taken: Iterable[Option]) -> None:
        self.taken = list(taken)
        self.money, self.places = room(election, self.taken)
        self.groups = {option.exclusive_group for option in self.taken if option.exclusive_group is not None}

    def excludes(self, option: Option) -> bool:
        return option.exclusive_group in self.groups

    def fits(self, options: Sequence[Option]) -> bool:
        """Whether money and places suffice for all of them."""
        return (self.money is None or cost_of(options) <= self.money) and (
            self.places is None or len(options) <= self.places
        )

    def fits_together(self, options: Sequence[Option]) -> bool:
        groups = [option.exclusive_group for option in options if option.exclusive_group is not None]
        return self.fits(options) and len(set(groups)) == len(groups)

    def take(self, option: Option) -> None:
        self.taken.append(option)
        if self.money is not None:
            self.money -= option.cost
        if self.places is not None:
            self.places -= 1
        if option.exclusive_group is not None:
            self.groups.add(option.exclusive_group)


def greedy(
    election: Election,
    options: Iterable[Option],
    scores: Mapping[str, Score],
    *,
    skip: bool = True,
    order: TieOrder = NO_ORDER,
    taken: Sequence[Option] = (),
) -> Outcome | Undecided:
    """Take the best that fit; without `skip` the first that does not fit ends the list.

    `options` are the candidates, without those in `taken`, which are selected already. Equal ones that fit together are
    taken by key. The first decisive tie for which
    `order` is not enough ends the count as undecided. An exclusion never ends a list.
    """
    known = {option.key: option for option in options}
    purse, ties = _Purse(election, taken), list[Tie]()
    for _score, keys in classes(known, scores):
        tied = [known[key] for key in keys if not purse.excludes(known[key])]
        fitting = [option for option in tied if purse.fits([option])]
        if purse.fits_together(fitting) and (skip or fitting == tied):
            for option in fitting:
                purse.take(option)
        elif len(tied) == 1 or not fitting:
            if not skip:
                break
        else:
            tie = Tie(TieKind.BOUNDARY, tuple(option.key for option in tied))
            if not order.breaks(tie.members):
                return Undecided(tie, tuple(option.key for option in purse.taken))
            ties.append(tie)
            if not _one_by_one(purse, [known[key] for key in order.sort(tie.members)], skip=skip):
                break
    return Outcome(tuple(option.key for option in purse.taken), cost_of(purse.taken), tuple(ties))


def _one_by_one(purse: _Purse, options: Iterable[Option], *, skip: bool) -> bool:
    """Take the tied options in their order; false where the list ends."""
    for option in options:
        if purse.excludes(option):
            continue
        if purse.fits([option]):
            purse.take(option)
        elif not skip:
            return False
    return True


def per_zloty(options: Iterable[Option], scores: Mapping[str, Score]) -> dict[str, Score]:
    """Score by cost, exactly; what costs nothing comes before everything that has a cost."""
    known = list(options)
    above = 1 + sum(scores.get(option.key, 0) for option in known)
    return {
        option.key: Fraction(scores.get(option.key, 0), option.cost)
        if option.cost
        else above + scores.get(option.key, 0)
        for option in known
    }
