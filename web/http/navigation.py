"""The menus: where each entry leads, who sees it, and a number beside it.

An entry whose endpoint does not exist yet, or that the reader may not open, is not shown.
"""

from collections.abc import Callable

from msgspec import Struct

from workflow.base.i18n import Sentence, _
from workflow.rules.page_permissions import Reader


class MenuEntry(Struct, frozen=True):
    """One entry of a menu: its label, its endpoint, who sees it, and perhaps a number beside it."""

    label: Sentence
    endpoint: str
    permission: str = "anyone"
    count: Callable[[Reader | None], int] | None = None


def unread(reader: Reader | None) -> int:
    """The number beside the inbox."""
    from web.http import layout_data

    return layout_data.unread(reader)


NAV: tuple[MenuEntry, ...] = (
    MenuEntry(_("My work"), "my_work.show", "signed_in"),
    MenuEntry(_("Inbox"), "inbox.show", "signed_in", count=unread),
    MenuEntry(_("Editions"), "editions.list_all"),
    MenuEntry(_("Post"), "delivery_log.show", "staff_or_admin"),
    MenuEntry(_("People"), "people.list_people", "admin"),
)
# The parts of a proposal, each a page of its own for those who read its working papers.
PROPOSAL_TABS: tuple[MenuEntry, ...] = (
    MenuEntry(_("Overview"), "proposals.show"),
    MenuEntry(_("Project sheet"), "sheet.show"),
    MenuEntry(_("Group"), "groups.show"),
    MenuEntry(_("Talk"), "comments.show"),
    MenuEntry(_("Files"), "files.show"),
    MenuEntry(_("Versions"), "versions.show"),
    MenuEntry(_("Submission"), "submission.show"),
    MenuEntry(_("Implementation"), "implementation.show"),
    MenuEntry(_("Money"), "project_money.show"),
    MenuEntry(_("Reports"), "progress_reports.show"),
    MenuEntry(_("Notes"), "office_notes.show"),
)
USER_MENU: tuple[MenuEntry, ...] = (
    MenuEntry(_("My account"), "accounts.account", "signed_in"),
    MenuEntry(_("Contact of the office"), "office_contact.show", "staff_or_admin"),
)
# Where somebody goes who has just signed in and came from nowhere in particular.
HOME = "/praca"
