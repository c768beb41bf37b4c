"""The desk at the entrance of a conference: codes, names, people who are not on the list; passes for their phones."""

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from web.forms import Form
from web.forms import registrations as forms
from web.http import identity
from web.http.resources import limiter, reading, resources, writing
from web.http.security import WITH_CAMERA, asks
from web.http.template_context import say
from web.pages.idea_posters import code as drawn
from web.views.check_in import pass_address
from web.views.conference import shown
from workflow.base.collation import fold
from workflow.base.errors import BadInput, Refusal
from workflow.base.i18n import _
from workflow.participation import check_in, passes
from workflow.participation.check_in import CheckedIn
from workflow.participation.conference_card import card_of
from workflow.participation.registration_queries import RegistrationLine, registrations_of
from workflow.rules.states import CheckInChannel

pages = Blueprint("check_in", __name__)
MOST_SHOWN = 30
# Only what is refused counts: codes that somebody tries out.
GUESSES = "60 per hour"


def is_refused(response: Any) -> bool:
    """Whether an answer counts as a guess."""
    return response.status_code in (403, 404)


@pages.get("/konferencje/<int:conference_id>/odprawa")
@asks("conference_hosts")
def show(conference_id: int) -> ResponseReturnValue:
    return desk(conference_id)


def desk(conference_id: int, *, form: Form | None = None, refused: str = "", status: int = 200) -> ResponseReturnValue:
    """The desk with the names that match `q`; the only page that may use the camera."""
    query = request.args.get("q", "")[:200]
    with reading() as tx:
        card, lines = shown(card_of(tx, conference_id)), registrations_of(tx, conference_id)
    page = render_template(
        "check_in/show.html", card=card, lines=matching(lines, query), query=query, refused=refused,
        form=form or Form(forms.WALK_IN),
    )  # fmt: skip
    answer = make_response(page, status)
    answer.headers.update(WITH_CAMERA)
    return answer


def matching(lines: tuple[RegistrationLine, ...], query: str) -> list[RegistrationLine]:
    """The lines whose name or organisation has every word; without a question none."""
    words = fold(query).split()
    return [line for line in lines if words and all(word in line.search for word in words)][:MOST_SHOWN]


@pages.post("/konferencje/<int:conference_id>/odprawa/kod")
@limiter.limit(GUESSES, deduct_when=is_refused)
@asks("conference_hosts")
def by_code(conference_id: int) -> ResponseReturnValue:
    try:
        with writing() as tx:
            person = check_in.check_in_by_code(
                tx, conference_id, request.form.get("code", ""), actor=identity.actor(), at=identity.at()
            )
    except Refusal as refusal:
        return desk(conference_id, refused=refusal.say(identity.language()), status=refusal.status)
    return let_in(conference_id, person)


@pages.post("/konferencje/<int:conference_id>/odprawa/<int:number>")
@asks("conference_hosts")
def by_name(conference_id: int, number: int) -> ResponseReturnValue:
    with writing() as tx:
        person = check_in.check_in(
            tx, conference_id, number, channel=CheckInChannel.NAME, actor=identity.actor(), at=identity.at()
        )
    return let_in(conference_id, person)


@pages.post("/konferencje/<int:conference_id>/odprawa/spoza-listy")
@asks("conference_hosts")
def walk_in(conference_id: int) -> ResponseReturnValue:
    form = Form.sent(forms.WALK_IN)
    try:
        given = form.read()
    except BadInput as refusal:
        return desk(conference_id, form=form, status=refusal.status)
    with writing() as tx:
        person = check_in.walk_in(
            tx, resources().settings, conference_id, given["name"], given.get("organisation") or "",
            actor=identity.actor(), at=identity.at(), is_minor=bool(given.get("is_minor")),
        )  # fmt: skip
    return let_in(conference_id, person)


@pages.post("/konferencje/<int:conference_id>/odprawa/<int:number>/przepustka")
@asks("conference_hosts")
def new_pass(conference_id: int, number: int) -> ResponseReturnValue:
    with writing() as tx:
        person = check_in.check_in(
            tx, conference_id, number, channel=CheckInChannel.NAME, actor=identity.actor(), at=identity.at()
        )
        token = person.token or passes.issue(tx, number, actor=identity.actor(), at=identity.at())
    return let_in(conference_id, person, token)


@pages.post("/konferencje/<int:conference_id>/odprawa/<int:number>/cofnij")
@asks("conference_hosts")
def undo(conference_id: int, number: int) -> ResponseReturnValue:
    with writing() as tx:
        check_in.undo(tx, conference_id, number, actor=identity.actor(), at=identity.at())
    flash(say(_("The check-in is taken back.")), "success")
    return redirect(url_for(".show", conference_id=conference_id), 303)


def let_in(conference_id: int, person: CheckedIn, token: str = "") -> str:
    """Who was let in, with the pass for the phone where there is a new one."""
    address = pass_address(token or person.token)
    with reading() as tx:
        card = shown(card_of(tx, conference_id))
    return render_template(
        "check_in/let_in.html", card=card, person=person, address=address, code=drawn(address) if address else ""
    )
