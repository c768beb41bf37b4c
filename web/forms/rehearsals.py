"""What the page of rehearsals asks for."""

from workflow.base.i18n import _
from workflow.rules.field_types import Input

UNTIL = Input(
    "until", "date", _("Last day of the rehearsal"), _("Empty: until nothing is due any more."), required=False
)  # fmt: skip
ASKS = (UNTIL,)
