"""What the API refuses besides the workflow's own refusals, and how every refusal is answered: RFC 9457."""

from flask import Response

from web.api.answers import LastChange, ProblemParts, missing_items
from web.api.calls import api
from web.http import identity
from web.http.errors import problem
from workflow.base.errors import Refusal, Stale
from workflow.base.i18n import Sentence, _


class Malformed(Refusal):
    """The body cannot be read as JSON at all."""

    status = 400
    code = "malformed"


class WrongType(Refusal):
    """The body is something else than JSON."""

    status = 415
    code = "wrong_type"

    def __init__(self) -> None:
        super().__init__(_("Send JSON, with the header Content-Type: application/json."))


class NoVersion(Refusal):
    """A change came without the version that it is based on."""

    status = 428
    code = "no_version"

    def __init__(self) -> None:
        super().__init__(_("Say which version you change: send its ETag in the header If-Match."))


class Changed(Refusal):
    """The version that a change is based on is not the present one."""

    status = 412
    code = "stale"

    def __init__(self, stale: Stale, sentence: Sentence | None = None) -> None:
        super().__init__(sentence or stale.sentence)
        self.stale = stale


def refused(error: Refusal) -> Response:
    """A refusal for programs: status, code, everything that is missing, and for a stale version what happened."""
    lang = identity.language()
    parts: ProblemParts = {"code": error.code, "missing": missing_items(error.missing, lang)}
    return problem(error.status, error.say(lang), **dict(parts), **dict(_last_change(error)))


def _last_change(error: Refusal) -> ProblemParts:
    stale = error.stale if isinstance(error, Changed) else error
    if not isinstance(stale, Stale):
        return {}
    last = stale.last
    if last is None:
        return {"current": stale.current}
    change: LastChange = {"who": last.who, "step": last.step, "at": last.at.isoformat(), "version": last.version}
    return {"current": stale.current, "last": change}


api.register_error_handler(Refusal, refused)
