"""What a text of a letter looks like with the data of a real subject; nothing is written."""

from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import Connection, select

from workflow.base.calendar import deadline
from workflow.base.i18n import _
from workflow.engine.facts_reader import KINDS
from workflow.models import Edition, Proposal, Receipt
from workflow.notifications.letter_subjects import event_of, office_of, subjects_of, summaries_of
from workflow.notifications.message_data import with_subject
from workflow.notifications.messages import APPEALABLE, Letter, LetterFacts, compose
from workflow.rules.facts import Actor, Ref
from workflow.rules.letter_text import BY_KIND, LetterText
from workflow.rules.settings_catalogue import value
from workflow.rules.topics import RECEIPTS, Audience, Topic

# Topics about a project have one chosen for them; of the others the newest subject of the edition is taken.
OF_PROJECT = frozenset({"proposal", "invitation", "correction"})
MOST_PROJECTS = 200
# Where the chosen subject has no grounds of its own.
GROUNDS = _("Here the letter gives the grounds.")


def kind_of(topic: Topic) -> str:
    """The kind of subject that a topic is about."""
    return topic.partition(".")[0]


def projects_of(connection: Connection, edition_id: int) -> list[tuple[int, str]]:
    """The projects with whose data a text can be tried, by number."""
    query = select(Proposal.id, Proposal.number, Proposal.title).where(Proposal.edition_id == edition_id)
    rows = connection.execute(query.order_by(Proposal.number).limit(MOST_PROJECTS))
    return [(row.id, f"{row.number}. {row.title}") for row in rows]


def subject_for(connection: Connection, edition_id: int, topic: Topic, project: int | None, actor: Actor) -> Ref:
    """The subject whose data a preview uses: the chosen project of this edition, else the newest that fits.

    The edition itself where it has none.
    """
    kind = kind_of(topic)
    if kind not in BY_KIND or kind == "account":
        return Ref("person", actor.id or 0)
    subject = "proposal" if kind in OF_PROJECT else kind
    if subject == "edition" or subject not in KINDS:
        return Ref("edition", edition_id)
    model = KINDS[subject]
    query = select(model.id).where(model.edition_id == edition_id)
    if project is not None and subject == "proposal":
        query = query.where(model.id == project)
    number = connection.execute(query.order_by(model.id.desc()).limit(1)).scalar_one_or_none()
    return Ref(subject, number) if number else Ref("edition", edition_id)


def preview(
    connection: Connection, edition_id: int, topic: Topic, text: LetterText, language: str, *, audience: Audience,
    ref: Ref, actor: Actor, at: datetime, site: str,
) -> Letter:  # fmt: skip
    """The letter about a real subject with this text, as somebody of this audience would get it now."""
    facts = LetterFacts(0, topic, ref, at, actor=actor.name, audiences=frozenset({audience}), site=site, until=None)
    subject = subjects_of(connection, {ref}).get(ref)
    if subject is None:
        return compose(_of_edition(connection, facts, edition_id), text, language)
    about = with_subject(facts, subject, to_state=subject.state)
    event = event_of(topic, ref, subject, summaries_of(connection, {edition_id}).get(edition_id))
    about = replace(about, event=event, receipt=_receipt(connection, ref) if topic in RECEIPTS else None)
    if topic in APPEALABLE and about.until is None and value({"settings": subject.settings}, "allows_appeals"):
        days = value({"settings": subject.settings}, "appeal_days")
        about = replace(about, until=deadline(at, days=days))
    if text.below and not about.data:
        about = replace(about, data={"justification": GROUNDS.say(language)})
    return compose(about, text, language)


def _of_edition(connection: Connection, facts: LetterFacts, edition_id: int) -> LetterFacts:
    """Facts about no subject of the edition, such as an account."""
    query = select(Edition.title, Edition.key, Edition.settings).where(Edition.id == edition_id)
    row = connection.execute(query).one()
    office, contact = office_of({"settings": row.settings})
    return replace(facts, edition=row.title, edition_key=row.key, office=office, contact=contact, until=facts.at)


def _receipt(connection: Connection, ref: Ref) -> tuple[str, str] | None:
    query = select(Receipt.number, Receipt.digest).where(Receipt.proposal_id == ref.id).order_by(Receipt.id.desc())
    row = connection.execute(query.limit(1)).one_or_none()
    return (row.number, row.digest) if row else None
