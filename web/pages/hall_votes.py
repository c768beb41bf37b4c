"""A vote in the hall for whoever votes and whoever looks: ballot on a phone, receipt, result, projector.

Who votes is told by the pass of check-in in the cookie of the phone; the address of a vote grants nothing. Number and
key travel in the bodies of requests alone. What answers a ballot is shown once and stored nowhere.
"""

import logging
from hashlib import sha256

from flask import Blueprint, Response, abort, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address
from limits import parse
from sqlalchemy import Connection

from web.forms.hall import sent_marks, sent_receipt, sent_revision
from web.http import identity, live, pass_cookie
from web.http.resources import limiter, reading, resources, voting
from web.http.security import asks
from web.http.template_context import say
from web.pages.idea_posters import code as drawn
from web.pages.result_files import attachment
from web.views.hall import HallPage, hall_page, in_words, marked, option_results, ref_of, said
from web.views.open_steps import refused_lines
from web.views.subject import asking
from workflow.base.errors import NotAllowed, NotFound, Refusal
from workflow.base.i18n import _
from workflow.engine import facts_reader
from workflow.engine.ballot_box import NO_RECEIPT
from workflow.engine.hall_reader import hall_result_file, options_of
from workflow.hall import casting
from workflow.hall.casting import CastBallot
from workflow.hall.queries import open_poll_of, polls_of
from workflow.rules.facts import Facts
from workflow.rules.hall import HallMethod
from workflow.rules.permissions import may_see
from workflow.rules.states import PollState
from workflow.voting.counting.ballots import Mark
from workflow.voting.results.hall_scores import by_stratum
from workflow.voting.results.verification import verify_result
from workflow.voting.sealing import as_written

pages = Blueprint("hall_votes", __name__)
log = logging.getLogger(__name__)
# Ballots without a valid pass, by address; those with one are not counted, since a hall has one address.
WITHOUT_PASS = parse("30 per hour")
# Keys of receipts that are wrong, by pass, or by address where there is none.
WRONG_KEYS = parse("60 per hour")


@pages.get("/konferencje/<int:conference_id>/glosowania/<int:hall_poll_id>")
@asks("anyone")
def show(conference_id: int, hall_poll_id: int) -> ResponseReturnValue:
    return vote_page(conference_id, hall_poll_id)


@pages.get("/konferencje/<int:conference_id>/glosowania/teraz")
@asks("anyone")
def now(conference_id: int) -> ResponseReturnValue:
    """The address on tables: it leads to the vote that is open, or to the list of votes."""
    with reading() as tx:
        poll_id = open_poll_of(tx, conference_id)
    if poll_id is None:
        return redirect(url_for("hall_desk.list_all", conference_id=conference_id), 303)
    return redirect(url_for(".show", conference_id=conference_id, hall_poll_id=poll_id), 303)


@pages.post("/konferencje/<int:conference_id>/glosowania/<int:hall_poll_id>/glos")
@asks("anyone")
def cast(conference_id: int, hall_poll_id: int) -> ResponseReturnValue:
    try:
        with reading() as tx:
            facts = poll_for_reader(tx, conference_id, hall_poll_id)
            registration = registration_of(tx, conference_id, hall_poll_id)
            marks = marks_for(tx, facts)
        with voting() as tx:
            ballot = cast_one(tx, facts, marks, registration)
    except Refusal as refusal:
        return refused(conference_id, hall_poll_id, refusal)
    if ballot is not None:
        return receipt_page(conference_id, hall_poll_id, ballot)
    flash(say(_("Your vote was received. You can change it until the vote is closed.")), "success")
    return redirect(url_for(".show", conference_id=conference_id, hall_poll_id=hall_poll_id), 303)


