"""Letters for minors: never to themselves, but to whoever consented, to an adult of their group, or to the office."""

from collections.abc import Collection, Mapping

from sqlalchemy import ScalarSelect, select
from sqlalchemy.orm import InstrumentedAttribute

from workflow.models import Consent, Person
from workflow.rules.topics import Audience

Members = Mapping[Audience, Collection[int]]


def of_consent(column: InstrumentedAttribute[str]) -> ScalarSelect[str]:
    """A column of the last consent in force that names an address, for the person of the query around it."""
    c = Consent
    in_force = c.person_id == Person.id, c.withdrawn_at.is_(None), c.letters_to != ""
    return select(column).where(*in_force).order_by(c.id.desc()).limit(1).correlate(Person).scalar_subquery()


def candidates(members: Members) -> set[int]:
    """Everybody who may stand in for a minor: the people of the group, and the office."""
    audiences = (Audience.LEADER, Audience.GROUP, Audience.STAFF)
    return {person for audience in audiences for person in members.get(audience, ())}


def stand_ins(members: Members, adults: Collection[int]) -> set[int]:
    """Who gets a minor's letter: the leader, else an adult of the group, else everybody of the office."""
    for audience in (Audience.LEADER, Audience.GROUP):
        in_group = sorted(set(members.get(audience, ())) & set(adults))
        if in_group:
            return {in_group[0]}
    return set(members.get(Audience.STAFF, ())) & set(adults)
