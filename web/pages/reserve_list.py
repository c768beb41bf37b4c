"""The reserve list for the bodies and the office: its order, places that became free, offers and their terms."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from web.http import identity
from web.http.resources import reading
from web.http.security import asks, edition_of_request
from web.views.reserve_list import reserve_view
from web.views.subject import asking
from workflow.base.errors import NotFound
from workflow.engine import machine
from workflow.rules.facts import Ref
from workflow.rules.lateness import counted_at
from workflow.rules.permissions import may_see_private
from workflow.rules.settings_catalogue import value
from workflow.selection.meeting_queries import meetings_of
from workflow.selection.reserve_list import SCOPE, reserve_list

pages = Blueprint("reserve_list", __name__)


@pages.get("/edycje/<edition_key>/rezerwa")
@asks("see_meetings")
def show(edition_key: str) -> ResponseReturnValue:  # noqa: ARG001 - read from the address by `edition_of_request`
    with reading() as tx:
        edition = Ref("edition", edition_of_request() or 0)
        facts = machine.facts_of(tx, [edition], actor=asking(), scope=SCOPE).get(edition)
        if facts is None or not may_see_private(facts):
            raise NotFound
        reserve = reserve_list(tx, facts, may_skip=value(facts.edition, "reserve_may_skip"))
        proposals = [Ref("proposal", line.id) for line in reserve.lines]
        found = machine.facts_of(tx, proposals, actor=asking()) if proposals else {}
        meetings = meetings_of(tx, edition.id)
    view = reserve_view(reserve, found, meetings, at=identity.at())
    return render_template("selection/reserve_list.html", own=facts.own, reserve=reserve, view=view,
                           late_at=counted_at(facts.edition, identity.at()))  # fmt: skip
