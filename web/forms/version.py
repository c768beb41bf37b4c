"""The version that a form was opened on: a form that does not say it is refused, never taken as the newest."""

import re

from workflow.base.errors import BadInput
from workflow.base.i18n import _

_NUMBER = re.compile("0|[1-9][0-9]{0,8}", re.ASCII)
NOT_SAID = _(
    "The form does not say which version of the page you saw. Look at the page as it is now, then send it again."
)


def version_in(text: str | None) -> int | None:
    """The version that a form sent, or None where it sent none or something else."""
    return int(text) if text is not None and _NUMBER.fullmatch(text) else None


def required(version: int | None) -> int:
    """The version, or BadInput where the form did not say it."""
    if version is None:
        raise BadInput({"version": NOT_SAID})
    return version
