"""What the script of the desk asks: the list for the device, and entries that it made, also without a network."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.http import identity
from web.http.resources import limiter, reading, resources, writing
from web.http.security import asks
from web.pages.idea_posters import code as drawn
from web.views.check_in import list_as_json, outcome
from workflow.base.errors import BadInput, Refusal
from workflow.base.i18n import _
from workflow.participation import check_in
from workflow.participation.check_in import CheckedIn
from workflow.participation.conference_card import card_of
from workflow.participation.registration_queries import registrations_of
from workflow.rules.states import CheckInChannel

pages = Blueprint("check_in_queue", __name__)
MOST = 500
# A device that says that it happened longer ago is not believed.
OLDEST = timedelta(hours=12)
# Below this an entry was made with a network.
AT_ONCE = timedelta(seconds=30)
LONGEST = 200
# Several phones of one hall ask every few seconds.
ASKED = "6000 per hour"


@pages.get("/konferencje/<int:conference_id>/odprawa/lista.json")
@limiter.limit(ASKED)
@asks("conference_hosts")
def as_json(conference_id: int) -> ResponseReturnValue:
    with reading() as tx:
        card, lines = card_of(tx, conference_id), registrations_of(tx, conference_id)
    answer = jsonify(list_as_json(card, lines))
    answer.add_etag()
    return answer.make_conditional(request)


@pages.post("/konferencje/<int:conference_id>/odprawa/kolejka")
@limiter.limit(ASKED)
@asks("conference_hosts")
def take_in(conference_id: int) -> ResponseReturnValue:
    """Each entry in a transaction of its own; one that is sent twice is taken once, and the answer says what it met."""
    entries = request.get_json(silent=True)
    if not isinstance(entries, list) or len(entries) > MOST or not all(isinstance(entry, dict) for entry in entries):
        raise BadInput({"entries": _("Choose one of the answers on the list.")})
    return jsonify([answer_to(conference_id, entry) for entry in entries])


def answer_to(conference_id: int, entry: Mapping[str, Any]) -> dict[str, Any]:
    """What became of one entry, under the key that the device gave it."""
    key = str(entry.get("key", ""))[:LONGEST]
    try:
        with writing() as tx:
            person = take(tx, conference_id, entry)
    except Refusal as refusal:
        return {"key": key, "refused": True, "text": refusal.say(identity.language())}
    answer = {"key": key, "refused": False, **outcome(person)}
    return {**answer, "drawing": str(drawn(answer["pass"])) if answer["pass"] else ""}


def take(tx: Connection, conference_id: int, entry: Mapping[str, Any]) -> CheckedIn:
    """Check in whom an entry names: by number, by code, or by a name that is not on the list."""
    seconds = entry.get("ago")
    ago = timedelta(seconds=min(max(seconds, 0), OLDEST.total_seconds())) if isinstance(seconds, int) else timedelta()
    actor, at = identity.actor(), identity.at()
    if isinstance(number := entry.get("registration"), int) and number < 2**62:
        channel = CheckInChannel.OFFLINE if ago > AT_ONCE else CheckInChannel.NAME
        if ago <= AT_ONCE and entry.get("by") == "code":
            channel = CheckInChannel.CODE
        return check_in.check_in(tx, conference_id, number, channel=channel, actor=actor, at=at, arrived_at=at - ago)
    if isinstance(code := entry.get("code"), str):
        return check_in.check_in_by_code(tx, conference_id, code[:LONGEST], actor=actor, at=at)
    name, organisation = (str(entry.get(part) or "").replace("\x00", "").strip() for part in ("name", "organisation"))
    if not name or len(name) > LONGEST or len(organisation) > LONGEST:
        raise BadInput({"name": _("Write the name, at most {most} characters.", most=LONGEST)})
    return check_in.walk_in(
        tx, resources().settings, conference_id, name, organisation, actor=actor, at=at, arrived_at=at - ago
    )
