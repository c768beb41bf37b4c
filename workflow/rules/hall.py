"""What a vote in the hall amounts to: options, electors, cards, ballots laid out; and how sectors are merged. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from workflow.base.i18n import Sentence, _
from workflow.rules.cards import CardBatch
from workflow.rules.session import Channel

# Fewer people of a sector than this are counted together with others.
LEAST_STRATUM = 5
# Rankings and points over more options make most ballots unique, so that a receipt would show its writer's choice.
MOST_LINKED_OPTIONS = 6
MOST_OPTIONS = 60
MOST_MINUTES = 24 * 60
NO_SECTOR = "–"
NO_SECTOR_IN_WORDS = _("no sector")
# What a sealed ballot needs beside its options: brackets, names and the number of the stratum.
BASE_BYTES, OPTION_BYTES = 64, 24


class HallMethod(StrEnum):
    """How is voted; the words are those of `voting.counting.ballots.Method`."""

    AYES = "ayes"
    APPROVE = "approve"
    POINTS = "points"
    RANK = "rank"


METHODS: Mapping[HallMethod, Sentence] = {
    HallMethod.AYES: _("for, against or abstain"),
    HallMethod.APPROVE: _("choose options"),
    HallMethod.POINTS: _("distribute points"),
    HallMethod.RANK: _("rank options"),
}


class HallOptionRow(Struct, frozen=True):
    """Something that can be chosen; the cost is in grosze."""

    key: str
    label: str
    details: str = ""
    proposal_id: int | None = None
    cost: int = 0


class Attendee(Struct, frozen=True):
    """Somebody who is checked in, and the sector of the organisation for whom the person comes."""

    registration_id: int
    person_id: int
    sector: str


class HallElectorRow(Struct, frozen=True):
    """One elector: whether and by what way a vote came in, never which."""

    registration_id: int
    person_id: int
    sector: str
    stratum: str
    voted: bool = False
    channel: str = ""
    card_issued: bool = False


class HallLaidOut(Struct, frozen=True):
    """Ballots as (code, choice, stratum), and the numbers of receipts where these are a list apart."""

    ballots: tuple[tuple[str, str, str], ...] = ()
    receipts: tuple[str, ...] = ()


class HallVoting(Struct, frozen=True):
    """A vote with everything that its guards and effects look at."""

    conference_state: str = ""
    starts_at: datetime | None = None
    options: tuple[HallOptionRow, ...] = ()
    present: tuple[Attendee, ...] = ()
    electors: tuple[HallElectorRow, ...] = ()
    cards: CardBatch | None = None
    # Of a step that lays ballots out: those, and of one that counts what it amounts to.
    laid_out: HallLaidOut | None = None
    result: Mapping[str, Any] = field(default_factory=dict)
    result_digest: str = ""

    @property
    def voted(self) -> int:
        """How many have voted."""
        return sum(elector.voted for elector in self.electors)

    @property
    def on_cards(self) -> int:
        """How many dropped a card into the box."""
        return sum(elector.channel == Channel.CARD for elector in self.electors)


def merged(counts: Mapping[str, int], *, least: int = LEAST_STRATUM) -> dict[str, str]:
    """Name -> the names that it is counted with; those of fewer than `least` people are joined, the smallest first."""
    groups: list[tuple[int, tuple[str, ...]]] = [(count, (name,)) for name, count in counts.items()]
    while len(groups) > 1 and min(groups)[0] < least:
        (first, names), (second, others), *rest = sorted(groups)
        groups = [*rest, (first + second, tuple(sorted((*names, *others))))]
    return {name: " + ".join(names) for _count, names in groups for name in names}


def strata_of(sectors: Iterable[str]) -> dict[str, str]:
    """Sector -> the stratum in which its people are counted."""
    labels = merged(Counter(sector or NO_SECTOR for sector in sectors))
    return {"" if name == NO_SECTOR else name: label for name, label in labels.items()}


def stratum_in_words(stratum: str, none: str) -> str:
    """A stratum as people read it: those of no sector, alone or counted with others, under the word for them."""
    return " + ".join(none if name == NO_SECTOR else name for name in stratum.split(" + "))


def published_strata(ballots: Mapping[str, int]) -> dict[str, str]:
    """Stratum -> the one that ballots of it are published with; empty where that would be one for all."""
    labels = merged(ballots)
    return labels if len(set(labels.values())) > 1 else dict.fromkeys(ballots, "")


def is_linked(method: str, options: int, ballots: int, *, linked_from: int) -> bool:
    """Whether receipts show their choices: with enough ballots, and where ballots are not unique by themselves."""
    varied = method in {HallMethod.POINTS, HallMethod.RANK} and options > MOST_LINKED_OPTIONS
    return ballots >= linked_from and not varied


def bytes_of_ballot(options: int) -> int:
    """How long a sealed ballot of a vote is before it is encrypted, whatever it says."""
    return BASE_BYTES + OPTION_BYTES * options
