"""What the pages of one's own account ask."""

from workflow.accounts.passwords import SHORTEST
from workflow.base.i18n import _
from workflow.rules.field_types import Input

# Passwords are compared as they were typed: these forms name them, `request.form` gives them.
EMAIL = Input("email", "email", _("E-mail address"), maximum=254)
PASSWORD = Input("password", "line", _("Password"))
SIGN_IN = (EMAIL, PASSWORD)
LINK = (EMAIL,)
CODE = (Input("code", "line", _("Code from the app, or a recovery code"), maximum=40),)
OLD = Input("old", "line", _("Present password"), required=False)
NEW = Input(
    "new",
    "line",
    _("New password"),
    _("At least {count} characters; several words in a row are easy to remember.", count=SHORTEST),
)
NEW_PASSWORD = (OLD, NEW)
TOKEN = (Input("name", "line", _("What the key is for"), _("For example: report for the county board"), maximum=100),)
