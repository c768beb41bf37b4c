"""Registration for conferences: shipped texts of letters."""

from collections.abc import Mapping

from workflow.base.i18n import _
from workflow.notifications.shipped_texts.text import ShippedText
from workflow.rules.topics import Audience, Topic

TEXTS: Mapping[Topic, ShippedText] = {
    Topic.REGISTERED: ShippedText(
        _("Registration for conference no. {number}: {edition}"),
        _("We have your registration for conference no. {number} of the edition “{edition}”."),
        {
            Audience.NAMED: _(
                "Please show the code from the page of the registration at the entrance. "
                "Whoever is on the waiting list will hear from us when a place becomes free. "
                "If you cannot come, you can give up your place there."
            )
        },
    ),
    Topic.PLACE_TAKEN_BACK: ShippedText(
        _("Your registration for conference no. {number} was cancelled: {edition}"),
        _("The programme office cancelled a registration for conference no. {number} of the edition “{edition}”."),
        {Audience.NAMED: _("If anything is unclear, please ask the programme office.")},
    ),
    Topic.MOVED_UP: ShippedText(
        _("A place at conference no. {number}: {edition}"),
        _("A place at conference no. {number} of the edition “{edition}” has become free."),
        {
            Audience.NAMED: _(
                "Please show the code from the page of the registration at the entrance. "
                "If you cannot come, you can give up your place there."
            )
        },
    ),
}
