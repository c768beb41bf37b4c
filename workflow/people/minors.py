"""Writes about minors, by the office of an edition in which they take part: the age band, consents and their end."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Connection, exists, insert, select, update

from workflow.base.calendar import warsaw_date
from workflow.base.errors import BadInput, NotAllowed, NotFound, found
from workflow.base.i18n import _
from workflow.engine import facts_reader
from workflow.models import Consent, Person, RoleGrant
from workflow.people.roles import hold_editions
from workflow.rules.facts import Actor, Ref
from workflow.rules.permissions import RULES
from workflow.rules.roles import Role


def note_age(tx: Connection, person_id: int, *, edition_id: int, band: str, actor: Actor) -> None:
    """Keep the age band of somebody of the edition; an empty band says that the person is of age.

    No day of birth is kept. Raises NotAllowed, or NotFound where the person has no role in the edition.
    """
    _hold(tx, person_id, edition_id, actor)
    # Nobody's consent makes an adult a minor again; it stays recorded.
    tx.execute(update(Person).where(Person.id == person_id).values(age_band=band, is_minor=bool(band)))


def record_consent(
    tx: Connection, person_id: int, *, edition_id: int, consent: Mapping[str, object], actor: Actor, at: datetime
) -> None:
    """Record a consent: `consent` holds kind, given_by, given_on and perhaps letters_to.

    From now on the minor can be an author by name, and letters go to `letters_to`.

    Raises NotAllowed, NotFound as `note_age` does, and BadInput for a day that has not come.
    """
    _hold(tx, person_id, edition_id, actor)
    day = consent["given_on"]
    if isinstance(day, date) and day > warsaw_date(at):
        raise BadInput({"given_on": _("This day has not come yet.")})
    given = {**consent, "letters_to": consent.get("letters_to") or ""}
    tx.execute(insert(Consent).values(**given, person_id=person_id, recorded_by_id=actor.id, recorded_at=at))
    tx.execute(update(Person).where(Person.id == person_id).values(is_minor=True, guardian_consent_at=at))


def withdraw_consent(
    tx: Connection, number: int, *, person_id: int, edition_id: int, actor: Actor, at: datetime
) -> None:
    """End a consent; without another one in force the minor is no author by name any more. Raises NotFound."""
    _hold(tx, person_id, edition_id, actor)
    given = Consent.person_id == person_id, Consent.withdrawn_at.is_(None)
    ended = update(Consent).where(Consent.id == number, *given).values(withdrawn_at=at, withdrawn_by_id=actor.id)
    if tx.execute(ended).rowcount != 1:
        raise NotFound
    if not tx.execute(select(exists().where(*given))).scalar_one():
        tx.execute(update(Person).where(Person.id == person_id).values(guardian_consent_at=None))


def _hold(tx: Connection, person_id: int, edition_id: int, actor: Actor) -> None:
    """Check who asks, and wait for the steps under way in the person's editions, which go by the consent of before."""
    ref = Ref("edition", edition_id)
    facts = found(facts_reader.read_facts(tx, [ref], actor=actor).get(ref))
    if not RULES[Role.STAFF](facts):
        raise NotAllowed
    grants = RoleGrant.person_id == person_id, RoleGrant.withdrawn_at.is_(None)
    hold_editions(tx, select(RoleGrant.edition_id).where(*grants))
    if not tx.execute(select(exists().where(*grants, RoleGrant.edition_id == edition_id))).scalar_one():
        raise NotFound
