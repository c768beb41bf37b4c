"""What the administrator's pages about people ask."""

from workflow.answers import Input
from workflow.language import _

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
PERSON = (NAME, EMAIL, ORGANISATION, ADMIN, INVITE)
EDITION = Input("edition", "number", _("Edition"), maximum=2**31 - 1)
ROLE = Input("role", "line", _("Role"), maximum=40)
SECTOR = Input("sector", "line", _("Sector"), _("Only for members of the committee."), required=False, maximum=120)
GRANT = (EDITION, ROLE, SECTOR)
