"""What a result file has to look like: names, types and the order of its parts."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from workflow.base.errors import Refusal
from workflow.base.i18n import Sentence, _
from workflow.voting.results.canonical import SCHEMA, Content

Check = Callable[[Any], bool]
DIGEST = re.compile(r"[0-9a-f]{64}")


class ResultDiffers(Refusal):
    """A result file that does not hold: where, and what differs."""

    code = "result_differs"

    def __init__(self, where: str, reason: Sentence) -> None:
        super().__init__(_("{where}: {reason}", where=where, reason=reason))
        self.where, self.reason = where, reason


def is_a(kind: type) -> Check:
    """Whether a value is one of a kind."""
    return lambda value: isinstance(value, kind)


text, flag, table, listed = is_a(str), is_a(bool), is_a(dict), is_a(list)


def number(value: Any) -> bool:
    """Whether it is a whole number of at least zero."""
    return type(value) is int and value >= 0


def keys(value: Any) -> bool:
    """Whether it is a list of texts, each once."""
    return listed(value) and all(text(item) for item in value) and len(set(value)) == len(value)


def sha256(value: Any) -> bool:
    """Whether it is a digest."""
    return text(value) and DIGEST.fullmatch(value) is not None


def numbers(value: Any) -> bool:
    """Whether it is a table of whole numbers."""
    return table(value) and all(number(item) for item in value.values())


def perhaps(check: Check) -> Check:
    """The same, or nothing."""
    return lambda value: value is None or check(value)


TOP: Mapping[str, Check] = {
    "schema": lambda value: value == SCHEMA, "question": text, "opened": text, "closed": text, "rules": table,
    "electorate": table, "options": listed, "budget": perhaps(number), "places": perhaps(number), "ballots": listed,
    "spoiled": number, "missing": number, "invalid": number, "draw": perhaps(table), "ties": listed,
    "outcome": table, "made": table, "digest": sha256,
}  # fmt: skip
TOP_OPTIONAL: Mapping[str, Check] = {"poll": text, "edition": text, "receipts": keys, "decision": table}
RULES: Mapping[str, Check] = {"method": text, "parameters": table, "version": text, "digest": sha256}
VOTED: Mapping[str, Check] = {"screen": number, "card": number, "hands": number}
ELECTORATE: Mapping[str, Check] = {"size": number, "recused": number, "voted": table}
ELECTORATE_OPTIONAL: Mapping[str, Check] = {
    "by_sector": numbers, "seats": number, "present": number, "present_recused": number, "chair_voted_for": flag,
}  # fmt: skip
OPTION: Mapping[str, Check] = {"key": text, "project_number": perhaps(text), "cost": number, "withdrawn": flag}
OPTION_OPTIONAL: Mapping[str, Check] = {"exclusive_group": text}
BALLOT: Mapping[str, Check] = {"choice": lambda value: keys(value) or numbers(value)}
BALLOT_OPTIONAL: Mapping[str, Check] = {
    "number": text,
    "stratum": text,
    "count": lambda value: number(value) and value > 0,
}
TIE: Mapping[str, Check] = {"kind": text, "members": keys, "decisive": flag, "broken_by": text, "order": keys}
DRAW: Mapping[str, Check] = {"commitment": sha256, "seed": text, "word": text}
MADE: Mapping[str, Check] = {"product_version": text, "at": text}
NONE: Mapping[str, Check] = {}


def check_structure(content: Any) -> None:
    """Refuse a content that is not a result: the first wrong, missing or unknown name is told."""
    _check("result", content, TOP, TOP_OPTIONAL)
    if ("poll" in content) == ("edition" in content):
        raise ResultDiffers("poll", _("either the poll or the edition has to be named."))
    _check("rules", content["rules"], RULES)
    _check("electorate", content["electorate"], ELECTORATE, ELECTORATE_OPTIONAL)
    _check("electorate.voted", content["electorate"]["voted"], VOTED)
    _check("made", content["made"], MADE)
    if content["draw"] is not None:
        _check("draw", content["draw"], DRAW)
    _check_lists(content)


def _check_lists(content: Content) -> None:
    lists = (("options", OPTION, OPTION_OPTIONAL), ("ballots", BALLOT, BALLOT_OPTIONAL), ("ties", TIE, NONE))
    for name, required, optional in lists:
        for position, item in enumerate(content[name], start=1):
            _check(f"{name}[{position}]", item, required, optional)


def _check(where: str, value: Any, required: Mapping[str, Check], optional: Mapping[str, Check] = NONE) -> None:
    if not isinstance(value, dict):
        raise ResultDiffers(where, _("this is not an object with names and values."))
    for name in required:
        if name not in value:
            raise ResultDiffers(where, _("{name} is missing.", name=name))
    for name, item in value.items():
        check = required.get(name) or optional.get(name)
        if check is None:
            raise ResultDiffers(where, _("{name} does not belong here.", name=name))
        if not check(item):
            raise ResultDiffers(f"{where}.{name}", _("this is not a value that may stand here."))
