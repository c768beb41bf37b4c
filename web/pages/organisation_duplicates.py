"""Organisations of an edition that may be one: side by side, what merging them moves, and merging."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from web.http import identity
from web.http.resources import reading, writing
from web.http.security import asks, edition_of_request
from web.http.template_context import say
from web.pages.board import edition_for
from web.pages.duplicates import own_editions
from workflow.base.errors import NotReady
from workflow.base.i18n import _
from workflow.people import organisation_merging as actions
from workflow.rules.people import KINDS

pages = Blueprint("organisation_duplicates", __name__)


@pages.get("/edycje/<edition_key>/organizacje/duplikaty")
@asks("staff_or_admin")
def list_all(edition_key: str) -> ResponseReturnValue:
    with reading() as tx:
        edition = edition_for(tx, edition_key)
        return render_template(
            "duplicates/organisations.html", own=edition, pairs=actions.duplicate_organisations(tx, edition["id"]),
            merged=actions.merged_organisations(tx, edition["id"]),
        )  # fmt: skip


@pages.get("/edycje/<edition_key>/organizacje/polacz/<int:organisation_id>/<int:other_id>")
@asks("staff_or_admin")
def ask(edition_key: str, organisation_id: int, other_id: int) -> ResponseReturnValue:
    return merge_page(edition_key, organisation_id, other_id)


def merge_page(edition_key: str, kept: int, merged: int, refused: list[str] | None = None) -> str:
    """Both organisations side by side, with what would be moved from the second to the first."""
    with reading() as tx:
        edition = edition_for(tx, edition_key)
        plan = actions.plan_organisations(tx, kept, merged, edition_id=edition["id"], own_editions=own_editions())
    kinds = {kind: say(label) for kind, label in KINDS.items()}
    return render_template("duplicates/merge_organisations.html", own=edition, plan=plan, refused=refused or [],
                           kinds=kinds)  # fmt: skip


@pages.post("/edycje/<edition_key>/organizacje/polacz/<int:organisation_id>/<int:other_id>")
@asks("staff_or_admin")
def merge(edition_key: str, organisation_id: int, other_id: int) -> ResponseReturnValue:
    try:
        with writing() as tx:
            actions.merge_organisations(
                tx, organisation_id, other_id, edition_id=edition_of_request() or 0, own_editions=own_editions(),
                actor=identity.actor(), at=identity.at(),
            )  # fmt: skip
    except NotReady as refusal:
        refused = [missing.say(identity.language()) for missing in refusal.missing]
        return merge_page(edition_key, organisation_id, other_id, refused), 422
    flash(say(_("Both organisations are one now.")), "success")
    return redirect(url_for(".list_all", edition_key=edition_key), 303)
