"""Paper cards: the office records somebody's idea with the day of receipt, whose it is, and a scan."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection
from werkzeug.exceptions import RequestEntityTooLarge

from web.forms import ideas as forms
from web.forms.steps import PAPER, StepForm
from web.http import identity
from web.http.kept_files import sent_file
from web.http.resources import reading, resources
from web.http.security import asks
from web.http.template_context import say
from web.http.uploads import let_files_in
from web.pages.files import ACCEPT, LARGEST_REQUEST
from web.pages.ideas import facts_of_edition, in_the_way
from web.views.open_steps import said
from workflow.base.calendar import warsaw_date
from workflow.base.errors import BadInput, NotAllowed, Refusal
from workflow.base.i18n import _
from workflow.editions.queries import texts_of
from workflow.engine.move import Moved
from workflow.files import storage
from workflow.ideas.actions import record_card
from workflow.people.choices import people_of_edition
from workflow.rules.file_limits import LARGEST_FILE, BadFile, amount
from workflow.rules.lateness import counted_at

pages = Blueprint("idea_cards", __name__)
RECORD = "idea_cards.record"


let_files_in(pages, RECORD, lambda: LARGEST_REQUEST)


@pages.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Refused unread, so that what was typed is on the reader's device alone, where the page keeps it."""
    return card_page(StepForm.of(forms.card_asks(), version=None), too_large_scan(), status=413)


@pages.get("/edycje/<edition_key>/karta-pomyslu")
@asks("staff")
def new(edition_key: str) -> ResponseReturnValue:  # noqa: ARG001 - read from the address by `edition_of_request`
    today = warsaw_date(identity.at()).isoformat()
    return card_page(StepForm.of(forms.card_asks(), version=None, values={"paper_on": today}))


@pages.post("/edycje/<edition_key>/karta-pomyslu")
@asks("staff")
def record(edition_key: str) -> ResponseReturnValue:
    form = forms.sent(forms.card_asks())
    try:
        moved = take_in(form)
    except NotAllowed:
        raise
    except Refusal as refusal:
        return card_page(form, refusal)
    flash(say(_("Idea recorded: {title}.", title=form.values.get("title") or "")), "success")
    again = url_for(".new", edition_key=edition_key)
    return redirect(again if request.form.get("another") else url_for("ideas.recorded", proposal_id=moved.ref.id), 303)


def take_in(form: StepForm) -> Moved:
    """Look at the scan, then record card and scan as one; where the card is refused, the scan is kept for it."""
    scan = sent_file("scan")
    check_whose(form)
    return resources().database.in_transaction(lambda tx: save(tx, form, scan))


def check_whose(form: StepForm) -> None:
    """A card has a day and an author, be it the group; raises BadInput naming the fields."""
    values = form.values
    wrong = {}
    if not values.get("paper_on"):
        wrong["paper_on"] = _("Give the day on which the card reached the office.")
    if not any(values.get(name) for name in ("person", "name", "author_as_group")):
        wrong["person"] = _("Say whose card it is: a participant, a name, or the group.")
    if values.get("person") and values.get("name"):
        wrong["name"] = _("Choose a participant or write a name, not both.")
    if wrong:
        raise BadInput(wrong)


def save(tx: Connection, form: StepForm, scan: storage.IncomingFile | None) -> Moved:
    """Card and scan in the caller's transaction."""
    facts, arguments = facts_of_edition(tx), form.first_arguments()
    return record_card(
        tx, resources().settings.uploads, scan, edition_id=facts.ref.id, clause_version=facts.edition["clause_version"],
        actor=identity.actor(), at=identity.at(), **arguments,
    )  # fmt: skip


def too_large_scan() -> BadFile:
    return BadFile(_("The file is too large: at most {most} fit.", most=amount(LARGEST_FILE)))


def card_page(form: StepForm, refusal: Refusal | None = None, *, status: int | None = None) -> ResponseReturnValue:
    """The form of a card, fresh or with what was typed and chosen before."""
    with reading() as tx:
        facts = facts_of_edition(tx)
        form.choices["person"] = people_of_edition(tx, facts.ref.id, facts=facts)
        clause = texts_of(tx, facts.ref.id).clause
    forms.offer_lists(form, facts)
    if isinstance(refusal, BadFile):
        form.errors["scan"] = " ".join(line["message"] for line in said(refusal.missing)) or say(refusal.sentence)
    elif refusal:
        form.take_refusal(refusal)
    page = render_template(
        "ideas/card.html", form=form, own=facts.edition, clause=clause, paper=PAPER, accept=ACCEPT, more=forms.MORE,
        missing=in_the_way(facts), largest=LARGEST_FILE, amount=amount,
        late_at=counted_at(facts.edition, identity.at()),
    )  # fmt: skip
    return page, status or (refusal.status if refusal else 200)
