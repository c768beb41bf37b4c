"""From facts and a text to a letter in the reader's language; pure, the same for the mailbox and the inbox."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from workflow.base.i18n import Sentence, _, format_date, format_datetime, say
from workflow.notifications.calendar_file import Event
from workflow.notifications.ladders import LADDERS
from workflow.notifications.letter_details import details, receipt_lines, said
from workflow.notifications.letter_links import link_words, path
from workflow.notifications.shipped_texts import SHIPPED
from workflow.notifications.topic_audiences import AUDIENCES
from workflow.rules.facts import EMPTY, Ref
from workflow.rules.letter_text import LetterText, Placeholder, fill
from workflow.rules.topics import Audience, Topic

# Wide circles learn what happened, but not the words that were meant for the group and the office.
READS_WORDS = frozenset(Audience) - {
    Audience.PARTNERS, Audience.ALL_LEADERS, Audience.OTHER_LEADER, Audience.PUBLIC, Audience.CORRECTED,
}  # fmt: skip
# What concerns the partners themselves.
OF_PARTNERS = frozenset({Topic.AGREEMENT_OPENED, Topic.AGREEMENT_AMENDED, Topic.AGREEMENT_EXPIRED,
                         Topic.PARTNER_WITHDREW})  # fmt: skip
# Letters of a person, of which there is nothing in the history of their subject.
WRITTEN = frozenset({Topic.LIST_LETTER, Topic.TEST_LETTER})
# Who reads the name of a minor who did something.
NAMES_MINORS_TO = frozenset({Audience.LEADER, Audience.GROUP, Audience.STAFF})
PUPIL = _("a pupil")
# Drafts of decisions are read on the page, behind its permission, and never travel by mail.
EMBARGOED = frozenset({Topic.REFUSAL_DRAFTED, Topic.CANCELLATION_PROPOSED})
# Which record holds the grounds of a decision that a step announces.
DECIDED_BY: Mapping[Topic, str] = {
    Topic.ADMISSION_REFUSED: "draft_refusal",
    Topic.SELECTED: "decision",
    Topic.PLACED_ON_RESERVE: "decision",
    Topic.REJECTED: "decision",
    Topic.CANCELLED: "propose_cancellation",
    Topic.DECISION_ANNULLED: "annulment",
}
# Decisions against which the leader may appeal, if the edition knows appeals at all.
APPEALABLE = frozenset(topic for topic, text in SHIPPED.items() if text.appeal)
PRIVACY = "/prywatnosc"
GREETING = _("Dear Sir or Madam,")
CLOSING = _("Yours faithfully,")
PROGRAMME_OFFICE = _("Office of the local partnership programme")
NO_ANSWERS = _("This is an automatic message, please do not reply.")
# Who invites, where that is a pupil, who is named to nobody outside the group.
SOMEBODY = _("A member of the group")

AS_WHAT: Mapping[Audience, Sentence] = {
    Audience.LEADER: _("We write to the leader of the group."),
    Audience.GROUP: _("We write to the people of the group."),
    Audience.AUTHOR: _("We write to the author of the idea."),
    Audience.COORDINATOR: _("We write to the coordinator of the project."),
    Audience.APPEAL_BODY: _("We write to the appeal body."),
    Audience.CHAIR: _("We write to the chair of the steering committee."),
    Audience.INITIATOR: _("We write to the initiators of this edition."),
    Audience.COMMITTEE: _("We write to the members of the steering committee."),
    Audience.STAFF: _("We write to the staff of the programme office."),
    Audience.PARTNERS: _("We write to the partners of the programme."),
    Audience.ORGANISATION: _("We write to whoever speaks for this partner of the agreement."),
    Audience.ALL_LEADERS: _("We write to the leaders of all groups of this edition."),
    Audience.OTHER_LEADER: _("We write to the leader of the other project."),
    Audience.NAMED: _("We write to the person whom this change concerns."),
    Audience.ACCOUNT: _("This message is about an account for this address."),
    Audience.CORRECTED: _("We write to whoever got the earlier message."),
    Audience.SEATED: _("We write to whoever has a seat in this body or substitutes in one."),
    Audience.LISTED: _("We write to people whom the programme office chose."),
    Audience.FOLLOWER: _("This address follows the edition or the project, or somebody asked for that."),
    Audience.REGISTERED: _("We write to whoever registered for a conference of this edition."),
    Audience.INVITED: _(
        "This address was given by somebody who invites to a group. Whoever does not want to join need do nothing."
    ),
}


class Correction(Struct, frozen=True):
    """What a letter takes back: the subject line of the earlier one by language, its moment, and words of its own."""

    subjects: Mapping[str, str]
    at: datetime
    # Written by whoever took the step back, instead of the usual sentence.
    text: str = ""


class LetterFacts(Struct, frozen=True):
    """All that a letter may look at; `audiences` says what the reader is to the subject now."""

    # The number of the message, the same in every copy of it. No letter shows it: numbers of all letters would tell how
    # many there were, those under embargo too.
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
    edition_id: int | None = None
    # Name and contact of the programme office, as the edition's settings say.
    office: str = ""
    contact: str = ""
    # What the letter invites to or calls off.
    event: Event | None = None
    corrects: Correction | None = None
    site: str = ""

    @property
    def concerned(self) -> frozenset[Audience]:
        """What the reader is to the subject, of what the topic is told to; empty where it concerns them no more."""
        return self.audiences & set(AUDIENCES.get(self.topic, ()))


class Letter(Struct, frozen=True):
    """A letter in one language; every part is plain text, to be escaped by whoever shows it."""

    language: str
    subject: str
    greeting: str
    happened: str
    expected: tuple[str, ...]
    until: str
    details: tuple[tuple[str, str], ...]
    note: str
    signed: str
    signature: tuple[str, ...]
    reason: str
    footer: str
    # What stands below it in an e-mail: the digest of what was handed in, for the leader.
    proof: str
    path: str
    # What the link leads to, and what a button says that opens it.
    where: str
    link: str

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The running text: what happened, what is expected, until when, by whom."""
        return tuple(paragraph for paragraph in (self.happened, *self.expected, self.until, self.signed) if paragraph)


