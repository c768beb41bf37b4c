"""Partners of the partnership agreement: shipped texts of letters."""

from collections.abc import Mapping

from workflow.base.i18n import _
from workflow.notifications.shipped_texts.text import ShippedText
from workflow.rules.topics import Audience, Topic

_ANSWER = _("Please say who signs for you and by which mandate, or that you do not join: {contact}.")

TEXTS: Mapping[Topic, ShippedText] = {
    Topic.PARTNER_INVITED: ShippedText(
        _("Invitation to the partnership agreement: {edition}"),
        _("“{title}” is invited to join the partnership agreement of the edition “{edition}”."),
        {Audience.ORGANISATION: _ANSWER},
    ),
    Topic.PARTNER_REMINDED: ShippedText(
        _("We await your answer about the partnership agreement: {edition}"),
        _("“{title}” was invited to join the partnership agreement of the edition “{edition}” and has not answered."),
        {Audience.ORGANISATION: _ANSWER},
    ),
    Topic.PARTNER_SIGNED: ShippedText(
        _("Partnership agreement signed: {title}"),
        _("“{title}” has signed the partnership agreement of the edition “{edition}”."),
    ),
    Topic.PARTNER_REFUSED: ShippedText(
        _("Partnership agreement refused: {title}"),
        _("“{title}” does not join the partnership agreement of the edition “{edition}”."),
        below=_("The reason is below."),
    ),
    Topic.PARTNER_WITHDREW: ShippedText(
        _("Partner left the agreement: {title}"),
        _("“{title}” has left the partnership agreement of the edition “{edition}”."),
        below=_("The reason is below."),
    ),
    Topic.PARTNER_ANSWER_NEAR: ShippedText(
        _("The answer about the partnership agreement is due soon: {edition}"),
        _("“{title}” has not answered the invitation to the partnership agreement of the edition “{edition}” yet."),
        {Audience.ORGANISATION: _ANSWER},
    ),
    Topic.PARTNER_ANSWER_OVERDUE: ShippedText(
        _("The answer about the partnership agreement is overdue: {title}"),
        _("“{title}” has not answered the invitation to the partnership agreement of the edition “{edition}”."),
        {Audience.ORGANISATION: _ANSWER, Audience.STAFF: _("Please ask the partner, or record the answer.")},
    ),
}
