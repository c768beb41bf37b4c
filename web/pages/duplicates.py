"""People of an edition who may be one person: side by side, what merging them moves, and merging."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from web.http import identity
from web.http.resources import reading, writing
from web.http.security import asks, edition_of_request
from web.http.template_context import say
from web.pages.board import edition_for
from workflow.base.errors import NotReady
from workflow.base.i18n import _
from workflow.people import merging as actions
from workflow.people.duplicates import MOST, duplicates_of
from workflow.rules.roles import Role

pages = Blueprint("duplicates", __name__)


@pages.get("/edycje/<edition_key>/osoby/duplikaty")
@asks("staff_or_admin")
def list_all(edition_key: str) -> ResponseReturnValue:
    with reading() as tx:
        edition = edition_for(tx, edition_key)
        return render_template("duplicates/list.html", own=edition, pairs=duplicates_of(tx, edition["id"]), most=MOST)


def own_editions() -> frozenset[int] | None:
    """The editions in whose office the reader is; None for an administrator, who is in all."""
    reader = identity.reader()
    if reader.is_admin:
        return None
    return frozenset(number for number, roles in reader.grants.items() if Role.STAFF in roles)


@pages.get("/edycje/<edition_key>/osoby/polacz/<int:person_id>/<int:other_id>")
@asks("staff_or_admin")
def ask(edition_key: str, person_id: int, other_id: int) -> ResponseReturnValue:
    return merge_page(edition_key, person_id, other_id)


def merge_page(edition_key: str, kept: int, merged: int, refused: list[str] | None = None) -> str:
    """Both entries side by side, with what would be moved from the second to the first."""
    with reading() as tx:
        edition = edition_for(tx, edition_key)
        plan = actions.plan_merge(tx, kept, merged, edition_id=edition["id"], own_editions=own_editions())
    return render_template("duplicates/merge.html", own=edition, plan=plan, refused=refused or [])


@pages.post("/edycje/<edition_key>/osoby/polacz/<int:person_id>/<int:other_id>")
@asks("staff_or_admin")
def merge(edition_key: str, person_id: int, other_id: int) -> ResponseReturnValue:
    try:
        with writing() as tx:
            actions.merge(
                tx, person_id, other_id, edition_id=edition_of_request() or 0, own_editions=own_editions(),
                both_said=bool(request.form.get("both")), actor=identity.actor(), at=identity.at(),
            )  # fmt: skip
    except NotReady as refusal:
        refused = [missing.say(identity.language()) for missing in refusal.missing]
        return merge_page(edition_key, person_id, other_id, refused), 422
    flash(say(_("Both entries are one person now.")), "success")
    return redirect(url_for("edition_people.person", edition_key=edition_key, person_id=person_id), 303)
