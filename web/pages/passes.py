"""The pass of a conference on a phone: its address shows whose it is, a press keeps it in this browser."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from web.http import identity, pass_cookie
from web.http.resources import limiter, reading, writing
from web.http.security import asks
from workflow.base.errors import NotAllowed, NotFound
from workflow.participation import passes
from workflow.participation.conference_card import card_of
from workflow.presentations.queries import is_published

pages = Blueprint("passes", __name__)
# Behind the address of one hall; a token has 256 random bits, so the limit is for the load alone.
PASSES = "1200 per hour"


@pages.get("/przepustka/<token>")
@limiter.limit(PASSES)
@asks("anyone")
def show(token: str) -> ResponseReturnValue:
    with reading() as tx:
        own = pass_cookie.holder(tx)
        try:
            holder = passes.peek(tx, token, at=identity.at())
        except NotFound:
            return render_template("passes/invalid.html"), 404
        conference, has_agenda = card_of(tx, holder.conference_id), is_published(tx, holder.conference_id)
    return render_template(
        "passes/show.html", holder=holder, kept=own == holder, conference=conference, has_agenda=has_agenda
    )


@pages.post("/przepustka/<token>")
@limiter.limit(PASSES)
@asks("anyone")
def keep(token: str) -> ResponseReturnValue:
    browser = pass_cookie.browser_secret()
    try:
        with writing() as tx:
            passes.find(tx, token, browser=browser, at=identity.at())
    except NotFound:
        return render_template("passes/invalid.html"), 404
    except NotAllowed as refusal:
        return render_template("passes/invalid.html", reason=refusal.say(identity.language())), refusal.status
    answer: Response = redirect(url_for(".show", token=token), 303)
    return pass_cookie.give_cookie(answer, token, browser)
