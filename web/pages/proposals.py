"""A proposal's own page: for those who work on it, and for everybody."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.http import identity
from web.http.resources import reading
from web.http.security import asks
from web.views import case_file, timeline
from web.views import reminders as reminder_views
from web.views import sheet as sheets
from web.views.going_on import going_on
from web.views.open_steps import choices, lead, open_steps
from web.views.public_project import account_view, resolutions_view
from web.views.reminders import Reminders
from web.views.subject import Subject, find
from web.views.unanswered import notices
from workflow.base.errors import NotFound
from workflow.documents.published import Resolved, resolved_of
from workflow.files.public_pictures import Picture, pictures_of
from workflow.notifications.delivery_log import to_approve_about
from workflow.overview.public_project import Account, accounts_of
from workflow.people.unanswered import of_project
from workflow.proposals import queries
from workflow.proposals.reminders import reminders_of
from workflow.proposals.timeline import Course, Entry, course_of, entries_of
from workflow.rules import permissions
from workflow.rules.facts import Ref
from workflow.rules.lateness import counted_at
from workflow.rules.permissions import may_see_working_papers
from workflow.rules.roles import Role
from workflow.rules.states import PUBLIC

pages = Blueprint("proposals", __name__)
# Entries of the history on the page itself, and on a page of the whole.
SHOWN, PAGE = 6, 50
NAMED = ("leader_id", "coordinator_id", "animator_id", "author_id")


@pages.get("/projekty/<int:proposal_id>")
@asks("anyone")
def show(proposal_id: int) -> ResponseReturnValue:
    with reading() as tx:
        subject = find(tx, Ref("proposal", proposal_id))
        if not may_see_working_papers(subject.facts):
            return public_page(
                subject,
                public_account(tx, subject),
                resolutions_about(tx, subject),
                pictures_of(tx, [proposal_id]).get(proposal_id, ()) if subject.facts.state in PUBLIC else (),
            )
        named = [subject.facts[name] for name in NAMED]
        people = queries.people_of(tx, proposal_id, named)
        entries, course = entries_of(tx, subject.ref, limit=SHOWN), course_of(tx, subject.ref)
        reminders = reminder_views.reminders(reminders_of(tx, subject.facts))
        is_office = Role.STAFF in subject.facts.rights.roles
        goes_on = going_on(tx, subject)
        to_approve = to_approve_about(tx, subject.ref, private=True) if is_office else 0
        unanswered = notices(of_project(tx, proposal_id, at=identity.at()), subject.facts)
    return working_page(
        subject, people, entries, course, reminders, to_approve=to_approve, goes_on=goes_on, unanswered=unanswered
    )


@pages.get("/projekty/<int:proposal_id>/historia")
@asks("anyone")
def history(proposal_id: int) -> ResponseReturnValue:
    before = request.args.get("before", type=int)
    with reading() as tx:
        subject = find(tx, Ref("proposal", proposal_id))
        if not may_see_working_papers(subject.facts):
            raise NotFound
        entries = entries_of(tx, subject.ref, limit=PAGE, before=before)
    earlier = f"{subject.url}/historia?before={entries[-1].version}" if entries and entries[-1].version > 1 else None
    return render_template(
        "proposals/history.html", subject=subject, history=timeline.lines(subject, entries), earlier=earlier,
        newest=f"{subject.url}/historia" if before else None,
    )  # fmt: skip


def public_account(tx: Connection, subject: Subject) -> Account | None:
    """What became of a project that was selected; None for any other, and for records of the past."""
    if subject.facts.state not in PUBLIC or subject.edition["historical"]:
        return None
    return accounts_of(tx, [subject.ref.id], at=counted_at(subject.edition, identity.at()))[subject.ref.id]


def resolutions_about(tx: Connection, subject: Subject) -> Sequence[Resolved]:
    """What published resolutions say about a project, the oldest first."""
    return resolved_of(tx, subject.facts["edition_id"]).get(subject.facts["number"], ())


def public_page(
    subject: Subject, account: Account | None, resolutions: Sequence[Resolved], pictures: Sequence[Picture]
) -> str:
    """What everybody may read of a project."""
    return render_template(
        "public/project.html", subject=subject, sheet=sheets.sheet(subject.facts, sheets.PUBLIC),
        account=account_view(subject, account) if account else None, resolutions=resolutions_view(resolutions),
        pictures=pictures,
    )  # fmt: skip


def working_page(
    subject: Subject, people: tuple[queries.Member, ...], entries: Sequence[Entry], course: Course,
    reminders: Reminders, **shown: Any,
) -> str:  # fmt: skip
    """Everything about a proposal for those who work in the edition."""
    facts, pupils = subject.facts, frozenset() if permissions.may_name_minors(subject.facts) else course.pupils
    steps, next_ = open_steps(subject, identity.at())
    may_undo = timeline.undoable(subject, entries)
    return render_template(
        "proposals/show.html", subject=subject, lead=lead(subject, next_), choices=choices(subject, steps, next_),
        sheet=sheets.sheet(facts, sheets.OVERVIEW), people=people,
        named={person.id: person for person in people if person.id},
        may_name_minors=permissions.may_name_minors(subject.facts), history=timeline.lines(subject, entries),
        path=timeline.path(subject, course), papers=case_file.papers(subject.lifecycle, facts, pupils=pupils),
        plan=facts.plan, now=counted_at(facts.edition, identity.at()), may_undo=may_undo, reminders=reminders,
        **shown,
    )  # fmt: skip
