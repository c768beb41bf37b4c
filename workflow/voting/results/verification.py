"""Verifies a result file from itself alone: form, sums, choices, draw, ties, outcome; names the first difference."""

import json
from typing import Any

from workflow.base.i18n import _
from workflow.voting.counting.ballots import fault
from workflow.voting.counting.draw import commitment, drawn_order
from workflow.voting.counting.election import CountError, Tie, Undecided
from workflow.voting.results import content as parts
from workflow.voting.results.canonical import Content, canonical, digest
from workflow.voting.results.outcome import counted
from workflow.voting.results.structure import ResultDiffers, check_structure
from workflow.voting.results.writing import BrokenBy, sorted_ballots


def verify_result(data: bytes, *, quick: bool = False) -> Content:
    """The content of a file that holds; raises ResultDiffers. Neither database nor network is used.

    With `quick` of a count with budget increases only the kept run and the next one are carried out.
    """
    content = _content(data)
    _check_ballots(content)
    _check_draw(content)
    try:
        result = counted(content, parts.recorded_orders(content), quick=quick)
    except CountError as error:
        raise ResultDiffers("outcome", _("the count has no outcome ({reason}).", reason=error.reason)) from None
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError) as error:
        raise ResultDiffers(
            "rules.parameters", _("the rule cannot be applied ({reason}).", reason=repr(error))
        ) from None
    if isinstance(result, Undecided):
        raise ResultDiffers(
            "ties", _("the tie between {members} is not broken.", members=", ".join(result.tie.members))
        )
    _check_ties(content, result[1], quick=quick)
    _same("outcome", content["outcome"], result[0])
    return content


def _content(data: bytes) -> dict[str, Any]:
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        raise ResultDiffers("result", _("this is not JSON in UTF-8.")) from None
    check_structure(content)
    if canonical(content) != data:
        raise ResultDiffers("result", _("this is not the canonical form."))
    _same("digest", content["digest"], digest({name: value for name, value in content.items() if name != "digest"}))
    rules = {name: value for name, value in content["rules"].items() if name != "digest"}
    _same("rules.digest", content["rules"]["digest"], digest(rules))
    return dict(content)


def _check_ballots(content: Content) -> None:
    ballots, electorate = content["ballots"], content["electorate"]
    _same("options", len({option["key"] for option in content["options"]}), len(content["options"]))
    _same("ballots", ballots, sorted_ballots(ballots))
    numbers = [ballot["number"] for ballot in ballots if "number" in ballot]
    _same("ballots", len(set(numbers)), len(numbers))
    cast = sum(ballot.get("count", 1) for ballot in ballots)
    ticks = sum(electorate["voted"].values())
    _same("electorate.voted", ticks, cast + content["invalid"] + content["spoiled"] + content["missing"])
    if ticks > electorate["size"] - electorate["recused"]:
        raise ResultDiffers("electorate", _("more voted than could vote."))
    if "by_sector" in electorate:
        _same("electorate.by_sector", sum(electorate["by_sector"].values()), ticks)
    if "receipts" in content:
        _same("receipts", content["receipts"], sorted(content["receipts"]))
        _same("receipts", len(content["receipts"]) + len(numbers), cast)
    _check_choices(content)


def _check_choices(content: Content) -> None:
    try:
        terms = parts.terms(content)
        for position, ballot in enumerate(content["ballots"], start=1):
            choice = parts.marked(content, ballot["choice"])
            problem = fault(choice, terms)
            if problem or parts.written(terms.method, choice) != ballot["choice"]:
                where = f"ballots[{position}].choice"
                raise ResultDiffers(where, _("this choice is not legal ({reason}).", reason=problem or "order"))
    except (AttributeError, TypeError, ValueError):
        raise ResultDiffers("ballots", _("the choices do not fit the method of voting.")) from None


def _check_draw(content: Content) -> None:
    draw = content["draw"]
    if draw is not None:
        subject = content.get("poll", content.get("edition"))
        _same("draw.commitment", draw["commitment"], commitment(draw["seed"], subject))


def _check_ties(content: Content, found: tuple[Tie, ...], *, quick: bool) -> None:
    recorded = [[tie["kind"], tie["members"], tie["decisive"]] for tie in content["ties"]]
    counted_ties = [[tie.kind.value, sorted(tie.members), tie.decisive] for tie in found]
    if quick:
        # Ties of the runs that were not carried out are not found again.
        recorded = [tie for tie in recorded if tie in counted_ties]
    _same("ties", recorded, counted_ties)
    for position, tie in enumerate(content["ties"], start=1):
        where = f"ties[{position}]"
        _same(f"{where}.order", sorted(tie["order"]), tie["members"])
        if tie["broken_by"] not in {*BrokenBy} and (tie["decisive"] or tie["broken_by"]):
            raise ResultDiffers(f"{where}.broken_by", _("it is not said who has broken this tie."))
        if not tie["broken_by"]:
            _same(f"{where}.order", tie["order"], sorted(tie["members"]))
        if tie["broken_by"] == BrokenBy.DRAW:
            if content["draw"] is None:
                raise ResultDiffers("draw", _("{name} is missing.", name="seed"))
            drawn = drawn_order(content["draw"]["seed"], content["draw"]["word"], tie["members"])
            _same(f"{where}.order", tie["order"], list(drawn.keys))


def _same(where: str, given: Any, computed: Any) -> None:
    """Refuse a value of the file that differs from the computed one, naming the innermost place."""
    if type(given) is type(computed) and given == computed:
        return
    if isinstance(given, dict) and isinstance(computed, dict):
        for name in sorted(given.keys() | computed.keys()):
            _same(f"{where}.{name}", given.get(name), computed.get(name))
    sentence = _("the file says {given}, the count gives {counted}.", given=_short(given), counted=_short(computed))
    raise ResultDiffers(where, sentence)


def _short(value: Any) -> str:
    return canonical(value).decode("utf-8")[:200]
