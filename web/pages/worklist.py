"""What waits for the office, the committee and the appeal body: what, until when, one button each."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from web.forms.steps import new_key
from web.http import identity
from web.http.resources import reading
from web.http.security import asks
from web.views.open_steps import Lead, lead, said
from web.views.subject import Subject, subject
from workflow.proposals.worklist import Task, tasks_of
from workflow.rules.states import ProposalState

pages = Blueprint("worklist", __name__)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of a queue."""

    subject: Subject
    lead: Lead
    is_mine: bool
    key: str
    # What still stands in the way of the reader's own next step.
    missing: list[dict[str, Any]]

    @property
    def decides(self) -> bool:
        """Whether the committee's table is the better place for it."""
        return self.subject.facts.state == ProposalState.PRESENTED


@pages.get("/kolejka")
@asks("approvals")
def show() -> ResponseReturnValue:
    with reading() as tx:
        found = tasks_of(tx, identity.reader(), at=identity.at(), own=False)
    return render_template("worklist/show.html", waiting=rows(task for task in found if task.is_mine))


def lacking(task: Task) -> list[dict[str, Any]]:
    """What the reader can read about why the next step is not possible yet."""
    if task.next is None or not task.next.mine or task.next.open.allowed:
        return []
    return said(task.next.open.missing)


def rows(found: Iterable[Task]) -> list[Waiting]:
    """Tasks as a page shows them."""
    shown = []
    for task in found:
        one = subject(task.facts)
        shown.append(Waiting(one, lead(one, task.next), task.is_mine, new_key(), lacking(task)))
    return shown
