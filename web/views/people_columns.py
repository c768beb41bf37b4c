"""The columns of a file with the people of an edition."""

from collections.abc import Callable

from web.http.template_context import say
from web.views.spreadsheet import Column
from workflow.base.i18n import _
from workflow.people.edition_people import EditionPerson
from workflow.rules.people import KINDS, OrganisationKind
from workflow.rules.role_titles import TITLES


def _of_organisations(name: str) -> Callable[[EditionPerson], str]:
    def values(person: EditionPerson) -> str:
        given = (str(getattr(organisation, name)) for organisation in person.organisations)
        return ", ".join(dict.fromkeys(value for value in given if value))

    return values


def _kinds(person: EditionPerson) -> str:
    kinds = (organisation.kind for organisation in person.organisations if organisation.kind)
    return ", ".join(
        dict.fromkeys(say(KINDS[OrganisationKind(kind)]) for kind in kinds if kind in set(OrganisationKind))
    )


def _roles(person: EditionPerson) -> str:
    return ", ".join(say(TITLES[role]) for role in person.roles)


def _consent(person: EditionPerson) -> str:
    if not person.is_minor:
        return ""
    return say(_("recorded")) if person.has_consent else say(_("lacking"))


COLUMNS = (
    Column(_("Name and surname"), lambda person: person.name, 28),
    Column(_("E-mail address"), lambda person: person.email, 30),
    Column(_("Organisation"), lambda person: person.organisation, 36),
    Column(_("Kind of organisation"), _kinds, 24),
    Column(_("Sector"), _of_organisations("sector"), 20),
    Column(_("Commune"), _of_organisations("commune"), 20),
    Column(_("Roles"), _roles, 30),
    Column(_("Under 18"), lambda person: say(_("yes")) if person.is_minor else "", 10),
    Column(_("Consent"), _consent, 12),
)
