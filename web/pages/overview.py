"""An edition in figures, and the portfolio of its projects, for its office, the chair and administrators."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from web.forms.lists import phase_options
from web.http import identity
from web.http.resources import reading
from web.http.security import asks
from web.pages.board import edition_for
from web.pages.minutes import sent
from web.views import exports
from web.views.conference import stops
from web.views.glance import glance_of
from web.views.overview import dashboard_view
from web.views.portfolio import file_columns, portfolio_view
from web.views.subject import state_names
from web.views.unanswered import names_of
from workflow.base.calendar import warsaw_date
from workflow.base.errors import NotFound
from workflow.documents.blocks import Text
from workflow.documents.docx import docx_of
from workflow.documents.html import parts_of
from workflow.documents.pdf import pdf_of
from workflow.overview import dashboard as figures
from workflow.overview import portfolio as projects
from workflow.overview import report as texts
from workflow.people.unanswered import of_editions
from workflow.rules.documents import Format
from workflow.rules.lateness import counted_at
from workflow.rules.page_permissions import PAGES

pages = Blueprint("overview", __name__)
FILES = (Format.PDF, Format.DOCX)
LONGEST_SECTOR = 400


@pages.get("/edycje/<edition_key>/pulpit")
@asks("see_figures")
def dashboard(edition_key: str) -> ResponseReturnValue:
    at = identity.at()
    with reading() as tx:
        edition = edition_for(tx, edition_key)
        shown = figures.dashboard(tx, edition, at=at)
    calendar = stops(shown.conferences, edition["state"], at)
    view = dashboard_view(edition, shown, state_names(), dict(phase_options()))
    return render_template(
        "overview/dashboard.html", own=edition, at=at, late_at=counted_at(edition, at), stops=calendar,
        glance=glance_of(edition_key, shown.under_way), **view,
    )  # fmt: skip


@pages.get("/edycje/<edition_key>/pulpit/sprawozdanie")
@asks("see_figures")
def report(edition_key: str) -> ResponseReturnValue:
    edition, text = report_of(edition_key)
    parts = [(title, Markup(body)) for title, body in parts_of(text)]  # noqa: S704 - each word is escaped where it is put in
    return render_template("overview/report.html", own=edition, text=text, parts=parts, formats=FILES)


@pages.get("/edycje/<edition_key>/pulpit/sprawozdanie.<form>")
@asks("see_figures")
def report_file(edition_key: str, form: str) -> Response:
    """The report as a file, as of the moment of asking."""
    if form not in FILES:
        raise NotFound
    _edition, text = report_of(edition_key)
    content = pdf_of(text) if form == Format.PDF else docx_of(text)
    return sent(content, Format(form), f"{edition_key}-{warsaw_date(text.at)}")


def report_of(edition_key: str) -> tuple[Mapping[str, Any], Text]:
    """The edition of the address and its report."""
    with reading() as tx:
        edition = edition_for(tx, edition_key)
        return edition, texts.report(edition, figures.dashboard(tx, edition, at=identity.at()))


@pages.get("/edycje/<edition_key>/portfel")
@asks("see_figures")
def portfolio(edition_key: str) -> ResponseReturnValue:
    at, (show, sector) = identity.at(), narrowing()
    with reading() as tx:
        edition = edition_for(tx, edition_key)
        lines = projects.portfolio(tx, edition["id"], at=at)
        unanswered = of_editions(tx, [edition["id"]], at=at)
    return render_template(
        "overview/portfolio.html", own=edition, at=at, late_at=counted_at(edition, at), unanswered=names_of(unanswered),
        **portfolio_view(edition, lines, show, sector, request.args.get("from", "")),
    )  # fmt: skip


@pages.get("/edycje/<edition_key>/portfel.csv")
@asks("see_figures")
def portfolio_csv(edition_key: str) -> Response:
    """Every project that the portfolio shows with these filters."""
    at = identity.at()
    with reading() as tx:
        edition = edition_for(tx, edition_key)
        lines = projects.portfolio(tx, edition["id"], at=at)
        columns = file_columns(names_of(of_editions(tx, [edition["id"]], at=at)))
    file = exports.write("csv", projects.narrowed(lines, *narrowing()), columns)
    return exports.attachment("csv", file, f"{edition_key}-portfel-{warsaw_date(at)}")


def narrowing() -> tuple[str, str]:
    """What the portfolio is narrowed to: what of it, and a sector."""
    return request.args.get("show", ""), request.args.get("sector", "")[:LONGEST_SECTOR]


@pages.app_template_global()
def sees_figures(edition_id: int) -> bool:
    """Whether the reader may open the figures of an edition."""
    return PAGES["see_figures"](identity.current(), edition_id)
