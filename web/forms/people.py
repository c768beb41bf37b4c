"""What the administrator's pages about people ask."""

from typing import Any

from web.forms import Form
from workflow.base.errors import BadInput
from workflow.base.i18n import _
from workflow.rules.field_types import Input
from workflow.rules.roles import COMMITTEE

NAME = Input("name", "line", _("Name and surname"), maximum=200)
EMAIL = Input("email", "email", _("E-mail address"), maximum=254)
ORGANISATION = Input("organisation", "line", _("Organisation"), required=False, maximum=200)
ADMIN = Input(
    "is_admin",
    "flag",
    _("Administrator"),
    _("May manage people and roles in every edition."),
    required=False,
)
INVITE = Input("invite", "flag", _("Send an invitation with a sign-in link"), required=False)
IS_MINOR = Input(
    "is_minor",
    "flag",
    _("I am under 18"),
    _("Your name will not be shown to the public or to other groups."),
    required=False,
)
# What somebody is asked who enters the open list of participants.
REGISTRATION = (NAME, EMAIL, IS_MINOR)
PERSON = (NAME, EMAIL, ORGANISATION, ADMIN, INVITE)
EDITION = Input("edition", "number", _("Edition"), maximum=2**31 - 1)
ROLE = Input("role", "line", _("Role"), maximum=40)
SECTOR = Input("sector", "line", _("Sector"), _("Only for members of the committee."), required=False, maximum=120)
GRANT = (EDITION, ROLE, SECTOR)


def read_grant(form: Form) -> dict[str, Any]:
    """The clean answers; a seat in the committee is a sector's seat, so it has to be named here."""
    given = form.read()
    if given["role"] in COMMITTEE and not given.get("sector"):
        raise BadInput({"sector": _("Say which sector this member of the committee sits for.")})
    return given
