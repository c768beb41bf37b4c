"""The pages: which blueprints there are, and the doors of the menus that lead to them.

To add a page: write `web/pages/<stage>.py` with `pages = Blueprint(...)`, add its line to BLUEPRINTS, and a Door to
NAV where people should find it. An entry names a blueprint, or a function that takes the application.
A door whose endpoint does not exist yet, or that the reader may not open, is not shown.
"""

from collections.abc import Callable
from dataclasses import dataclass

from workflow.language import Sentence, _
from workflow.permissions import Reader

BLUEPRINTS = [
    "web.pages.accounts:pages",
    "web.pages.second_factor:pages",
    "web.pages.people:pages",
    "web.pages.site:pages",
    "web.around:init_app",
    "web.pages.public:pages",
    "web.pages.mine:pages",
    "web.pages.queue:pages",
    "web.pages.inbox:pages",
    "web.pages.post:pages",
    "web.pages.editions:pages",
    "web.pages.beginnings:pages",
    "web.pages.ideas:pages",
    "web.pages.cards:pages",
    "web.pages.minors:pages",
    "web.pages.registration:pages",
    "web.pages.posters:pages",
    "web.pages.board:pages",
    "web.pages.lists:pages",
    "web.pages.assigning:pages",
    "web.pages.selection:pages",
    "web.pages.proposals:pages",
    "web.pages.talk:pages",
    "web.pages.files:pages",
    "web.pages.sheet:pages",
    "web.pages.versions:pages",
    "web.pages.sheet_sections:pages",
    "web.pages.groups:pages",
    "web.pages.invitations:pages",
    "web.pages.submission:pages",
    "web.pages.steps:pages",
    "web.pages.undoing:pages",
    "web.api:init_app",
]


@dataclass(frozen=True, slots=True)
class Door:
    """A line of a menu: what it says, where it leads, who sees it, and perhaps a number beside it."""

    label: Sentence
    endpoint: str
    permission: str = "anyone"
    count: Callable[[Reader | None], int] | None = None


def unread(reader: Reader | None) -> int:
    """The number beside the inbox."""
    from web import around

    return around.unread(reader)


NAV: tuple[Door, ...] = (
    Door(_("My work"), "mine.show", "signed_in"),
    Door(_("Waiting for me"), "queue.show", "approvals"),
    Door(_("Inbox"), "inbox.show", "signed_in", count=unread),
    Door(_("Editions"), "editions.list_all"),
    Door(_("Post"), "post.show", "staff_or_admin"),
    Door(_("People"), "people.list_people", "admin"),
)
# The parts of a proposal, each a page of its own for those who read its working papers.
PROPOSAL_TABS: tuple[Door, ...] = (
    Door(_("Overview"), "proposals.show"),
    Door(_("Project sheet"), "sheet.show"),
    Door(_("Group"), "groups.show"),
    Door(_("Talk"), "talk.show"),
    Door(_("Files"), "files.show"),
    Door(_("Versions"), "versions.show"),
    Door(_("Submission"), "submission.show"),
)
USER_MENU: tuple[Door, ...] = (Door(_("My account"), "accounts.account", "signed_in"),)
# Where somebody goes who has just signed in and came from nowhere in particular.
HOME = "/praca"
