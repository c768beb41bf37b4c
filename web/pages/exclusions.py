"""Projects of which only one can be selected: the office names them with a reason before anything is voted on."""

import re
from collections.abc import Callable, Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.http import identity
from web.http.carry_out import carry_out
from web.http.resources import reading
from web.http.security import asks, edition_of_request
from web.http.template_context import say
from web.pages.ideas import facts_of_edition
from web.views.open_steps import refused_lines
from workflow.base.errors import BadInput, Refusal
from workflow.base.i18n import Sentence, _
from workflow.engine.exclusions_reader import ended_groups, exclusive_projects
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

    return at_exclusions(edition_key, work, _("Only one of these projects can be selected now."))


@pages.get("/edycje/<edition_key>/wykluczenia/<int:number>/zakoncz")
@asks("staff")
def end_address(edition_key: str, number: int) -> ResponseReturnValue:
    """The address that a refusal leaves in the browser: to the group on the page."""
    return redirect(url_for(".show", edition_key=edition_key, _anchor=f"group-{number}"), 303)


@pages.post("/edycje/<edition_key>/wykluczenia/<int:number>/zakoncz")
@asks("staff")
def end(edition_key: str, number: int) -> ResponseReturnValue:
    def work(tx: Connection) -> None:
        reason = request.form.get(f"end-{number}", "")
        admit_together(tx, edition_of_request() or 0, number, reason, actor=identity.actor(), at=identity.at())

    return at_exclusions(edition_key, work, _("These projects can be selected together again."))


def typed_numbers() -> list[int]:
    """The numbers of projects as they were typed, with commas or blanks between them.

    BadInput names what is no number of a project.
    """
    given = re.split(r"[\s,;]+", request.form.get("projects", "").strip())
    wrong = [text for text in given if not (text.isascii() and text.isdecimal() and len(text) < 8)]
    if wrong == [""]:
        raise BadInput({"projects": _("Type the numbers of the projects, with commas between them.")})
    if wrong:
        listed = ", ".join(text[:40] for text in wrong[:10])
        raise BadInput({"projects": _("These are no numbers of projects: {texts}.", texts=listed)})
    return [int(number) for number in given]


def at_exclusions(edition_key: str, work: Callable[[Connection], None], done: Sentence) -> ResponseReturnValue:
    """All of it in one transaction; a refusal shows the page again with what was typed."""
    return carry_out(work, done=done, url=url_for(".show", edition_key=edition_key), again=exclusions_page)


def exclusions_page(refusal: Refusal | None = None) -> ResponseReturnValue:
    """The groups of an edition, those that were taken back, and the form of a new one."""
    errors = {name: say(sentence) for name, sentence in refusal.fields.items()} if isinstance(refusal, BadInput) else {}
    with reading() as tx:
        facts = facts_of_edition(tx)
        groups = by_group(exclusive_projects(tx, facts.ref.id))
        ended = ended_groups(tx, facts.ref.id)
    page = render_template(
        "selection/exclusions.html", own=facts.own, groups=groups, ended=ended, errors=errors, typed=request.form,
        refused=[] if errors else refused_lines(refusal),
    )  # fmt: skip
    return page, refusal.status if refusal else 200


def by_group(projects: Sequence[Exclusive]) -> dict[int, list[Exclusive]]:
    """The projects by the number of their group."""
    groups: dict[int, list[Exclusive]] = {}
    for project in projects:
        groups.setdefault(project.group, []).append(project)
    return groups
