"""Everybody in an edition, for its office: the list with search, filters and files, and one person."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.forms import Form
from web.forms import edition_people as forms
from web.http import identity
from web.http.resources import reading, resources, writing
from web.http.security import asks, edition_of_request
from web.http.template_context import address, say
from web.pages.board import edition_for
from web.views import exports
from web.views.people_columns import COLUMNS
from workflow.base.calendar import warsaw_date
from workflow.base.errors import BadInput, NotFound
from workflow.base.i18n import _
from workflow.notifications.bounces import faults_of
from workflow.people import changes, edition_person, edits, organisations
from workflow.people import edition_people as queries
from workflow.rules.people import KINDS
from workflow.rules.role_titles import TITLES

pages = Blueprint("edition_people", __name__)


@pages.get("/edycje/<edition_key>/osoby")
@asks("staff_or_admin")
def show(edition_key: str) -> ResponseReturnValue:
    with reading() as tx:
        return list_page(tx, edition_key, forms.read(request.args))


def list_page(
    tx: Connection, edition_key: str, asked: forms.Asked, errors: dict[str, str] | None = None
) -> str:  # fmt: skip
    """The list as it was asked for; with what is wrong with the form under it."""
    edition = edition_for(tx, edition_key)
    page = queries.list_people(tx, edition["id"], asked.wanted, cursor=asked.cursor)
    fields = forms.fields(
        list(edition["sectors"]), queries.communes_of(tx, edition["id"]), queries.conferences_of(tx, edition["id"])
    )
    count = queries.count_people(tx, edition["id"], asked.wanted)
    faults = faults_of(tx, [person.email for person in page.people])
    return render_template(
        "edition_people/list.html", own=edition, people=page.people, asked=asked, fields=fields, count=count,
        faults=faults, next_url=_url(edition_key, asked, cursor=page.next_cursor) if page.next_cursor else None,
        first_url=_url(edition_key, asked) if asked.cursor else None, roles=role_names(), errors=errors or {},
        given=forms.roles_given(), acts=[(act, say(label)) for act, label in forms.ACTS.items()],
        ticked=forms.numbers(request.form.getlist("person")),
    )  # fmt: skip


def _url(edition_key: str, asked: forms.Asked, **more: str) -> str:
    return address("edition_people.show", edition_key=edition_key, **{**asked.values, **more})


def role_names() -> dict[str, str]:
    """Every role in the reader's words."""
    return {role: say(title) for role, title in TITLES.items()}


@pages.get("/edycje/<edition_key>/osoby.<any(csv, xlsx):ending>")
@asks("staff_or_admin")
def file(edition_key: str, ending: str) -> ResponseReturnValue:
    """Everybody found, read as of one moment and written to a file that no cache stores."""
    with resources().database.snapshot() as tx:
        edition = edition_for(tx, edition_key)
        people = queries.every_person(tx, edition["id"], forms.read(request.args).wanted)
        written = exports.write(ending, people, COLUMNS, title=_("People"))
    return exports.attachment(ending, written, f"{edition_key}-osoby-{warsaw_date(identity.at())}")


@pages.get("/edycje/<edition_key>/osoby/<int:person_id>")
@asks("staff_or_admin")
def person(edition_key: str, person_id: int) -> ResponseReturnValue:
    return person_page(edition_key, person_id)


def person_page(edition_key: str, person_id: int, *, details: Form | None = None, joining: Form | None = None) -> str:
    """One person with everything of this edition, and what was changed by whom."""
    with reading() as tx:
        edition = edition_for(tx, edition_key)
        known = edition_person.find_person(tx, person_id, edition["id"])
        if known is None:
            raise NotFound
        grants = edition_person.roles_of(tx, person_id, edition["id"])
        now: dict[str, Any] = {"name": known.name, "email": known.email, "postal_address": known.postal_address}
        return render_template(
            "edition_people/person.html", own=edition, person=known,
            grants=grants,
            organisations=organisations.affiliations_of(tx, person_id),
            attended=edition_person.conferences_attended(tx, person_id, edition["id"]),
            projects=edition_person.projects_of(tx, person_id, edition["id"]),
            letters=edition_person.count_letters(tx, person_id),
            history=changes.history_of_person(tx, person_id, grants),
            fault=next(iter(faults_of(tx, [known.email]).values()), None), roles=role_names(),
            kinds={kind: say(label) for kind, label in KINDS.items()},
            details=details or Form(forms.DETAILS, now),
            joining=joining or Form(forms.JOINING, {"from_on": warsaw_date(identity.at()).isoformat()}),
        )  # fmt: skip


@pages.post("/edycje/<edition_key>/osoby/<int:person_id>")
@asks("staff_or_admin")
def edit(edition_key: str, person_id: int) -> ResponseReturnValue:
    form = Form.sent(forms.DETAILS)
    try:
        given = {name: value or "" for name, value in form.read().items()}
        given = {spec.name: given.get(spec.name, "") for spec in forms.DETAILS}
        with writing() as tx:
            edits.edit_person(
                tx, person_id, given, edition_id=edition_of_request() or 0, actor=identity.actor(), at=identity.at()
            )
    except BadInput as refusal:
        form.refuse(refusal)
        return person_page(edition_key, person_id, details=form), refusal.status
    flash(say(_("The details of the person are saved.")), "success")
    return redirect(url_for(".person", edition_key=edition_key, person_id=person_id), 303)


@pages.post("/edycje/<edition_key>/osoby/<int:person_id>/organizacja")
@asks("staff_or_admin")
def join(edition_key: str, person_id: int) -> ResponseReturnValue:
    form = Form.sent(forms.JOINING)
    try:
        given = form.read()
        with writing() as tx:
            edition_id = _edition_with(tx, person_id)
            organisations.join_organisation(
                tx, person_id, given["organisation"], position=given.get("position") or "", from_on=given["from_on"],
                edition_id=edition_id, actor=identity.actor(), at=identity.at(),
            )  # fmt: skip
    except BadInput as refusal:
        form.refuse(refusal)
        return person_page(edition_key, person_id, joining=form), refusal.status
    flash(say(_("The organisation is added.")), "success")
    return redirect(url_for(".person", edition_key=edition_key, person_id=person_id), 303)


@pages.post("/edycje/<edition_key>/osoby/<int:person_id>/organizacja/<int:number>/zakoncz")
@asks("staff_or_admin")
def leave(edition_key: str, person_id: int, number: int) -> ResponseReturnValue:
    with writing() as tx:
        edition_id = _edition_with(tx, person_id)
        organisations.leave_organisation(
            tx, person_id, number, warsaw_date(identity.at()), edition_id=edition_id, actor=identity.actor(),
            at=identity.at(),
        )  # fmt: skip
    flash(say(_("The time in this organisation ends today.")), "success")
    return redirect(url_for(".person", edition_key=edition_key, person_id=person_id), 303)


def _edition_with(tx: Connection, person_id: int) -> int:
    """The edition of the address; NotFound where the person is not in it."""
    edition_id = edition_of_request() or 0
    if edition_person.find_person(tx, person_id, edition_id) is None:
        raise NotFound
    return edition_id
