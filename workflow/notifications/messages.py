"""From facts to a letter in the reader's language; pure, and the same for the mailbox and the page of messages."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from workflow.base.i18n import Sentence, _, format_date, format_datetime, say
from workflow.notifications.message_texts import MAY_APPEAL, WORDS
from workflow.rules.facts import EMPTY, Ref
from workflow.rules.field_types import Input
from workflow.rules.fields import INPUTS
from workflow.rules.topics import Audience, Topic

# Wide circles learn what happened, but not the words that were meant for the group and the office.
READS_WORDS = frozenset(Audience) - {
    Audience.PARTNERS, Audience.ALL_LEADERS, Audience.OTHER_LEADER, Audience.PUBLIC,
}  # fmt: skip
# Who reads the name of a minor who did something.
NAMES_MINORS_TO = frozenset({Audience.LEADER, Audience.GROUP, Audience.STAFF})
PUPIL = _("a pupil")
# Drafts of decisions are read on the page, behind its permission, and never travel by mail.
EMBARGOED = frozenset({Topic.REFUSAL_DRAFTED, Topic.CANCELLATION_PROPOSED})
# Topics whose attachment is the receipt of a project that was handed in.
RECEIPTS = frozenset({Topic.SUBMITTED, Topic.RESUBMITTED})
# What is answered on the page of the talk.
TALKED = frozenset({Topic.COMMENTED, Topic.MENTIONED, Topic.CHANGE_SUGGESTED, Topic.SUGGESTION_ANSWERED})
# Which record holds the grounds of a decision that a step announces.
DECIDED_BY: Mapping[Topic, str] = {
    Topic.ADMISSION_REFUSED: "draft_refusal",
    Topic.SELECTED: "decision",
    Topic.PLACED_ON_RESERVE: "decision",
    Topic.REJECTED: "decision",
    Topic.CANCELLED: "propose_cancellation",
}
# Decisions against which the leader may appeal, if the edition knows appeals at all.
APPEALABLE = frozenset(topic for topic, words in WORDS.items() if MAY_APPEAL in words.expected.values())
# What was given with a step and belongs into a letter about it, in this order.
DETAILS = (
    "resolution", "adopted_on", "section_reasons", "reasons", "reason_answers", "ground", "cancel_ground",
    "explanation", "justification", "grounds", "written_reasons", "reason", "remarks", "position", "slot_on",
    "resume_on", "day",
)  # fmt: skip

# Kind of subject -> the address of its page; a vote is on the page of its meeting.
MEETINGS: Mapping[str, str] = {"meeting": "posiedzenia", "poll": "glosowania"}
# Who invites, where that is a pupil, who is named to nobody outside the group.
SOMEBODY = _("A member of the group")

AS_WHAT: Mapping[Audience, Sentence] = {
    Audience.LEADER: _("You receive this message as the leader of the group."),
    Audience.GROUP: _("You receive this message as a member of the group."),
    Audience.AUTHOR: _("You receive this message as the author of the idea."),
    Audience.COORDINATOR: _("You receive this message as the coordinator of the project."),
    Audience.APPEAL_BODY: _("You receive this message as the appeal body."),
    Audience.CHAIR: _("You receive this message as the chair of the steering committee."),
    Audience.COMMITTEE: _("You receive this message as a member of the steering committee."),
    Audience.STAFF: _("You receive this message as staff of the programme office."),
    Audience.PARTNERS: _("You receive this message as a partner of the programme."),
    Audience.ALL_LEADERS: _("You receive this message as the leader of a group in this edition."),
    Audience.OTHER_LEADER: _("You receive this message as the leader of the other project."),
    Audience.NAMED: _("You receive this message because it concerns you."),
    Audience.ACCOUNT: _("You receive this message because it concerns your account."),
    Audience.SEATED: _("You receive this message because you have a seat in this body or substitute in one."),
    Audience.INVITED: _(
        "You receive this message because somebody gave your address to invite you; if you do nothing, nothing happens."
    ),
}


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """All that a letter may look at; `audiences` says what the reader is to the subject now."""

    # The number of the message, the same in every copy of it.
    number: int
    topic: Topic
    ref: Ref
    at: datetime
    title: str = ""
    subject_number: int = 0
    edition: str = ""
    edition_key: str = ""
    # Who did it; empty for the system.
    actor: str = ""
    actor_is_minor: bool = False
    audiences: frozenset[Audience] = frozenset()
    note: str = ""
    data: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    until: datetime | None = None
    # What stands beside the sentences of a letter about a meeting: a label and a text, a sentence or a moment.
    lines: tuple[tuple[Sentence, str | Sentence | datetime], ...] = ()
    # Number and digest of the receipt that the letter is about.
    receipt: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in one language; every part is plain text, to be escaped by whoever shows it."""

    language: str
    subject: str
    happened: str
    expected: tuple[str, ...]
    until: str
    details: tuple[tuple[str, str], ...]
    note: str
    signed: str
    reason: str
    number: str
    path: str
    link: str

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The running text: what happened, what is expected, until when, by whom."""
        return tuple(paragraph for paragraph in (self.happened, *self.expected, self.until, self.signed) if paragraph)


def _without_pupils(facts: LetterFacts, language: str) -> LetterFacts:
    """A minor is named to the group and the office, to nobody else."""
    if not facts.actor_is_minor or facts.audiences & NAMES_MINORS_TO:
        return facts
    return replace(facts, actor=say(PUPIL, language))


def compose(facts: LetterFacts, language: str, *, only: Collection[Audience] | None = None) -> Letter:
    """The letter about these facts; `only`, where given, are the audiences that this topic is meant for."""
    words = WORDS[facts.topic]
    facts = _without_pupils(facts, language)
    names = {
        "inviter": facts.actor or say(SOMEBODY, language),
        "title": facts.title,
        "number": facts.subject_number,
        "edition": facts.edition,
    }
    concerned = [audience for audience in AS_WHAT if audience in facts.audiences and (only is None or audience in only)]
    asked = [words.expected[audience] for audience in concerned if audience in words.expected]
    expected = dict.fromkeys(say(sentence, language) for sentence in asked if facts.until or sentence is not MAY_APPEAL)
    open_to_reader = bool(facts.audiences & READS_WORDS) and facts.topic not in EMBARGOED
    until = _("Until: {moment}", moment=facts.until) if expected and facts.until else None
    return Letter(
        language=language,
        subject=_filled(words.subject, names, language),
        happened=_filled(words.happened, names, language),
        expected=tuple(expected),
        until=say(until, language) if until else "",
        details=(*_receipt(facts, language), *_lines(facts, language), *_details(facts.data, language))
        if open_to_reader
        else (),
        note=facts.note.strip() if open_to_reader else "",
        signed=_signed(facts, language, named=open_to_reader),
        reason=say(AS_WHAT[concerned[0]], language) if concerned else "",
        number=say(_("Message no. {number}", number=facts.number), language),
        path=path(facts),
        link=say(_link(facts), language),
    )


def path(facts: LetterFacts) -> str:
    """The page that a letter leads to, below BASE_URL; letters about an account get theirs from their secret."""
    if facts.topic in TALKED:
        return f"/projekty/{facts.ref.id}/rozmowa"
    if facts.ref.kind == "proposal":
        return f"/proposals/{facts.ref.id}"
    if facts.ref.kind in MEETINGS:
        return f"/{MEETINGS[facts.ref.kind]}/{facts.ref.id}"
    if facts.topic is Topic.SCORES_MISSING:
        return f"/edycje/{facts.edition_key}/wybor"
    return f"/editions/{facts.edition_key}" if facts.edition_key else "/"


def _link(facts: LetterFacts) -> Sentence:
    if facts.ref.kind == "proposal":
        return _("Open the project's page")
    if facts.ref.kind == "invitation":
        return _("Open the invitation")
    if facts.ref.kind in MEETINGS:
        return _("Open the page of the meeting")
    return _("Sign in") if facts.ref.kind == "person" else _("Open the edition's page")


def _filled(sentence: Sentence, names: Mapping[str, Any], language: str) -> str:
    return say(Sentence(sentence.text, names), language)


def _signed(facts: LetterFacts, language: str, *, named: bool) -> str:
    if facts.ref.kind in ("person", "invitation"):
        return ""
    if not facts.actor:
        return say(_("Automatically, {moment}.", moment=facts.at), language)
    if not named:
        return say(_("On {moment}.", moment=facts.at), language)
    return say(_("Done by {name}, {moment}.", name=facts.actor, moment=facts.at), language)


def _details(data: Mapping[str, Any], language: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (say(INPUTS[name].label, language), value)
        for name in DETAILS
        if name in data and name in INPUTS and (value := _value(name, data[name], language))
    )


def _lines(facts: LetterFacts, language: str) -> tuple[tuple[str, str], ...]:
    return tuple((say(label, language), _said(value, language)) for label, value in facts.lines)


def _said(value: str | Sentence | datetime, language: str) -> str:
    if isinstance(value, datetime):
        return format_datetime(value, language)
    return say(value, language) if isinstance(value, Sentence) else value


def _receipt(facts: LetterFacts, language: str) -> tuple[tuple[str, str], ...]:
    if facts.receipt is None:
        return ()
    pairs = ((_("Receipt number"), facts.receipt[0]), (_("Handed in on"), format_datetime(facts.at, language)),
             (_("Digest of the text (SHA-256)"), facts.receipt[1]))  # fmt: skip
    return tuple((say(label, language), value) for label, value in pairs)


def _row(columns: Collection[Input], row: Mapping[str, Any], language: str) -> str:
    """One row of an answer in rows: its cells, each in words."""
    said = [(column, row[column.name]) for column in columns if row.get(column.name)]
    return " – ".join(
        say(column.options()[value], language) if value in column.options() else str(value) for column, value in said
    )


def _value(name: str, value: Any, language: str) -> str:
    if INPUTS[name].columns and isinstance(value, list):
        return "; ".join(_row(INPUTS[name].columns, row, language) for row in value)
    if isinstance(value, list):
        return "; ".join(filter(None, (_value(name, item, language) for item in value)))
    options = INPUTS[name].options()
    if value in options:
        return say(options[value], language)
    if INPUTS[name].type == "date" and isinstance(value, str):
        return format_date(date.fromisoformat(value), language)
    if isinstance(value, datetime):
        return format_datetime(value, language)
    return str(value) if value is not None else ""
