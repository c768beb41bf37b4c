"""The public account of an edition in the reader's words: its sums, and a row for each project."""

from typing import Any

from web.http import identity
from web.http.template_context import address
from web.views.open_data import picture_address
from web.views.overview import share
from web.views.public_project import counts_view, resolutions_view
from web.views.subject import mark_of
from workflow.base.i18n import format_money
from workflow.overview.public_edition import PublicProject, PublicTotals


def totals_view(totals: PublicTotals) -> dict[str, Any]:
    """The sums of an edition or of several in words."""
    language = identity.language()
    return {
        "projects": totals.projects, "funded": totals.funded, "finished": totals.finished,
        "going_on": totals.funded - totals.finished,
        "money": format_money(totals.money, language), "spent": format_money(totals.spent, language),
        "has_money": totals.money > 0, "spent_share": share(totals.spent, totals.money),
        "all_promises": totals.all_promises, "counts": counts_view(totals.promises),
    }  # fmt: skip


def project_view(project: PublicProject) -> dict[str, Any]:
    """One project as a row: where it is, what it costs, what it promised, and what decided about it."""
    language, account = identity.language(), project.account
    return {
        "title": project.title, "href": address("proposals.show", proposal_id=project.id), "mark": mark_of(project),
        "summary": project.summary, "places": ", ".join(project.places),
        "money": "" if project.money is None else format_money(project.money, language),
        "spent": format_money(account.spent, language) if account.lines else "",
        "spent_share": share(account.spent, account.planned), "counts": counts_view(account.counts),
        "pictures": [{"href": picture_address(project.id, picture), "description": picture.description}
                     for picture in project.pictures],
        "resolutions": resolutions_view(project.resolutions),
    }  # fmt: skip
