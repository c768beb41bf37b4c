"""My work: what is expected of whoever is signed in, until when, with one button each."""

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from web.http import identity, layout_data
from web.http.resources import reading
from web.http.security import asks
from web.pages.worklist import rows
from web.views import pending_items
from workflow.groups.pending import errands_of
from workflow.proposals.worklist import tasks_of
from workflow.rules.page_permissions import PAGES, Reader
from workflow.rules.roles import IDEAS_FROM
from workflow.rules.states import WELCOMING

pages = Blueprint("my_work", __name__)
SHOWN = 10


@pages.get("/praca")
@asks("signed_in")
def show() -> ResponseReturnValue:
    reader = identity.reader()
    approves = PAGES["approvals"](reader, None)
    with reading() as tx:
        found = tasks_of(tx, reader, at=identity.at(), office=approves)
        in_groups = errands_of(tx, reader.id, at=identity.at())
    own = [task for task in found if task.facts.ref.kind == "proposal" and is_own(task.facts.own, reader.id, task)]
    mine = [task for task in found if task.is_mine]
    return render_template(
        "my_work/show.html", waiting=rows(mine[:SHOWN]), in_groups=[pending_items.line(one) for one in in_groups],
        more=len(mine) > SHOWN, own=rows(own), approves=approves,
        welcoming=welcoming(reader),
    )  # fmt: skip


def welcoming(reader: Reader) -> list[tuple[str, str]]:
    """The editions that take ideas now, for those who may have some."""
    if not reader.roles(None) & IDEAS_FROM:
        return []
    return [(one.key, one.title) for one in layout_data.editions() if one.state in WELCOMING]


def is_own(own: Any, person_id: int, task: Any) -> bool:
    """Whether it is a proposal that the person leads, wrote, coordinates or works on."""
    named = (own["leader_id"], own["coordinator_id"], own["author_id"])
    return person_id in named or task.facts.rights.in_group
