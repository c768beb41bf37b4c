"""What the page of rules side by side shows, from what was counted; pure, of what was read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256

from msgspec import Struct

from web.http import identity
from web.http.template_context import say
from web.views.scoring import score_text
from workflow.base.i18n import Sentence, _, format_number
from workflow.rules.selection_rules import RULES, EditionRule, SelectionRule
from workflow.selection.hall_votes import is_out
from workflow.selection.joint_selection import obstacle_to_joint
from workflow.selection.list_queries import CLOSED, ListProject, Selection
from workflow.selection.proposed_list import Line, ListStatus, ProposedList
from workflow.selection.shares_margins import shares_margins
from workflow.selection.what_if import Alternative, Difference, Margin, alternatives, count, margins
from workflow.voting.counting.election import Score, Tie
from workflow.voting.counting.profile import Profile, Weighing

STATUSES: Mapping[ListStatus, tuple[Sentence, str, str]] = {
    ListStatus.SELECTED: (_("on the list"), "good", "circle-check"),
    ListStatus.RESERVE: (_("below the line"), "", "circle"),
    ListStatus.TIED: (_("tied"), "wait", "triangle-alert"),
    ListStatus.OPEN: (_("waits for the tie"), "wait", "circle-dashed"),
}
# Reasons for which nothing can be proposed about a project yet.
NOT_YET = frozenset({CLOSED, "too_few_cards"})
EQUAL_SHARES: Mapping[str, Sentence] = {
    "cost": _("Equal Shares by cost"),
    "cardinality": _("Equal Shares by number of projects"),
    "points": _("Equal Shares by points"),
}
GROWING: Mapping[str, Sentence] = {
    "first exhaustive": _("budget increased until nothing else fits"),
    "last feasible": _("budget increased as far as it goes"),
}
UNRANKED: Mapping[str, Sentence] = {
    "too_few_cards": _("too few score cards"),
    "below_minimum": _("below the minimum of a criterion"),
    CLOSED: _("scores are not open yet"),
}


class RankedRow(Struct, frozen=True):
    """A project in the ranking of the chosen rule."""

    project: ListProject
    line: Line
    score: str
    # None for a project without a place; the note says why.
    status: tuple[str, str, str] | None
    note: str


class RuleRow(Struct, frozen=True):
    """A rule beside the others; shares are whole per cent for a picture, texts are exact."""

    letter: str
    label: str
    alternative: Alternative
    selected: frozenset[str]
    added: tuple[ListProject, ...] = ()
    removed: tuple[ListProject, ...] = ()
    money_share: int = 0
    voters_share: int = 0
    voters: str = ""
    note: str = ""


class SectorRow(Struct, frozen=True):
    """A sector: how many of its projects and how much of the money each rule takes, and its votes."""

    sector: str
    taken: tuple[tuple[int, int], ...]
    votes: int


class TieView(Struct, frozen=True):
    """A tie that nobody has broken."""

    key: str
    tie: Tie
    projects: tuple[ListProject, ...]
    # Why not all of them can be taken; None where they can.
    obstacle: Sentence | None

    @property
    def places(self) -> list[tuple[str, str]]:
        """The places to choose from in a form."""
        return [(str(place), str(place)) for place in range(1, len(self.projects) + 1)]


class WhatIf(Struct, frozen=True):
    """Everything that the page shows."""

    selection: Selection
    chosen: Alternative
    # The chosen rule or, where it has no list, the first that has one.
    base: Alternative
    rows: tuple[RankedRow, ...]
    rules: tuple[RuleRow, ...]
    sectors: tuple[SectorRow, ...]
    open_ties: tuple[TieView, ...]
    # Whether margins of Equal Shares were asked for, and cannot be counted while a page waits.
    margins_too_long: bool = False

    @property
    def columns(self) -> list[dict[str, str]]:
        """The letters of the rules as columns of a table."""
        return [{"label": rule.letter} for rule in self.rules]

    @property
    def is_of_shares(self) -> bool:
        """Whether the rows are ranked by Equal Shares, whose margins are counted only if asked for."""
        return self.base.rule.rule is SelectionRule.EQUAL_SHARES

    @property
    def proposed(self) -> ProposedList | None:
        """The list of the chosen rule."""
        return self.chosen.proposed

    @property
    def base_label(self) -> str:
        """The rule by which the rows are ranked."""
        return rule_label(self.base.rule)


def what_if(selection: Selection, *, of_shares: bool = False) -> WhatIf:
    """Count the chosen rule and the others on the ballots of a selection; margins of Equal Shares only if asked for."""
    found = alternatives(selection.election, selection.ballots, selection.rule, selection.order)
    chosen = found[0]
    base = next((other for other in found if other.proposed is not None), chosen)
    shown = [other for other in found if other.proposed is not None or other.too_long]
    rules = tuple(_rule_row(selection, other, letter) for letter, other in zip(_letters(), shown, strict=False))
    margins = _shares_margins(selection, base) if of_shares else ()
    return WhatIf(
        selection, chosen, base, tuple(_ranked(selection, base, margins or ())), rules,
        tuple(_sectors(selection, rules)), tuple(_open_ties(selection, chosen.proposed)), margins is None,
    )  # fmt: skip


def _shares_margins(selection: Selection, base: Alternative) -> tuple[Margin, ...] | None:
    """The margins of a list of Equal Shares; None where counting them takes too long."""
    if base.proposed is None or not isinstance(selection.ballots, Profile):
        return ()
    return shares_margins(selection.election, selection.ballots, base.rule, base.proposed, selection.order)


def rule_label(rule: EditionRule) -> str:
    """A rule with the parameters that matter, as a sentence."""
    if rule.rule is not SelectionRule.EQUAL_SHARES:
        return say(RULES[rule.rule])
    parts = [say(EQUAL_SHARES[rule.utility])]
    parts += [say(GROWING[rule.increase])] if rule.increase in GROWING else []
    parts += [say(_("the rest by votes"))] if rule.utilitarian else []
    return ", ".join(parts)


def open_ties(proposed: ProposedList | None, selection: Selection) -> list[Tie]:
    """The ties that nobody has broken: the one at which the count stopped, and those of the reserve list."""
    if proposed is None:
        return []
    noted = [tie for tie in proposed.ties if not tie.decisive and not selection.order.breaks(tie.members)]
    return [*([proposed.undecided] if proposed.undecided else []), *noted]


def tie_key(tie: Tie) -> str:
    """What a form names a tie by."""
    return sha256(",".join(sorted(tie.members)).encode()).hexdigest()[:16]


def joint_obstacle(selection: Selection, tie: Tie) -> Sentence | None:
    """Why not all members of an open tie can be taken; None where they can."""
    proposed = count(selection.election, selection.ballots, selection.rule, selection.order).proposed
    if proposed is None:
        raise LookupError("a tie of no list")
    return obstacle_to_joint(selection.election, selection.ballots, selection.rule, selection.order, proposed, tie)


def _open_ties(selection: Selection, proposed: ProposedList | None) -> Iterator[TieView]:
    for tie in open_ties(proposed, selection):
        yield TieView(
            tie_key(tie), tie, tuple(selection.projects[key] for key in tie.members), joint_obstacle(selection, tie)
        )


def _letters() -> Iterator[str]:
    return iter("ABCDEFGHIJKLMNOP")


def _ranked(selection: Selection, chosen: Alternative, shares: Iterable[Margin]) -> Iterator[RankedRow]:
    proposed = chosen.proposed
    if proposed is None:
        return
    down, up = margins(selection.election, selection.ballots, chosen.rule, proposed, selection.order)
    notes = {margin.key: say(_margin(selection, margin, selected=True)) for margin in down}
    notes |= {margin.key: say(_margin(selection, margin, selected=False)) for margin in up}
    notes |= {margin.key: say(_("Can drop out with as few as {amount} votes fewer.", amount=int(margin.amount)))
              for margin in shares}  # fmt: skip
    for line in proposed.lines:
        if line.key in selection.decided:
            continue
        project, status = selection.projects[line.key], STATUSES.get(line.status)
        if status is None:
            score = shown_score(selection, line.score) if selection.is_of_hall else "–"
            yield RankedRow(project, line, score, None, say(reason_of(selection, line)))
        else:
            label, tone, picture = status
            score, note = shown_score(selection, line.score), notes.get(line.key, "")
            yield RankedRow(project, line, score, (say(label), tone, picture), note)


def shown_score(selection: Selection, score: Score) -> str:
    """A score as people read it: a mean with two decimals, votes and points as they are."""
    if not selection.is_of_hall:
        return score_text(Fraction(score))
    return format_number(int(score), identity.language())


def _margin(selection: Selection, margin: Margin, *, selected: bool) -> Sentence:
    amount = shown_score(selection, margin.amount)
    if selection.is_of_hall:
        if selected:
            return _("Votes or points fewer until it drops out: {amount}.", amount=amount)
        return _("Votes or points more until it gets in: {amount}.", amount=amount)
    if not margin.amount:
        return _("Drops out as soon as its mean falls.") if selected else _("Gets in as soon as its mean rises.")
    if selected:
        return (_("Drops out if its mean falls by more than {amount}.", amount=amount) if margin.more_than
                else _("Drops out if its mean falls by {amount}.", amount=amount))  # fmt: skip
    return (_("Gets in if its mean rises by more than {amount}.", amount=amount) if margin.more_than
            else _("Gets in if its mean rises by {amount}.", amount=amount))  # fmt: skip


def _rule_row(selection: Selection, other: Alternative, letter: str) -> RuleRow:
    if other.proposed is None:
        note = say(_("The count is too long for a page. Count the exported file by the command line."))
        return RuleRow(letter, rule_label(other.rule), other, frozenset(), note=note)
    difference = other.difference or Difference((), ())
    budget = selection.election.budget
    share = other.represented
    undecided = say(_("Undecided: a tie is not broken.")) if other.proposed.undecided else ""
    return RuleRow(
        letter, rule_label(other.rule), other, frozenset(other.proposed.selected),
        tuple(selection.projects[key] for key in difference.added),
        tuple(selection.projects[key] for key in difference.removed),
        100 * other.proposed.spent // budget if budget else 0,
        int(100 * share) if share is not None else 0, percent(share), undecided,
    )  # fmt: skip


def percent(share: Fraction | None) -> str:
    """A share as per cent with one decimal; empty where there is none."""
    if share is None:
        return ""
    tenths = round(1000 * share)
    return f"{format_number(Decimal(tenths) / 10, identity.language())}%"


def _sectors(selection: Selection, rules: Sequence[RuleRow]) -> Iterator[SectorRow]:
    ballots = selection.ballots
    votes = ballots.scores(Weighing.VOTES) if isinstance(ballots, Profile) else {}
    waiting = {key: project for key, project in selection.projects.items() if key not in selection.decided}
    for sector in sorted({project.sector for project in waiting.values()}):
        here = {key: project for key, project in waiting.items() if project.sector == sector}
        taken = tuple(
            (len(rule.selected & here.keys()), sum(here[key].cost for key in rule.selected & here.keys()))
            for rule in rules
        )
        yield SectorRow(sector, taken, sum(votes.get(key, 0) for key in here))


def reason_of(selection: Selection, line: Line) -> Sentence:
    """Why a project has no place."""
    if is_out(selection.projects[line.key].state):
        return _("takes no part any more")
    return UNRANKED.get(selection.unranked.get(line.key, ""), _("below the least score or without a vote"))
