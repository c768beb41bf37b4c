"""The form that puts a motion: the fields of the chosen kind alone, and projects chosen from a list."""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace
from sqlalchemy import Connection

from web.forms.steps import StepForm
from web.http import identity
from web.views.subject import mark_of
from workflow.base.i18n import format_money
from workflow.rules.facts import Facts
from workflow.rules.field_types import Input
from workflow.rules.guards.meetings import session_of
from workflow.rules.session import RESOLVED, MotionKind
from workflow.selection.motion_queries import MotionProject, projects_for

ROWS = "decisions"
# What a motion of a kind says about each project; that of the first kind says everything.
COLUMNS: Mapping[str, frozenset[str]] = {
    MotionKind.ANNUL: frozenset({"project", "justification"}),
    MotionKind.PROMOTE: frozenset({"project", "justification", "departure"}),
    MotionKind.CANCEL: frozenset({"project", "justification"}),
    MotionKind.APPEAL: frozenset({"project", "justification"}),
}


# The outcomes that a motion of a kind proposes, by the name of their list.
OUTCOMES: Mapping[str, str] = {MotionKind.DECIDE: "outcomes", MotionKind.APPEAL: "outcomes_of_appeals"}


def narrow(tx: Connection, form: StepForm, facts: Facts) -> None:
    """Ask for what the kind that was chosen needs; where none was chosen, for everything."""
    kind = form.values.get("motion_kind")
    if kind not in set(MotionKind):
        return
    asks = []
    for spec in form.asks:
        if spec.name == "motion_kind" or (spec.name == ROWS and kind not in RESOLVED):
            continue
        if spec.name == ROWS:
            spec = replace(spec, columns=tuple(_columns(spec, kind)))
        asks.append(spec)
    form.asks = tuple(asks)
    form.fixed["motion_kind"] = kind
    projects = projects_for(tx, facts.edition["id"], session_of(facts), kind)
    form.choices[f"{ROWS}.project"] = [(str(project.number), labelled(project)) for project in projects]


def _columns(rows: Input, kind: str) -> Iterator[Input]:
    """What is asked about each project by a motion of this kind; where it proposes an outcome, one of its own."""
    for column in rows.columns:
        if column.name == "outcome" and kind in OUTCOMES:
            yield replace(column, required=True, choices=OUTCOMES[kind])
        elif kind not in COLUMNS or column.name in COLUMNS[kind]:
            yield column


def labelled(project: MotionProject) -> str:
    """A project in a list to choose from: number, title, cost, state."""
    cost = format_money(project.cost, identity.language())
    return f"{project.number}. {project.title} – {cost} – {mark_of(project)['label']}"
