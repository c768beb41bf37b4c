"""A result file's content as what the count works on: options, ballots, rule, limits of a legal choice."""

from fractions import Fraction
from typing import Any

from workflow.rules.vote import Figures, Majority, MajorityKind, Quorum, Recusal, VoteRules
from workflow.voting.counting.ballots import Choice, Group, Method, Terms, choice
from workflow.voting.counting.election import Election, Option, RecordedOrders
from workflow.voting.counting.equal_shares import STEP
from workflow.voting.counting.equal_shares_input import Utility
from workflow.voting.counting.profile import Profile, Weighing
from workflow.voting.counting.rules import Rule, RuleName
from workflow.voting.results.canonical import Content

# What has broken a tie all of whose members are taken.
JOINT = "joint"
# The rule of a result that selects no projects.
MOTION = "motion"


def parameters(content: Content) -> dict[str, Any]:
    """The parameters of the rule."""
    given: dict[str, Any] = content["rules"]["parameters"]
    return given


def method(content: Content) -> Method:
    """How was voted."""
    return Method(content["rules"]["method"])


def election(content: Content) -> Election:
    """Options and limits."""
    options = tuple(
        Option(option["key"], option["cost"], option.get("exclusive_group"), option["withdrawn"])
        for option in content["options"]
    )
    return Election(options, content["budget"], content["places"])


def terms(content: Content) -> Terms:
    """What a legal choice is."""
    given = parameters(content)
    return Terms(
        method(content),
        frozenset(option["key"] for option in content["options"]),
        given.get("max_choices"),
        given.get("points_total"),
        given.get("points_each"),
    )


def marked(content: Content, written: Any) -> Choice:
    """A choice as a file writes it: a list of keys, in order of preference for a ranking; or a table of points."""
    kind = method(content)
    if kind is Method.POINTS:
        return choice(kind, written.items())
    return choice(kind, ((key, place if kind is Method.RANK else 1) for place, key in enumerate(written)))


def written(kind: Method, choice_made: Choice) -> Any:
    """A choice in the form of a file."""
    return dict(choice_made) if kind is Method.POINTS else [key for key, _number in choice_made]


def profile(content: Content) -> Profile:
    """All ballots of the file."""
    groups = tuple(Group(marked(content, ballot["choice"]), ballot.get("count", 1)) for ballot in content["ballots"])
    longest = max((len(group.choice) for group in groups), default=0)
    return Profile(method(content), groups, parameters(content).get("max_choices") or longest)


def rule(content: Content) -> Rule:
    """The selection rule with its parameters."""
    given = parameters(content)
    return Rule(
        name=RuleName(given["rule"]),
        utility=Utility(given.get("utility", Utility.COST)),
        utilitarian=given.get("utilitarian", False),
        threshold=given.get("threshold", 0),
        needs_vote=given.get("needs_vote", False),
        step=given.get("step", STEP),
        weighing=Weighing(given["weighing"]) if given.get("weighing") else None,
    )


def recorded_orders(content: Content) -> RecordedOrders:
    """How each tie of the file was broken."""
    return RecordedOrders(
        orders={frozenset(tie["members"]): tuple(tie["order"]) for tie in content["ties"]},
        joint=frozenset(frozenset(tie["members"]) for tie in content["ties"] if tie["broken_by"] == JOINT),
    )


def vote_rules(content: Content) -> VoteRules:
    """Quorum, majority and parity of a motion."""
    given = parameters(content)
    quorum, majority = given["quorum"], given["majority"]
    return VoteRules(
        Quorum(Fraction(quorum["share"]), quorum["strict"], Recusal(quorum["recusal"]), quorum["floor"]),
        Majority(MajorityKind(majority["kind"]), Fraction(majority["share"]), majority["casting_vote"]),
        given["parity"],
    )


def figures(content: Content, scores: dict[str, int]) -> Figures:
    """The figures of a motion, from the electorate and the counted votes."""
    electorate = content["electorate"]
    return Figures(
        seats=electorate["seats"],
        recused=electorate["recused"],
        present=electorate["present"],
        present_recused=electorate["present_recused"],
        ayes=scores.get("for", 0),
        noes=scores.get("against", 0),
        abstentions=scores.get("abstain", 0),
        by_sector=electorate.get("by_sector", {}),
        chair_voted_for=electorate.get("chair_voted_for"),
    )
