"""A proposal's own page: for those who work on it, and for everybody."""

from typing import Any

from flask import Blueprint, render_template

from web import case_file, identity, past
from web import sheet as sheets
from web.extensions import reading
from web.forms.steps import StepForm
from web.open_steps import choices, lead, open_steps
from web.security import asks
from web.subjects import Subject, find
from workflow import permissions
from workflow.facts import Ref
from workflow.permissions import may_see_working_papers
from workflow.queries import proposals as queries
from workflow.queries.histories import entries_of, pupils_in

pages = Blueprint("proposals", __name__)
NAMED = ("leader_id", "coordinator_id", "animator_id", "author_id")


@pages.get("/projekty/<int:proposal_id>")
@asks("anyone")
def show(proposal_id: int) -> Any:
    with reading() as tx:
        subject = find(tx, Ref("proposal", proposal_id))
        if not may_see_working_papers(subject.facts):
            return public_page(subject)
        named = [subject.facts[name] for name in NAMED]
        people = queries.people_of(tx, proposal_id, named)
        entries = entries_of(tx, subject.ref)
        pupils = frozenset() if may_name_minors(subject) else pupils_in(tx, subject.ref)
    return working_page(subject, people, entries, pupils)


def public_page(subject: Subject) -> str:
    """What everybody may read of a project."""
    return render_template("public/project.html", subject=subject, sheet=sheets.sheet(subject.facts, sheets.PUBLIC))


def working_page(subject: Subject, people: tuple[queries.Member, ...], entries: Any, pupils: frozenset[int]) -> str:
    """Everything about a proposal for those who work in the edition."""
    facts = subject.facts
    steps, next_ = open_steps(subject, identity.at())
    may_undo = past.undoable(subject, entries)
    return render_template(
        "proposals/show.html", subject=subject, lead=lead(subject, next_), choices=choices(subject, steps, next_),
        sheet=sheets.sheet(facts, sheets.OVERVIEW), people=people, named={one.id: one for one in people if one.id},
        may_name_minors=may_name_minors(subject), history=past.lines(subject, entries),
        path=past.path(subject, entries), papers=case_file.papers(subject.lifecycle, facts, pupils=pupils),
        milestones=case_file.milestones(facts), may_undo=may_undo, key=StepForm.of((), version=None).key,
    )  # fmt: skip


def may_name_minors(subject: Subject) -> bool:
    """Whether the reader needs to know the names of pupils in the group: the group itself and the office."""
    return permissions.may_name_minors(subject.facts)
