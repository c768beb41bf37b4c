"""How a day, an hour, a number, an amount and a yes are read, as people write them."""

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from workflow.base.i18n import Money, Sentence, _

MONEY_MAXIMUM = 10**13
# Years that a day may lie in: before, there was no programme, and nobody plans further ahead.
FIRST_YEAR, LAST_YEAR = 1990, 2100
ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
# 7.10.2026 · 07. 10. 2026: day, month and year, wherever dates have dots.
DOTTED_DAY = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4})")
# 7 października 2026 · 7 October 2026
NAMED_DAY = re.compile(r"([0-9]{1,2})\.? ([^\W\d_]{3,12}) ([0-9]{4})")
# 7/10/2026 is in October to one reader and in July to another.
UNCLEAR_DAY = re.compile(r"[0-9]{1,2}[/-][0-9]{1,2}[/-][0-9]{2,4}")
MONTHS = tuple(
    frozenset(names.split())
    for names in (
        "stycznia january jan", "lutego february feb", "marca march mar", "kwietnia april apr", "maja may",
        "czerwca june jun", "lipca july jul", "sierpnia august aug", "września september sep sept",
        "października october oct", "listopada november nov", "grudnia december dec",
    )
)  # fmt: skip
# Every kind of space that people paste, the narrow and the unbreakable ones among them.
SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
WHOLE_NUMBER = re.compile(r"-?(?:[0-9]{1,40}|[0-9]{1,3}(?: [0-9]{3}){1,12})")
CURRENCY = re.compile(r" ?(?:zł|PLN)\.?$", re.IGNORECASE)
# 12500 · 12 500 · 12 500,00 · 12500.5
AMOUNT = re.compile(r"(?:[0-9]{1,11}|[0-9]{1,3}(?: [0-9]{3}){1,3})(?:[.,][0-9]{1,2})?")
# 12.500,00 · 12,500.00 · 1.250.000
TWO_SIGNS = re.compile(
    r"[0-9]{1,3}(?:(?:\.[0-9]{3}){1,3},[0-9]{2}|(?:,[0-9]{3}){1,3}\.[0-9]{2}|(?:\.[0-9]{3}){2,3}|(?:,[0-9]{3}){2,3})"
)
# -500 · −500 · – 500
NEGATIVE = re.compile(r"[-\u2010-\u2015\u2212] ?[0-9][0-9 .,]*")
# 12.500 is twelve thousand to one reader and twelve and a half to another.
UNCLEAR = re.compile(r"([1-9][0-9]{0,2})[.,]([0-9]{3})")
# More złoty than any amount has, otherwise written as one.
TOO_MUCH = re.compile(r"(?:[0-9]{12,40}|[0-9]{1,3}(?: [0-9]{3}){3,12})(?:[.,][0-9]{1,2})?")
YES = {"1", "true", "on", "yes", "tak", True}
NO = {"", "0", "false", "off", "no", "nie", None, False}


