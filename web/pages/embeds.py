"""Small pages that other sites may show in a frame: how a project or an edition goes; no form, no script."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from web.http.resources import base_url, reading
from web.http.security import asks
from web.http.template_context import address
from web.pages.public_accounts import public_edition, public_project
from web.views.open_data import project_address
from web.views.public_edition import project_view, totals_view
from workflow.overview.public_edition import totals_of

pages = Blueprint("embeds", __name__)


@pages.get("/projekty/<int:proposal_id>/osadz")
@asks("anyone")
def project(proposal_id: int) -> ResponseReturnValue:
    found = public_project(proposal_id)
    return render_template("public/embedded_project.html", project=project_view(found), href=project_address(found))


@pages.get("/edycje/<edition_key>/osadz")
@asks("anyone")
def edition(edition_key: str) -> ResponseReturnValue:
    with reading() as tx:
        own, projects = public_edition(tx, edition_key)
    href = f"{base_url()}{address('public_accounts.edition', edition_key=edition_key)}"
    return render_template("public/embedded_edition.html", own=own, totals=totals_view(totals_of(projects)), href=href)


@pages.app_template_global()
def snippet(endpoint: str, title: str, **values: str | int) -> str:
    """What somebody puts into a page of theirs to show one of these pages in it."""
    where = f"{base_url()}{address(endpoint, **values)}"
    return render_template("public/snippet.html", where=where, name=title).strip()
