"""What a list of proposals is narrowed to and ordered by, as it stands in the address."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from msgspec import Struct

from web.http import identity
from web.http.template_context import say
from workflow.base import i18n
from workflow.base.i18n import Sentence, _
from workflow.engine import machine
from workflow.proposals.filters import PEOPLE, UNSTATED, Filters
from workflow.proposals.list_sidebar import People
from workflow.proposals.ordering import FIRST, is_sort
from workflow.rules.choices import PRINCIPLES
from workflow.rules.page_permissions import Reader
from workflow.rules.state_counts import of_many

LONGEST = 200
DAY, FIRST_YEAR = re.compile(r"\d{4}-\d{2}-\d{2}"), 2000
CURSOR_LENGTH = 1000
# For everybody, and for those who work in the edition.
OPEN = ("q", "phase", "state", "sector", "area", "commune", "principle")
INSIDE = ("due", "lacks", "mine", "reached", "by", *PEOPLE)
CHOICES: Mapping[str, Mapping[str, Sentence]] = {
    "due": {"late": _("The date has passed"), "soon": _("Within two weeks")},
    "lacks": {"leader": _("No leader has accepted"), "animator": _("No animator"), "reviewer": _("No reviewer")},
    "mine": {"1": _("Only those that I have a part in")},
}
SORTS = {
    "title": _("Title, A to Z"),
    "number": _("Number"),
    "cost": _("Cost, the lowest first"),
    "-cost": _("Cost, the highest first"),
    "due": _("Date, the nearest first"),
    "recent": _("Latest change first"),
}


class Asked(Struct, frozen=True):
    """The filters as they were asked for, and the ones that the list understands."""

    values: Mapping[str, str]
    filters: Filters
    sort: str
    cursor: str

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is left out."""
        return bool(self.values)

    @property
    def query(self) -> str:
        """Filters and order as they stand in an address, to be kept under a name."""
        return urlencode(self.address())

    def address(self, **more: Any) -> dict[str, Any]:
        """The values for the address of the same list, with changes; None takes one out."""
        return {name: value for name, value in {**self.values, "sort": self.sort, **more}.items() if value}


def read(given: Mapping[str, str], reader: Reader | None, *, inside: bool, at: datetime) -> Asked:
    """Read an address. A name that no list has finds nothing; what no list understands is left out.

    Filters over people and dates are only for those who work `inside` the edition.
    """
    names = (*OPEN, *INSIDE) if inside else OPEN
    values = {name: given[name][:LONGEST] for name in names if given.get(name) and _is_known(name, given[name])}
    filters = Filters(
        q=values.get("q", ""), states=states(values.get("state", ""), values.get("phase", "")),
        sector=values.get("sector", ""), area=values.get("area", ""), commune=values.get("commune", ""),
        principle=values.get("principle", ""), due=values.get("due", ""), lacks=values.get("lacks", ""),
        mine=reader.id if reader and "mine" in values else None, at=at if "due" in values else None,
        reached=tuple(values["reached"].split(",")) if "reached" in values else (),
        by=date.fromisoformat(values["by"]) if "by" in values else None,
        **{name: int(values[name]) for name in PEOPLE if name in values},
    )  # fmt: skip
    sort = given.get("sort", "")
    return Asked(values, filters, sort if is_sort(sort) else FIRST, given.get("cursor", "")[:CURSOR_LENGTH])


def _is_known(name: str, value: str) -> bool:
    if name in PEOPLE:
        return value.isascii() and value.isdigit() and len(value) < LONGEST // 12
    if name == "by":
        return bool(DAY.fullmatch(value)) and _is_day(value)
    return name not in CHOICES or value in CHOICES[name]


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).year > FIRST_YEAR
    except ValueError:
        return False


def read_query(query: str) -> dict[str, str]:
    """The values of an address that was kept as one text."""
    return dict(parse_qsl(query))


def states(state: str, phase: str) -> tuple[str, ...]:
    """The states that are wanted: those named, with commas, or those of a phase, or any (an empty answer).

    A wrong name finds nothing.
    """
    table = machine.newest("proposal")
    if state:
        return tuple(state.split(","))
    if not phase:
        return ()
    return tuple(key for key, state in table.states.items() if state.phase == phase) or ("-",)


def state_options() -> list[tuple[str, str]]:
    """The states to choose from, in the order of the table, as several projects in them are called."""
    return list(of_many(identity.language()).items())


def phase_options() -> list[tuple[str, str]]:
    """The phases to choose from."""
    return [(key, label.say(identity.language())) for key, label in machine.newest("proposal").phases.items()]


class Field(Struct, frozen=True):
    """One filter of the form: what it is called and what it offers."""

    name: str
    label: str
    options: list[tuple[str, str]]

    def in_words(self, value: str) -> str:
        """What was chosen, in words."""
        labels = {UNSTATED: say(_("not stated"))} | {str(key): label for key, label in self.options}
        return labels.get(value, value)


def chosen(fields: list[Field], asked: Asked) -> list[tuple[Field, str]]:
    """The filters that are set, each with what was chosen in words."""
    return [(field, field.in_words(asked.values[field.name])) for field in fields if field.name in asked.values]


def fields(edition: Mapping[str, Any], people: People, asked: Asked, *, inside: bool) -> list[Field]:
    """The filters that an edition has something to offer for."""
    return [field for field in _fields(edition, people, asked.values, inside=inside) if field.options]


def _fields(edition: Mapping[str, Any], people: People, asked: Mapping[str, str], *, inside: bool) -> Iterator[Field]:
    yield Field("phase", say(_("Phase")), phase_options())
    yield Field("state", say(_("State")), _with_several(asked.get("state", "")))
    for name, label in {"sector": _("Sector"), "area": _("Area to improve"), "commune": _("Commune")}.items():
        yield Field(name, say(label), [(choice, choice) for choice in edition[PLURAL[name]]])
    yield Field("principle", say(_("Principle of revival")), [(key, say(label)) for key, label in PRINCIPLES.items()])
    if inside:
        for name, label in INSIDE_LABELS.items():
            offered = people[name] if name in PEOPLE else [(key, say(label)) for key, label in CHOICES[name].items()]
            yield Field(name, say(label), offered)
        yield Field("reached", say(_("Has been in the state")), _with_several(asked.get("reached", "")))
        if "by" in asked:
            day = i18n.format_date(date.fromisoformat(asked["by"]), identity.language())
            yield Field("by", say(_("In that state until the day")), [(asked["by"], day)])


def _with_several(value: str) -> list[tuple[str, str]]:
    """The states to choose from, and several at once where the address asks for them."""
    options = state_options()
    labels = dict(options)
    several = ", ".join(labels.get(part, part) for part in value.split(","))
    return [*options, (value, several)] if "," in value else options


PLURAL = {"sector": "sectors", "area": "areas", "commune": "communes"}
INSIDE_LABELS = {
    "animator": _("Animator"),
    "reviewer": _("Reviewer"),
    "due": _("Until when"),
    "lacks": _("What is missing"),
    "mine": _("My part"),
}


def sort_options() -> list[tuple[str, str]]:
    """The orders to choose from."""
    return [(key, say(label)) for key, label in SORTS.items()]
