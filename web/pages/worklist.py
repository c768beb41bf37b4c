"""What waits for the office, the committee and the appeal body: what, until when, one button each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.forms.steps import new_key
from web.http import identity
from web.http.resources import reading
from web.http.security import asks
from web.views.open_steps import Lead, lead, said
from web.views.reminders import reminders
from web.views.subject import Subject, subject
from workflow.letters.batches import waiting_in
from workflow.proposals import worklist
from workflow.proposals.worklist import Task
from workflow.rules.page_permissions import Reader
from workflow.rules.roles import Role
from workflow.rules.states import ProposalState

pages = Blueprint("worklist", __name__)
LONGEST_CURSOR = 1000


@dataclass(frozen=True, slots=True)
class TaskView:
    """One task in the reader's words, with its button."""

    subject: Subject
    lead: Lead
    key: str
    # The unmet conditions of the reader's own next step.
    missing: list[dict[str, Any]]
    # When the reader is reminded of it next.
    reminded: datetime | None = None

    @property
    def decides(self) -> bool:
        """Whether the committee's table is the better place for it."""
        return self.subject.facts.state == ProposalState.PRESENTED


@pages.get("/kolejka")
@asks("approvals")
def show() -> ResponseReturnValue:
    cursor = request.args.get("cursor", "")[:LONGEST_CURSOR]
    with reading() as tx:
        reader = identity.reader()
        tasks = worklist.worklist(tx, reader, at=identity.at(), cursor=cursor)
        letters = letters_to_approve(tx, reader)
    next_url = url_for(".show", cursor=tasks.next_cursor) if tasks.next_cursor else None
    return render_template("worklist/show.html", waiting=task_views(tasks.waiting), letters=letters,
                           next_url=next_url)  # fmt: skip


def letters_to_approve(tx: Connection, reader: Reader) -> list[tuple[str, str, int]]:
    """The editions of the reader's office in which letters wait for approval: key, title, how many batches."""
    offices = [edition_id for edition_id, roles in reader.grants.items() if Role.STAFF in roles]
    return waiting_in(tx, offices) if offices else []


def task_views(tasks: Iterable[Task]) -> list[TaskView]:
    """Tasks as a page shows them."""
    views = []
    for task in tasks:
        shown = subject(task.facts)
        reminded = reminders(task.reminders).next
        views.append(TaskView(shown, lead(shown, task.next), new_key(), unmet_conditions(task), reminded))
    return views


def unmet_conditions(task: Task) -> list[dict[str, Any]]:
    """Why the reader's own next step is not possible yet; nothing where it is, or where others come next."""
    if task.next is None or not task.next.mine or task.next.allowed or task.next.choices:
        return []
    return said(task.next.open.missing)
