"""What the office does with letters: approve and withdraw those that wait, write to a list, try a text out."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, func, select, update

from workflow.base.errors import BadInput, Missing, NotAllowed, NotFound, found, not_ready
from workflow.base.i18n import Sentence, _
from workflow.engine import facts_reader
from workflow.engine.preview import PreviewChanged
from workflow.letters.batches import batch_content
from workflow.letters.lists import people_on
from workflow.models import LetterBatch, LetterTextVersion, OutboxRow
from workflow.notifications import letter_batches, outbox
from workflow.notifications.letter_batches import Batch, Withdrawal
from workflow.notifications.letter_subjects import office_of
from workflow.notifications.letter_texts import OWN_TEXT
from workflow.notifications.messages import Letter
from workflow.notifications.recipients import PEOPLE
from workflow.rules.facts import Actor, Facts, Ref
from workflow.rules.field_types import Input, read
from workflow.rules.letter_batches import BatchKind, BatchState, RecipientList
from workflow.rules.letter_text import LONGEST_PART, LONGEST_SUBJECT, LetterText, empty_settings, fault
from workflow.rules.permissions import RULES
from workflow.rules.roles import Role
from workflow.rules.settings_catalogue import value
from workflow.rules.topics import Topic
from workflow.rules.totals import NARROW

LIST_ASKS = (
    Input("recipients", "choice", _("To whom"), choices="recipient_lists"),
    Input(
        "conference",
        "number",
        _("Conference"),
        _("Counts for lists of people of a conference alone."),
        required=False,
        maximum=1000,
    ),
    Input("subject", "line", _("Subject"), maximum=LONGEST_SUBJECT),
    Input("text", "text", _("Text of the letter"), maximum=LONGEST_PART),
)


class LettersChanged(PreviewChanged):
    """What was seen before the confirmation is not what would happen now; nothing was done."""


class TextApproval(Struct, frozen=True):
    """What approving the edited texts of a topic would do: versions approved, and messages that go out."""

    versions: frozenset[int]
    languages: tuple[str, ...]
    batches: tuple[int, ...]
    messages: int

    @property
    def digest(self) -> str:
        """SHA-256 over what is approved and what goes out."""
        seen = (sorted(self.versions), self.batches, self.messages)
        return hashlib.sha256(repr(seen).encode()).hexdigest()


def approve_batch(
    tx: Connection, edition_id: int, batch_id: int, *, actor: Actor, at: datetime, seen: str | None = None,
    language: str = "pl",
) -> None:  # fmt: skip
    """Let the letters of a batch go out after the transaction has been committed.

    `seen` is the digest of the letters as they were read in a language; without one nothing is compared. Raises
    NotAllowed, NotFound, NotReady where it was decided already or where another person has to do it, LettersChanged.
    """
    edition, batch = _locked(tx, edition_id, batch_id, actor)
    if batch.state is not BatchState.HELD:
        raise not_ready("letters_decided", _("Somebody has decided about these letters already."))
    second_person(edition, _authors(tx, batch), actor)
    content = batch_content(tx, edition_id, batch_id, language) if seen is not None else None
    if content is not None and content.digest != seen:
        raise LettersChanged
    letter_batches.approve(tx, batch, by=actor.id, at=at)


def withdraw_batch(
    tx: Connection, edition_id: int, batch_id: int, *, actor: Actor, at: datetime, seen: str | None = None
) -> Withdrawal:  # fmt: skip
    """Take back the letters of a batch that nobody has yet; returns what was taken back and who keeps a letter.

    `seen` is the digest of what the actor saw beforehand. Raises NotAllowed, NotFound, LettersChanged, and NotReady
    where they were withdrawn already or everybody has them.
    """
    _edition, batch = _locked(tx, edition_id, batch_id, actor)
    if batch.state is BatchState.WITHDRAWN:
        raise not_ready("letters_decided", _("Somebody has decided about these letters already."))
    what = letter_batches.withdrawal(tx, batch_id, lock=True)
    if seen is not None and what.digest != seen:
        raise LettersChanged
    if not what.does_something:
        raise not_ready("letters_gone", _("Everybody has these letters already."))
    letter_batches.withdraw(tx, batch, what, by=actor.id, at=at)
    return what


def text_approval(connection: Connection, edition_id: int, topic: Topic) -> TextApproval:
    """What approving the texts of a topic would do now; two statements."""
    v, b = LetterTextVersion, LetterBatch
    query = select(v.id, v.language).where(v.edition_id == edition_id, v.topic == topic, v.approved_at.is_(None))
    versions = connection.execute(query.where(v.is_shipped.is_(False)).order_by(v.id)).all()
    to_approve = select(b.id, func.count(OutboxRow.id)).outerjoin(OutboxRow, OutboxRow.batch_id == b.id).group_by(b.id)
    to_approve = to_approve.where(b.edition_id == edition_id, b.topic == topic, b.state == BatchState.HELD).order_by(
        b.id
    )
    waiting = connection.execute(to_approve).all()
    languages = tuple(dict.fromkeys(row.language for row in versions))
    return TextApproval(frozenset(row.id for row in versions), languages, tuple(row[0] for row in waiting),
                        sum(row[1] for row in waiting))  # fmt: skip


def approve_text(
    tx: Connection, edition_id: int, topic: Topic, *, actor: Actor, at: datetime, seen: str | None = None
) -> None:  # fmt: skip
    """Let letters with the edited texts of a topic go out, and what waits with it.

    `seen` is the digest of what the actor saw beforehand. Raises NotAllowed, NotReady, LettersChanged.
    """
    edition = edition_of_staff(tx, edition_id, actor)
    second_person(edition, _editors(tx, edition_id, topic), actor)
    if seen is not None and text_approval(tx, edition_id, topic).digest != seen:
        raise LettersChanged
    for batch_id in letter_batches.open_batches(tx, edition_id, topic):
        if batch := letter_batches.locked(tx, batch_id, edition_id):
            letter_batches.approve(tx, batch, by=actor.id, at=at)
    letter_batches.approve_texts(tx, edition_id, topic, by=actor.id, at=at)


def write_to_list(
    tx: Connection, edition_id: int, given: Mapping[str, Any], *, actor: Actor, at: datetime
) -> int:  # fmt: skip
    """Write a letter to everybody who is on a list now; it waits for approval. Returns the number of its batch.

    Raises NotAllowed, BadInput with the field that is wrong, NotReady where nobody is on the list.
    """
    edition = edition_of_staff(tx, edition_id, actor)
    answers = read_letter(given, edition.edition)
    chosen, people = _list(tx, edition_id, answers)
    batch_id = letter_batches.begin(tx, edition_id, BatchKind.LIST, by=actor.id, at=at, recipients=chosen)
    text = {"subject": answers["subject"], "happened": answers["text"]}
    outbox.record(
        tx, key=f"letter_batch:{batch_id}", topic=Topic.LIST_LETTER, ref=Ref("edition", edition_id),
        payload={PEOPLE: people, OWN_TEXT: text}, at=at, batch_id=batch_id,
    )  # fmt: skip
    return batch_id


def letter_of_list(connection: Connection, edition_id: int, batch_id: int) -> dict[str, str] | None:
    """What was typed for a letter to a list that still waits; None where there is none."""
    b, o = LetterBatch, OutboxRow
    query = select(b.recipients, o.payload).join(o, o.batch_id == b.id)
    query = query.where(b.id == batch_id, b.edition_id == edition_id, b.kind == BatchKind.LIST)
    row = connection.execute(query.where(b.state == BatchState.HELD)).one_or_none()
    if row is None:
        return None
    text = row.payload[OWN_TEXT]
    return {"recipients": row.recipients, "subject": text["subject"], "text": text["happened"]}


def change_letter(
    tx: Connection, edition_id: int, batch_id: int, given: Mapping[str, Any], *, actor: Actor, at: datetime
) -> None:  # fmt: skip
    """Change a letter to a list while it waits; it goes to whoever is on the list now, and still waits.

    Raises NotAllowed, NotFound, BadInput, and NotReady where it was decided about or nobody is on the list.
    """
    edition, batch = _locked(tx, edition_id, batch_id, actor)
    if batch.kind is not BatchKind.LIST:
        raise NotFound
    if batch.state is not BatchState.HELD:
        raise not_ready("letters_decided", _("Somebody has decided about these letters already."))
    answers = read_letter(given, edition.edition)
    chosen, people = _list(tx, edition_id, answers)
    payload = {PEOPLE: people, OWN_TEXT: {"subject": answers["subject"], "happened": answers["text"]}}
    tx.execute(update(OutboxRow).where(OutboxRow.batch_id == batch_id).values(payload=payload))
    letter_batches.note_change(tx, batch_id, recipients=chosen, by=actor.id, at=at)


def _list(tx: Connection, edition_id: int, answers: Mapping[str, Any]) -> tuple[RecipientList, list[int]]:
    """The chosen list and the people on it; NotReady where it is empty."""
    chosen = RecipientList(answers["recipients"])
    people = people_on(tx, edition_id, chosen, conference=answers.get("conference"))
    if not people:
        raise not_ready("list_empty", _("Nobody is on this list."))
    return chosen, people


def read_letter(given: Mapping[str, Any], edition: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed for a letter to a list, checked, also against what the edition's settings leave empty.

    Raises BadInput.
    """
    answers = read(LIST_ASKS, given)
    parts = ("subject", "text")
    wrong = {name: sentence for name in parts
             if (sentence := fault(answers[name], Topic.LIST_LETTER) or _hole(answers[name], edition))}  # fmt: skip
    if wrong:
        raise BadInput(wrong)
    return answers


