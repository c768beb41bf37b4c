"""The contact data and the mark of the office that runs this installation."""

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.forms import Form
from web.http import identity
from web.http.carry_out import carry_out
from web.http.kept_files import sent_file
from web.http.resources import reading, resources
from web.http.security import asks
from web.http.template_context import say
from web.http.uploads import let_files_in
from workflow.base.errors import BadInput, Refusal
from workflow.base.i18n import _
from workflow.editions.office_contact import (
    ASKS,
    LARGEST_LOGO,
    Contact,
    logo_from,
    read_contact,
    read_logo,
    save_contact,
)
from workflow.files import storage
from workflow.rules.file_limits import BadFile

pages = Blueprint("office_contact", __name__)
# What stands there where nobody has given a mark.
NOTHING = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
MINUTES = 10

let_files_in(pages, "office_contact.save", lambda: LARGEST_LOGO * 2)


@pages.app_template_global()
def office_contact() -> Contact:
    """Where the office is found, for pages on which people are sent to it; one statement."""
    with reading() as tx:
        return read_contact(tx)


@pages.get("/biuro/dane")
@asks("staff_or_admin")
def show() -> ResponseReturnValue:
    return contact_page()


@pages.post("/biuro/dane")
@asks("staff_or_admin")
def save() -> ResponseReturnValue:
    form, uploads = Form.sent(ASKS), resources().settings.uploads

    def again(refusal: Refusal) -> ResponseReturnValue:
        if isinstance(refusal, BadInput):
            form.refuse(refusal)
        return contact_page(form, refusal.status)

    try:
        # Kept for the session where the rest of the form is refused; what was used is swept up.
        incoming = sent_file()
    except BadFile as refusal:
        return again(refusal)

    def work(tx: Connection) -> None:
        logo = logo_from(storage.incoming_bytes(uploads, incoming)) if incoming else None
        save_contact(tx, form.read(), logo=logo, keep_logo=not request.form.get("without_logo"),
                     actor=identity.actor(), at=identity.at())  # fmt: skip

    return carry_out(work, done=_("The contact of the office is saved."), url=url_for(".show"), again=again)


def contact_page(form: Form | None = None, status: int = 200) -> ResponseReturnValue:
    """The contact as it is kept or as it was typed, and what is missing of it."""
    with reading() as tx:
        contact = read_contact(tx)
    form = form or Form(ASKS, {spec.name: getattr(contact, spec.name) for spec in ASKS})
    page = render_template(
        "office_contact/show.html", form=form, contact=contact, missing=[say(label) for label in contact.missing]
    )
    return page, status


@pages.get("/logo")
@asks("anyone")
def logo() -> ResponseReturnValue:
    """The mark of the office; an empty picture where there is none."""
    with reading() as tx:
        picture = read_logo(tx)
    answer = Response(picture or NOTHING, mimetype="image/png" if picture else "image/svg+xml")
    answer.headers["Cache-Control"] = f"public, max-age={MINUTES * 60}"
    return answer
