"""Projects of which only one can be selected: the office names them with a reason before anything is voted on."""

from collections.abc import Callable, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.http import identity
from web.http.resources import reading, writing
from web.http.security import asks, edition_of_request
from web.http.template_context import say
from web.pages.ideas import facts_of_edition
from web.views.open_steps import refused_lines
from workflow.base.errors import BadInput, NotFound, Refusal
from workflow.base.i18n import Sentence, _
from workflow.engine.exclusions_reader import exclusive_projects
from workflow.rules.later_decisions import Exclusive
from workflow.selection.exclusions import admit_together, exclude

pages = Blueprint("exclusions", __name__)


@pages.get("/edycje/<edition_key>/wykluczenia")
@asks("staff")
def show(edition_key: str) -> ResponseReturnValue:  # noqa: ARG001 - read from the address by `edition_of_request`
    return exclusions_page()


@pages.post("/edycje/<edition_key>/wykluczenia")
@asks("staff")
def add(edition_key: str) -> ResponseReturnValue:
    def work(tx: Connection) -> None:
        reason = request.form.get("reason", "")
        exclude(tx, edition_of_request() or 0, typed_numbers(), reason, actor=identity.actor(), at=identity.at())

    return carry_out(edition_key, work, _("Only one of these projects can be selected now."))


@pages.post("/edycje/<edition_key>/wykluczenia/<int:number>/zakoncz")
@asks("staff")
def end(edition_key: str, number: int) -> ResponseReturnValue:
    def work(tx: Connection) -> None:
        admit_together(tx, edition_of_request() or 0, number, at=identity.at())

    return carry_out(edition_key, work, _("These projects can be selected together again."))


def typed_numbers() -> list[int]:
    """The numbers of projects as they were typed, with commas or blanks between them; BadInput for anything else."""
    given = request.form.get("projects", "").replace(",", " ").split()
    if not all(number.isascii() and number.isdecimal() and len(number) < 8 for number in given):
        raise BadInput({"projects": _("Type the numbers of the projects, with commas between them.")})
    return [int(number) for number in given]


def carry_out(edition_key: str, work: Callable[[Connection], None], done: Sentence) -> ResponseReturnValue:
    """All of it in one transaction; a refusal shows the page again with what was typed."""
    try:
        with writing() as tx:
            work(tx)
    except Refusal as refusal:
        if refusal.status == NotFound.status:
            raise
        return exclusions_page(refusal)
    flash(say(done), "success")
    return redirect(url_for(".show", edition_key=edition_key), 303)


def exclusions_page(refusal: Refusal | None = None) -> ResponseReturnValue:
    """The groups of an edition, and the form of a new one."""
    errors = {name: say(sentence) for name, sentence in refusal.fields.items()} if isinstance(refusal, BadInput) else {}
    with reading() as tx:
        facts = facts_of_edition(tx)
        groups = by_group(exclusive_projects(tx, facts.ref.id))
    page = render_template(
        "selection/exclusions.html", own=facts.own, groups=groups, errors=errors, typed=request.form,
        refused=[] if errors else refused_lines(refusal),
    )  # fmt: skip
    return page, refusal.status if refusal else 200


def by_group(projects: Sequence[Exclusive]) -> dict[int, list[Exclusive]]:
    """The projects by the number of their group."""
    groups: dict[int, list[Exclusive]] = {}
    for project in projects:
        groups.setdefault(project.group, []).append(project)
    return groups
