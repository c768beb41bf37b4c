"""A file that came with a form which was refused: in quarantine for the session, so that nobody chooses it again."""

import json

from flask import Flask, g, request
from msgspec import Struct

from web.http import identity
from web.http.resources import resources
from workflow.accounts.sealing import CannotOpen, open_secret, seal
from workflow.base.i18n import _
from workflow.files import storage
from workflow.files.content_types import BY_ENDING
from workflow.files.names import ending_of
from workflow.files.storage import IncomingFile
from workflow.rules.file_limits import BadFile

PURPOSE = "kept file"
# Added to the name of the field of the file.
KEPT = "-kept"


class KeptFile(Struct, frozen=True):
    """What the form shows of the file that it was sent with, and what it sends in its place."""

    name: str
    token: str


def sent_file(name: str = "file") -> IncomingFile | None:
    """The file of this form: the one that was chosen, else the one kept from its refusal before; None for neither.

    It is looked at before everything else of the form is, so that a refusal of the rest keeps it. What nobody sends
    again is swept up. Raises BadFile where it is not taken, or is not kept any more.
    """
    sent, token = request.files.get(name), request.form.get(f"{name}{KEPT}", "")
    uploads = resources().settings.uploads
    if sent is not None and sent.filename:
        incoming = storage.receive(uploads, sent.stream, sent.filename)
    elif token:
        incoming = _opened(token)
    else:
        return None
    g.kept_files = {**g.get("kept_files", {}), name: incoming}
    return incoming


def needed_file(name: str = "file") -> IncomingFile:
    """The file of a form that cannot do without one; raises BadFile as `sent_file` does, and where there is none."""
    incoming = sent_file(name)
    if incoming is None:
        raise BadFile(_("Choose a file first."))
    return incoming


def kept_file(name: str, action: str) -> KeptFile | None:
    """For the form with this address, once it was refused: the file that it was sent with, if that one was good."""
    incoming: IncomingFile | None = g.get("kept_files", {}).get(name)
    if incoming is None or request.path != action or not storage.is_waiting(resources().settings.uploads, incoming):
        return None
    values = [incoming.key, incoming.name, incoming.size, incoming.sha256, _session()]
    return KeptFile(incoming.name, seal(resources().settings, json.dumps(values), purpose=PURPOSE))


def _opened(token: str) -> IncomingFile:
    """The file of a token of ours, for the session in which it was given out alone."""
    try:
        key, name, size, sha256, session = json.loads(open_secret(resources().settings, token, purpose=PURPOSE))
    except CannotOpen:
        raise BadFile(GONE) from None
    incoming = IncomingFile(key, name, BY_ENDING[ending_of(name)], size, sha256)
    if session != _session() or not storage.is_waiting(resources().settings.uploads, incoming):
        raise BadFile(GONE)
    return incoming


GONE = _("The file that you chose before is not kept any more. Choose it again.")


def _session() -> str:
    session = identity.opened()
    return session.digest if session else ""


def init_app(app: Flask) -> None:
    """Let forms show what is kept of them."""
    app.jinja_env.globals["kept_file"] = kept_file
