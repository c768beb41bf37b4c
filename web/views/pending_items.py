"""What waits for the reader in groups, as a list of short lines, each with one button and perhaps a date."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for

from web.http.template_context import say
from workflow.base.i18n import Sentence, _
from workflow.groups.pending import PendingItem
from workflow.notifications.messages import SOMEBODY

WORDS: Mapping[str, tuple[Sentence, Sentence]] = {
    "invitation": (_("{words} invites you to the group."), _("Look at the invitation")),
    "request": (_("{words} asks to join the group."), _("Answer the request")),
    "task": (_("You have taken on: {words}"), _("To the group")),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One item: what, of which project, until when, and the button."""

    text: str
    title: str
    edition: str
    until: datetime | date | None
    label: str
    url: str


def line(item: PendingItem) -> Line:
    """One item in the reader's words."""
    text, label = WORDS[item.kind]
    group = url_for("groups.show", proposal_id=item.proposal_id)
    place = {"request": "#requests", "task": "#tasks"}.get(item.kind, "")
    url = url_for("invitations.show_own", number=item.id) if item.kind == "invitation" else f"{group}{place}"
    sentence = say(Sentence(text.text, {"words": item.words or say(SOMEBODY)}))
    return Line(sentence, item.title, item.edition, item.until, say(label), url)
