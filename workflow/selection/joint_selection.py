"""Whether all members of a tie can be taken: only where places, money and exclusions allow it; pure."""

from collections.abc import Mapping
from dataclasses import replace

from workflow.base.i18n import Money, Sentence, _
from workflow.rules.selection_rules import EditionRule, SelectionRule
from workflow.selection.proposed_list import Ballots, ProposedList, propose
from workflow.voting.counting.election import CountError, Election, RecordedOrders, Tie, TieKind, room


def obstacle_to_joint(
    election: Election, ballots: Ballots, rule: EditionRule, order: RecordedOrders, proposed: ProposedList, tie: Tie
) -> Sentence | None:
    """What stands in the way of breaking a tie, at which the count of a rule stopped, by taking all its members.

    None where they fit.

    A tie at the boundary of a list is one because they do not fit; then the sums say by how much. Of a round of
    Equal Shares all may fit, and then the rest of the list is counted to see that they still do.
    """
    if tie.kind is TieKind.RESERVE:
        return _("On the reserve list every project has a position of its own.")
    taken = [election.by_key[key] for key in dict.fromkeys((*proposed.selected, *tie.members))]
    money, places = room(election, taken)
    if places is not None and places < 0:
        return _("Together they take {count} places more than are left.", count=-places)
    if money is not None and money < 0 and rule.rule is not SelectionRule.PLACES:
        return _("Together they cost {sum} more than is left.", sum=Money(-money))
    members = frozenset(tie.members)
    joined = replace(order, orders=with_order(order.orders, tie), joint=order.joint | {members})
    try:
        propose(election, ballots, rule, joined)
    except CountError:
        return _("Together they do not fit beside what the rule takes after them.")
    if tie.kind is TieKind.BOUNDARY:
        return _("Projects that exclude each other are not taken together.")
    return None


def with_order(orders: Mapping[frozenset[str], tuple[str, ...]], tie: Tie) -> dict[frozenset[str], tuple[str, ...]]:
    """The orders with one of the members of a tie, by key."""
    return {**orders, frozenset(tie.members): tuple(sorted(tie.members))}
