"""People and their roles, for administrators."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from web.forms import Form, people
from web.http import identity
from web.http.resources import reading, resources, writing
from web.http.security import asks
from web.http.template_context import address, say
from web.views.unanswered import answered
from workflow.base.errors import BadInput, NotFound
from workflow.base.i18n import _
from workflow.notifications.bounces import faults_of
from workflow.people import queries
from workflow.people import roles as actions
from workflow.people.unanswered import answers_for
from workflow.rules.role_titles import TITLES
from workflow.rules.roles import ROLES

pages = Blueprint("people", __name__)


@pages.get("/osoby")
@asks("admin")
def list_people() -> ResponseReturnValue:
    names = ("q", "edycja", "rola")
    values = {name: given for name in names if (given := request.args.get(name, "")[:100])}
    search, edition, role = (values.get(name, "") for name in names)
    cursor = request.args.get("cursor", "")[:600]
    with reading() as tx:
        page = queries.list_people(tx, search=search, edition=edition, role=role, cursor=cursor)
        editions = queries.edition_names(tx)
        faults = faults_of(tx, [line.email for line in page.people])
    next_url = address("people.list_people", **values, cursor=page.next_cursor) if page.next_cursor else None
    return render_template(
        "people/list.html",
        people=page.people,
        values=values,
        own_editions=editions,
        next_url=next_url,
        roles=role_names(),
        faults=faults,
    )


def role_names() -> dict[str, str]:
    """The roles that can be given, in the reader's words."""
    return {role: say(TITLES[role]) for role in ROLES}


@pages.get("/osoby/nowa")
@asks("admin")
def new_person() -> ResponseReturnValue:
    return render_template("people/new.html", form=Form(people.PERSON, {"invite": "1"}))


@pages.post("/osoby/nowa")
@asks("admin")
def add_person() -> ResponseReturnValue:
    form = Form.sent(people.PERSON)
    try:
        given = form.read()
        invited = given.pop("invite", False)
        with writing() as tx:
            person_id = actions.add_person(tx, actions.NewPerson(**given), at=identity.at())
            if invited:
                actions.invite(tx, resources().settings, person_id, at=identity.at())
    except BadInput as refusal:
        form.refuse(refusal)
        return render_template("people/new.html", form=form), refusal.status
    flash(say(_("{name} is on the list now.", name=given["name"])), "success")
    return redirect(url_for(".person", person_id=person_id), 303)


@pages.get("/osoby/<int:person_id>")
@asks("admin")
def person(person_id: int) -> ResponseReturnValue:
    return person_page(person_id, Form(people.GRANT))


def person_page(person_id: int, form: Form) -> str:
    """One person with all roles, and the form for another one."""
    with reading() as tx:
        person = queries.find_person(tx, person_id)
        if person is None:
            raise NotFound
        grants, editions = queries.grants_of(tx, person_id), queries.edition_choices(tx)
        fault = next(iter(faults_of(tx, [person.email]).values()), None)
        answers = answers_for(tx, person_id, at=identity.at())
    sectors = sorted({sector for edition in editions for sector in edition.sectors})
    return render_template(
        "people/person.html", person=person, grants=grants, editions=editions, sectors=sectors, form=form,
        roles=role_names(), fault=fault, answers=answered(answers, identity.reader()),
    )  # fmt: skip


@pages.post("/osoby/<int:person_id>/role")
@asks("admin")
def grant_role(person_id: int) -> ResponseReturnValue:
    form = Form.sent(people.GRANT)
    try:
        given = people.read_grant(form)
        with writing() as tx:
            actions.grant_role(
                tx, person_id, edition_id=given["edition"], role=given["role"], sector=given.get("sector", ""),
                actor=identity.actor(), at=identity.at(),
            )  # fmt: skip
    except BadInput as refusal:
        form.refuse(refusal)
        return person_page(person_id, form), refusal.status
    flash(say(_("The role is given. It counts from now on.")), "success")
    return redirect(url_for(".person", person_id=person_id), 303)


@pages.post("/osoby/<int:person_id>/role/<int:grant_id>/withdraw")
@asks("admin")
def withdraw_role(person_id: int, grant_id: int) -> ResponseReturnValue:
    with writing() as tx:
        actions.withdraw_role(tx, person_id, grant_id, actor=identity.actor(), at=identity.at())
    flash(say(_("The role is withdrawn. It counts no more from now on.")), "success")
    return redirect(url_for(".person", person_id=person_id), 303)


@pages.post("/osoby/<int:person_id>/invite")
@asks("admin")
def invite(person_id: int) -> ResponseReturnValue:
    with writing() as tx:
        sent = actions.invite(tx, resources().settings, person_id, at=identity.at())
    if sent:
        flash(say(_("A letter with a sign-in link is on its way.")), "success")
    else:
        flash(say(_("Several links that were not used yet are waiting in that mailbox already.")), "warning")
    return redirect(url_for(".person", person_id=person_id), 303)


@pages.post("/osoby/<int:person_id>/deactivate")
@asks("admin")
def deactivate(person_id: int) -> ResponseReturnValue:
    with writing() as tx:
        actions.deactivate(tx, person_id, actor=identity.actor(), at=identity.at())
    flash(say(_("The account is closed: sessions, links and keys ended at once.")), "success")
    return redirect(url_for(".person", person_id=person_id), 303)


@pages.post("/osoby/<int:person_id>/reactivate")
@asks("admin")
def reactivate(person_id: int) -> ResponseReturnValue:
    with writing() as tx:
        actions.reactivate(tx, person_id)
    flash(say(_("The account is open again.")), "success")
    return redirect(url_for(".person", person_id=person_id), 303)


@pages.post("/osoby/<int:person_id>/second-factor/off")
@asks("admin")
def drop_second_factor(person_id: int) -> ResponseReturnValue:
    with writing() as tx:
        actions.drop_second_factor(tx, person_id, at=identity.at())
    flash(say(_("Signing in asks this person for no code any more. All sessions were ended.")), "success")
    return redirect(url_for(".person", person_id=person_id), 303)
