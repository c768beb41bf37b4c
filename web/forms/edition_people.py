"""What the list of people of an edition is narrowed to, and what its forms ask."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from msgspec import Struct

from web.http.template_context import say
from workflow.base.errors import BadInput
from workflow.base.i18n import Sentence, _
from workflow.people.bulk_roles import Act
from workflow.people.edition_people import PeopleFilter
from workflow.rules.field_types import Input
from workflow.rules.people import GIVEN_BY_OFFICE, KINDS
from workflow.rules.role_titles import TITLES
from workflow.rules.roles import ROLES

LONGEST = 200
NAMES = ("q", "kind", "sector", "commune", "role", "conference", "lacks")
LACKS: Mapping[str, Sentence] = {
    "email": _("No e-mail address"),
    "consent": _("Under 18 without a consent"),
}
LABELS: Mapping[str, Sentence] = {
    "role": _("Role"),
    "kind": _("Kind of organisation"),
    "sector": _("Sector"),
    "commune": _("Commune"),
    "conference": _("Was at the conference"),
    "lacks": _("What is missing"),
}
ACTS: Mapping[Act, Sentence] = {Act.GIVE: _("Give the role"), Act.WITHDRAW: _("Withdraw the role")}
DETAILS = (
    Input("name", "line", _("Name and surname"), maximum=200),
    Input("email", "email", _("E-mail address"), required=False, maximum=254),
    Input("postal_address", "line", _("Postal address"), _("For letters on paper."), required=False, maximum=300),
)
JOINING = (
    Input("organisation", "line", _("Organisation"), maximum=200),
    Input("position", "line", _("Position in the organisation"), required=False, maximum=120),
    Input("from_on", "date", _("Since")),
)


class Asked(Struct, frozen=True):
    """The filters as they stand in the address, and as the list understands them."""

    values: Mapping[str, str]
    wanted: PeopleFilter
    cursor: str

    @property
    def query(self) -> str:
        """The filters as one text, to be sent along with a form."""
        return urlencode(self.values)


class Field(Struct, frozen=True):
    """One filter of the form: what it is called and what it offers."""

    name: str
    label: str
    options: list[tuple[str, str]]


def read(given: Mapping[str, str]) -> Asked:
    """Read an address; what no list understands is left out."""
    values = {name: given[name][:LONGEST] for name in NAMES if given.get(name)}
    number = values.get("conference", "")
    if not (number.isascii() and number.isdigit() and len(number) < 4):
        values.pop("conference", None)
    if values.get("lacks") not in LACKS:
        values.pop("lacks", None)
    known: dict[str, Any] = {**values, **({"conference": int(number)} if "conference" in values else {})}
    return Asked(values, PeopleFilter(**known), given.get("cursor", "")[:1000])


def read_query(query: str) -> Asked:
    """The filters that were sent along with a form."""
    return read(dict(parse_qsl(query)))


def fields(sectors: list[str], communes: list[str], conferences: list[tuple[int, str]]) -> list[Field]:
    """The filters that there is something to choose for."""
    options: dict[str, list[tuple[str, str]]] = {
        "role": [(role, say(TITLES[role])) for role in ROLES],
        "kind": [(kind, say(label)) for kind, label in KINDS.items()],
        "sector": [(sector, sector) for sector in sectors],
        "commune": [(commune, commune) for commune in communes],
        "conference": [(str(number), f"{number}. {host}" if host else str(number)) for number, host in conferences],
        "lacks": [(key, say(label)) for key, label in LACKS.items()],
    }
    return [Field(name, say(LABELS[name]), offered) for name, offered in options.items() if offered]


def roles_given() -> list[tuple[str, str]]:
    """The roles that the office gives to many at once."""
    return [(role, say(TITLES[role])) for role in GIVEN_BY_OFFICE]


def read_act(given: str) -> Act:
    """What is to be done with the role; raises BadInput."""
    if given not in set(Act):
        raise BadInput({"act": _("Choose whether to give or to withdraw the role.")})
    return Act(given)


def numbers(given: list[str]) -> list[int]:
    """The people who were ticked."""
    return [int(text) for text in given if text.isascii() and text.isdigit() and len(text) < 18]
