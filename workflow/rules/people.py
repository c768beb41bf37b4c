"""Kinds of organisations, what can be changed about a person, and which roles the office of an edition gives."""

from collections.abc import Mapping
from enum import StrEnum

from workflow.base.i18n import Sentence, _
from workflow.rules.roles import Role


class OrganisationKind(StrEnum):
    """What an organisation is."""

    PUBLIC_BODY = "public_body"
    COMPANY = "company"
    SCHOOL = "school"
    CULTURE = "culture"
    ASSOCIATION = "association"
    CHURCH = "church"
    GROUP = "group"
    OTHER = "other"


KINDS: Mapping[OrganisationKind, Sentence] = {
    OrganisationKind.PUBLIC_BODY: _("Commune, county or public office"),
    OrganisationKind.COMPANY: _("Company"),
    OrganisationKind.SCHOOL: _("School"),
    OrganisationKind.CULTURE: _("Cultural institution"),
    OrganisationKind.ASSOCIATION: _("Association or foundation"),
    OrganisationKind.CHURCH: _("Church or religious community"),
    OrganisationKind.GROUP: _("Informal group"),
    OrganisationKind.OTHER: _("Other organisation"),
}


class PersonChangeKind(StrEnum):
    """What was changed about a person."""

    NAME = "name"
    EMAIL = "email"
    POSTAL_ADDRESS = "postal_address"
    JOINED = "joined"
    LEFT = "left"
    IMPORTED = "imported"
    MERGED = "merged"
    MERGED_AWAY = "merged_away"
    INVITED = "invited"
    ORGANISATION_MERGED = "organisation_merged"


CHANGES: Mapping[PersonChangeKind, Sentence] = {
    PersonChangeKind.NAME: _("Name changed"),
    PersonChangeKind.EMAIL: _("E-mail address changed"),
    PersonChangeKind.POSTAL_ADDRESS: _("Postal address changed"),
    PersonChangeKind.JOINED: _("Organisation added"),
    PersonChangeKind.LEFT: _("Organisation ended"),
    PersonChangeKind.IMPORTED: _("Added from a list"),
    PersonChangeKind.MERGED: _("Another entry merged into this one"),
    PersonChangeKind.MERGED_AWAY: _("Merged into another entry"),
    PersonChangeKind.INVITED: _("Invitation sent"),
    PersonChangeKind.ORGANISATION_MERGED: _("Organisation merged with another one"),
}
# What the office of an edition gives to many at once. Seats of the bodies are filled one by one on their own page, and
# who belongs to the office is an administrator's decision.
GIVEN_BY_OFFICE = (Role.PARTICIPANT, Role.GROUP_LEADER, Role.ANIMATOR, Role.COORDINATOR, Role.PARTNER)
