"""What everybody may read: the front page, search, the projects of an edition; and the addresses that letters use."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from web.http import identity
from web.http.resources import reading
from web.http.security import asks
from web.pages.board import edition_for, lines
from web.views.front import achievements_view, cards_of
from web.views.numbered_pages import page_of
from web.views.subject import mark_of, marks_of
from workflow.editions import queries
from workflow.files.public_pictures import pictures_of
from workflow.overview.achievements import achievements_of
from workflow.participation.conference_card import coming_cards
from workflow.proposals import queries as proposals
from workflow.proposals.public_search import asked_words, public_projects_with
from workflow.rules.states import HIDDEN, OVER, WELCOMING

pages = Blueprint("public", __name__)
# So many conferences of today, and such that people can register for, are on the front page, the next ones.
INVITATIONS = 3
# As many chosen projects of each edition are looked at for the front page.
EACH = 9
# The longest text that is searched for, and as many projects as are on one page of what was found.
LONGEST, PAGE = 200, 20


@pages.get("/")
@asks("anyone")
def front() -> ResponseReturnValue:
    at = identity.at()
    with reading() as tx:
        editions = [edition for edition in queries.editions_for(tx, None) if edition.state not in HIDDEN]
        invitations = coming_cards(tx, at=at)
        chosen = queries.chosen_projects(tx, editions, each=EACH)
        every = [project for edition in editions for project in chosen.get(edition.id, ())]
        pictures = pictures_of(tx, [project.id for project in every])
        achieved = achievements_of(tx, [edition.id for edition in editions if not edition.historical])
    return render_template(
        "public/front.html", rows=[row(edition, chosen.get(edition.id, ())) for edition in editions],
        cards=cards_of(every, pictures), invitations=invitations[:INVITATIONS], now=at,
        achieved=achievements_view(achieved), welcoming=next((e for e in editions if e.state in WELCOMING), None),
    )  # fmt: skip


def row(edition: queries.EditionLine, projects: Sequence[queries.Chosen]) -> dict[str, Any]:
    """An edition on the front page; one that is over is folded, with its projects."""
    is_over = edition.state in OVER
    return {"edition": edition, "mark": mark_of(edition), "is_over": is_over, "projects": projects if is_over else ()}


@pages.get("/szukaj")
@asks("anyone")
def search() -> ResponseReturnValue:
    text = request.args.get("q", "").strip()[:LONGEST]
    with reading() as tx:
        found = public_projects_with(tx, text)
        # Where nothing was found, the editions are where to look.
        every = () if found else queries.editions_for(tx, None)
    shown = page_of(found, size=PAGE, url=lambda number: url_for(".search", q=text, strona=number))
    rows = [{"project": project, "mark": mark} for project, mark in zip(shown.rows, marks_of(shown.rows), strict=True)]
    return render_template(
        "public/search.html", q=text, editions=[edition for edition in every if edition.state not in HIDDEN],
        rows=rows, count=len(found), is_asked=bool(asked_words(text)), prev_url=shown.prev_url,
        next_url=shown.next_url,
    )  # fmt: skip


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
