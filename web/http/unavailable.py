"""The answer 503: the database does not answer, or nothing can be written; what was typed comes back with the page."""

import errno
import logging

from flask import Flask, Response, g, request
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from web.http import errors, identity
from web.http.security import SAFE
from web.http.typed_fields import typed_fields
from workflow.base.i18n import _, say

log = logging.getLogger(__name__)
RETRY_SECONDS = 10
DATABASE_ERRORS = (OperationalError, InterfaceError, PoolTimeout)
# The disk is full, over its quota, or was made read-only after a fault.
DISK_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})
BREAK = _("The service is having a short break. Nothing that was saved is lost.")
NOT_SAVED = _("The service cannot save anything at the moment. Nothing of this request was saved; send it again later.")


def on_database_error(error: Exception) -> Response:
    """The database does not answer, or takes nothing in. Asks the database nothing more."""
    log.error("The database does not work: %s", str(getattr(error, "orig", error)).splitlines()[:1])
    return answer()


def on_disk_error(error: OSError) -> Response:
    """A file could not be written; any other error of the operating system is a fault like every other."""
    if error.errno not in DISK_ERRORS:
        raise error
    log.error("A file could not be written: %s", error.strerror)
    return answer()


def answer() -> Response:
    """Say so and when to come back; a form comes back with a button that sends it again."""
    g.setdefault("opened", None)
    g.setdefault("bearer", None)
    is_saving = request.method not in SAFE
    if identity.is_program():
        response = errors.problem(503, say(NOT_SAVED if is_saving else BREAK, identity.language()))
    else:
        url = request.full_path.rstrip("?")
        response = errors.page(503, is_saving=is_saving, url=url, typed=typed_fields(), files=bool(sent_files()))
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def sent_files() -> list[str]:
    """The names of the files that came along, which have to be chosen again."""
    try:
        return [file.filename for file in request.files.values() if file.filename]
    except OSError:
        return []


def init_app(app: Flask) -> None:
    """Answer these errors of every page."""
    for kind in DATABASE_ERRORS:
        app.register_error_handler(kind, on_database_error)
    app.register_error_handler(OSError, on_disk_error)
