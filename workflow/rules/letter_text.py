"""The text of a letter: its parts, the placeholders of a topic, how they are checked and filled; pure.

A placeholder is a name in braces. Texts are written by people, so no format language is used: a name is either one of
those of the topic or an error, and what is filled in is never read again.
"""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum

from msgspec import Struct, field

from workflow.base.i18n import Sentence, _
from workflow.rules.topics import RECEIPTS, Audience, Topic

LONGEST_SUBJECT = 150
LONGEST_PART = 2000
# A pair of brackets without others in it, or a placeholder with what separates it from the words before it.
AUDIENCE_NAMES: Mapping[Audience, Sentence] = {
    Audience.LEADER: _("leader of the group"),
    Audience.GROUP: _("people of the group"),
    Audience.AUTHOR: _("author of the idea"),
    Audience.STAFF: _("programme office"),
    Audience.COMMITTEE: _("members of the committee"),
    Audience.CHAIR: _("chair of the committee"),
    Audience.APPEAL_BODY: _("appeal body"),
    Audience.COORDINATOR: _("coordinator of the project"),
    Audience.INITIATOR: _("initiator of the programme"),
    Audience.PARTNERS: _("partners of the programme"),
    Audience.ORGANISATION: _("contact and signatory of the partner"),
    Audience.ALL_LEADERS: _("leaders of all groups"),
    Audience.OTHER_LEADER: _("leader of the other project"),
    Audience.NAMED: _("person whom it concerns"),
    Audience.ACCOUNT: _("owner of the account"),
    Audience.INVITED: _("invited person"),
    Audience.SEATED: _("members of the body that meets"),
    Audience.LISTED: _("people on the list"),
    Audience.FOLLOWER: _("addresses that follow by e-mail"),
    Audience.REGISTERED: _("people registered for conferences"),
    Audience.CORRECTED: _("whoever got the earlier message"),
    Audience.PUBLIC: _("everybody, on the page"),
}
LANGUAGES: Mapping[str, Sentence] = {"pl": _("in Polish"), "en": _("in English")}
BLANK = re.compile(r" ?\((?P<inside>[^()]*\{[^()]*)\)|(?P<separator>, |: )?\{(?P<name>[a-z_]+)\}")
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# Quotes around a placeholder; those within what is filled in become the inner ones.
OUTER_QUOTES = frozenset('„“«"')
INNER_QUOTES = str.maketrans({"„": "»", "“": "»", "”": "«"})


class Placeholder(StrEnum):
    """What a text may leave blank."""

    TITLE = "title"
    NUMBER = "number"
    EDITION = "edition"
    OFFICE = "office"
    CONTACT = "contact"
    RECEIPT = "receipt"
    INVITER = "inviter"
    DAY = "day"
    PLACE = "place"
    UNTIL = "until"
    PRIVACY_URL = "privacy_url"
    MESSAGE = "message"
    DOCUMENT = "document"


MEANINGS: Mapping[Placeholder, Sentence] = {
    Placeholder.TITLE: _("the title of the project"),
    Placeholder.NUMBER: _("the number of the project, conference or meeting"),
    Placeholder.EDITION: _("the name of the edition"),
    Placeholder.OFFICE: _("the name of the programme office"),
    Placeholder.CONTACT: _("the contact of the programme office"),
    Placeholder.RECEIPT: _("the number of the receipt"),
    Placeholder.INVITER: _("the person who invites"),
    Placeholder.DAY: _("the day"),
    Placeholder.PLACE: _("the place"),
    Placeholder.UNTIL: _("until when"),
    Placeholder.PRIVACY_URL: _("the address of the statement on personal data"),
    Placeholder.MESSAGE: _("the subject of the earlier message"),
    Placeholder.DOCUMENT: _("the address of the published documents"),
}
_PROJECT = (Placeholder.TITLE, Placeholder.NUMBER, Placeholder.EDITION)
_EVENT = (Placeholder.NUMBER, Placeholder.EDITION, Placeholder.DAY, Placeholder.PLACE)
# By the kind of subject that a topic is about, which is the first word of the topic.
BY_KIND: Mapping[str, tuple[Placeholder, ...]] = {
    "proposal": _PROJECT,
    "invitation": (*_PROJECT, Placeholder.INVITER),
    "edition": (Placeholder.EDITION,),
    "scores": (Placeholder.EDITION,),
    "conference": _EVENT,
    "matter": (Placeholder.NUMBER, Placeholder.EDITION),
    "meeting": _EVENT,
    "poll": (Placeholder.EDITION,),
    "hall_poll": (Placeholder.EDITION,),
    "milestone": _PROJECT,
    "change_request": _PROJECT,
    "agreement": (Placeholder.EDITION,),
    "agreement_partner": (Placeholder.TITLE, Placeholder.EDITION),
    "job": (Placeholder.TITLE,),
    "correction": (*_PROJECT, Placeholder.MESSAGE, Placeholder.DAY),
    "account": (Placeholder.UNTIL, Placeholder.PRIVACY_URL),
    "follower": (Placeholder.TITLE, Placeholder.EDITION),
}
# Letters that name the day and the place of the edition's summary conference.
OF_SUMMARY = frozenset({Topic.ADMITTED, Topic.ADMISSION_APPEAL_UPHELD, Topic.SUMMARY_OPENED})
# Letters with which a resolution and the ranking are published, on a page that everybody may read.
WITH_DOCUMENTS = frozenset({Topic.RESULTS_ANNOUNCED, Topic.SELECTED, Topic.PLACED_ON_RESERVE, Topic.REJECTED})


