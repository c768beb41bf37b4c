"""Who is told of a row of the outbox, and through which channels, as roles and groups stand at this moment."""

from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct
from sqlalchemy import Connection, select

from workflow.db.statements import among
from workflow.models import Consent, Person
from workflow.notifications.ladders import audiences_of_rung
from workflow.notifications.minors_letters import candidates, of_consent, stand_ins
from workflow.notifications.outbox import Waiting
from workflow.notifications.preferences import FIXED, Pace, paces_of
from workflow.notifications.recipients import Members, audiences, happening
from workflow.notifications.topic_audiences import AUDIENCES, INBOX_ONLY, REACH, TO_ADDRESSES
from workflow.notifications.topic_groups import TopicGroup, group_of
from workflow.rules.ladder import Reach
from workflow.rules.topics import Audience, Notice, Topic

# Nobody gets mail about his own click, but whoever answers for a proposal gets a receipt.
RECEIPT = frozenset({Audience.LEADER, Audience.AUTHOR, Audience.ACCOUNT})
# In the payload of a row that other systems are called about, and no person: those concerned get letters of their own.
WITHOUT_LETTERS = "without_letters"


class Recipient(Struct, frozen=True):
    """A person to be told, and through which channels."""

    # None for an address that may belong to nobody whom we know.
    id: int | None
    by_email: bool
    in_app: bool
    # When the letter is sent; DAILY and WEEKLY wait for a digest.
    pace: Pace = Pace.AT_ONCE
    # The minor whom the letter is for, where somebody else gets it.
    for_id: int | None = None
    on_paper: bool = False


class _Person(Struct, frozen=True):
    has_address: bool
    refuses: bool
    is_minor: bool = False
    # Of a minor: whether whoever consented gets the letters.
    has_guardian: bool = False

    def by_email(self, *, always: bool) -> bool:
        """Whether a letter can go by mail; a minor's goes to whoever consented, but for the link that was asked for."""
        if self.is_minor and not always:
            return self.has_guardian and not self.refuses
        return self.has_address and (always or not self.refuses)

    @property
    def needs_paper(self) -> bool:
        """Whether nothing but paper reaches this person."""
        return not self.has_address and not self.is_minor and not self.refuses

    @property
    def needs_stand_in(self) -> bool:
        """Whether letters for this minor go to somebody else here."""
        return self.is_minor and not self.has_guardian and not self.refuses


def resolve(tx: Connection, rows: Sequence[Waiting], *, paced: bool = True) -> dict[int, list[Recipient]]:
    """Who is told of each row, as roles and groups stand at this moment; a fixed number of statements.

    Deactivated and erased people are never told. Minors find messages in the application; their letters go to whoever
    consented, to an adult of the group, or to the office. An account's own letters go by mail alone, for they carry a
    secret. Without `paced` nobody's preferences are asked: it matters who is told, not when.
    """
    members = audiences(tx, [happening(row.id, row.topic, row.ref, {**row.payload, **row.data}) for row in rows])
    wanted = {row.id: set() if row.payload.get(WITHOUT_LETTERS) else people_of(row, members[row.id]) for row in rows}
    people = _people(tx, {person_id for ids in wanted.values() for person_id in ids})
    paces = paces_of(tx, people) if paced else {}
    recipients: dict[int, list[Recipient]] = {row.id: [] for row in rows}
    for row in rows:
        if AUDIENCES.get(row.topic) in TO_ADDRESSES:
            recipients[row.id] = [Recipient(None, by_email=True, in_app=False)]
            continue
        secret = AUDIENCES.get(row.topic) == (Audience.ACCOUNT,)
        for person_id in sorted(wanted[row.id] & people.keys()):
            group = _group(row, person_id, members[row.id])
            pace = paces.get((person_id, group), Pace.AT_ONCE)
            has_letter = row.topic not in INBOX_ONLY and pace is not Pace.NEVER
            by_email = has_letter and people[person_id].by_email(always=secret)
            on_paper = people[person_id].needs_paper and group in FIXED and not secret
            recipients[row.id].append(Recipient(person_id, by_email, not secret, pace, on_paper=on_paper))
    _add_stand_ins(tx, rows, recipients, people, members)
    return recipients


def _add_stand_ins(
    tx: Connection, rows: Sequence[Waiting], recipients: Mapping[int, list[Recipient]], people: Mapping[int, _Person],
    members: Mapping[int, Members],
) -> None:  # fmt: skip
    """Add who gets the letters of minors for whom nobody named an address; one more statement where there are any."""
    waiting = [
        (row, recipient) for row in rows for recipient in recipients[row.id]
        if recipient.id and people[recipient.id].needs_stand_in and recipient.in_app
        and recipient.pace is not Pace.NEVER and row.topic not in INBOX_ONLY
    ]  # fmt: skip
    known = _people(tx, {person for row, _ in waiting for person in candidates(members[row.id])})
    adults = {number for number, person in known.items() if person.by_email(always=False) and not person.is_minor}
    for row, minor in waiting:
        reached = {recipient.id for recipient in recipients[row.id] if recipient.by_email}
        chosen = stand_ins(members[row.id], adults)
        if not chosen & reached:
            recipients[row.id].extend(
                Recipient(person, by_email=True, in_app=False, for_id=minor.id) for person in sorted(chosen)
            )


def _group(row: Waiting, person_id: int, members: Mapping[Audience, Collection[int]]) -> TopicGroup:
    mine = frozenset(audience for audience in audiences_of(row) if person_id in members.get(audience, ()))
    return group_of(row.topic, mine)


def recipients_of(tx: Connection, notices: Sequence[Notice]) -> list[tuple[int, ...]]:
    """The people whom each notice would reach if it was told now; those without an account are left out."""
    rows = [
        Waiting(number, Topic(notice.topic), notice.ref, {}, notice.at, notice.actor_id, notice.data)
        for number, notice in enumerate(notices)
    ]
    recipients = resolve(tx, rows, paced=False)
    return [tuple(person.id for person in recipients[row.id] if person.id is not None) for row in rows]


def to_nobody(_tx: Connection, notices: Sequence[Notice]) -> list[tuple[int, ...]]:
    """Nobody for each notice, in place of `recipients_of`."""
    return [() for _notice in notices]


def people_of(row: Waiting, members: Mapping[Audience, Collection[int]]) -> set[int]:
    """The people of the row's audiences; the actor only where it is a receipt for the actor."""
    audiences_of_topic = audiences_of(row)
    everybody = {person for audience in audiences_of_topic for person in members.get(audience, ())}
    has_receipt = any(row.actor_id in members.get(audience, ()) for audience in RECEIPT & set(audiences_of_topic))
    return everybody if has_receipt else everybody - {row.actor_id}


def audiences_of(row: Waiting) -> tuple[Audience, ...]:
    """The audiences that a row is told to: those of its topic, or of a reminder those that its reach names."""
    if reach := row.payload.get(REACH):
        return audiences_of_rung(row.topic, Reach(reach))
    return AUDIENCES.get(row.topic, ())


def _people(tx: Connection, ids: Collection[int]) -> dict[int, _Person]:
    query = select(
        Person.id, Person.email, Person.is_minor, Person.mail_refused_at, of_consent(Consent.letters_to)
    ).where(among(Person.id, ids), Person.active, Person.erased_at.is_(None))  # fmt: skip
    rows = tx.execute(query) if ids else ()
    return {
        number: _Person(bool(email), refused is not None, is_minor, bool(guardian))
        for number, email, is_minor, refused, guardian in rows
    }
