"""The rule by which an edition draws up its list: its name and parameters; counting is in `voting`."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from workflow.base.i18n import Sentence, _


class SelectionRule(StrEnum):
    """How the list is drawn up about which the committee votes."""

    RESOLUTION = "resolution"
    PLACES = "places"
    GREEDY = "greedy"
    NO_SKIP = "greedy-no-skip"
    AVERAGE = "average"
    APPROVAL = "approval"
    POINTS = "points"
    BORDA = "borda"
    EQUAL_SHARES = "equal-shares"


RULES: Mapping[str, Sentence] = {
    SelectionRule.RESOLUTION: _("Resolution alone: nothing is counted"),
    SelectionRule.PLACES: _("Places: the best for the places there are"),
    SelectionRule.GREEDY: _("Budget: the best that fit, what does not fit is skipped"),
    SelectionRule.NO_SKIP: _("Budget: the best until one does not fit"),
    SelectionRule.AVERAGE: _("Average of the score cards, within places and budget"),
    SelectionRule.APPROVAL: _("Votes of the hall, within places and budget"),
    SelectionRule.POINTS: _("Points of the hall, within places and budget"),
    SelectionRule.BORDA: _("Borda: places on the ballots of the hall, within places and budget"),
    SelectionRule.EQUAL_SHARES: _("Method of Equal Shares, on the ballots of the hall"),
}
UTILITIES: Mapping[str, Sentence] = {
    "cost": _("Cost: a voter gains what a supported project costs"),
    "cardinality": _("Number: a voter gains the same from every supported project"),
    "points": _("Points: a voter gains the points that were given"),
}
INCREASES: Mapping[str, Sentence] = {
    "none": _("One run, without an increase of the budget"),
    "first exhaustive": _("Increase until nothing else fits"),
    "last feasible": _("Increase until the budget is exceeded, keep the run before"),
}


class EditionRule(Struct, frozen=True):
    """A rule with its parameters; the last three are those of Equal Shares."""

    rule: SelectionRule
    threshold: int = 0
    needs_vote: bool = False
    utility: str = "cost"
    increase: str = "none"
    utilitarian: bool = True
