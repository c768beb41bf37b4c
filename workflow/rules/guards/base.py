"""How a guard is written and found: `@guard` puts a function under its own name.

A guard with one condition and one sentence is the condition alone, under `@demands` with the sentence.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import reduce, wraps
from operator import or_
from typing import Any

from workflow.base.errors import Missing
from workflow.base.i18n import Sentence
from workflow.rules.facts import Attempt, Facts
from workflow.rules.totals import NARROW, Part, Scope, Totals

Guard = Callable[[Facts, Attempt], Missing | None]
WideGuard = Callable[[Facts, Attempt, Totals], Missing | None]
Condition = Callable[[Facts, Attempt], bool]

GUARDS: dict[str, Guard] = {}
# Guards that read the whole edition; its totals cost statements of their own.
NEEDS_TOTALS: set[str] = set()
# How much of the edition each of them reads.
SCOPES: dict[str, Scope] = {}


def guard(function: Guard) -> Guard:
    """Register a guard under the name of its function; ValueError for a name that another guard has."""
    if function.__name__ in GUARDS:
        raise ValueError(f"two guards are named {function.__name__}")
    GUARDS[function.__name__] = function
    return function


def demands(code: str, sentence: Sentence, *who: str, field: str | None = None) -> Callable[[Condition], Guard]:
    """Register a guard that demands one condition, and that answers with this sentence where it is not met."""
    unmet = missing(code, sentence, *who, field=field)

    def register(condition: Condition) -> Guard:
        @wraps(condition)
        def asked(facts: Facts, attempt: Attempt) -> Missing | None:
            return None if condition(facts, attempt) else unmet

        return guard(asked)

    return register


def over_edition(*parts: Part, states: Iterable[str] = ()) -> Callable[[WideGuard], Guard]:
    """Register a guard that reads these parts of the whole edition, and counts its proposals in these states."""
    scope = Scope(frozenset(states), frozenset(parts))

    def register(function: WideGuard) -> Guard:
        @wraps(function)
        def asked(facts: Facts, attempt: Attempt) -> Missing | None:
            if facts.totals is None or not facts.totals.scope.covers(scope):
                raise LookupError(f"{function.__name__} needs the edition's totals; they were not read")
            return function(facts, attempt, facts.totals)

        NEEDS_TOTALS.add(function.__name__)
        SCOPES[function.__name__] = scope
        return guard(asked)

    return register


def scope_of(guards: Iterable[str]) -> Scope:
    """How much of the edition these guards read."""
    return reduce(or_, (SCOPES[name] for name in guards if name in SCOPES), NARROW)


def missing(
    code: str, sentence: Sentence, *who: str, until: datetime | None = None, field: str | None = None
) -> Missing:
    """An unmet condition: its code, the sentence, who can meet it, until when, and the field that is wrong."""
    return Missing(code, sentence, who, until, field)


def above_parity(counts: Mapping[str, int], limit: int | None) -> tuple[str, int] | None:
    """The sector that holds more than `limit` per cent of votes or seats, and its percentage; None where none does."""
    total = sum(counts.values())
    sector, most = max(counts.items(), key=lambda item: item[1])
    return None if limit is None or most * 100 <= limit * total else (sector, most * 100 // total)


def moment(stored: Any) -> datetime | None:
    """A moment from the case file, where it is kept as ISO text."""
    return datetime.fromisoformat(stored) if stored else None


def day(stored: Any) -> date | None:
    """A day from the case file or from an answer."""
    if stored is None or isinstance(stored, date):
        return stored
    return date.fromisoformat(stored)


def answers(attempt: Attempt) -> Mapping[str, Any]:
    """What was answered; empty while only the open steps are listed."""
    return attempt.data or {}
