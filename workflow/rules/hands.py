"""Hands that two people counted without seeing each other's figures: what they amount to, whether they fit; pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from workflow.base.i18n import Sentence, _

# Sector and choice -> hands.
Hands = Mapping[tuple[str, str], int]
CLERKS = 2


class HandsCounted(Struct, frozen=True):
    """What one person counted."""

    person_id: int
    name: str
    hands: Hands


def agreed(counts: Iterable[HandsCounted]) -> Hands | None:
    """The hands of a vote where two people counted the same; None where one is awaited or they differ."""
    given = [dict(count.hands) for count in counts]
    return given[0] if len(given) == CLERKS and given[0] == given[1] else None


def awaited_count(counted: Sequence[str], others: Sequence[str]) -> Sentence:
    """Who has counted, and who may be the second to do so: an elector who has not, or the office."""
    if not counted:
        return _("Two people count the hands. Nobody has handed in figures yet.")
    return _("Counted by: {names}. Somebody else has to count the hands too: {others}, or somebody of the programme "
             "office who sees them.", names=", ".join(counted), others=", ".join(others) or "–")  # fmt: skip


def does_not_add_up(hands: Hands, present: Mapping[str, int]) -> Sentence | None:
    """Why hands cannot be right: more of a sector than electors of it who vote; None where they can."""
    for sector, raised in Counter(by_sector(hands)).items():
        if raised > present.get(sector, 0):
            return _("Hands of the sector “{sector}”: {raised}, but only {present} of its members vote.",
                     sector=sector, raised=raised, present=present.get(sector, 0))  # fmt: skip
    return None


def by_sector(hands: Hands) -> dict[str, int]:
    """How many hands of each sector, those with none left out."""
    raised: Counter[str] = Counter()
    for (sector, _choice), count in hands.items():
        raised[sector] += count
    return {sector: count for sector, count in sorted(raised.items()) if count}


def by_choice(hands: Hands) -> Counter[str]:
    """How many hands for each choice."""
    raised: Counter[str] = Counter()
    for (_sector, choice), count in hands.items():
        raised[choice] += count
    return raised
