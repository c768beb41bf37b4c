"""How a day, an hour, a number, an amount and a yes are read, as people write them."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from workflow.base.i18n import Sentence, _

MONEY_MAXIMUM = 10**13
_AMOUNT = re.compile(r"[0-9]{1,13}(\.[0-9]{1,2})?")
YES = {"1", "true", "on", "yes", "tak", True}
NO = {"", "0", "false", "off", "no", "nie", None, False}


class WrongAnswer(Exception):
    """An answer cannot be read; `sentence` says what it has to be."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.text)
        self.sentence = sentence


def read_date(given: Any) -> date | None:
    """A day as ISO text or as a date."""
    if isinstance(given, datetime):
        raise WrongAnswer(_("This has to be a date."))
    if isinstance(given, date):
        return given
    if given in ("", None):
        return None
    try:
        return date.fromisoformat(given)
    except (ValueError, TypeError):
        raise WrongAnswer(_("This has to be a date such as 2017-12-08.")) from None


def read_time(given: Any) -> str | None:
    """An hour of the day as HH:MM; a dot and a missing first digit are read too."""
    text = str(given).strip().replace(".", ":")
    if not text:
        return None
    hours, colon, minutes = text.partition(":")
    if not (colon and text.isascii() and hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2):
        raise WrongAnswer(_("Give the hour as hours and minutes, for example 16:00."))
    if len(hours) > 2 or int(hours) > 23 or int(minutes) > 59:
        raise WrongAnswer(_("Give the hour as hours and minutes, for example 16:00."))
    return f"{int(hours):02d}:{minutes}"


def read_number(given: Any, maximum: int) -> int | None:
    """A whole number from 0 to the maximum."""
    if given in ("", None):
        return None
    if isinstance(given, bool) or not re.fullmatch(r"-?\d{1,12}", str(given).strip()):
        raise WrongAnswer(_("This has to be a whole number."))
    value = int(given)
    if not 0 <= value <= maximum:
        raise WrongAnswer(_("This number has to lie between 0 and {maximum}.", maximum=maximum))
    return value


def read_money(given: Any) -> int | None:
    """An amount in złoty as people write it, kept in grosze."""
    if given in ("", None):
        return None
    if isinstance(given, int) and not isinstance(given, bool):
        given = str(given)
    plain = re.sub(r"[\s\u00a0]|zł", "", str(given)).replace(",", ".")
    # No more than two digits after the point: "12.500" would be read as twelve and a half.
    grosze = Decimal(plain) * 100 if _AMOUNT.fullmatch(plain) else None
    if grosze is None or grosze > MONEY_MAXIMUM:
        raise WrongAnswer(_("This has to be an amount such as 12 500,00."))
    return int(grosze)


def read_flag(given: Any) -> bool | None:
    """True for a yes; a no is None, as nothing was said."""
    if isinstance(given, list | dict):
        raise WrongAnswer(_("Answer yes or no."))
    if given in YES:
        return True
    if given in NO:
        return None
    raise WrongAnswer(_("Answer yes or no."))
