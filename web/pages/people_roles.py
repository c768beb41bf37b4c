"""Gives or withdraws a role for many people of an edition: what would change is shown first, then done as shown."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.forms import edition_people as forms
from web.http import identity
from web.http.resources import reading, writing
from web.http.security import asks, edition_of_request
from web.http.template_context import say
from web.pages.board import edition_for
from web.pages.edition_people import list_page
from workflow.base.errors import BadInput, NotReady
from workflow.base.i18n import Sentence, _
from workflow.people import bulk_roles as actions
from workflow.people.bulk_roles import Outcome
from workflow.people.edition_people import numbers_of
from workflow.rules.role_titles import TITLES

pages = Blueprint("people_roles", __name__)
OUTCOMES: dict[Outcome, Sentence] = {
    Outcome.GIVEN: _("Get the role"),
    Outcome.WITHDRAWN: _("Lose the role"),
    Outcome.ALREADY_GIVEN: _("Have the role already: nothing changes"),
    Outcome.NOT_GIVEN: _("Do not have the role: nothing changes"),
    Outcome.CLOSED: _("Account closed: nothing changes"),
    Outcome.ANSWERS: _("Answer for something under way: name somebody else there first; nothing changes"),
}


@pages.post("/edycje/<edition_key>/osoby/role")
@asks("staff_or_admin")
def preview(edition_key: str) -> ResponseReturnValue:
    with reading() as tx:
        try:
            return page(tx, edition_key, planned(tx))
        except BadInput as refusal:
            errors = {name: say(text) for name, text in refusal.fields.items()}
            asked = forms.read_query(request.form.get("query", ""))
            return list_page(tx, edition_key, asked, errors), refusal.status


def planned(tx: Connection) -> actions.RolePlan:
    """What the form asks for; raises BadInput."""
    edition_id, act = edition_of_request() or 0, forms.read_act(request.form.get("act", ""))
    if request.form.get("everything"):
        people = numbers_of(tx, edition_id, forms.read_query(request.form.get("query", "")).wanted)
    else:
        people = forms.numbers(request.form.getlist("person"))
    return actions.plan_roles(tx, edition_id, people, act=act, role=request.form.get("role", ""))


def page(tx: Connection, edition_key: str, plan: actions.RolePlan, *, refused: str = "") -> str:
    """What would become of each, with the form that does it."""
    groups = [(say(OUTCOMES[outcome]), lines) for outcome, lines in actions.in_groups(plan).items()]
    return render_template(
        "edition_people/roles.html", own=edition_for(tx, edition_key), plan=plan, groups=groups, refused=refused,
        act=say(forms.ACTS[plan.act]), role=say(TITLES[plan.role]), query=request.form.get("query", ""),
    )  # fmt: skip


@pages.post("/edycje/<edition_key>/osoby/role/zmien")
@asks("staff_or_admin")
def change(edition_key: str) -> ResponseReturnValue:
    digest = request.form.get("digest", "")
    with reading() as tx:
        try:
            plan = planned(tx)
        except BadInput as refusal:
            errors = {name: say(text) for name, text in refusal.fields.items()}
            return list_page(tx, edition_key, forms.read_query(request.form.get("query", "")), errors), refusal.status
    try:
        with writing() as tx:
            changed = actions.change_roles(
                tx, edition_of_request() or 0, plan, digest=digest, actor=identity.actor(), at=identity.at()
            )
    except NotReady as refusal:
        with reading() as tx:
            return page(
                tx, edition_key, planned(tx), refused=" ".join(m.say(identity.language()) for m in refusal.missing)
            ), 409
    flash(say(_("Roles changed: {count}.", count=changed)), "success")
    asked = forms.read_query(request.form.get("query", ""))
    return redirect(url_for("edition_people.show", edition_key=edition_key, **asked.values), 303)  # type: ignore[arg-type]
