"""What a setting of an edition is: its type, its bounds, how an answer is read, and from which phase it is locked."""

import unicodedata
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any

from workflow.base.i18n import Sentence, _
from workflow.rules.ladder import FARTHEST, MOST_RUNGS, read_ladder, written
from workflow.rules.scalar_types import WrongAnswer, read_flag
from workflow.rules.states import EditionState

# The answer that sets no limit, where a setting allows that; it is stored as null.
NONE = "none"
# The phases of an edition in their order; a suspended edition is in the phase that it left.
PHASES = (EditionState.DRAFT, EditionState.ANNOUNCED, EditionState.CONFERENCES, EditionState.SUMMARY,
          EditionState.SELECTION, EditionState.APPEALS, EditionState.AGREEMENT, EditionState.IMPLEMENTATION,
          EditionState.CLOSING, EditionState.CLOSED)  # fmt: skip
DAYS = _("days")
PERCENT = _("%")


class Theme(StrEnum):
    """Under which heading the editor shows a setting."""

    SELECTION = "selection"
    VOTES = "votes"
    APPEALS = "appeals"
    TERMS = "terms"
    CONFERENCES = "conferences"
    REMINDERS = "reminders"
    IMPLEMENTATION = "implementation"
    LETTERS = "letters"


class SettingType(StrEnum):
    """What the value of a setting is."""

    NUMBER = "number"
    DAYS = "days"
    FLAG = "flag"
    CHOICE = "choice"
    # A fraction, stored as text such as "2/3".
    SHARE = "share"
    # Whole per cent, or no limit.
    PERCENT_OR_NONE = "percent_or_none"
    # One line of at most `maximum` characters; it may be empty.
    TEXT = "text"
    # Working days before and after a deadline, stored as text such as "-14, -3, +1, +7".
    LADDER = "ladder"


@dataclass(frozen=True, slots=True)
class Setting:
    """One number, limit, duration or choice of an edition."""

    key: str
    theme: Theme
    type: SettingType
    label: Sentence
    help: Sentence
    # The functions that read it, as "module:function" below `workflow.`; a test finds the key in each of them.
    read_by: tuple[str, ...]
    # The first phase in which it may not change any more.
    locked_from: EditionState
    _: KW_ONLY
    # That of new editions, as it is stored.
    default: Any
    # Legal bounds, of numbers and shares.
    minimum: Fraction | int = 0
    maximum: Fraction | int = 0
    unit: Sentence | None = None
    options: Mapping[str, Sentence] = field(default_factory=dict)

    def read(self, given: Any) -> Any:
        """An answer as it is stored, but for NONE; None where nothing was said. Raises WrongAnswer with the bounds."""
        text = str(given).strip()
        if self.type is SettingType.TEXT:
            return self._line(given)
        if text == "":
            return None
        if self.type is SettingType.FLAG:
            return bool(read_flag(given))
        if self.type is SettingType.CHOICE:
            if text not in self.options:
                raise WrongAnswer(_("Choose one of the answers on the list."))
            return text
        if self.type is SettingType.LADDER:
            return self._ladder(text)
        if self.type is SettingType.PERCENT_OR_NONE and text == NONE:
            return NONE
        return self._share(text) if self.type is SettingType.SHARE else self._number(given, text)

    def _number(self, given: Any, text: str) -> int:
        digits = text.removesuffix("%").strip() if self.type is SettingType.PERCENT_OR_NONE else text
        plain = not isinstance(given, bool) and digits.isascii() and digits.isdecimal() and len(digits) < 10
        if not plain or not self.minimum <= int(digits) <= self.maximum:
            raise WrongAnswer(self.bounds())
        return int(digits)

    def _share(self, text: str) -> str:
        try:
            share = Fraction(text.replace(" ", "")) if len(text) < 16 else Fraction(-1)
        except (ValueError, ZeroDivisionError):
            raise WrongAnswer(self.bounds()) from None
        if not self.minimum <= share <= self.maximum:
            raise WrongAnswer(self.bounds())
        return str(share)

    def _line(self, given: Any) -> str:
        if not isinstance(given, str):
            raise WrongAnswer(_("This has to be text."))
        text = unicodedata.normalize("NFC", given)
        line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
        if len(line) > self.maximum:
            raise WrongAnswer(self.bounds())
        return line

    def _ladder(self, text: str) -> str:
        days = read_ladder(text)
        if days is None:
            raise WrongAnswer(self.bounds())
        return written(days)

    def stored(self, answer: Any) -> Any:
        """An answer that `read` gave, as the column stores it: no limit is null."""
        return None if self.type is SettingType.PERCENT_OR_NONE and answer == NONE else answer

    def bounds(self) -> Sentence:
        """What a value has to be, as a sentence."""
        least, most = str(self.minimum), str(self.maximum)
        if self.type is SettingType.TEXT:
            return _("Write at most {most} characters.", most=most)
        if self.type is SettingType.LADDER:
            return _("Give at most {rungs} different days, each at most {days} working days away, such as -14, -3, +1.",
                     rungs=MOST_RUNGS, days=FARTHEST)  # fmt: skip
        if self.type is SettingType.SHARE:
            return _("Give a share from {least} to {most}, such as 1/2.", least=least, most=most)
        if self.type is SettingType.PERCENT_OR_NONE:
            return _("Give a whole number from {least} to {most}, or choose no limit.", least=least, most=most)
        return _("Give a whole number from {least} to {most}.", least=least, most=most)

    @property
    def moves_timers(self) -> bool:
        """Whether the clock of proposals goes by it."""
        return any(reader.startswith("rules.deadlines:") for reader in self.read_by)

    def is_locked(self, edition: Mapping[str, Any]) -> bool:
        """Whether the edition has come to a phase in which this may not change any more."""
        phase = edition["state"]
        if phase == EditionState.SUSPENDED:
            phase = edition["previous_state"]
        return phase not in PHASES or PHASES.index(EditionState(phase)) >= PHASES.index(self.locked_from)
