"""Offers of an account to many people of an edition: whom they go to is shown first, then the letters wait for review.

An offer makes no account: whoever wants one opens the link and chooses a password, everybody else need do nothing.
"""

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from sqlalchemy import Connection, Row, select

from workflow.accounts import links
from workflow.accounts.sealing import HasKey
from workflow.base.errors import BadInput, not_ready
from workflow.base.grouping import grouped, in_chunks
from workflow.base.i18n import _
from workflow.letters.actions import edition_of_staff
from workflow.models import OneTimeLink, Person
from workflow.notifications import letter_batches
from workflow.people.edition_people import in_edition
from workflow.rules.facts import Actor
from workflow.rules.letter_batches import BatchKind

# So many people are read with one statement, and so many offers are looked through at once.
CHUNK, MOST = 500, 2000


class Outcome(StrEnum):
    """Whether somebody is written to."""

    OFFERED = "offered"
    HAS_ACCOUNT = "has_account"
    OFFERED_BEFORE = "offered_before"
    NO_ADDRESS = "no_address"
    MINOR = "minor"
    CLOSED = "closed"


class OfferLine(Struct, frozen=True):
    """One person and whether an offer goes to them."""

    person_id: int
    name: str
    outcome: Outcome


class OfferPlan(Struct, frozen=True):
    """What offering would do; `digest` names exactly this."""

    lines: tuple[OfferLine, ...]

    @property
    def offered(self) -> tuple[OfferLine, ...]:
        """Those who are written to."""
        return tuple(line for line in self.lines if line.outcome is Outcome.OFFERED)

    @property
    def digest(self) -> str:
        """SHA-256 over everybody with the outcome."""
        words = "\n".join(f"{line.person_id}:{line.outcome}" for line in self.lines)
        return hashlib.sha256(words.encode()).hexdigest()

    def in_groups(self) -> Mapping[Outcome, list[OfferLine]]:
        """The people by outcome, those who are written to first."""
        groups = grouped((line.outcome, line) for line in self.lines)
        return {outcome: groups[outcome] for outcome in Outcome if outcome in groups}


def plan_offers(tx: Connection, edition_id: int, people: Collection[int], *, at: datetime) -> OfferPlan:
    """Who of these people of the edition would be written to; others are left out. Writes nothing.

    Raises BadInput for nobody and for more than MOST people.
    """
    if not people:
        raise BadInput({"person": _("Tick at least one person, or choose everybody found.")})
    if len(people) > MOST:
        raise BadInput({"person": _("At most {count} people at once. Narrow the list.", count=MOST)})
    chunks = in_chunks(sorted(people), CHUNK)
    return OfferPlan(tuple(line for chunk in chunks for line in _lines(tx, edition_id, chunk, at)))


def offer_accounts(
    tx: Connection, settings: HasKey, edition_id: int, people: Collection[int], *, digest: str, actor: Actor,
    at: datetime,
) -> int:  # fmt: skip
    """Write the offers that were shown, each with a link of its own; they wait for review. Returns their batch.

    The edition is locked. Raises NotAllowed, BadInput, and NotReady where nobody is written to, or where something has
    changed since it was shown; then nothing is written.
    """
    edition_of_staff(tx, edition_id, actor)
    plan = plan_offers(tx, edition_id, people, at=at)
    if plan.digest != digest:
        raise not_ready("changed", _("Something has changed since you looked. Look at it again."))
    if not plan.offered:
        raise not_ready("nobody", _("Nobody of them can be offered an account."))
    batch_id = letter_batches.begin(tx, edition_id, BatchKind.OFFER, by=actor.id, at=at)
    offered = [line.person_id for line in plan.offered]
    links.send_links(tx, settings, offered, purpose=links.Purpose.OFFER, at=at, batch_id=batch_id)
    return batch_id


def _lines(tx: Connection, edition_id: int, numbers: Collection[int], at: datetime) -> list[OfferLine]:
    link = OneTimeLink
    waiting = select(link.person_id).where(
        link.person_id.in_(numbers), link.purpose.in_((links.Purpose.OFFER, links.Purpose.INVITATION)),
        link.used_at.is_(None), link.expires_at > at,
    )  # fmt: skip
    offered_before = set(tx.execute(waiting).scalars())
    columns = Person.id, Person.name, Person.email, Person.active, Person.is_minor, Person.password_hash
    query = select(*columns).where(Person.id.in_(numbers), in_edition(edition_id)).order_by(Person.name, Person.id)
    return [OfferLine(row.id, row.name, _outcome(row, row.id in offered_before)) for row in tx.execute(query)]


def _outcome(person: Row[*tuple[object, ...]], was_offered: bool) -> Outcome:  # noqa: FBT001 - read from the same row
    conditions = (
        (Outcome.CLOSED, not person.active), (Outcome.NO_ADDRESS, not person.email),
        (Outcome.HAS_ACCOUNT, person.password_hash), (Outcome.MINOR, person.is_minor),
        (Outcome.OFFERED_BEFORE, was_offered),
    )  # fmt: skip
    return next((outcome for outcome, holds in conditions if holds), Outcome.OFFERED)
