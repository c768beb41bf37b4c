"""The announcement of results: what moves, every letter, what is missing; asked for by one, confirmed by another."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct
from sqlalchemy import Connection

from web.http import identity
from web.http.carry_out import carry_out
from web.http.resources import reading
from web.http.security import asks, edition_of_request
from web.http.template_context import say
from web.views.announcement import AnnouncementView, announcement_view
from workflow.base.errors import BadInput, Missing, NotAllowed, NotReady, Refusal
from workflow.base.i18n import Sentence, _
from workflow.engine.batch import StepRefused
from workflow.engine.command import NOTE
from workflow.engine.preview import PreviewChanged
from workflow.rules.field_types import read
from workflow.rules.permissions import may_see_private
from workflow.rules.roles import Role
from workflow.selection import announcement

pages = Blueprint("announcement", __name__)
NOTES = "note-"


class Typed(Struct, frozen=True):
    """What was typed into the form: the digest of the preview that was seen, and notes for letters."""

    seen: str
    notes: Mapping[int, str]


@pages.get("/edycje/<edition_key>/ogloszenie")
@asks("member_of_edition")
def show(edition_key: str) -> ResponseReturnValue:
    return announcement_page(edition_key)


@pages.post("/edycje/<edition_key>/ogloszenie/popros")
@asks("member_of_edition")
def ask(edition_key: str) -> ResponseReturnValue:
    actor, at, edition_id = identity.actor(), identity.at(), edition_of_request() or 0

    def work(tx: Connection, typed: Typed) -> None:
        announcement.request(tx, edition_id, typed.seen, actor=actor, at=at, notes=typed.notes)

    return announced(edition_key, work, _("The announcement waits for another person to confirm it."))


@pages.post("/edycje/<edition_key>/ogloszenie/oglos")
@asks("member_of_edition")
def confirm(edition_key: str) -> ResponseReturnValue:
    actor, at, edition_id = identity.actor(), identity.at(), edition_of_request() or 0

    def work(tx: Connection, typed: Typed) -> None:
        announcement.announce_all(tx, edition_id, typed.seen, actor=actor, at=at, notes=typed.notes)

    return announced(edition_key, work, _("The results are announced. The people concerned get a message."))


@pages.post("/edycje/<edition_key>/ogloszenie/wycofaj")
@asks("member_of_edition")
def take_back(edition_key: str) -> ResponseReturnValue:
    actor, at, edition_id = identity.actor(), identity.at(), edition_of_request() or 0

    def work(tx: Connection, _typed: Typed) -> None:
        announcement.take_back(tx, edition_id, actor=actor, at=at)

    return announced(edition_key, work, _("The request was taken back. Nothing was announced."))


def announced(
    edition_key: str, work: Callable[[Connection, Typed], None], message: Sentence
) -> ResponseReturnValue:  # fmt: skip
    """All of it in one transaction; a refusal shows the page as it is now, with everything typed."""
    written = {name.removeprefix(NOTES): text for name, text in request.form.items() if name.startswith(NOTES)}

    def with_typed(tx: Connection) -> None:
        try:
            work(tx, Typed(request.form.get("digest", ""), notes_in(written)))
        except StepRefused as refused:
            raise refused.refusal from refused

    return carry_out(with_typed, done=message, url=url_for(".show", edition_key=edition_key),
                     again=lambda refusal: announcement_page(edition_key, refusal, written))  # fmt: skip


def notes_in(written: Mapping[str, str]) -> dict[int, str]:
    """The notes by number of the proposal, checked like any other note. Raises BadInput."""
    notes = {}
    for number, text in written.items():
        if number.isdecimal() and len(number) < 18 and text.strip():
            notes[int(number)] = read((NOTE,), {"note": text})["note"]
    return notes


def announcement_page(
    edition_key: str, refusal: Refusal | None = None, written: Mapping[str, str] | None = None
) -> ResponseReturnValue:  # fmt: skip
    """The page, for those who may read what is not announced yet."""
    with reading() as tx:
        view = viewed(tx, identity.at())
    changed = refusal.changes if isinstance(refusal, PreviewChanged) else ()
    titles = [row.title for row in view.rows if row.ref in changed]
    more: dict[str, Any] = {"changed": titles, "stale": isinstance(refusal, PreviewChanged)}
    if isinstance(refusal, BadInput):
        more["error"] = "\n".join(say(sentence) for sentence in refusal.fields.values())
    elif isinstance(refusal, NotReady):
        more["refused"] = [unmet.say(identity.language()) for unmet in refusal.missing]
    page = render_template("announcement/show.html", view=view, edition_key=edition_key, written=written or {}, **more)
    return page, refusal.status if refusal else 200


def viewed(tx: Connection, at: datetime) -> AnnouncementView:
    """What the reader sees of the announcement. Raises NotAllowed for whoever may not know what is under embargo."""
    actor, edition_id = identity.actor(), edition_of_request() or 0
    asked = announcement.waiting(tx, edition_id)
    plan = announcement.plan(tx, edition_id, actor=actor, at=at, notes=asked.notes if asked else None)
    if not may_see_private(plan.edition):
        raise NotAllowed([Missing("not_allowed", _("This is for somebody else to do."), (Role.COMMITTEE_CHAIR,))])
    return announcement_view(tx, plan, asked, actor=actor)
