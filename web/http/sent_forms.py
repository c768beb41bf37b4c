"""Carries out each form once, however often and however fast it is sent; sending it again leads where it led first.

Every form carries a key (`form_key`). The first transaction of a request with a key writes it beside the effect, so
that the same form from the same browser meets it there. What was refused may be sent again, and so may the same form
with anything else in it: nothing that was typed is ever taken for a repetition of something else.
"""

import hashlib
import json
import logging
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, flash, g, make_response, redirect, request
from flask import session as small_session
from flask.json.tag import TaggedJSONSerializer
from flask.typing import ResponseReturnValue
from msgspec.structs import replace
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import MultiDict

from web.http import identity
from web.http.resources import reading, resources
from web.http.security import local_path
from web.http.template_context import say
from web.http.versions import version_in
from workflow.accounts import sent_forms
from workflow.accounts.sealing import keyed_digest, open_secret, seal
from workflow.accounts.sent_forms import AlreadySent, CarriedOut
from workflow.base.i18n import _
from workflow.db.after_commit import after_commit

log = logging.getLogger(__name__)
FIELD, TOKEN, VERSION, PURPOSE = "form_key", "csrf_token", "version", "sent form"
SECRECY = "beside a secret ballot nothing may be written that tells when it was cast; the ballot has a key of its own"
DESK = "the desk presses it from one page all day, and each time hears what is true now; twice changes nothing"
# Forms that are carried out as often as they are sent, and why.
EXCEPTIONS: Mapping[str, str] = {
    "accounts.choose_language": "a choice; sent twice it says the same",
    "accounts.logout": "ends what is ended already",
    "secret_votes.cast": SECRECY,
    "secret_votes.exchange": SECRECY,
    "secret_votes.find_ballot": "only reads",
    "hall_votes.cast": SECRECY,
    "hall_votes.exchange": SECRECY,
    "hall_votes.find_ballot": "only reads",
    "hall_votes.next_person": "only forgets whose device it is",
    "meetings.cast": "a ballot by name replaces the one before; hundreds come in a minute",
    "sheet.draft": "sent by the page while somebody types; each replaces the one before",
    "check_in.by_code": DESK,
    "check_in.by_name": DESK,
    "check_in.new_pass": DESK,
    "check_in.undo": DESK,
    "check_in_queue.take_in": "entries of a device without network, each with a key of its own",
    "bounce_reports.report": "sent by mail providers, proven by a signature; a report says the same twice",
    "preferences.unsubscribe": "sent by mail programs with no page before; ends what is ended already",
    "following.end": "sent by mail programs with no page before; ends what is ended already",
}
LONGEST_KEY = 100
LONGEST_PAGE, KEPT_TYPES = 500_000, frozenset({"text/html", "application/json"})
# How long a second press waits for the answer to the first.
PATIENCE, EVERY = timedelta(seconds=5), 0.05
ATTEMPTS = 3
# As the cookie of the session is written: messages may hold links.
TAGGED = TaggedJSONSerializer()


@dataclass(slots=True)
class Sending:
    """One request with a form that is carried out once."""

    digest: str
    # Whether the claim is committed, and whether the last transaction has begun and not been committed.
    is_claimed: bool = False
    is_open: bool = False

    def begin(self, tx: Connection) -> None:
        """Write the claim into the first transaction that is committed; raises AlreadySent."""
        self.is_open = True
        if not self.is_claimed:
            sent_forms.claim(tx, self.digest, at=identity.at())
        after_commit(tx, self._committed)

    def _committed(self, _tx: Connection) -> None:
        self.is_claimed, self.is_open = True, False


def new_key() -> str:
    """The key of one form of one page."""
    return secrets.token_urlsafe(12)


def sent_key() -> str:
    """The key of the form that was sent, for rows that are named by it; a new one where it has none."""
    return request.form.get(FIELD, "")[:LONGEST_KEY] or new_key()


def fields() -> Iterator[tuple[str, ...]]:
    """All that was sent but the token, files by their content."""
    # Not by the form itself, which notes what the page reads (unread_fields).
    for name, value in MultiDict.items(request.form, multi=True):
        if name != TOKEN:
            yield name, value
    for name, file in request.files.items(multi=True):
        content = hashlib.file_digest(file.stream, "sha256").hexdigest()  # type: ignore[arg-type]
        file.stream.seek(0)
        yield name, file.filename or "", content


