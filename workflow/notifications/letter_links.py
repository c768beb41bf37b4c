"""The page that a letter leads to, and what its link says."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from workflow.base.i18n import DEFAULT, Sentence, _
from workflow.notifications.ladders import OF_MATTERS
from workflow.rules.topics import Audience, Topic

if TYPE_CHECKING:
    from workflow.notifications.messages import LetterFacts

REGISTRATION = frozenset({Topic.REGISTERED, Topic.MOVED_UP, Topic.PLACE_TAKEN_BACK})
# What is answered on the page of the talk.
TALKED = frozenset({Topic.COMMENTED, Topic.MENTIONED, Topic.CHANGE_SUGGESTED, Topic.SUGGESTION_ANSWERED})
# What is read or answered on the page of the group.
OF_GROUP = frozenset({Topic.MEMBER_ADDED, Topic.MEMBER_JOINED, Topic.MEMBER_LEFT, Topic.JOIN_REQUESTED,
                      Topic.JOIN_ANSWERED})  # fmt: skip
# Kind of subject -> the address of its page; a vote is on the page of its meeting.
MEETINGS: Mapping[str, str] = {"meeting": "posiedzenia", "poll": "glosowania"}
KINDS: Mapping[str, str] = {**MEETINGS, "job": "zadania", "proposal": "projekty", "conference": "konferencje",
                            "agreement": "umowy", "agreement_partner": "partnerzy-umowy", "milestone": "kamienie",
                            "change_request": "zmiany-planu"}  # fmt: skip
PLACES: Mapping[Topic, str] = {Topic.MAIL_STALLED: "/poczta", Topic.DIGEST: "/skrzynka"}
IN_ROOM = frozenset({Topic.SCORES_MISSING, Topic.SELECTION_REOPENED})
OF_EDITION: Mapping[Topic, str] = {**dict.fromkeys(IN_ROOM, "wybor"), Topic.SCORES_CHANGED: "ranking",
                                   Topic.SELECTION_OPENED: "bezstronnosc"}  # fmt: skip
# What the link of a letter leads to, and what its button says.
LINKS_OF_TOPICS: Mapping[Topic, tuple[Sentence, Sentence]] = {
    Topic.MAIL_STALLED: (_("Post"), _("Open the page of the post")),
    Topic.FOLLOWING_ASKED: (_("To confirm"), _("Open and confirm")),
    Topic.DIGEST: (_("Inbox"), _("Open the inbox")),
    **dict.fromkeys((Topic.INVITATION, Topic.ACCOUNT_OFFERED), (_("Your account"), _("Set a password"))),
    **dict.fromkeys(REGISTRATION, (_("The page of the registration"), _("Open the registration"))),
    Topic.IDEA_RECORDED: (_("The page of the idea"), _("Open the page of the idea")),
    **dict.fromkeys(TALKED, (_("Talk"), _("Open the talk"))),
    **dict.fromkeys(OF_GROUP, (_("The page of the group"), _("Open the page of the group"))),
    **dict.fromkeys(IN_ROOM, (_("Committee's room"), _("Open the committee's room"))),
    Topic.SELECTION_OPENED: (_("Conflicts of interest"), _("Open the declarations")),
    Topic.SCORES_CHANGED: (_("Ranking"), _("Open the ranking")),
    **dict.fromkeys(OF_MATTERS, (_("Open matters"), _("Open the page of the matter"))),
}
LINKS_OF_KINDS: Mapping[str, tuple[Sentence, Sentence]] = {
    "proposal": (_("The project's page"), _("Open the project's page")),
    "invitation": (_("Invitation"), _("Open the invitation")),
    **dict.fromkeys(MEETINGS, (_("The page of the meeting"), _("Open the page of the meeting"))),
    "job": (_("The page of the work"), _("Open the page of the work")),
    "conference": (_("The page of the conference"), _("Open the page of the conference")),
    "agreement": (_("The page of the agreement"), _("Open the page of the agreement")),
    "agreement_partner": (_("The page of the partner"), _("Open the page of the partner")),
    "milestone": (_("The page of the milestone"), _("Open the page of the milestone")),
    "change_request": (_("The page of the request"), _("Open the page of the request")),
    "person": (_("Signing in"), _("Sign in")),
}
EDITION_LINK = _("The edition's page"), _("Open the edition's page")


def path(facts: "LetterFacts") -> str:
    """The page that a letter leads to, below BASE_URL; letters about an account get theirs from their secret."""
    if facts.topic in PLACES:
        return PLACES[facts.topic]
    if facts.topic is Topic.MERGER_AGREED and Audience.OTHER_LEADER in facts.audiences and facts.data.get("target"):
        # The project of the reader, who agrees there.
        return f"/projekty/{facts.data['target']}"
    if facts.topic in TALKED:
        return f"/projekty/{facts.ref.id}/rozmowa"
    if facts.topic in OF_GROUP:
        return f"/projekty/{facts.ref.id}/grupa"
    if facts.topic in REGISTRATION | {Topic.CONFERENCE_OPENED}:
        return f"/konferencje/{facts.ref.id}/zapisy"
    if facts.topic in OF_MATTERS:
        return f"/konferencje/{facts.ref.id}/stoly"
    if facts.ref.kind in KINDS:
        return f"/{KINDS[facts.ref.kind]}/{facts.ref.id}"
    if facts.topic in OF_EDITION:
        return f"/edycje/{facts.edition_key}/{OF_EDITION[facts.topic]}"
    return f"/edycje/{facts.edition_key}" if facts.edition_key else "/"


def page_address(base_url: str, path: str, language: str) -> str:
    """The address of a page in the language of a letter; a reader's account may say another one."""
    return f"{base_url}{path}" if language == DEFAULT else f"{base_url}{path}?lang={language}"


def link_words(facts: "LetterFacts") -> tuple[Sentence, Sentence]:
    """What the link leads to, and what its button says."""
    return LINKS_OF_TOPICS.get(facts.topic) or LINKS_OF_KINDS.get(facts.ref.kind) or EDITION_LINK
