"""A vote for or against: quorum, majority and parity of sectors, computed exactly from figures that rows give."""

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction

from msgspec import Struct, field


class Recusal(StrEnum):
    """What recused members mean for the quorum."""

    LEAVE = "recused leave"
    STAY = "recused stay in the base"
    PRESENT = "recused count as present"


class ListWithConflict(StrEnum):
    """What becomes of a list with a project about which somebody present has a conflict of interest."""

    SPLIT = "split"
    REFUSE = "refuse"


class SecretVotes(StrEnum):
    """Which motions of a meeting are voted on in secret."""

    NEVER = "never"
    CHOSEN = "chosen"
    ALWAYS = "always"


class MajorityKind(StrEnum):
    """More than half of what."""

    SIMPLE = "simple"
    ABSOLUTE = "absolute"
    BODY = "of the body"
    QUALIFIED = "qualified"


class Quorum(Struct, frozen=True):
    """The share of seats that must be present; strict means more than that share. `floor` counts those not recused."""

    share: Fraction = Fraction(1, 2)
    strict: bool = False
    recusal: Recusal = Recusal.LEAVE
    floor: int = 3


class Majority(Struct, frozen=True):
    """The majority that carries a motion; `share` is for a qualified one alone."""

    kind: MajorityKind = MajorityKind.SIMPLE
    share: Fraction = Fraction(2, 3)
    casting_vote: bool = False


class VoteRules(Struct, frozen=True):
    """All three conditions of a resolution; a parity of `None` means none."""

    quorum: Quorum = field(default_factory=Quorum)
    majority: Majority = field(default_factory=Majority)
    parity: int | None = 49


class Figures(Struct, frozen=True):
    """What the rows of one vote give; `present` are those not recused, `by_sector` counts who voted."""

    seats: int
    recused: int
    present: int
    present_recused: int
    ayes: int
    noes: int
    abstentions: int = 0
    by_sector: Mapping[str, int] = field(default_factory=dict)
    chair_voted_for: bool | None = None

    @property
    def votes(self) -> int:
        """All votes cast."""
        return self.ayes + self.noes + self.abstentions


class Result(Struct, frozen=True):
    """Which conditions hold, with the figures that were compared."""

    quorum: bool
    quorum_present: int
    quorum_base: int
    majority: bool
    parity: bool
    # The sectors with more than the permitted share of votes, each with that share in per cent.
    above_parity: Mapping[str, Fraction]

    @property
    def adopted(self) -> bool:
        """Adopted only if all three hold."""
        return self.quorum and self.majority and self.parity


def resolve(figures: Figures, rules: VoteRules) -> Result:
    """Whether a resolution is adopted, and which condition fails where it is not."""
    base, present = quorum_figures(figures, rules.quorum)
    above = above_parity(figures, rules.parity)
    return Result(
        quorum=has_quorum(figures, rules.quorum),
        quorum_present=present,
        quorum_base=base,
        majority=is_carried(figures, rules.majority),
        parity=not above,
        above_parity=above,
    )


def quorum_figures(figures: Figures, quorum: Quorum) -> tuple[int, int]:
    """The base and the number of those who count as present."""
    if quorum.recusal is Recusal.LEAVE:
        return figures.seats - figures.recused, figures.present
    if quorum.recusal is Recusal.STAY:
        return figures.seats, figures.present
    return figures.seats, figures.present_recused


def has_quorum(figures: Figures, quorum: Quorum) -> bool:
    """Whether enough are present; never with fewer than `floor` who are not recused."""
    base, present = quorum_figures(figures, quorum)
    needed = quorum.share * base
    return (present > needed if quorum.strict else present >= needed) and figures.present >= quorum.floor


def is_carried(figures: Figures, majority: Majority) -> bool:
    """Whether enough voted for it; a tie is lost, and nothing is carried without a vote for it."""
    ayes, noes = figures.ayes, figures.noes
    if ayes == 0:
        return False
    if majority.kind is MajorityKind.SIMPLE:
        casting = majority.casting_vote and ayes == noes and figures.chair_voted_for is True
        return ayes > noes or casting
    if majority.kind is MajorityKind.ABSOLUTE:
        return 2 * ayes > figures.votes
    if majority.kind is MajorityKind.BODY:
        return 2 * ayes > figures.seats
    return ayes >= majority.share * (ayes + noes)


def above_parity(figures: Figures, limit: int | None) -> dict[str, Fraction]:
    """The sectors that cast more than `limit` per cent of all votes."""
    if limit is None:
        return {}
    cast = figures.votes
    return {
        sector: Fraction(100 * votes, cast)
        for sector, votes in sorted(figures.by_sector.items())
        if cast and 100 * votes > limit * cast
    }
