"""Accounts: shipped texts of letters."""

from collections.abc import Mapping

from workflow.base.i18n import _
from workflow.notifications.shipped_texts.text import ShippedText
from workflow.rules.topics import Audience, Topic

TEXTS: Mapping[Topic, ShippedText] = {
    Topic.SIGN_IN_LINK: ShippedText(
        _("Your link to sign in"),
        _("We received a request for a link to sign in with this address."),
        {
            Audience.ACCOUNT: _(
                "The link works once, until {until}. If you did not ask for it, you can ignore "
                "this message: without the link nobody signs in."
            )
        },
    ),
    Topic.DIGEST: ShippedText(
        _("What happened in the programme"),
        _("This is the summary of messages that you chose to get together."),
    ),
    Topic.TEST_LETTER: ShippedText(_("Test letter"), _("This letter was written to try out a text.")),
    Topic.INVITATION: ShippedText(
        _("Invitation to the local partnership programme"),
        _("The programme office made an account for this address."),
        {
            Audience.ACCOUNT: _(
                "Please open the link and set a password. The link works once, until {until}. "
                "How personal data are used: {privacy_url}."
            )
        },
    ),
    Topic.ACCOUNT_OFFERED: ShippedText(
        _("You can have an account in the local partnership programme"),
        _("Your address is on the list of people of the programme. There is no account for it."),
        {
            Audience.ACCOUNT: _(
                "If you want an account, please open the link and set a password. The link works once, until "
                "{until}. If you do not want one, you need do nothing. How personal data are used: {privacy_url}."
            )
        },
    ),
    Topic.MAIL_STALLED: ShippedText(
        _("Letters do not go out"),
        _("Letters are waiting, and the mail server has accepted none for some time."),
        {
            Audience.STAFF: _(
                "The page “Post” says since when and why. Please tell whoever looks after the mail server. "
                "When it answers again, waiting letters go out by themselves."
            )
        },
    ),
}
