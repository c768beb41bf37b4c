"""Letters on paper: what the office has to print and to hand over, and where people without e-mail live."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from web.http import identity
from web.http.resources import reading, writing
from web.http.security import asks, edition_of_request
from web.http.template_context import say
from web.pages.ideas import facts_of_edition
from workflow.base.errors import BadInput, NotFound
from workflow.base.i18n import _
from workflow.documents.letters import text_of_letter
from workflow.documents.pdf import pdf_of
from workflow.editions.office_contact import read_logo
from workflow.notifications import paper_letters as letters
from workflow.notifications.deliveries import DeliveryState

pages = Blueprint("paper_letters", __name__)
LONGEST_ADDRESS = 300


@pages.get("/edycje/<edition_key>/na-papierze")
@asks("staff")
def show(edition_key: str) -> ResponseReturnValue:  # noqa: ARG001 - the edition of the request
    return letters_page()


@pages.get("/edycje/<edition_key>/na-papierze/<int:letter_id>.pdf")
@asks("staff")
def pdf(edition_key: str, letter_id: int) -> ResponseReturnValue:  # noqa: ARG001
    with reading() as tx:
        found, mark = letters.paper_letters(tx, edition_of_request() or 0, only=letter_id), read_logo(tx)
    if not found:
        raise NotFound
    answer = Response(pdf_of(text_of_letter(found[0]), mark=mark), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="powiadomienie-{letter_id}.pdf"'
    return answer


@pages.post("/edycje/<edition_key>/na-papierze")
@asks("staff")
def move_on(edition_key: str) -> ResponseReturnValue:
    chosen = [int(text) for text in request.form.getlist("letter") if text.isdecimal() and len(text) < 18]
    seen = request.form.get("seen", "")
    if seen not in letters.NEXT:
        raise BadInput({"seen": _("Choose one of the answers on the list.")})
    if not chosen:
        flash(say(_("Choose the letters first. Nothing was changed.")), "error")
        return redirect(url_for(".show", edition_key=edition_key), 303)
    with writing() as tx:
        count = letters.move_on(tx, edition_of_request() or 0, chosen, seen=DeliveryState(seen), at=identity.at())
    flash(say(_("Letters on paper noted: {count}.", count=count)), "success")
    return redirect(url_for(".show", edition_key=edition_key), 303)


@pages.post("/edycje/<edition_key>/na-papierze/adres/<int:person_id>")
@asks("staff")
def keep_address(edition_key: str, person_id: int) -> ResponseReturnValue:
    address = "\n".join(line.strip() for line in request.form.get("address", "").splitlines() if line.strip())
    if len(address) > LONGEST_ADDRESS:
        sentence = _("Write at most {most} characters.", most=LONGEST_ADDRESS)
        return letters_page({person_id: address}, say(sentence), person_id), BadInput.status
    with writing() as tx:
        if not letters.set_postal_address(tx, edition_of_request() or 0, person_id, address):
            raise NotFound
    flash(say(_("The address is saved.")), "success")
    return redirect(url_for(".show", edition_key=edition_key), 303)


def letters_page(typed: dict[int, str] | None = None, error: str = "", wrong: int = 0) -> str:
    """Both lists; `typed` is an address that was refused."""
    with reading() as tx:
        own = facts_of_edition(tx).edition
        found = letters.paper_letters(tx, edition_of_request() or 0)
    lists = [(state, [letter for letter in found if letter.state == state]) for state in letters.NEXT]
    return render_template("paper_letters/show.html", own=own, lists=lists, typed=typed or {}, error=error, wrong=wrong)