class WrongAnswer(Exception):
    """An answer cannot be read; `sentence` says what it has to be."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.text)
        self.sentence = sentence


def _seen(given: Any) -> str:
    """What was typed as a reader sees it: composed letters, one space for all blanks, nothing that nobody sees."""
    text = "".join(sign for sign in unicodedata.normalize("NFC", str(given)) if unicodedata.category(sign) != "Cf")
    return SPACES.sub(" ", text).strip()


def read_date(given: Any) -> date | None:
    """A day as people write it or as a date, within the years that a programme may name.

    With dots it is day, month and year; with dashes and the year first the other way round; or the month has its name.
    With slashes nobody can tell day from month, and it is asked back.
    """
    if isinstance(given, datetime):
        raise WrongAnswer(_("This has to be a date."))
    if given in ("", None):
        return None
    day = given if isinstance(given, date) else _day_in(given)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise WrongAnswer(
            _("Check the year {year}: it has to lie between {first} and {last}.", year=f"{day.year:04}",
              first=str(FIRST_YEAR), last=str(LAST_YEAR))
        )  # fmt: skip
    return day


def _day_in(given: Any) -> date:
    text = _seen(given) if isinstance(given, str) else ""
    if UNCLEAR_DAY.fullmatch(text):
        raise WrongAnswer(
            _("“{given}” can be read in two ways. Write the day, the month and the year with dots, such as 7.10.2026.",
              given=text)
        )  # fmt: skip
    year, month, day = _parts_of_day(text)
    try:
        return date(year, month, day)
    except ValueError:
        raise WrongAnswer(_("There is no such day in the calendar.")) from None


def _parts_of_day(text: str) -> tuple[int, int, int]:
    """Year, month and day; WrongAnswer for any other text."""
    if match := ISO_DAY.fullmatch(text):
        return int(match[1]), int(match[2]), int(match[3])
    if match := DOTTED_DAY.fullmatch(text):
        return int(match[3]), int(match[2]), int(match[1])
    if match := NAMED_DAY.fullmatch(text):
        name = match[2].lower()
        month = next((number for number, names in enumerate(MONTHS, start=1) if name in names), 0)
        if month:
            return int(match[3]), month, int(match[1])
    raise WrongAnswer(_("This has to be a date such as 7.10.2026."))


def read_time(given: Any) -> str | None:
    """An hour of the day as HH:MM; a dot and a missing first digit are read too."""
    text = _seen(given).replace(".", ":")
    if not text:
        return None
    hours, colon, minutes = text.partition(":")
    if not (colon and text.isascii() and hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2):
        raise WrongAnswer(_("Give the hour as hours and minutes, for example 16:00."))
    if len(hours) > 2 or int(hours) > 23 or int(minutes) > 59:
        raise WrongAnswer(_("Give the hour as hours and minutes, for example 16:00."))
    return f"{int(hours):02d}:{minutes}"


def read_number(given: Any, maximum: int) -> int | None:
    """A whole number from 0 to the maximum; thousands may be set apart by spaces, and by nothing else."""
    if given in ("", None):
        return None
    # To a program 7.0 is a whole number.
    text = _seen(int(given) if isinstance(given, float) and given.is_integer() else given)
    if isinstance(given, bool) or not WHOLE_NUMBER.fullmatch(text):
        raise WrongAnswer(_("This has to be a whole number."))
    value = int(text.replace(" ", ""))
    if not 0 <= value <= maximum:
        raise WrongAnswer(_("This number has to lie between 0 and {maximum}.", maximum=maximum))
    return value


def read_money(given: Any) -> int | None:
    """An amount in złoty as people write it, kept in grosze; what could be read in two ways is asked back.

    The decimal sign is a comma, or a dot before one or two digits. Thousands are set apart by spaces, or by the other
    one of the two signs. A number of a program is złoty.
    """
    if given in ("", None):
        return None
    text = CURRENCY.sub("", _seen(given)).strip()
    if isinstance(given, bool) or not (AMOUNT.fullmatch(text) or TWO_SIGNS.fullmatch(text)):
        raise WrongAnswer(_why_no_amount(text))
    grosze = Decimal(_with_decimal_dot(text)) * 100
    if grosze > MONEY_MAXIMUM:
        raise WrongAnswer(_TOO_LARGE)
    return int(grosze)


_TOO_LARGE = _("This amount is too large: at most {maximum} fit.", maximum=Money(MONEY_MAXIMUM))


def _why_no_amount(text: str) -> Sentence:
    if unclear := UNCLEAR.fullmatch(text):
        return _("“{given}” can be read in two ways. Write thousands with a space, such as {large}, or grosze with "
                 "two digits after a comma.", given=text, large=" ".join(unclear.groups()))  # fmt: skip
    if NEGATIVE.fullmatch(text):
        return _("An amount cannot be negative. Write it without the minus sign.")
    return _TOO_LARGE if TOO_MUCH.fullmatch(text) else _("This has to be an amount such as 12 500,00.")


def _with_decimal_dot(amount: str) -> str:
    """The same amount without thousands set apart; of two signs the last one is that of decimals."""
    amount = amount.replace(" ", "")
    if TWO_SIGNS.fullmatch(amount):
        whole, fraction = amount[:-3], amount[-2:]
        return re.sub(r"[.,]", "", whole) + "." + fraction if amount[-3] in ".," else re.sub(r"[.,]", "", amount)
    return amount.replace(",", ".")


def read_flag(given: Any) -> bool | None:
    """True for a yes; a no is None, as nothing was said."""
    if isinstance(given, list | dict):
        raise WrongAnswer(_("Answer yes or no."))
    if given in YES:
        return True
    if given in NO:
        return None
    raise WrongAnswer(_("Answer yes or no."))
