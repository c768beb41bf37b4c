"""The delivery log: messages that could not be sent, for the office to see and to send again."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from web.http import identity
from web.http.resources import reading, writing
from web.http.security import asks
from web.http.template_context import say
from workflow.base.i18n import _
from workflow.notifications import deliveries
from workflow.notifications import delivery_log as queries
from workflow.rules.roles import READS_PRIVATE

pages = Blueprint("delivery_log", __name__)
ADDRESSES = {
    "proposal": "public.proposal_address",
    "conference": "editions.conference",
    "agreement": "editions.agreement",
}


@pages.get("/poczta")
@asks("staff_or_admin")
def show() -> ResponseReturnValue:
    given = request.args.get("before", "")
    before = int(given) if given.isdecimal() and len(given) < 18 else None
    # An administrator without a role of the office looks after the mail, and learns nothing of the committee.
    private = not READS_PRIVATE.isdisjoint(identity.reader().roles(None))
    with reading() as tx:
        status = queries.status(tx, at=identity.at(), private=private)
        failed = queries.dead_letters(tx, before=before, private=private)
    next_url = url_for(".show", before=failed[-1].id) if len(failed) == queries.PAGE else None
    return render_template("delivery_log/show.html", status=status, failed=failed, next_url=next_url, address=address)


@pages.post("/poczta/wyslij")
@asks("staff_or_admin")
def send_again() -> ResponseReturnValue:
    chosen = [int(text) for text in request.form.getlist("letter") if text.isdecimal() and len(text) < 18]
    with writing() as tx:
        count = deliveries.retry(tx, at=identity.at(), ids=chosen)
    flash(say(_("Letters put back into the queue: {count}.", count=count)), "success")
    return redirect(url_for(".show"), 303)


def address(letter: queries.DeadLetter) -> str | None:
    """The page of what the letter is about, where it has one."""
    place: dict[str, Any] = {f"{letter.subject_kind}_id": letter.subject_id}
    endpoint = ADDRESSES.get(letter.subject_kind)
    return url_for(endpoint, **place) if endpoint else None
