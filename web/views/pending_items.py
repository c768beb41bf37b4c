"""What waits for the reader in groups and open votes: short lines with one button each and perhaps a date."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from flask import url_for
from msgspec import Struct

from web.http.template_context import say
from web.views.work_kinds import Kind
from workflow.base.i18n import Sentence, _
from workflow.groups.pending import PendingItem
from workflow.notifications.messages import SOMEBODY
from workflow.rules.bodies import BODIES
from workflow.rules.letter_batches import KINDS, BatchKind
from workflow.selection.conflict_queries import PendingDeclarations
from workflow.selection.meeting_queries import PendingVote
from workflow.selection.member_queries import PendingCards, PendingMeeting
from workflow.selection.reserve_list import PendingPlace

# What is said about an item with its own words (a name, a task), and on the button.
TEXTS: Mapping[str, tuple[Callable[[str], Sentence], Sentence]] = {
    "invitation": (lambda words: _("{words} invites you to the group.", words=words), _("Look at the invitation")),
    "request": (lambda words: _("{words} asks to join the group.", words=words), _("Answer the request")),
    "matter": (lambda words: _("Left open by a conference: {words}", words=words), _("Note the result")),
    "milestone": (lambda words: _("Milestone to reach: {words}", words=words), _("To the milestone")),
    "change": (
        lambda words: _("Request no. {words} for a change of the plan waits for a decision.", words=words),
        _("To the request"),
    ),
    "signature": (
        lambda words: _("Read the text and sign it or refuse: {words}", words=words),
        _("Read the text of the agreement"),
    ),
    "task": (lambda words: _("You have taken on: {words}", words=words), _("To the group")),
}

# What the others are about; without a line here: groups.
KIND_OF: Mapping[str, Kind] = {
    "matter": Kind.CONFERENCES, "milestone": Kind.IMPLEMENTATION, "change": Kind.IMPLEMENTATION,
    "signature": Kind.EDITION,
}  # fmt: skip


class Line(Struct, frozen=True):
    """One item: what, of which project, until when, and the button."""

    text: str
    title: str
    edition: str
    until: datetime | date | None
    label: str
    url: str
    kind: Kind = Kind.COMMITTEE
    # Stands before everything else that has no date.
    is_first: bool = False


def line(item: PendingItem) -> Line:
    """One item in the reader's words."""
    if item.kind == "to_approve":
        return _letters(item)
    sentence, label = TEXTS[item.kind]
    text = say(sentence(item.words or say(SOMEBODY)))
    return Line(
        text, item.title, item.edition, item.until, say(label), _address(item), KIND_OF.get(item.kind, Kind.GROUPS)
    )


def _address(item: PendingItem) -> str:
    """The page on which it is done."""
    addresses: Mapping[str, tuple[str, dict[str, int | str]]] = {
        "invitation": ("invitations.show_own", {"number": item.id}),
        "request": ("groups.show", {"proposal_id": item.proposal_id, "_anchor": "requests"}),
        "task": ("groups.show", {"proposal_id": item.proposal_id, "_anchor": "tasks"}),
        "matter": ("conference_tables.show", {"conference_id": item.proposal_id, "_anchor": "matters"}),
        "milestone": ("plan_parts.milestone", {"milestone_id": item.id}),
        "change": ("plan_parts.change", {"change_request_id": item.id}),
        "signature": ("agreement_partners.read", {"agreement_partner_id": item.id}),
    }
    endpoint, values = addresses[item.kind]
    return url_for(endpoint, **values)  # type: ignore[arg-type]


def _letters(item: PendingItem) -> Line:
    """Letters that somebody of the office has to approve."""
    url = url_for("letter_batches.show", edition_key=item.words, batch_id=item.id)
    text, label = _("Letters wait for approval"), _("Look through the letters")
    return Line(say(text), say(KINDS[BatchKind(item.title)]), item.edition, None, say(label), url, Kind.LETTERS)


def cards(item: PendingCards) -> Line:
    """Score cards that are awaited from the reader."""
    what = say(_("Projects that wait for your score card: {count}", count=item.count))
    url = url_for("committee_room.show", edition_key=item.edition_key, pokaz="do-oceny")
    return Line(what, say(_("Committee's room")), item.edition, item.until, say(_("Score the projects")), url)


def meeting(item: PendingMeeting) -> Line:
    """A meeting at which the reader is expected."""
    if item.awaits_minutes:
        return _minutes(item)
    what = _("Take part in the meeting: it is under way.") if item.in_session else _("Take part in the meeting.")
    if item.in_session and item.by_circulation:
        what = _("Answer the vote by circulation.")
    if not item.in_session and item.starts_at:
        what = _("Take part in the meeting: {moment}.", moment=item.starts_at)
    url = url_for("meetings.show", meeting_id=item.id)
    return Line(say(what), _title(item), item.edition, item.starts_at, say(_("To the meeting")), url)


def _minutes(item: PendingMeeting) -> Line:
    url = url_for("minutes.show", meeting_id=item.id)
    what = say(_("The minutes have to be signed and approved."))
    return Line(what, _title(item), item.edition, None, say(_("To the minutes")), url)


def _title(item: PendingMeeting) -> str:
    return f"{say(BODIES[item.body])}, {say(_('Meeting no. {number}', number=item.number)).lower()}"


def open_vote(vote: PendingVote) -> Line:
    """An open vote for which the reader's own is awaited."""
    url = url_for("meetings.show", meeting_id=vote.meeting_id)
    title = say(_("Meeting of the committee"))
    what = say(_("Vote: {wording}", wording=vote.wording))
    return Line(what, title, vote.edition, None, say(_("Go to the vote")), url)


def place(item: PendingPlace) -> Line:
    """A place that became free, for whoever carries on with the reserve list."""
    what = say(_("A place is free. Next on the reserve list: {title}.", title=item.next_title))
    url = url_for("reserve_list.show", edition_key=item.edition_key)
    return Line(what, say(_("Reserve list")), item.edition, item.until, say(_("To the reserve list")), url)


def declarations(pending: PendingDeclarations) -> Line:
    """Declarations of impartiality that the reader owes, and until when."""
    what = say(_("Declarations of impartiality to make: {count}.", count=pending.count))
    url = url_for("conflicts.show", edition_key=pending.edition_key)
    return Line(what, say(_("Impartiality")), pending.edition, pending.until, say(_("Declare")), url)