@pages.post("/konferencje/<int:conference_id>/glosowania/<int:hall_poll_id>/wymiana")
@asks("anyone")
def exchange(conference_id: int, hall_poll_id: int) -> ResponseReturnValue:
    try:
        with reading() as tx:
            marks = marks_for(tx, poll_for_reader(tx, conference_id, hall_poll_id))
            who = sender(tx)
        if not limiter.limiter.test(WRONG_KEYS, "hall-exchange", who):
            abort(429)
        with voting() as tx:
            ballot = casting.exchange(
                tx, hall_poll_id, marks, sent_receipt(), revision=sent_revision(), at=identity.at()
            )
    except Refusal as refusal:
        if any(missing.code == NO_RECEIPT for missing in refusal.missing):
            log.warning("a wrong key of a ballot of vote %s in the hall came from %s", hall_poll_id, who)
            limiter.limiter.hit(WRONG_KEYS, "hall-exchange", who)
        return refused(conference_id, hall_poll_id, refusal)
    return receipt_page(conference_id, hall_poll_id, ballot)


@pages.post("/konferencje/<int:conference_id>/glosowania/<int:hall_poll_id>/nastepna-osoba")
@asks("anyone")
def next_person(conference_id: int, hall_poll_id: int) -> ResponseReturnValue:
    """Take the pass off this device, so that the next person votes on it with another one."""
    answer = redirect(url_for(".show", conference_id=conference_id, hall_poll_id=hall_poll_id), 303)
    answer.delete_cookie(
        pass_cookie.cookie_name(), path="/", secure=resources().settings.is_secure, httponly=True, samesite="Lax"
    )
    # A page that was shown before is not shown again by the button Back.
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@pages.post("/konferencje/<int:conference_id>/glosowania/<int:hall_poll_id>/wynik")
@asks("anyone")
def find_ballot(conference_id: int, hall_poll_id: int) -> ResponseReturnValue:
    return vote_page(conference_id, hall_poll_id, number=as_written(request.form.get("number", ""))[:8])


@pages.get("/konferencje/<int:conference_id>/glosowania/<int:hall_poll_id>/wynik.json")
@asks("anyone")
def as_json(conference_id: int, hall_poll_id: int) -> ResponseReturnValue:
    with reading() as tx:
        poll_for_reader(tx, conference_id, hall_poll_id)
        data = hall_result_file(tx, hall_poll_id)
    return attachment(data, "application/json", f"wynik-sala-{hall_poll_id}.json")


@pages.get("/konferencje/<int:conference_id>/glosowania/<int:hall_poll_id>/ekran")
@asks("anyone")
def screen(conference_id: int, hall_poll_id: int) -> ResponseReturnValue:
    with reading() as tx:
        page = hall_page(tx, poll_for_reader(tx, conference_id, hall_poll_id), at=identity.at())
        result = result_of(tx, page)
    address = f"{resources().settings.base_url}{url_for('.now', conference_id=conference_id)}"
    return live.page("hall/screen.html", {"screen": "hall/screen_part.html"}, page=page, mark=page.mark,
                     address=address, code=drawn(address), **result)  # fmt: skip


def marks_for(tx: Connection, facts: Facts) -> list[Mark]:
    """The marks that were sent for a vote."""
    return sent_marks(HallMethod(facts["method"]), [option.key for option in options_of(tx, facts.ref.id)])


def cast_one(tx: Connection, facts: Facts, marks: list[Mark], registration: int) -> CastBallot | None:
    """The ballot that lies in the box now; None for a vote by name, which has no receipt."""
    if facts["secret"]:
        return casting.cast(
            tx, facts.ref.id, marks, sent_receipt(), registration_id=registration, at=identity.at()
        )  # fmt: skip
    casting.cast_by_name(tx, facts.ref.id, marks, registration_id=registration, at=identity.at())
    return None


