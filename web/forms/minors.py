"""What the pages about minors ask the office for."""

from workflow.base.i18n import _
from workflow.rules.field_types import Input

PERSON = Input("person", "person", _("Person"), maximum=10**11)
BAND = Input("band", "choice", _("Age"), choices="age_bands")
AGE = (PERSON, BAND)
CONSENT = (
    Input("kind", "choice", _("Kind of consent"), choices="consents"),
    Input("given_by", "line", _("Who consented"), _("The guardian, or the school and who signed for it"), maximum=200),
    Input("given_on", "date", _("Day on the document")),
    Input(
        "letters_to",
        "email",
        _("E-mail address for letters"),
        _("Of the guardian or the school. Without it an adult of the group or the office gets the letters."),
        required=False,
        maximum=254,
    ),
)
