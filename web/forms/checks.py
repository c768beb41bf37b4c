"""The points of the office's check as they were typed: what is wrong with them, and which of them a person answered."""

from collections.abc import Mapping, Sequence
from typing import Any

from web.http.template_context import say
from workflow.base.i18n import _
from workflow.rules.choices import CATALOGUES
from workflow.rules.facts import Facts
from workflow.rules.guards.verification import points_of
from workflow.rules.known_checks import known_checks

ALL = CATALOGUES["check_points"]


def faults_of(typed: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What is wrong, by the name of the field: a remark without an answer, a no without a remark."""
    faults = {}
    for number, row in enumerate(typed):
        label, answer, remark = ALL.get(row.get("point", "")), row.get("answer"), (row.get("remark") or "").strip()
        if label is None:
            continue
        if remark and not answer:
            faults[f"points-{number}-answer"] = say(_("Choose an answer: {point}.", point=label))
        elif answer == "no" and not remark:
            faults[f"points-{number}-remark"] = say(_("Write in the remark what is wanting: {point}.", point=label))
    return faults


def by_a_person(typed: Sequence[Mapping[str, Any]], facts: Facts) -> list[Mapping[str, Any]]:
    """The rows that somebody answered; what the system knows, and nobody changed, is signed by nobody."""
    known, kept = known_checks(facts), points_of(facts)
    return [
        row
        for row in typed
        if (row.get("answer") or row.get("remark"))
        and not (row.get("point") in known and row.get("point") not in kept and row.get("answer") == "yes"
                 and not (row.get("remark") or "").strip())
    ]  # fmt: skip


def saved(answered: int) -> str:
    """What is said after saving: how many of the points are answered, and what comes next when all are."""
    if answered < len(ALL):
        return say(_("Saved {answered} of {all} points.", answered=answered, all=len(ALL)))
    return say(_("Saved. All points are answered: decide about the project."))
