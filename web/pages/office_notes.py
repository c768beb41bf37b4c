"""Notes of the office about a project; for everybody else there is no such page."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.http import identity
from web.http.carry_out import carry_out
from web.http.resources import reading
from web.http.security import asks
from web.http.sent_forms import sent_key
from web.views.subject import find
from workflow.base.errors import BadInput, Refusal
from workflow.base.i18n import _, say
from workflow.models.office_note import LONGEST
from workflow.rules.facts import Ref
from workflow.submission import office_notes

pages = Blueprint("office_notes", __name__)


@pages.get("/projekty/<int:proposal_id>/notatki")
@asks("see_office_notes")
def show(proposal_id: int) -> ResponseReturnValue:
    return notes_page(proposal_id)


def notes_page(proposal_id: int, typed: str = "", error: str = "", status: int = 200) -> ResponseReturnValue:
    """The notes, and a form with what was typed."""
    with reading() as tx:
        subject = find(tx, Ref("proposal", proposal_id), None)
        notes = office_notes.notes_of(tx, proposal_id)
    page = render_template("office_notes/show.html", subject=subject, notes=notes, typed=typed, error=error,
                           reader_id=identity.reader().id, longest=LONGEST)  # fmt: skip
    return page, status


@pages.post("/projekty/<int:proposal_id>/notatki")
@asks("see_office_notes")
def write(proposal_id: int) -> ResponseReturnValue:
    text = request.form.get("text", "")

    def work(tx: Connection) -> None:
        office_notes.write_note(tx, proposal_id, text, key=sent_key(), actor=identity.actor(), at=identity.at())

    def again(refusal: Refusal) -> ResponseReturnValue:
        said = refusal.fields.get("text") if isinstance(refusal, BadInput) else None
        error = say(said, identity.language()) if said else ""
        return notes_page(proposal_id, text, error, refusal.status)

    return carry_out(work, done=_("The note is saved."), url=url_for(".show", proposal_id=proposal_id), again=again)


@pages.post("/projekty/<int:proposal_id>/notatki/<int:note_id>/wycofaj")
@asks("see_office_notes")
def withdraw(proposal_id: int, note_id: int) -> ResponseReturnValue:
    def work(tx: Connection) -> None:
        office_notes.withdraw_note(tx, proposal_id, note_id, actor=identity.actor(), at=identity.at())

    url = url_for(".show", proposal_id=proposal_id)
    return carry_out(work, done=_("The note is withdrawn."), url=url, again=lambda _refusal: notes_page(proposal_id))