class LetterText(Struct, frozen=True):
    """The text of a letter in one language, its placeholders not yet filled."""

    subject: str
    happened: str
    expected: Mapping[Audience, str] = field(default_factory=dict)
    # Said after what happened to whoever is shown the grounds of it.
    below: str = ""
    # Said to the leader while the term for an appeal runs.
    appeal: str = ""

    def parts(self) -> Iterator[str]:
        """Every part that may hold placeholders."""
        yield from (self.subject, self.happened, self.below, self.appeal, *self.expected.values())


def placeholders_of(topic: Topic) -> tuple[Placeholder, ...]:
    """The placeholders that a letter of this topic can fill."""
    more: tuple[Placeholder, ...] = (Placeholder.RECEIPT,) if topic in RECEIPTS else ()
    if topic in OF_SUMMARY:
        more = (Placeholder.DAY, Placeholder.PLACE)
    if topic in WITH_DOCUMENTS:
        more = (Placeholder.DOCUMENT,)
    return (*BY_KIND.get(topic.partition(".")[0], ()), *more, Placeholder.OFFICE, Placeholder.CONTACT)


def fault(text: str, topic: Topic) -> Sentence | None:
    """What is wrong with the placeholders of a text: the first one that the topic does not know, or a single brace."""
    allowed = placeholders_of(topic)
    listed = ", ".join(f"{{{name}}}" for name in allowed)
    for match in PLACEHOLDER.finditer(text):
        if match[1] not in allowed:
            return _("“{name}” is no placeholder of this letter. These are: {allowed}.", name=match[0], allowed=listed)
    # Placeholders are blanked out letter by letter, so that places stay where they are.
    rest = PLACEHOLDER.sub(lambda match: " " * len(match[0]), text)
    place = min((rest.find(brace) for brace in "{}" if brace in rest), default=-1)
    if place < 0:
        return None
    line, column = rest.count("\n", 0, place) + 1, place - rest.rfind("\n", 0, place)
    return _(
        "“{brace}” stands alone in line {line}, character {column}. A placeholder has a brace on each side. "
        "These may be used: {allowed}.", brace=rest[place], line=line, column=column, allowed=listed,
    )  # fmt: skip


def empty_settings(text: LetterText, *, office: str, contact: str) -> list[Placeholder]:
    """The placeholders of a text that stay empty since the edition's settings name no office or no contact."""
    written = "".join(text.parts())
    values = {Placeholder.OFFICE: office, Placeholder.CONTACT: contact}
    return [name for name, value in values.items() if not value and f"{{{name}}}" in written]


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled; one without a value takes with it the comma, colon or brackets around it.

    A name that has no entry in `values` counts as one without a value.
    """
    return BLANK.sub(lambda match: _filled(match, values), text)


def _filled(match: re.Match[str], values: Mapping[str, str]) -> str:
    if match["inside"] is not None:
        inside = fill(match["inside"], values).removeprefix(", ")
        known = any(values.get(name) for name in PLACEHOLDER.findall(match["inside"]))
        return f"{match[0][: match[0].index('(')]}({inside})" if known else ""
    value = " ".join(values.get(match["name"], "").split())
    if not value:
        return ""
    before = match.string[match.start() - 1 : match.start()]
    quoted = value.translate(INNER_QUOTES) if before in OUTER_QUOTES and before else value
    return f"{match['separator'] or ''}{quoted}"
