"""The version that a form was opened on: a form that does not say it is refused, never taken as the newest."""

from workflow.base.errors import BadInput
from workflow.base.i18n import _

NOT_SAID = _(
    "The form does not say which version of the page you saw. Look at the page as it is now, then send it again."
)


def required(version: int | None) -> int:
    """The version, or BadInput where the form did not say it."""
    if version is None:
        raise BadInput({"version": NOT_SAID})
    return version
