"""What the page of webhooks asks."""

from workflow.base.i18n import _
from workflow.notifications.webhooks import LONGEST_URL
from workflow.rules.field_types import Input

URL = Input("url", "line", _("Address"), _("It begins with https:// and is not one of a private network."),
            maximum=LONGEST_URL)  # fmt: skip
WEBHOOK = (URL, Input("scope", "choice", _("What it is called about"), choices="webhook_scopes"))
