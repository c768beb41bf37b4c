"""What the office does with letters: approve and withdraw those that wait, write to a list, try a text out."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from workflow.base.errors import BadInput, Missing, NotAllowed, NotFound, NotReady
from workflow.base.i18n import _
from workflow.engine import facts_reader
from workflow.letters.lists import people_on
from workflow.models import LetterTextVersion
from workflow.notifications import letter_batches, outbox
from workflow.notifications.letter_batches import Batch
from workflow.notifications.letter_texts import OWN_TEXT
from workflow.notifications.messages import Letter
from workflow.notifications.recipients import PEOPLE
from workflow.rules.facts import NARROW, Actor, Facts, Ref
from workflow.rules.field_types import Input, read
from workflow.rules.letter_batches import BatchKind, BatchState, RecipientList
from workflow.rules.letter_text import LONGEST_PART, LONGEST_SUBJECT, fault
from workflow.rules.permissions import RULES
from workflow.rules.roles import Role
from workflow.rules.settings_catalogue import value
from workflow.rules.topics import Topic

LIST_ASKS = (
    Input("recipients", "choice", _("To whom"), choices="recipient_lists"),
    Input("subject", "line", _("Subject"), maximum=LONGEST_SUBJECT),
    Input("text", "text", _("Text of the letter"), maximum=LONGEST_PART),
)


def approve_batch(tx: Connection, edition_id: int, batch_id: int, *, actor: Actor, at: datetime) -> None:
    """Let the letters of a batch go out after the transaction has been committed.

    Raises NotAllowed, NotFound, NotReady where it was decided already or where another person has to do it.
    """
    edition, batch = _locked(tx, edition_id, batch_id, actor)
    if batch.state is not BatchState.HELD:
        raise NotReady([Missing("letters_decided", _("Somebody has decided about these letters already."))])
    second_person(edition, _authors(tx, batch), actor)
    letter_batches.approve(tx, batch, by=actor.id, at=at)


def withdraw_batch(tx: Connection, edition_id: int, batch_id: int, *, actor: Actor, at: datetime) -> int:
    """Take back the letters of a batch that have not gone out; returns how many had gone out before.

    Raises NotAllowed, NotFound, and NotReady where they were withdrawn already.
    """
    _edition, batch = _locked(tx, edition_id, batch_id, actor)
    if batch.state is BatchState.WITHDRAWN:
        raise NotReady([Missing("letters_decided", _("Somebody has decided about these letters already."))])
    return letter_batches.withdraw(tx, batch, by=actor.id, at=at)


def approve_text(tx: Connection, edition_id: int, topic: Topic, *, actor: Actor, at: datetime) -> None:
    """Let letters with the edited texts of a topic go out, and what waits with it. Raises NotAllowed or NotReady."""
    edition = _edition_of_staff(tx, edition_id, actor)
    second_person(edition, _editors(tx, edition_id, topic), actor)
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
    _edition_of_staff(tx, edition_id, actor)
    answers = read_letter(given)
    chosen = RecipientList(answers["recipients"])
    people = people_on(tx, edition_id, chosen)
    if not people:
        raise NotReady([Missing("list_empty", _("Nobody is on this list."))])
    batch_id = letter_batches.begin(tx, edition_id, BatchKind.LIST, by=actor.id, at=at, recipients=chosen)
    text = {"subject": answers["subject"], "happened": answers["text"]}
    outbox.record(
        tx, key=f"letter_batch:{batch_id}", topic=Topic.LIST_LETTER, ref=Ref("edition", edition_id),
        payload={PEOPLE: people, OWN_TEXT: text}, at=at, batch_id=batch_id,
    )  # fmt: skip
    return batch_id


def read_letter(given: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed for a letter to a list, checked. Raises BadInput."""
    answers = read(LIST_ASKS, given)
    wrong = {name: sentence for name in ("subject", "text") if (sentence := fault(answers[name], Topic.LIST_LETTER))}
    if wrong:
        raise BadInput(wrong)
    return answers


def send_test(tx: Connection, edition_id: int, letter: Letter, ref: Ref, *, actor: Actor, at: datetime) -> None:
    """Write a letter, as it was previewed, to the actor alone. Raises NotAllowed."""
    _edition_of_staff(tx, edition_id, actor)
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
        raise NotReady([Missing("same_person", sentence, (Role.STAFF,))])


def _locked(tx: Connection, edition_id: int, batch_id: int, actor: Actor) -> tuple[Facts, Batch]:
    edition = _edition_of_staff(tx, edition_id, actor)
    batch = letter_batches.locked(tx, batch_id, edition_id)
    if batch is None:
        raise NotFound
    return edition, batch


def _edition_of_staff(tx: Connection, edition_id: int, actor: Actor) -> Facts:
    edition = facts_reader.lock_subject(tx, Ref("edition", edition_id), actor=actor, scope=NARROW, data={})
    if not RULES[Role.STAFF](edition):
        raise NotAllowed([Missing("not_allowed", _("This is for somebody else to do."), (Role.STAFF,))])
    return edition


def _authors(tx: Connection, batch: Batch) -> frozenset[int]:
    """Who wrote the letters of a batch; of an edited text everybody whose version was not approved yet."""
    editors = _editors(tx, batch.edition_id, Topic(batch.topic)) if batch.kind is BatchKind.EDITED else frozenset()
    return editors | ({batch.made_by_id} if batch.made_by_id is not None else set())


def _editors(tx: Connection, edition_id: int, topic: Topic) -> frozenset[int]:
    v = LetterTextVersion
    query = select(v.changed_by_id).where(v.edition_id == edition_id, v.topic == topic, v.approved_at.is_(None))
    return frozenset(number for number in tx.execute(query).scalars() if number is not None)
