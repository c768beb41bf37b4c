"""What everybody may read: the front page, the projects of an edition; and the addresses that letters use."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from web.http import identity
from web.http.resources import reading
from web.http.security import asks
from web.pages.board import edition_for, lines
from web.views.subject import mark_of
from workflow.editions import queries
from workflow.participation.conference_card import coming_cards
from workflow.proposals import queries as proposals
from workflow.rules.states import HIDDEN

pages = Blueprint("public", __name__)
# So many conferences of today, and such that people can register for, are on the front page, the next ones.
INVITATIONS = 3
# As many chosen projects of an edition as the front page shows: three rows of three.
EACH = 9


@pages.get("/")
@asks("anyone")
def front() -> ResponseReturnValue:
    at = identity.at()
    with reading() as tx:
        editions = [edition for edition in queries.editions_for(tx, None) if edition.state not in HIDDEN]
        invitations = coming_cards(tx, at=at)
        chosen = queries.chosen_projects(tx, editions, each=EACH)
    rows = [row(edition, chosen.get(edition.id, [])) for edition in editions]
    return render_template("public/front.html", rows=rows, invitations=invitations[:INVITATIONS], now=at)


def row(edition: queries.EditionLine, projects: list[queries.Chosen]) -> dict[str, Any]:
    """An edition on the front page with the marks of its state and of its projects."""
    return {
        "edition": edition,
        "mark": mark_of(edition),
        "projects": [{"project": project, "mark": mark_of(project)} for project in projects],
    }


@pages.get("/edycje/<edition_key>/projekty")
@asks("anyone")
def projects(edition_key: str) -> ResponseReturnValue:
    with reading() as tx:
        edition = edition_for(tx, edition_key)
        page = proposals.list_proposals(
            tx, edition_id=edition["id"], visible=proposals.visible_states(edition, None),
            cursor=request.args.get("cursor", "")[:600],
        )  # fmt: skip
    more = page.next_cursor
    next_url = url_for(".projects", edition_key=edition_key, cursor=more) if more else None
    return render_template("public/projects.html", own=edition, rows=lines(page.lines), next_url=next_url)


@pages.get("/proposals/<int:proposal_id>")
@asks("anyone")
def proposal_address(proposal_id: int) -> ResponseReturnValue:
    return redirect(url_for("proposals.show", proposal_id=proposal_id), 303)


@pages.get("/editions/<edition_key>")
@asks("anyone")
def edition_address(edition_key: str) -> ResponseReturnValue:
    return redirect(url_for("editions.show", edition_key=edition_key), 303)
