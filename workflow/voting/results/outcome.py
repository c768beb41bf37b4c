"""The outcome of a result file, computed from the rest of it: the same for who writes a file and who verifies one."""

from typing import Any

from workflow.rules.vote import Figures, Result, resolve
from workflow.voting.counting import rules
from workflow.voting.counting.candidates import candidates
from workflow.voting.counting.election import Tie, TieOrder, Undecided
from workflow.voting.counting.equal_shares import Increase
from workflow.voting.counting.profile import natural
from workflow.voting.counting.ranking import reserve
from workflow.voting.results import content as parts
from workflow.voting.results.canonical import Content, fraction

Counted = tuple[dict[str, Any], tuple[Tie, ...]]


def counted(content: Content, order: TieOrder, *, quick: bool = False) -> Counted | Undecided:
    """The `outcome` of a content and the ties on the way; its `outcome` and `ties` are not looked at.

    With `quick` the increment of its outcome is confirmed by its run and the next one alone. Raises CountError.
    """
    given = parts.parameters(content)
    profile, election = parts.profile(content), parts.election(content)
    if given["rule"] == parts.MOTION:
        return _motion(content, profile.votes), ()
    rule = parts.rule(content)
    scores = profile.scores(rule.weighing or natural(profile.method))
    kept = content["outcome"].get("increment") if quick else None
    outcome = rules.count(election, profile, rule, order, kept=kept)
    if isinstance(outcome, Undecided):
        return outcome
    options = candidates(election, scores, profile.votes, threshold=rule.threshold, needs_vote=rule.needs_vote)
    waiting = reserve([item.key for item in options if item.key not in outcome.selected], dict(scores), order)
    written = {
        "scores": {option.key: fraction(scores.get(option.key, 0)) for option in election.options},
        "order": list(outcome.selected),
        "selected": sorted(outcome.selected),
        "spent": sum(option.cost for option in election.options if option.key in outcome.selected),
        "reserve": list(waiting.selected),
    }
    if rules.INCREASES.get(rule.name, Increase.NONE) is not Increase.NONE:
        written |= {"increment": outcome.increment, "feasible_before": outcome.exceeded_next}
    return written, (*outcome.ties, *waiting.ties)


def _motion(content: Content, scores: dict[str, int]) -> dict[str, Any]:
    figures = parts.figures(content, scores)
    result = resolve(figures, parts.vote_rules(content))
    adopted = ["for"] if result.adopted else []
    return {
        "scores": {option["key"]: fraction(scores.get(option["key"], 0)) for option in content["options"]},
        "order": adopted,
        "selected": adopted,
        "spent": 0,
        "reserve": [],
        "figures": _figures(figures, result),
    }


def _figures(figures: Figures, result: Result) -> dict[str, Any]:
    return {
        "S": figures.seats,
        "R": figures.recused,
        "P": figures.present,
        "F": figures.ayes,
        "A": figures.noes,
        "B": figures.abstentions,
        "V_s": dict(figures.by_sector),
        "quorum": result.quorum,
        "majority": result.majority,
        "parity": result.parity,
    }
