"""Ballots of a secret vote: cast with the form on the page of the meeting, exchanged by number and key, looked up.

Number and key travel in the bodies of requests alone, never in an address that a log would keep. What answers is
shown once and stored nowhere, neither here nor in the browser.
"""

from collections.abc import Callable

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.forms.votes import seat_by_proxy
from web.http import identity
from web.http.resources import reading, voting, writing
from web.http.security import asks
from web.pages.meetings import meeting_of, meeting_page
from web.pages.result_files import result_page
from web.views.meeting import CHOICES
from web.views.subject import find
from workflow.base.errors import NotFound, Refusal
from workflow.rules.facts import Ref
from workflow.selection import ballots, secret_ballots
from workflow.selection.secret_ballots import Received
from workflow.voting.sealing import Receipt, as_written

pages = Blueprint("secret_votes", __name__)


@pages.post("/glosowania/<int:poll_id>/glos-tajny")
@asks("see_own_meetings")
def cast(poll_id: int) -> ResponseReturnValue:
    def work(tx: Connection) -> Received:
        choice, actor, at = request.form.get("choice", ""), identity.actor(), identity.at()
        return secret_ballots.cast(tx, poll_id, choice, sent_receipt(), actor=actor, at=at, seat_id=seat_by_proxy())

    answer = received(poll_id, work)
    with writing() as tx:
        ballots.count_if_complete(tx, poll_id, at=identity.at())
    return answer


@pages.post("/glosowania/<int:poll_id>/wymiana")
@asks("see_own_meetings")
def exchange(poll_id: int) -> ResponseReturnValue:
    def work(tx: Connection) -> Received:
        choice, at, sent = request.form.get("choice", ""), identity.at(), request.form.get("revision", "")
        revision = int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 9 else None
        return secret_ballots.exchange(tx, poll_id, choice, sent_receipt(), revision=revision, at=at)

    return received(poll_id, work)


@pages.post("/glosowania/<int:poll_id>/wynik")
@asks("anyone")
def find_ballot(poll_id: int) -> ResponseReturnValue:
    return not_kept(make_response(result_page(poll_id, number=as_written(request.form.get("number", ""))[:8])))


def sent_receipt() -> Receipt:
    """Number and key as the form sent them, or as somebody typed them."""
    return Receipt(request.form.get("number", "")[:40], request.form.get("key", "")[:40])


def received(poll_id: int, work: Callable[[Connection], Received]) -> Response:
    """The receipt of a ballot that lies in the box; a refusal shows the meeting again with the sentence."""
    meeting_id = meeting_of(poll_id)
    try:
        with voting() as tx:
            ballot = work(tx)
    except Refusal as refusal:
        if refusal.status == NotFound.status:
            raise
        return not_kept(make_response(meeting_page(meeting_id, refusal)))
    with reading() as tx:
        subject = find(tx, Ref("meeting", meeting_id))
    page = render_template(
        "meetings/receipt.html", poll_id=poll_id, ballot=ballot, subject=subject, choices=CHOICES
    )  # fmt: skip
    return not_kept(make_response(page))


def not_kept(response: Response) -> Response:
    """The same answer, which no browser and no cache keeps."""
    response.headers["Cache-Control"] = "no-store"
    return response
