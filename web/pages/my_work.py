"""My work: what is expected of whoever is signed in, until when, with one button each."""

from collections.abc import Iterable, Mapping

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from web.http import identity, layout_data
from web.http.resources import reading
from web.http.security import asks
from web.pages.worklist import task_views
from web.views import pending_items as pending_views
from workflow.groups.pending import pending_items
from workflow.proposals.worklist import Task, tasks_of
from workflow.rules.page_permissions import PAGES, Reader
from workflow.rules.roles import COMMITTEE, IDEAS_FROM, JUDGES, Role
from workflow.rules.states import WELCOMING
from workflow.selection.conflict_queries import pending_declarations
from workflow.selection.meeting_queries import pending_votes
from workflow.selection.member_queries import pending_cards, pending_meetings
from workflow.selection.reserve_list import pending_places

pages = Blueprint("my_work", __name__)
SHOWN = 10


@pages.get("/praca")
@asks("signed_in")
def show() -> ResponseReturnValue:
    reader = identity.reader()
    approves = PAGES["approvals"](reader, None)
    with reading() as tx:
        tasks = tasks_of(tx, reader, at=identity.at(), office=approves)
        in_groups = pending_items(tx, reader.id, at=identity.at())
        declarations = pending_declarations(tx, reader.id, at=identity.at()) if reader.roles(None) & JUDGES else ()
        open_votes = pending_votes(tx, reader.id) if PAGES["see_own_meetings"](reader, None) else ()
        meetings = pending_meetings(tx, reader.id, at=identity.at()) if reader.roles(None) & JUDGES else ()
        cards = pending_cards(tx, reader.id, meetings, at=identity.at()) if reader.roles(None) & COMMITTEE else ()
        kept = reserve_keepers(reader)
        places = pending_places(tx, kept, actor=identity.actor()) if kept else ()
    dated = [*map(pending_views.declarations, declarations), *map(pending_views.cards, cards),
             *map(pending_views.meeting, meetings), *map(pending_views.place, places),
             *map(pending_views.line, in_groups)]  # fmt: skip
    lines = [*map(pending_views.open_vote, open_votes), *sorted(dated, key=pending_views.nearest_first)]
    dates = [line.until for line in lines] + [task.lead.until for task in task_views(tasks.waiting[:1])]
    return render_template(
        "my_work/show.html", waiting=task_views(tasks.waiting[:SHOWN]), approves=approves,
        more=len(tasks.waiting) > SHOWN or tasks.next_cursor is not None,
        in_groups=lines, nearest=pending_views.nearest(dates),
        own=task_views(tasks.own),
        lists_of_own=editions_of(tasks.own) if tasks.more_own else {}, welcoming=welcoming(reader),
        figures=begun_by(reader),
    )  # fmt: skip


def reserve_keepers(reader: Reader) -> list[int]:
    """The editions in which the reader carries on with the reserve list."""
    keepers = {Role.STAFF, Role.COMMITTEE_CHAIR}
    return sorted(edition for edition, roles in reader.grants.items() if roles & keepers)


def begun_by(reader: Reader) -> list[tuple[str, str]]:
    """The editions that the reader answers for as an initiator, and looks at in figures."""
    editions = layout_data.editions() if Role.INITIATOR in reader.roles(None) else ()
    return [(edition.key, edition.title) for edition in editions if Role.INITIATOR in reader.roles(edition.id)]


def welcoming(reader: Reader) -> list[tuple[str, str]]:
    """The editions that take ideas now, for those who may have some."""
    if not reader.roles(None) & IDEAS_FROM:
        return []
    return [(edition.key, edition.title) for edition in layout_data.editions() if edition.state in WELCOMING]


def editions_of(tasks: Iterable[Task]) -> Mapping[str, str]:
    """Key and title of the editions of these tasks, whose lists show every proposal of the reader."""
    return {task.facts.edition["key"]: task.facts.edition["title"] for task in tasks}
