"""What an edition and its projects promised and how it goes, for everybody: a page, and the same as open data."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from web.http import identity
from web.http.resources import reading
from web.http.security import asks
from web.pages.board import edition_for
from web.views import exports, open_data
from web.views.numbered_pages import page_of
from web.views.public_edition import project_view, totals_view
from workflow.base.errors import NotFound
from workflow.editions.queries import edition_of_proposal, editions_for
from workflow.overview.public_edition import PublicProject, public_projects, totals_of
from workflow.proposals.queries import visible_states
from workflow.rules.states import HIDDEN

pages = Blueprint("public_accounts", __name__)
# So many projects are on one page.
PAGE = 8


@pages.get("/edycje/<edition_key>/bilans")
@asks("anyone")
def edition(edition_key: str) -> ResponseReturnValue:
    with reading() as tx:
        own, projects = public_edition(tx, edition_key)
    shown = page_of(projects, size=PAGE, url=lambda n: url_for(".edition", edition_key=edition_key, strona=n))
    return render_template(
        "public/edition.html", own=own, totals=totals_view(totals_of(projects)),
        projects=[project_view(project) for project in shown.rows], at=identity.at(), prev_url=shown.prev_url,
        next_url=shown.next_url,
    )  # fmt: skip


@pages.get("/edycje/<edition_key>/dane.json")
@asks("anyone")
def edition_json(edition_key: str) -> ResponseReturnValue:
    """Everything public of an edition and its projects, with the sums of its page."""
    with reading() as tx:
        own, projects = public_edition(tx, edition_key)
    return unless_known(jsonify(open_data.edition_as_json(own, projects, totals_of(projects))))


@pages.get("/edycje/<edition_key>/dane.csv")
@asks("anyone")
def edition_csv(edition_key: str) -> ResponseReturnValue:
    """One row for each public project of an edition."""
    with reading() as tx:
        _own, projects = public_edition(tx, edition_key)
    return table(projects, open_data.PROJECT, f"{edition_key}-projekty")


@pages.get("/projekty/<int:proposal_id>/dane.json")
@asks("anyone")
def project_json(proposal_id: int) -> ResponseReturnValue:
    """Everything public of one project."""
    return unless_known(jsonify(open_data.project_as_json(public_project(proposal_id))))


@pages.get("/projekty/<int:proposal_id>/dane.csv")
@asks("anyone")
def project_csv(proposal_id: int) -> ResponseReturnValue:
    """One row for each milestone and each line of the budget of a project."""
    parts = list(open_data.parts_of(public_project(proposal_id)))
    return table(parts, open_data.PART, f"projekt-{proposal_id}")


@pages.get("/otwarte-dane")
@asks("anyone")
def about() -> ResponseReturnValue:
    with reading() as tx:
        editions = [line for line in editions_for(tx, None) if line.state not in HIDDEN]
    return render_template(
        "public/open_data.html", rows=editions, tables=(("projects", open_data.PROJECT), ("parts", open_data.PART))
    )


def public_edition(tx: Connection, edition_key: str) -> tuple[Mapping[str, Any], tuple[PublicProject, ...]]:
    """An edition and its public projects, the same for every reader; NotFound where it does not exist for this one."""
    own = edition_for(tx, edition_key)
    return own, public_projects(tx, own, visible_states(own, None), at=identity.at())


def public_project(proposal_id: int) -> PublicProject:
    """One public project, the same for every reader; NotFound where it is not public."""
    with reading() as tx:
        own = edition_of_proposal(tx, proposal_id)
        if own is None:
            raise NotFound
        found = public_projects(tx, own, visible_states(own, None), at=identity.at(), only=proposal_id)
    if not found:
        raise NotFound
    return found[0]


def table(rows: Sequence[Any], fields: Sequence[open_data.Field], name: str) -> AnyResponse:
    """A CSV file of open data; a program may ask whether it has changed."""
    response = Response(exports.write("csv", rows, open_data.columns(fields)).getvalue(), mimetype=exports.TYPES["csv"])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return unless_known(response)


def unless_known(response: Response) -> AnyResponse:
    """The answer with an ETag made of its bytes, or 304 to whoever has these bytes already."""
    response.add_etag()
    return response.make_conditional(request)
