"""The menus: where each entry leads, who sees it, and a number beside it.

An entry whose endpoint does not exist yet, or that the reader may not open, is not shown.
"""

from collections.abc import Callable
from dataclasses import dataclass

from workflow.base.i18n import Sentence, _
from workflow.rules.page_permissions import Reader


@dataclass(frozen=True, slots=True)
class Door:
    """A line of a menu: what it says, where it leads, who sees it, and perhaps a number beside it."""

    label: Sentence
    endpoint: str
    permission: str = "anyone"
    count: Callable[[Reader | None], int] | None = None


def unread(reader: Reader | None) -> int:
    """The number beside the inbox."""
    from web.http import layout_data

    return layout_data.unread(reader)


NAV: tuple[Door, ...] = (
    Door(_("My work"), "my_work.show", "signed_in"),
    Door(_("Waiting for me"), "worklist.show", "approvals"),
    Door(_("Inbox"), "inbox.show", "signed_in", count=unread),
    Door(_("Editions"), "editions.list_all"),
    Door(_("Post"), "delivery_log.show", "staff_or_admin"),
    Door(_("People"), "people.list_people", "admin"),
)
# The parts of a proposal, each a page of its own for those who read its working papers.
PROPOSAL_TABS: tuple[Door, ...] = (
    Door(_("Overview"), "proposals.show"),
    Door(_("Project sheet"), "sheet.show"),
    Door(_("Group"), "groups.show"),
    Door(_("Talk"), "comments.show"),
    Door(_("Files"), "files.show"),
    Door(_("Versions"), "versions.show"),
    Door(_("Submission"), "submission.show"),
)
USER_MENU: tuple[Door, ...] = (Door(_("My account"), "accounts.account", "signed_in"),)
# Where somebody goes who has just signed in and came from nowhere in particular.
HOME = "/praca"
