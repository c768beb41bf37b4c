"""Proxies of a meeting: recorded with the file that says so, and that file for those who may see meetings."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, select

from web.http import identity
from web.http.kept_files import needed_file
from web.http.resources import reading, resources
from web.http.security import asks
from web.http.uploads import let_files_in
from web.pages.files import LARGEST_REQUEST
from web.pages.meetings import at_meeting, meeting_page
from web.pages.paper_cards import as_attachment
from web.views.meeting import conducts
from web.views.subject import find
from workflow.base.errors import BadInput, NotAllowed, NotFound, Refusal
from workflow.base.i18n import _
from workflow.files import storage
from workflow.models import Proxy
from workflow.rules.facts import Ref
from workflow.selection.proxies import give_proxy

pages = Blueprint("proxies", __name__)
GIVE = "proxies.give"


let_files_in(pages, GIVE, lambda: LARGEST_REQUEST)


@pages.post("/posiedzenia/<int:meeting_id>/pelnomocnictwo")
@asks("see_own_meetings")
def give(meeting_id: int) -> ResponseReturnValue:
    uploads, meeting = resources().settings.uploads, Ref("meeting", meeting_id)
    with reading() as tx:
        if not conducts(find(tx, meeting).facts):
            raise NotAllowed(sentence=_("Only the chair or the minute-taker records a proxy."))
    try:
        received, seats = needed_file(), (seat("seat"), seat("to_seat"))
    except Refusal as refusal:
        return meeting_page(meeting_id, refusal)

    def work(tx: Connection) -> None:
        give_proxy(tx, uploads, meeting, received, from_seat=seats[0], to_seat=seats[1],
                   given_on=request.form.get("given_on", ""), actor=identity.actor(), at=identity.at())  # fmt: skip

    return at_meeting(meeting_id, work, _("The proxy is recorded."))


@pages.get("/posiedzenia/<int:meeting_id>/pelnomocnictwo/<int:number>")
@asks("see_own_meetings")
def fetch(meeting_id: int, number: int) -> ResponseReturnValue:
    p = Proxy
    with reading() as tx:
        find(tx, Ref("meeting", meeting_id))
        query = select(p.file_name, p.file_type, p.file_key).where(p.id == number, p.meeting_id == meeting_id)
        row = tx.execute(query).one_or_none()
    path = storage.path_of(resources().settings.uploads, row.file_key) if row and row.file_key else None
    if row is None or path is None or not path.is_file():
        raise NotFound
    return as_attachment(path, row.file_name, row.file_type)


def seat(name: str) -> int:
    """The seat that was chosen; BadInput where none was."""
    chosen = request.form.get(name, "")
    if not (chosen.isascii() and chosen.isdecimal() and len(chosen) < 12):
        raise BadInput({name: _("Choose both seats of the proxy.")})
    return int(chosen)