def vote_page(
    conference_id: int, poll_id: int, refusal: Refusal | None = None, *, number: str = "", again: bool = False
) -> Response:  # fmt: skip
    """The vote for whoever asks; with a refusal its sentence, and what was marked stays marked."""
    with reading() as tx:
        facts = poll_for_reader(tx, conference_id, poll_id)
        page = hall_page(tx, facts, at=identity.at())
        others = polls_of(tx, conference_id, drafts=False)
        result = result_of(tx, page)
    choice = marked(page.method, page.mine.choice)
    if again:
        choice = sent_again(page)
    body = live.page(
        "hall/show.html", {f"vote-{facts.state}": "hall/progress.html"}, page=page, mark=page.mark, number=number,
        refused=refused_lines(refusal), choice=choice, others=others, conference_id=conference_id, **result,
    )  # fmt: skip
    return not_kept(make_response(body, refusal.status if refusal else 200))


def sent_again(page: HallPage) -> dict[str, int]:
    """What a refused form had marked, as far as it can be read."""
    try:
        return marked(page.method, tuple(sent_marks(page.method, [option.key for option in page.options])))
    except Refusal:
        return {}


def result_of(tx: Connection, page: HallPage) -> dict[str, object]:
    """What a counted vote shows: its file's content and digest, options by score, sectors, ballots in words."""
    if not page.facts["result_digest"]:
        return {"content": None}
    data = hall_result_file(tx, page.facts.ref.id)
    content, labels = verify_result(data), {option.key: option.label for option in page.options}
    return {
        "content": content, "digest": sha256(data).hexdigest(), "results": option_results(content, page.options),
        "strata": in_words(by_stratum(content)), "labels": labels, "said": lambda choice: said(choice, labels),
        "is_annulled": page.facts.state == PollState.ANNULLED,
    }  # fmt: skip


def receipt_page(conference_id: int, poll_id: int, ballot: CastBallot) -> Response:
    """The receipt of a ballot that lies in the box; shown once."""
    with reading() as tx:
        page = hall_page(tx, poll_for_reader(tx, conference_id, poll_id), at=identity.at())
    return not_kept(make_response(render_template(
        "hall/receipt.html", page=page, ballot=ballot, choice=marked(page.method, ballot.choice),
        conference_id=conference_id,
    )))  # fmt: skip


def refused(conference_id: int, poll_id: int, refusal: Refusal) -> Response:
    """The vote again with the sentence; what does not exist for the reader stays so."""
    if isinstance(refusal, NotFound):
        raise refusal
    return vote_page(conference_id, poll_id, refusal, again=True)


def registration_of(tx: Connection, conference_id: int, poll_id: int) -> int:
    """Whose pass this phone shows; NotAllowed without a valid pass of this conference, noted and counted by address."""
    holder = pass_cookie.holder(tx)
    if holder is not None and holder.conference_id == conference_id:
        return holder.registration_id
    address = get_remote_address()
    log.warning("a ballot for vote %s in the hall came from %s without a valid pass", poll_id, address)
    if not limiter.limiter.hit(WITHOUT_PASS, "hall-ballot", address):
        abort(429)
    sentence = _("To vote, this phone needs your pass of this conference. You get it at the desk.")
    raise NotAllowed(sentence=sentence)


def sender(tx: Connection) -> str:
    """Who sends a receipt, as far as it is counted: a pass, else an address."""
    holder = pass_cookie.holder(tx)
    return get_remote_address() if holder is None else f"pass of registration {holder.registration_id}"


def poll_for_reader(tx: Connection, conference_id: int, poll_id: int) -> Facts:
    """The vote of this conference as the reader may know it; NotFound where there is none, or it is not open yet."""
    ref = ref_of(poll_id)
    facts = facts_reader.read_facts(tx, [ref], actor=asking()).get(ref)
    if facts is None or facts["conference_id"] != conference_id or not may_see(facts):
        raise NotFound
    g.shown_edition = facts.edition.get("key", "")
    return facts


def not_kept(response: Response) -> Response:
    """The same answer, which no browser and no cache keeps."""
    response.headers["Cache-Control"] = "no-store"
    return response