def compose(facts: LetterFacts, text: LetterText, language: str) -> Letter:
    """The letter about these facts with this text.

    Whoever is not shown the grounds of a step gets no sentence about them either; nobody is told of an appeal that is
    not possible.
    """
    facts = _without_pupils(facts, language)
    values = _values(facts, language)
    concerned = [audience for audience in AS_WHAT if audience in facts.concerned]
    given = details(facts.data, language)
    is_open = _reads_grounds(facts)
    shows_grounds = text.below and is_open and (given or facts.note)
    happened = f"{text.happened} {text.below}" if shows_grounds else text.happened
    expected = [fill(part, values) for part in dict.fromkeys(_expected(facts, text, concerned))]
    lines = ((say(label, language), said(value, language)) for label, value in facts.lines)
    beside = (*receipt_lines(facts.receipt, facts.at, language), *lines, *given)
    reason = say(AS_WHAT[concerned[0]], language) if concerned else ""
    where, link = link_words(facts)
    return Letter(
        language=language, subject=fill(text.subject, values), greeting=say(GREETING, language),
        happened=(facts.corrects and facts.corrects.text) or fill(happened, values), expected=tuple(expected),
        until=_until(facts, text, concerned, language),
        details=beside if is_open else (),
        note=facts.note.strip() if is_open else "",
        signed=_signed(facts, language, named=is_open), signature=_signature(facts, language),
        reason=reason, footer=_footer(facts, reason, language), proof=_proof(facts, language),
        path=path(facts), where=say(where, language), link=say(link, language),
    )  # fmt: skip


def _expected(facts: LetterFacts, text: LetterText, concerned: Collection[Audience]) -> list[str]:
    asked = [text.expected[audience] for audience in concerned if text.expected.get(audience)]
    may_appeal = Audience.LEADER in concerned and text.appeal and facts.until
    return [*asked, text.appeal] if may_appeal else asked


