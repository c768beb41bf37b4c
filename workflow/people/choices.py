"""Whom and what a form may offer to choose from: people of an edition or a group, proposals of an edition."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from workflow.base.collation import sort_key
from workflow.base.errors import BadInput
from workflow.base.i18n import _
from workflow.engine.membership import holds_here, works_here
from workflow.models import GroupMember, Person, Proposal
from workflow.people.queries import has_word, ordered_column, words_looked_for
from workflow.rules.facts import Facts
from workflow.rules.roles import NAMES_MINORS, WORKS_WITH_PEOPLE

Choice = tuple[int, str]
LIMIT = 500
# Steps that bring a person to a project, and what they name nobody from outside the group for.
INVITED_FIRST = frozenset({"add_member", "name_leader"})
JOIN_BY_ACCEPTING = _("People join by accepting: invite this person by e-mail on the page of the group.")
NOT_IN_GROUP = _("This person is not in the group. Invite them first; they join by accepting.")


def sees_everybody(facts: Facts) -> bool:
    """Whether the actor chooses among all people of the edition; a leader sees those of the own group."""
    return facts.rights.is_admin or bool(facts.rights.roles & WORKS_WITH_PEOPLE)


def check_choice(tx: Connection, facts: Facts, step: str, answers: Mapping[str, Any]) -> None:
    """Refuse a person whom the actor may not choose, whoever it is and whether there is one; BadInput says what to do.

    Somebody else than the office brings people into a group by an invitation, and hands it over within the group.
    """
    person = answers.get("person")
    if step not in INVITED_FIRST or person in (None, "") or sees_everybody(facts):
        return
    if step == "add_member":
        raise BadInput({"person": JOIN_BY_ACCEPTING})
    if str(person) not in {str(number) for number, _name in people_of_group(tx, facts.ref.id)}:
        raise BadInput({"person": NOT_IN_GROUP})


def people_of_edition(
    tx: Connection, edition_id: int, *, facts: Facts, role: str = "", name: str = ""
) -> list[Choice]:  # fmt: skip
    """Everybody with a role, or with this one, in Polish order; pupils of other groups for the office alone.

    At most LIMIT of them; with `name` those who have its words in their name, address or organisation. Whoever works
    with no people of the edition sees those of the own group.
    """
    if not sees_everybody(facts):
        return people_of_group(tx, facts.ref.id) if facts.ref.kind == "proposal" else []
    wanted = and_(holds_here(edition_id, [role] if role else ()), *words_looked_for(tx, name, has_word))
    if facts.rights.is_admin or facts.rights.roles & NAMES_MINORS:
        return _people(tx, wanted)
    return _people(tx, and_(wanted, or_(Person.is_minor.is_(False), works_here(facts.ref.id))))


def people_of_group(tx: Connection, proposal_id: int) -> list[Choice]:
    """Everybody with an account who works in the group."""
    return _people(tx, works_here(proposal_id))


def names_of_group(tx: Connection, proposal_id: int) -> list[Choice]:
    """The places in the group that have only a name, by their numbers."""
    m = GroupMember
    query = select(m.id, m.name).where(m.proposal_id == proposal_id, m.person_id.is_(None), m.left_at.is_(None))
    return sorted(((row[0], row[1]) for row in tx.execute(query.limit(LIMIT))), key=lambda person: sort_key(person[1]))


def _people(tx: Connection, where: ColumnElement[bool]) -> list[Choice]:
    query = select(Person.id, Person.name, Person.organisation).where(where, Person.active.is_(True))
    # Of more than can be offered these are the first by name.
    query = query.order_by(ordered_column(Person.name), Person.id)
    rows = sorted(tx.execute(query.limit(LIMIT)), key=lambda row: sort_key(row[1]))
    return [(row[0], f"{row[1]} ({row[2]})" if row[2] else row[1]) for row in rows]


def proposals_of_edition(tx: Connection, edition_id: int, *, but: int) -> list[Choice]:
    """The other proposals of an edition, by number."""
    query = (
        select(Proposal.id, Proposal.number, Proposal.title)
        .where(Proposal.edition_id == edition_id, Proposal.id != but)
        .order_by(Proposal.number)
    )
    return [(row[0], f"{row[1]}. {row[2]}") for row in tx.execute(query.limit(LIMIT))]
