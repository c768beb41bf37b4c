"""The project sheet in words: its sections in order, which of them are ready, and what belongs into each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from web.case_file import spoken
from web.context import say
from workflow.facts import Facts
from workflow.inputs import INPUTS
from workflow.language import _
from workflow.sections import CATALOGUE, as_rows, progress, values_of

SHOWN = (
    "sector", "area", "principle", "places", "goals", "problem", "beneficiaries", "activities", "partners", "risks",
    "timetable", "sustainability", "budget_lines", "cost", "no_budget_reason", "funding",
)  # fmt: skip
NEEDED = frozenset(section.name for section in CATALOGUE if section.required)
# What the public reads of a project.
PUBLIC = ("sector", "area", "places", "goals")


# The form asks first for what is needed to hand the sheet in.
FIRST = ("title", "summary", "sector", "places", "goals", "beneficiaries", "partners", "risks", "timetable",
         "budget_lines", "cost", "no_budget_reason")  # fmt: skip
THEN = ("area", "principle", "problem", "activities", "sustainability", "funding")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the sheet: its name, its text, and whether it has to be there."""

    name: str
    label: str
    text: str
    needed: bool

    @property
    def pair(self) -> tuple[str, str]:
        """The name and the text, for a list of short facts."""
        return self.label, self.text


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet of a proposal, ready to be read."""

    sections: tuple[Section, ...]
    ready: int
    all: int
    missing: tuple[str, ...]


def values(facts: Facts) -> dict[str, Any]:
    """Everything that the form of the sheet edits, by the name of its field."""
    kept = values_of(facts.own)
    return {name: as_rows(name, value) if INPUTS[name].type == "rows" else value for name, value in kept.items()}


def groups() -> list[tuple[str, tuple[str, ...]]]:
    """The fields of the form under their headings."""
    return [(say(_("Needed to hand the project in")), FIRST), (say(_("Makes the project easier to judge")), THEN)]


def section(name: str, kept: Mapping[str, Any]) -> Section:
    """One section with its text as people read it."""
    value = kept.get(name)
    text = "" if value in (None, "", []) else spoken(INPUTS[name].type, value, name)
    return Section(name, say(INPUTS[name].label), text, name in NEEDED)


def sheet(facts: Facts, names: tuple[str, ...] = SHOWN) -> Sheet:
    """The sections that have a text, and those that still need one."""
    kept = values(facts)
    sections = tuple(section(name, kept) for name in names)
    found = progress(facts)
    return Sheet(
        tuple(one for one in sections if one.text or one.needed),
        found.ready,
        found.all,
        tuple(say(section.label) for section in found.missing),
    )
