"""Pages that keep themselves up to date: the number of a subject's version, and parts of a page rendered alone.

A page marks a part with `{{ ui.live(mark) }}` and gives it an id; `static/live.js` asks for the number every two
seconds while the page is visible, and fetches the part again where the number is another one. Without scripts the
reader reloads.

The address of the number is signed: whoever was shown the page may ask for it, this day and the next, and nothing
else is read for the answer than one row. The part itself is fetched from the page, with all that the page asks.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask import current_app, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer
from msgspec import Struct
from sqlalchemy import Connection, Executable, bindparam, func, select

from web.http import identity
from web.http.resources import reading
from workflow.base.calendar import warsaw_date
from workflow.base.errors import NotFound
from workflow.models import (
    Conference,
    ConferenceOutput,
    Elector,
    HallElector,
    HallPoll,
    HandCount,
    Job,
    Meeting,
    OpenMatter,
    PaperCount,
    Poll,
    Screen,
)
from workflow.rules.states import PollState

_OF_MEETING = Poll.meeting_id == Meeting.id, Poll.state != PollState.ANNULLED


def _of_lines(*counts: Any) -> list[Any]:
    """Figures about the lines of a conference; each counts something that no change takes back."""
    o = ConferenceOutput
    return [select(count).select_from(o).where(o.conference_id == Conference.id).scalar_subquery() for count in counts]


def _of_polls(*figures: Any) -> list[Any]:
    """Figures about the votes of a meeting that stand."""
    return [select(figure).where(*_OF_MEETING).scalar_subquery() for figure in figures]


def _of_votes(model: Any, *conditions: Any) -> Any:
    """How many rows there are about these votes."""
    query = select(func.count()).select_from(model).join(Poll, Poll.id == model.poll_id)
    return query.where(*_OF_MEETING, *conditions).scalar_subquery()


# The script names in it which part of the page it asks for.
HEADER = "X-Fragment"
# A kind of subject -> the one row that changes whenever the part of a page about it does, found by an index. A row
# of several columns is a version as well.
SOURCES: Mapping[str, Executable] = {
    "job": select(Job.state, Job.done, Job.total).where(Job.id == bindparam("id")),
    # By the number of the conference.
    "screen": select(Screen.version).where(Screen.conference_id == bindparam("id")),
    # The same with the vote that is open in the hall, for the phones there.
    "audience": select(
        Screen.version,
        select(func.coalesce(func.max(HallPoll.id), 0))
        .where(HallPoll.conference_id == Screen.conference_id, HallPoll.state == PollState.OPEN)
        .scalar_subquery(),
    ).where(Screen.conference_id == bindparam("id")),
    # By the number of the conference: the lines of its tables, and the open matters of its edition.
    "tables": select(
        Conference.version,
        *_of_lines(
            func.count(),
            func.max(ConferenceOutput.changed_at),
            func.count(ConferenceOutput.struck_at),
            func.count(ConferenceOutput.proposal_id),
        ),
        select(func.count() + func.count(OpenMatter.done_at))
        .where(OpenMatter.edition_id == Conference.edition_id)
        .scalar_subquery(),
    ).where(Conference.id == bindparam("id")),
    # With the votes that are open in it, what was cast, and what was counted by hands or from cards.
    "meeting": select(
        Meeting.state,
        Meeting.version,
        *_of_polls(func.max(Poll.id), func.sum(Poll.version)),
        _of_votes(Elector, Elector.voted),
        _of_votes(Elector, Elector.card_issued),
        _of_votes(HandCount),
        _of_votes(PaperCount),
    ).where(Meeting.id == bindparam("id")),
    # The votes of a conference that were opened; one that is only prepared leaves no trace in it.
    "hall": select(func.coalesce(func.max(HallPoll.id), 0), func.coalesce(func.sum(HallPoll.version), 0)).where(
        HallPoll.conference_id == bindparam("id"), HallPoll.opened_at.is_not(None)
    ),
    "hall_poll": select(
        HallPoll.state,
        HallPoll.version,
        select(func.count()).where(HallElector.poll_id == HallPoll.id, HallElector.voted).scalar_subquery(),
    ).where(HallPoll.id == bindparam("id")),
}


class LiveMark(Struct, frozen=True):
    """What a live part of a page says of itself: where its version is asked for, and which one it shows."""

    url: str
    version: str


def mark(tx: Connection, kind: str, subject_id: int) -> LiveMark:
    """The mark of a part about a subject; read it before the content, so that no change in between is missed."""
    return LiveMark(url_for("live.version", token=_sign(kind, subject_id)), _version(tx, kind, subject_id))


def page(template: str, parts: Mapping[str, str], **values: Any) -> str:
    """The page, or one of its parts where the script asks for it; `parts` names the template of each part by its id.

    The template of the page includes those of its parts, so that both are rendered from the same source. A page that
    names its own template for a part begins with `{% extends frame %}`; of it the content alone is rendered then.
    """
    part = request.headers.get(HEADER, "")
    frame = "fragment.html" if part in parts else "base.html"
    return render_template(parts.get(part, template), frame=frame, **values)


def answer(token: str) -> ResponseReturnValue:
    """The version that a signed address asks for; 304 where it is still the one that the browser names.

    Reads one row. Raises NotFound for an address that is forged, older than a day, or about nothing.
    """
    kind, subject_id = _read(token)
    with reading() as tx:
        version = _version(tx, kind, subject_id)
    if not version:
        raise NotFound
    response = jsonify(version=version)
    response.set_etag(version)
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request)


def _version(tx: Connection, kind: str, subject_id: int) -> str:
    row = tx.execute(SOURCES[kind], {"id": subject_id}).one_or_none()
    return "-".join(value.isoformat() if isinstance(value, datetime) else str(value) for value in row) if row else ""


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="live")


def _today() -> date:
    return warsaw_date(identity.at())


def _sign(kind: str, subject_id: int) -> str:
    """The same all day long, so that a page which has not changed is the same page."""
    token = _signer().dumps([kind, subject_id, _today().isoformat()])
    return token if isinstance(token, str) else token.decode()


def _read(token: str) -> tuple[str, int]:
    try:
        kind, subject_id, day = _signer().loads(token)
    except BadSignature as error:
        raise NotFound from error
    if date.fromisoformat(day) < _today() - timedelta(days=1):
        raise NotFound
    return kind, subject_id
