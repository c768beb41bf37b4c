"""What the page of the committee asks the office for."""

from workflow.base.i18n import _
from workflow.rules.field_types import Input

PERSON = Input("person", "person", _("Person"), maximum=10**11)
FROM_ON = Input("from_on", "date", _("From"))
TO_ON = Input("to_on", "date", _("Until"), _("Leave it empty where the term has no end yet."), required=False)
SEAT = (
    Input("body", "choice", _("Body"), choices="bodies"),
    PERSON,
    Input("function", "choice", _("Function"), choices="functions"),
    Input("sector", "line", _("Sector"), required=False, maximum=120),
    Input("organisation", "line", _("Organisation"), _("Whom this person represents"), required=False, maximum=200),
    Input("appointed_by", "line", _("Number of the resolution of appointment"), maximum=120),
    FROM_ON,
    TO_ON,
)
HOLDER = (PERSON, Input("capacity", "choice", _("How this person sits"), choices="capacities"), FROM_ON, TO_ON)
END = (Input("to_on", "date", _("Last day")),)
