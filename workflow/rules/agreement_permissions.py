"""Who may: whoever speaks for a partner of the agreement; and who knows that an organisation was invited."""

from workflow.rules.facts import Facts
from workflow.rules.roles import Role

# Who reads which organisations were invited to the agreement, and what they answered.
SEES_PARTNERS = frozenset({Role.STAFF, Role.COMMITTEE_CHAIR, Role.SYSTEM})


def signatory(facts: Facts) -> bool:
    """Whoever signs for this partner of the agreement, with an account of their own."""
    return _is_person_of(facts, "signatory_id")


def partner_contact(facts: Facts) -> bool:
    """Whoever is written to for this partner of the agreement."""
    return _is_person_of(facts, "contact_id")


def may_see_partner(facts: Facts) -> bool:
    """Whether the actor knows of an invitation to the agreement: the office, the chair, and who speaks for it."""
    is_office = facts.rights.is_admin or not facts.rights.roles.isdisjoint(SEES_PARTNERS)
    return is_office or signatory(facts) or partner_contact(facts)


def _is_person_of(facts: Facts, column: str) -> bool:
    """Somebody whom a partner of the agreement named; a role in the edition is not needed for that."""
    return facts.rights.id is not None and facts.own.get(column) == facts.rights.id
