"""Cards of a secret vote as two people typed them without seeing each other's lines: what they amount to; pure."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from msgspec import Struct

from workflow.base.i18n import Sentence, _
from workflow.rules.hands import CLERKS


class CardMove(StrEnum):
    """What happens to the card of a member while the vote is open."""

    ISSUE = "issue"
    GIVE_BACK = "give_back"
    DROP = "drop"


class CardsTyped(Struct, frozen=True):
    """What one person typed: how many valid and spoiled cards there are, and the choice on each valid one."""

    person_id: int
    name: str
    in_box: int
    spoiled: int
    lines: Mapping[int, str]

    def same(self, other: "CardsTyped") -> bool:
        """Whether two people typed the same."""
        return (self.in_box, self.spoiled, self.lines) == (other.in_box, other.spoiled, other.lines)


class CardBatch(Struct, frozen=True):
    """The valid batch of a vote: what was typed, and whether the scan is attached."""

    number: int
    typed: tuple[CardsTyped, ...] = ()
    scan_name: str = ""

    @property
    def agreed(self) -> CardsTyped | None:
        """The cards where two people typed the same; None where one is awaited or they differ."""
        if len(self.typed) != CLERKS:
            return None
        first, second = self.typed
        return first if first.same(second) else None

    def differences(self) -> Iterator[tuple[int, str, str]]:
        """Each card that the two read differently, with both choices; empty for one that a person has not typed."""
        if len(self.typed) == CLERKS:
            first, second = (typed.lines for typed in self.typed)
            for card in sorted(first.keys() | second.keys()):
                if first.get(card) != second.get(card):
                    yield card, first.get(card, ""), second.get(card, "")


def does_not_add_up(in_box: int, spoiled: int, lines: int, ticked: int) -> Sentence | None:
    """Why the figures of cards cannot be right; None where they can. Fewer cards than ticks are missing ones."""
    if lines != in_box:
        return _("Valid cards: {in_box}, but choices were typed of {lines}.", in_box=in_box, lines=lines)
    if in_box + spoiled > ticked:
        return _("Cards in the box: {cards} ({in_box} valid, {spoiled} spoiled), but only {ticked} members cast one.",
                 cards=in_box + spoiled, in_box=in_box, spoiled=spoiled, ticked=ticked)  # fmt: skip
    return None
