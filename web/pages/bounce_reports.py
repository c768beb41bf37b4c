"""Takes a mail provider's reports about letters that came back; a signature of the body proves who sends them."""

import hashlib
import hmac
import json
import re
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from web.http import identity
from web.http.resources import resources, writing
from web.http.security import asks
from workflow.base.errors import BadInput
from workflow.base.i18n import _
from workflow.notifications.bounces import Report, note_report

pages = Blueprint("bounce_reports", __name__)
SIGNATURE = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")
# An older report is refused, so that one that was overheard cannot be sent again.
FRESH = timedelta(minutes=5)
EVENTS, LARGEST = 1000, 1_000_000
KINDS = ("hard", "soft", "delayed")


@pages.post("/hooks/bounces")
@asks("anyone")
def report() -> ResponseReturnValue:
    check_signature()
    reports = [read_event(event) for event in events()]
    with writing() as tx:
        noted = sum(note_report(tx, report, at=identity.at()) for report in reports)
    return jsonify(noted=noted, unknown=len(reports) - noted)


def check_signature() -> None:
    """404 where no secret is set, 403 for a wrong or an old signature."""
    secret = resources().settings.bounce_secret
    if not secret:
        abort(404)
    given = SIGNATURE.fullmatch(request.headers.get("X-Partnerstwo-Signature", ""))
    if given is None or (request.content_length or 0) > LARGEST:
        abort(403)
    signed = f"{given.group(1)}.".encode() + request.get_data()
    right = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    age = abs(identity.at().timestamp() - int(given.group(1)))
    if not hmac.compare_digest(right, given.group(2)) or age > FRESH.total_seconds():
        abort(403)


def events() -> list[Any]:
    """The events of the body; BadInput for anything else, and then nothing is noted."""
    try:
        found = json.loads(request.get_data())["events"]
    except (ValueError, KeyError, TypeError, RecursionError):
        found = None
    if not isinstance(found, list) or len(found) > EVENTS:
        raise BadInput({"events": _("Give a list of at most {count} events.", count=EVENTS)})
    return found


def read_event(event: Any) -> Report:
    """One event as a report; BadInput for one that is none."""
    fields = event if isinstance(event, dict) else {}
    message_id, kind, reason = (fields.get(name, "") for name in ("message_id", "kind", "reason"))
    if not (isinstance(message_id, str) and isinstance(reason, str) and kind in KINDS):
        raise BadInput({"events": _("Each event names message_id, kind (hard, soft or delayed) and reason.")})
    return Report(message_id=message_id, delayed=kind == "delayed", lasting=kind == "hard", reply=reason[:500])