def _hole(text: str, edition: Mapping[str, Any]) -> Sentence | None:
    """The first placeholder that the settings of the edition leave empty; None where there is none."""
    office, contact = office_of(edition)
    empty = empty_settings(LetterText("", text), office=office, contact=contact)
    if not empty:
        return None
    return _("Take “{name}” out, or fill it in the settings of the edition: it is empty there.", name=f"{{{empty[0]}}}")


def send_test(tx: Connection, edition_id: int, letter: Letter, ref: Ref, *, actor: Actor, at: datetime) -> None:
    """Write a letter, as it was previewed, to the actor alone. Raises NotAllowed."""
    edition_of_staff(tx, edition_id, actor)
    subject = _("Test: {subject}", subject=letter.subject).say(letter.language)
    text = {"subject": subject, "happened": letter.happened, "expected": "\n".join((*letter.expected, letter.until))}
    outbox.record(
        tx, key=f"test:{secrets.token_hex(12)}", topic=Topic.TEST_LETTER, ref=ref,
        payload={PEOPLE: [actor.id], OWN_TEXT: text}, at=at,
    )  # fmt: skip


def second_person(edition: Facts, authors: frozenset[int], actor: Actor) -> None:
    """Refuse whoever wrote the letters where the edition wants another person to approve them. Raises NotReady."""
    if value(edition.edition, "two_people_letters") and actor.id in authors:
        sentence = _("You wrote these letters. Somebody else of the office has to approve them.")
        raise not_ready("same_person", sentence, Role.STAFF)


