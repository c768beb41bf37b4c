"""Cards of a secret vote on paper: handed out and dropped into the box, typed by two people, with their scan."""

from pathlib import Path

from flask import Blueprint, Response, request, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, select

from web.http import identity
from web.http.kept_files import needed_file
from web.http.resources import reading, resources
from web.http.security import asks
from web.http.uploads import let_files_in
from web.pages.files import LARGEST_REQUEST, SANDBOXED
from web.pages.meetings import at_meeting, meeting_of, meeting_page
from web.views.meeting import CHOICES, conducts
from web.views.subject import find
from workflow.base.errors import BadInput, NotAllowed, NotFound, Refusal
from workflow.base.i18n import _
from workflow.files import storage
from workflow.models import PaperBatch
from workflow.rules.cards import CardMove
from workflow.rules.facts import Facts, Ref
from workflow.rules.permissions import may_see
from workflow.selection import cards
from workflow.selection.printed_cards import ballot_cards, card_of_poll

pages = Blueprint("paper_cards", __name__)
SCAN = "paper_cards.scan"
DONE = {
    CardMove.ISSUE: _("The card was handed out. It bars the screen until it is given back."),
    CardMove.GIVE_BACK: _("The card was given back."),
    CardMove.DROP: _("The card is in the box, and the name is ticked."),
}


let_files_in(pages, SCAN, lambda: LARGEST_REQUEST)


@pages.post("/glosowania/<int:poll_id>/miejsce/<int:seat_id>/karta")
@asks("see_own_meetings")
def move(poll_id: int, seat_id: int) -> ResponseReturnValue:
    try:
        wanted = CardMove(request.form.get("move", ""))
    except ValueError:
        raise NotFound from None

    def work(tx: Connection) -> None:
        if not conducts(poll_of(tx, poll_id)):
            raise NotAllowed(sentence=_("Only the chair or the minute-taker hands out cards."))
        cards.move_card(tx, poll_id, seat_id, wanted, at=identity.at())

    return at_meeting(meeting_of(poll_id), work, DONE[wanted])


@pages.get("/glosowania/<int:poll_id>/karty.pdf")
@asks("see_own_meetings")
def printed(poll_id: int) -> ResponseReturnValue:
    with reading() as tx:
        if not conducts(poll_of(tx, poll_id)):
            raise NotAllowed(sentence=_("Only the chair or the minute-taker hands out cards."))
        card = card_of_poll(tx, poll_id)
    answer = Response(ballot_cards(card, list(CHOICES.values()), at=identity.at()), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="karty-{poll_id}.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.post("/glosowania/<int:poll_id>/karty")
@asks("see_own_meetings")
def type_cards(poll_id: int) -> ResponseReturnValue:
    def work(tx: Connection) -> None:
        typist(tx, poll_id)
        cards.type_cards(tx, poll_id, typed_lines(), in_box=typed_number("in_box"), spoiled=typed_number("spoiled"),
                         actor=identity.actor(), at=identity.at())  # fmt: skip

    return at_meeting(meeting_of(poll_id), work, _("What you typed was received."))


@pages.post("/glosowania/<int:poll_id>/karty/skan")
@asks("see_own_meetings")
def scan(poll_id: int) -> ResponseReturnValue:
    uploads, meeting_id = resources().settings.uploads, meeting_of(poll_id)
    with reading() as tx:
        typist(tx, poll_id)
    try:
        received = needed_file()
    except Refusal as refusal:
        return meeting_page(meeting_id, refusal)

    def work(tx: Connection) -> None:
        cards.attach_scan(tx, uploads, poll_id, received, actor=identity.actor())

    return at_meeting(meeting_id, work, _("The scan is attached."))


@pages.post("/glosowania/<int:poll_id>/karty/uniewaznij")
@asks("see_own_meetings")
def void(poll_id: int) -> ResponseReturnValue:
    def work(tx: Connection) -> None:
        if not conducts(poll_of(tx, poll_id)):
            raise NotAllowed(sentence=_("Only the chair or the minute-taker has cards typed again."))
        cards.void_cards(tx, poll_id, request.form.get("reason", "")[:2000], actor=identity.actor(), at=identity.at())

    return at_meeting(meeting_of(poll_id), work, _("What was typed is void. The cards are typed again."))


@pages.get("/glosowania/<int:poll_id>/karty/<int:number>/skan")
@asks("see_own_meetings")
def fetch(poll_id: int, number: int) -> ResponseReturnValue:
    b = PaperBatch
    with reading() as tx:
        poll_of(tx, poll_id)
        query = select(b.scan_name, b.scan_type, b.scan_key).where(b.poll_id == poll_id, b.number == number)
        row = tx.execute(query).one_or_none()
    path = storage.path_of(resources().settings.uploads, row.scan_key) if row and row.scan_key else None
    if row is None or path is None or not path.is_file():
        raise NotFound
    return as_attachment(path, row.scan_name, row.scan_type)


def as_attachment(path: Path, name: str, media_type: str) -> Response:
    """The bytes of a scan, to be saved and not to be shown or run."""
    response = send_file(path, mimetype=media_type, as_attachment=True, download_name=name, max_age=0)
    response.headers["Content-Security-Policy"] = SANDBOXED
    response.headers["Cache-Control"] = "no-store"
    return response


def poll_of(tx: Connection, poll_id: int) -> Facts:
    """The vote for whoever may see meetings; else NotFound."""
    return find(tx, Ref("poll", poll_id)).facts


def typist(tx: Connection, poll_id: int) -> None:
    """Refuse whoever neither works for the body nor sits in it."""
    if not may_see(poll_of(tx, poll_id)):
        raise NotFound


def typed_lines() -> dict[int, str]:
    """Card -> choice as they were typed; lines without a choice are left out. BadInput for a card named twice."""
    lines: dict[int, str] = {}
    for card, choice in zip(request.form.getlist("card"), request.form.getlist("card_choice"), strict=False):
        if not choice:
            continue
        number = whole(card)
        if number in lines:
            raise BadInput({"cards": _("Card {number} is typed twice.", number=number)})
        lines[number] = choice
    return lines


def typed_number(name: str) -> int:
    """A whole number of a field of the form."""
    return whole(request.form.get(name, ""))


def whole(typed: str) -> int:
    """A number as it was typed; BadInput for anything else."""
    text = typed.strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 7):
        raise BadInput({"cards": _("Type whole numbers: of each card, of valid and of spoiled cards.")})
    return int(text)