def _until(facts: LetterFacts, text: LetterText, concerned: Collection[Audience], language: str) -> str:
    """Until when somebody is expected to act, and of what a reminder reminds.

    Whoever need do nothing is given no date otherwise, which would contradict that.
    """
    informed = SHIPPED[facts.topic].informs if facts.topic in SHIPPED else ()
    acts = _expected(facts, text, [audience for audience in concerned if audience not in informed])
    if not (acts or facts.topic in LADDERS) or not facts.until or f"{{{Placeholder.UNTIL}}}" in "".join(text.parts()):
        return ""
    if facts.until <= facts.at:
        return say(_("The term has passed: {moment}", moment=facts.until), language)
    return say(_("Until: {moment}", moment=facts.until), language)


def _reads_grounds(facts: LetterFacts) -> bool:
    """Whether the reader is shown what was given with the step; an agreement concerns the partners themselves."""
    if facts.topic in EMBARGOED:
        return False
    parties = {Audience.PARTNERS, Audience.ORGANISATION} if facts.topic in OF_PARTNERS else set()
    return bool(facts.audiences & (READS_WORDS | parties))


def _without_pupils(facts: LetterFacts, language: str) -> LetterFacts:
    """A minor is named to the group and the office, to nobody else."""
    if not facts.actor_is_minor or facts.audiences & NAMES_MINORS_TO:
        return facts
    return replace(facts, actor=say(PUPIL, language))


def _values(facts: LetterFacts, language: str) -> dict[str, str]:
    """What belongs into the placeholders."""
    event = facts.event
    day = format_datetime(event.starts_at, language) if event else ""
    return {
        Placeholder.TITLE: facts.title,
        Placeholder.NUMBER: str(facts.subject_number),
        Placeholder.EDITION: facts.edition,
        Placeholder.OFFICE: facts.office,
        Placeholder.CONTACT: facts.contact,
        Placeholder.RECEIPT: facts.receipt[0] if facts.receipt else "",
        Placeholder.INVITER: facts.actor or say(SOMEBODY, language),
        Placeholder.DAY: format_date(facts.corrects.at, language) if facts.corrects else day,
        Placeholder.MESSAGE: facts.corrects.subjects.get(language, "") if facts.corrects else "",
        Placeholder.PLACE: event.place if event else "",
        Placeholder.UNTIL: format_datetime(facts.until, language) if facts.until else "",
        Placeholder.PRIVACY_URL: f"{facts.site}{PRIVACY}",
        Placeholder.DOCUMENT: f"{facts.site}/edycje/{facts.edition_key}/wyniki" if facts.edition_key else "",
    }


def _signature(facts: LetterFacts, language: str) -> tuple[str, ...]:
    office = _("Office of the programme “{edition}”", edition=facts.edition) if facts.edition else PROGRAMME_OFFICE
    contact = ", ".join(filter(None, (facts.office, facts.contact)))
    return tuple(filter(None, (say(CLOSING, language), say(office, language), contact)))


def _footer(facts: LetterFacts, reason: str, language: str) -> str:
    """The small print; whom to ask is said where the edition names a contact."""
    questions = say(_("Questions: {contact}.", contact=facts.contact), language) if facts.contact else ""
    return " ".join(filter(None, (reason, say(NO_ANSWERS, language), questions)))


def _proof(facts: LetterFacts, language: str) -> str:
    if facts.receipt is None or Audience.LEADER not in facts.audiences:
        return ""
    return say(_("Digest of the text (SHA-256): {digest}", digest=facts.receipt[1]), language)


def _signed(facts: LetterFacts, language: str, *, named: bool) -> str:
    if facts.ref.kind in ("person", "invitation", "follower") or facts.topic in WRITTEN:
        return ""
    if not facts.actor:
        return say(_("Recorded automatically: {moment}.", moment=facts.at), language)
    if not named:
        return say(_("Recorded: {moment}.", moment=facts.at), language)
    return say(_("Recorded in the history: {name}, {moment}.", name=facts.actor, moment=facts.at), language)
