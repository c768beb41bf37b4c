"""The result of a vote as a file that anybody can count again: its page, the file, and the program that verifies it."""

from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.http.resources import reading
from web.http.security import asks
from web.views.subject import asking
from workflow.base.errors import NotFound
from workflow.engine import facts_reader
from workflow.engine.result_reader import is_public, result_files
from workflow.rules.choices import VOTES
from workflow.rules.facts import Facts, Ref
from workflow.rules.permissions import may_see
from workflow.rules.roles import Role
from workflow.voting import verifier
from workflow.voting.results.verification import verify_result

pages = Blueprint("result_files", __name__)
VERIFIER = Path(verifier.__file__).with_name("verify_result.py")
# The query of the address of a file as it was counted, without the resolution that was adopted since.
AS_COUNTED = "bez-uchwaly"


@pages.get("/glosowania/<int:poll_id>/wynik")
@asks("anyone")
def show(poll_id: int) -> ResponseReturnValue:
    return result_page(poll_id)


@pages.get("/glosowania/<int:poll_id>/wynik.json")
@asks("anyone")
def as_json(poll_id: int) -> ResponseReturnValue:
    with reading() as tx:
        poll_for_reader(tx, poll_id)
        files = result_files(tx, poll_id)
    if AS_COUNTED in request.args:
        return attachment(files.as_counted, "application/json", f"wynik-{poll_id}-{AS_COUNTED}.json")
    return attachment(files.file, "application/json", f"wynik-{poll_id}.json")


@pages.get("/verify_result.py")
@asks("anyone")
def program() -> ResponseReturnValue:
    return attachment(VERIFIER.read_bytes(), "text/x-python", "verify_result.py")


def result_page(poll_id: int, *, number: str = "") -> str:
    """The result of a vote; of a secret one with its ballots, and whether the one with this number is among them."""
    with reading() as tx:
        facts = poll_for_reader(tx, poll_id)
        files, announced = result_files(tx, poll_id), is_public(tx, poll_id)
    return render_template(
        "meetings/result.html", content=verify_result(files.file), poll_id=poll_id,
        digest=sha256(files.file).hexdigest(), counted_digest=sha256(files.as_counted).hexdigest(),
        waits=files.waits, as_counted=AS_COUNTED,
        announced=announced, own=facts.own, edition_of=facts.edition, reads_meetings=may_see(facts), votes=VOTES,
        number=number,
    )  # fmt: skip


def poll_for_reader(tx: Connection, poll_id: int) -> Facts:
    """The vote: for insiders whenever, for everybody else once its results are announced; else NotFound."""
    ref = Ref("poll", poll_id)
    facts = facts_reader.read_facts(tx, [ref], actor=asking()).get(ref)
    if facts is None or not (may_see(facts) or is_public(tx, poll_id) or _of_own_body(tx, facts)):
        raise NotFound
    return facts


def _of_own_body(tx: Connection, poll: Facts) -> bool:
    """Whether the reader sits in the body at whose meeting it was voted."""
    if Role.APPEAL_BODY not in poll.rights.roles:
        return False
    meeting = Ref("meeting", poll["meeting_id"])
    return may_see(facts_reader.read_facts(tx, [meeting], actor=asking())[meeting])


def attachment(data: bytes, mimetype: str, name: str) -> Response:
    """A file to be kept; no cache stores it."""
    response = Response(data, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