def digests_of_request() -> list[str]:
    """What tells this sending from every other, and first the same one as it was one version before.

    Going back shows the form with the version that its own sending has made. Empty for requests that carry no key or
    are no forms.
    """
    if request.method != "POST" or request.endpoint is None or identity.is_program():
        return []
    if request.endpoint in EXCEPTIONS or not request.form.get(FIELD):
        return []
    session = identity.opened()
    who = session.digest if session else small_session.get(TOKEN, "")
    sent, version = list(fields()), version_in(request.form.get(VERSION))
    before = []
    if version:
        before = [(name, str(version - 1)) if name == VERSION else (name, *rest) for name, *rest in sent]
    return [
        keyed_digest(resources().settings, json.dumps([who, request.full_path, some]), purpose=PURPOSE)
        for some in (before, sent)
        if some
    ]


def carry_out() -> ResponseReturnValue | None:
    """Do what the form asks, or lead to where it led before."""
    *before, digest = digests_of_request() or [""]
    if not digest:
        return None
    if before and (carried_out := answer_of(before[0])):
        return again(carried_out.answer)
    own = resources()
    for _attempt in range(ATTEMPTS):
        if carried_out := answer_of(digest):
            return again(carried_out.answer)
        g.sending = Sending(digest)
        g.resources = replace(own, database=own.database.beginning_with(g.sending.begin))
        try:
            view = current_app.view_functions[request.endpoint or ""]
            return current_app.ensure_sync(view)(**(request.view_args or {}))  # type: ignore[no-any-return]
        except AlreadySent:
            g.pop("sending")
        finally:
            g.pop("resources")
    return again(None)


def answer_of(digest: str) -> CarriedOut | None:
    """What is known of the form; waits a little for the answer where the first request is still under way."""
    end = time.monotonic() + PATIENCE.total_seconds()
    while True:
        with reading() as tx:
            known = sent_forms.find_sent(tx, digest)
        is_under_way = known is not None and known.answer is None and identity.at() - known.at < PATIENCE
        if not is_under_way or time.monotonic() > end:
            return known
        time.sleep(EVERY)


def again(box: str | None) -> ResponseReturnValue:
    """The first answer once more; where it is not known any more, the page that the form was on."""
    g.is_repetition = True
    if not box:
        flash(say(_("This form was sent and carried out before; nothing was done twice.")), "message")
        page = urlsplit(request.referrer or "")
        return redirect(local_path(request.form.get("next"), local_path(page.path)), 303)
    answer = TAGGED.loads(open_secret(resources().settings, box, purpose=PURPOSE))
    if answer["cookies"]:
        small_session.clear()
        small_session.update(answer["session"])
    else:
        for category, text in answer["session"].get("_flashes", ()):
            flash(text, category)
    response = redirect(answer["location"], 303) if answer["location"] else make_response(answer["page"])
    response.mimetype = answer["mimetype"]
    for cookie in answer["cookies"]:
        response.headers.add("Set-Cookie", cookie)
    return response


def finish(response: Response) -> Response:
    """Keep where the form led, or let what was refused be sent again; the answer of another request goes first."""
    sending: Sending | None = g.get("sending")
    if sending is None:
        return response
    is_refused = 400 <= response.status_code < 500
    if not sending.is_claimed:
        carried_out = answer_of(sending.digest) if is_refused else None
        return make_response(again(carried_out.answer)) if carried_out else response
    if is_refused or (response.status_code >= 500 and sending.is_open):
        note(lambda tx: sent_forms.drop_claim(tx, sending.digest))
    elif response.status_code < 400:
        box = sealed(response)
        note(lambda tx: sent_forms.keep_answer(tx, sending.digest, box))
    return response


def note(write: Callable[[Connection], None]) -> None:
    """Write what the effect can do without, not waiting for the disk; where that fails, the answer goes out anyway."""
    try:
        with resources().database.unsynced() as tx:
            write(tx)
    except OperationalError as error:
        log.warning("Where a form led could not be noted: %s", error.orig)


def sealed(response: Response) -> str:
    """An answer in a box; empty for one that is too large, or no text."""
    answer: dict[str, Any] = {
        "location": response.location, "page": "", "cookies": response.headers.getlist("Set-Cookie"),
        "session": dict(small_session), "mimetype": response.mimetype,
    }  # fmt: skip
    if not response.location:
        if response.is_streamed or response.mimetype not in KEPT_TYPES:
            return ""
        answer["page"] = response.get_data(as_text=True)
        if len(answer["page"]) > LONGEST_PAGE:
            return ""
    return seal(resources().settings, TAGGED.dumps(answer), purpose=PURPOSE)


def init_app(app: Flask) -> None:
    """Take every form in hand, after everything else that looks at a request before its page."""
    app.jinja_env.globals["form_key"] = new_key
    app.before_request(carry_out)
    app.after_request(finish)
