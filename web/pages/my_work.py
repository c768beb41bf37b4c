"""My work: one list of everything that whoever is signed in has to do, then what waits for others, then the rest."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.http import identity, layout_data
from web.http.carry_out import carry_out
from web.http.resources import reading, writing
from web.http.security import asks
from web.http.template_context import say
from web.views import pending_items as pending_views
from web.views import unanswered
from web.views import work_items as views
from web.views.own_editions import own_editions
from web.views.work_items import Wanted
from web.views.work_kinds import KINDS
from workflow.accounts import work_views as actions
from workflow.base.calendar import warsaw_date
from workflow.base.errors import BadInput, Refusal
from workflow.base.i18n import _
from workflow.groups.pending import pending_items
from workflow.people.unanswered import waiting_for
from workflow.proposals.worklist import Task, Tasks, tasks_of, worklist
from workflow.rules.page_permissions import PAGES, Reader
from workflow.rules.roles import COMMITTEE, IDEAS_FROM, JUDGES, Role
from workflow.rules.states import WELCOMING
from workflow.selection.conflict_queries import pending_declarations
from workflow.selection.meeting_queries import pending_votes
from workflow.selection.member_queries import pending_cards, pending_meetings
from workflow.selection.reserve_list import pending_places

pages = Blueprint("my_work", __name__)
LONGEST, LONGEST_CURSOR = 100, 1000
# What is shown before the rest of a list is folded.
SHOWN = 3


@pages.get("/praca")
@asks("signed_in")
def show() -> ResponseReturnValue:
    return work_page(request.args)


def work_page(given: Mapping[str, str], name: str = "", error: str = "", status: int = 200) -> ResponseReturnValue:
    """The worklist as it was asked for; with the name that was typed for a view, and what is wrong with it."""
    reader, at, cursor = identity.reader(), identity.at(), given.get("cursor", "")[:LONGEST_CURSOR]
    approves = PAGES["approvals"](reader, None)
    with reading() as tx:
        editions = own_editions(tx, reader, at=at)
        if cursor and approves:
            tasks, lines = worklist(tx, reader, at=at, cursor=cursor), []
        else:
            tasks, lines = tasks_of(tx, reader, at=at, office=approves), pending_lines(tx, reader)
    wanted, today = wanted_of(given), warsaw_date(at)
    waiting = [views.item_of_task(task, at) for task in tasks.waiting]
    everything = views.in_order([*map(views.item_of_line, lines), *waiting])
    items = views.with_one_primary(item for item in everything if wanted.includes(item))
    page = render_template(
        "my_work/show.html", query=address_of(wanted).partition("?")[2], typed_name=name,
        name_error=error, wanted=wanted, all_items=everything, items=items, today=today,
        groups=views.grouped(items, wanted.group, today), kinds=views.counts(everything),
        editions=[(title, title) for title in dict.fromkeys(item.edition for item in everything if item.edition)],
        groupings=[(key, say(title)) for key, title in views.GROUPINGS.items() if key != "termin"],
        late=sum(1 for item in everything if item.until and item.until < today),
        oldest=max((item.age or 0 for item in everything), default=0),
        next_url=address_of(wanted, cursor=tasks.next_cursor) if tasks.next_cursor else None,
        first_url=address_of(wanted) if cursor else None, here=address_of, back=address_of(wanted, cursor=cursor),
        lists_of_own=editions_of(tasks.own) if tasks.more_own else {}, welcoming=welcoming(reader), shown=SHOWN,
        own_editions=editions, **own(tasks),
    )  # fmt: skip
    return page, status


@pages.post("/praca/widoki")
@asks("signed_in")
def save_view() -> ResponseReturnValue:
    given, name = dict(parse_qsl(request.form.get("query", ""))), request.form.get("name", "")
    address = address_of(wanted_of(given))

    def work(tx: Connection) -> None:
        actions.save_view(tx, identity.reader().id, name, address.partition("?")[2])

    def again(refusal: Refusal) -> ResponseReturnValue:
        said = refusal.fields.get("name") if isinstance(refusal, BadInput) else None
        return work_page(given, name, say(said) if said else "", refusal.status)

    return carry_out(work, done=_("The view is in the menu."), url=address, again=again)


@pages.post("/praca/widoki/usun")
@asks("signed_in")
def delete_view() -> ResponseReturnValue:
    with writing() as tx:
        actions.delete_view(tx, identity.reader().id, request.form.get("name", ""))
    return redirect(url_for(".show"), 303)


@pages.get("/kolejka")
@asks("approvals")
def queue() -> ResponseReturnValue:
    """The worklist of the office was a page of its own; bookmarks still lead to it."""
    return redirect(url_for(".show"), 301)


def pending_lines(tx: Connection, reader: Reader) -> list[pending_views.Line]:
    """What waits for the reader in groups and bodies; votes that are open first."""
    at = identity.at()
    in_groups = pending_items(tx, reader.id, at=at)
    declarations = pending_declarations(tx, reader.id, at=at) if reader.roles(None) & JUDGES else ()
    open_votes = pending_votes(tx, reader.id) if PAGES["see_own_meetings"](reader, None) else ()
    meetings = pending_meetings(tx, reader.id, at=at) if reader.roles(None) & JUDGES else ()
    cards = pending_cards(tx, reader.id, meetings, at=at) if reader.roles(None) & COMMITTEE else ()
    kept = reserve_keepers(reader)
    places = pending_places(tx, kept, actor=identity.actor()) if kept else ()
    office = [edition for edition, roles in reader.grants.items() if Role.STAFF in roles]
    left_open = waiting_for(tx, reader.id, office, is_admin=reader.is_admin, at=at)
    return [*map(pending_views.open_vote, open_votes), *map(pending_views.declarations, declarations),
            *map(pending_views.cards, cards), *map(pending_views.meeting, meetings), *map(pending_views.place, places),
            *map(unanswered.line, left_open), *map(pending_views.line, in_groups)]  # fmt: skip


def wanted_of(given: Mapping[str, str]) -> Wanted:
    """What was asked for; whatever the list does not know is as if it had not been said."""
    kind = given.get("rodzaj", "")
    group = given.get("grupuj", "")
    return Wanted(
        given.get("q", "").strip()[:LONGEST], kind if kind in KINDS else "", given.get("edycja", "")[:400],
        group if group in views.GROUPINGS else "termin",
    )  # fmt: skip


def address_of(wanted: Wanted, **changes: Any) -> str:
    """The address of the list with changes; what is usual is left out."""
    values = {"q": wanted.words, "rodzaj": wanted.kind, "edycja": wanted.edition, "grupuj": wanted.group, **changes}
    said = {name: value for name, value in values.items() if value and value != "termin"}
    return url_for(".show") + (f"?{urlencode(said)}" if said else "")


def own(tasks: Tasks) -> dict[str, list[views.TaskView]]:
    """The reader's own proposals that are not on the worklist: with something missing, for others, finished.

    What the office still notes of a project that has ended is nothing that its people wait for.
    """
    rest = [task for task in tasks.own if not task.is_mine]
    others = [task for task in rest if task.next and not task.next.mine and not task.has_ended]
    return {
        "unready": [views.view_of_task(task) for task in rest if task.next and task.next.mine],
        "others": [views.view_of_task(task) for task in others],
        "finished": [views.view_of_task(task) for task in rest if task.next is None or (
            not task.next.mine and task.has_ended)],
    }  # fmt: skip


def reserve_keepers(reader: Reader) -> list[int]:
    """The editions in which the reader carries on with the reserve list."""
    keepers = {Role.STAFF, Role.COMMITTEE_CHAIR}
    return sorted(edition for edition, roles in reader.grants.items() if roles & keepers)


def welcoming(reader: Reader) -> list[tuple[str, str]]:
    """The editions that take ideas now, for those who may have some."""
    if not reader.roles(None) & IDEAS_FROM:
        return []
    return [(edition.key, edition.title) for edition in layout_data.editions() if edition.state in WELCOMING]


def editions_of(tasks: Iterable[Task]) -> Mapping[str, str]:
    """Key and title of the editions of these tasks, whose lists show every proposal of the reader."""
    return {task.facts.edition["key"]: task.facts.edition["title"] for task in tasks}
