"""What the page of an agenda asks for."""

from workflow.base.i18n import _
from workflow.rules.field_types import Input

REASON = Input("reason", "line", _("Why the order changes"), _("It stands on the list of changes of the agenda."),
               required=False)  # fmt: skip
MINUTES = Input("minutes", "number", _("Length in minutes"), maximum=480)
ITEM = (
    Input("kind", "choice", _("Kind of item"), choices="slot_kinds"),
    Input("title", "line", _("What it is about"), _("Not needed for a break."), required=False),
    MINUTES,
    REASON,
)
SLOT = (
    MINUTES,
    Input("presenter", "line", _("Who presents"), _("The name is shown on the screen in the hall."), required=False),
)
OTHER_SLOT = (MINUTES, Input("title", "line", _("What it is about"), required=False))
TIMES = (
    Input("start", "time", _("When the first item begins"), _("Empty: when the conference begins."), required=False),
    Input("frozen_on", "date", _("The order is frozen from"),
          _("From this day on a change of the order needs a reason. Empty: it never does."), required=False),
)  # fmt: skip
WORD = (
    Input("word", "line", _("A word said aloud in the hall"),
          _("It counts in the draw beside the committed seed. It may stay empty."), required=False, maximum=80),
    REASON,
)  # fmt: skip
ORDER = (REASON,)
