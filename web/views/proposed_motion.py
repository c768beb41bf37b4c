"""The list that the rule of an edition proposes, as the answers of a motion; pure, of what was read."""

from collections.abc import Iterator
from typing import Any

from web.http.template_context import say
from web.views.what_if import NOT_YET, reason_of, rule_label
from workflow.base.i18n import Sentence, _
from workflow.rules.session import MotionKind, Outcome, Session
from workflow.selection.list_queries import Selection
from workflow.selection.proposed_list import ListStatus, ProposedList
from workflow.selection.what_if import count


def proposed_motion(selection: Selection, session: Session) -> dict[str, Any]:
    """The answers of a motion for the list of the chosen rule: projects that wait and have no decision; else nothing.

    The ranked ones below the line are proposed for the reserve list, after those that are on it, the others to be
    rejected, but for those that cannot be judged yet.
    """
    proposed = count(selection.election, selection.ballots, selection.rule, selection.order).proposed
    if proposed is None or proposed.undecided:
        return {}
    decided = {decision.proposal_id for decision in session.decisions}
    waiting = {str(number) for number, project in session.presented.items() if project not in decided}
    waiting -= {key for key, reason in selection.unranked.items() if reason in NOT_YET}
    rows = [row for row in _motion_rows(selection, proposed, session) if str(row["project"]) in waiting]
    wording = _("Adopt the list of projects by the rule: {rule}.", rule=rule_label(selection.rule))
    return {"motion_kind": MotionKind.DECIDE.value, "wording": say(wording), "decisions": rows}


def why_no_list(selection: Selection) -> Sentence:
    """Why the rule proposes no list now: the tie that nobody has broken, or what the page of rules says."""
    proposed = count(selection.election, selection.ballots, selection.rule, selection.order).proposed
    if proposed is None or not proposed.undecided:
        return _("The rule of this edition proposes no list now. The page of rules side by side says why.")
    titles = "; ".join(f"{key}. {selection.projects[key].title}" for key in proposed.undecided.members)
    return _("The list ends at a tie, which has to be broken first on the page of rules side by side: {projects}.",
             projects=titles)  # fmt: skip


def _motion_rows(selection: Selection, proposed: ProposedList, session: Session) -> Iterator[dict[str, Any]]:
    last = max((decision.position or 0 for decision in session.decisions), default=0)
    positions = {key: number for number, key in enumerate(proposed.reserve, start=last + 1)}
    outcomes = {ListStatus.SELECTED: Outcome.SELECT, ListStatus.RESERVE: Outcome.PLACE_ON_RESERVE}
    in_order = dict.fromkeys((*proposed.selected, *proposed.reserve, *(line.key for line in proposed.lines)))
    for line in (proposed.by_key[key] for key in in_order):
        # Members with a conflict of interest read the motion too, so it names neither places nor scores.
        reason = (_("As the rule of this edition orders the projects.") if line.place
                  else _("Not ranked: {reason}.", reason=reason_of(selection, line)))  # fmt: skip
        yield {
            "project": line.key, "outcome": outcomes.get(line.status, Outcome.REJECT).value,
            "position": str(positions.get(line.key, "")), "justification": say(reason), "departure": "",
        }  # fmt: skip