def _locked(tx: Connection, edition_id: int, batch_id: int, actor: Actor) -> tuple[Facts, Batch]:
    edition = edition_of_staff(tx, edition_id, actor)
    return edition, found(letter_batches.locked(tx, batch_id, edition_id))


def edition_of_staff(tx: Connection, edition_id: int, actor: Actor) -> Facts:
    """The edition, locked, whose office the actor is of; raises NotAllowed."""
    edition = facts_reader.lock_subject(tx, Ref("edition", edition_id), actor=actor, scope=NARROW, data={})
    if not RULES[Role.STAFF](edition):
        raise NotAllowed([Missing("not_allowed", _("This is for somebody else to do."), (Role.STAFF,))])
    return edition


def _authors(tx: Connection, batch: Batch) -> frozenset[int]:
    """Who wrote the letters of a batch; of an edited text everybody whose version was not approved yet."""
    editors = _editors(tx, batch.edition_id, Topic(batch.topic)) if batch.kind is BatchKind.EDITED else frozenset()
    return editors | {number for number in (batch.made_by_id, batch.changed_by_id) if number is not None}


def _editors(tx: Connection, edition_id: int, topic: Topic) -> frozenset[int]:
    v = LetterTextVersion
    query = select(v.changed_by_id).where(v.edition_id == edition_id, v.topic == topic, v.approved_at.is_(None))
    return frozenset(number for number in tx.execute(query).scalars() if number is not None)
