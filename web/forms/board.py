"""What a list of proposals is narrowed to and ordered by, as it stands in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from web import identity
from workflow import machine
from workflow.queries.proposals import Filters

SORTS = ("title", "recent")
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters as they were asked for, and the ones that the list understands."""

    values: Mapping[str, str]
    filters: Filters
    sort: str
    cursor: str

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is left out."""
        return self.filters != Filters()

    def address(self, **more: Any) -> dict[str, Any]:
        """The values for the address of the same list, with changes."""
        return {name: value for name, value in {**self.values, "sort": self.sort, **more}.items() if value}


def from_address() -> Asked:
    """Read the address of this request; what no list understands narrows to nothing wrong."""
    values = {
        name: request.args.get(name, "")[:LONGEST] for name in ("q", "state", "phase", "sector", "area", "commune")
    }
    sort = request.args.get("sort", "")
    filters = Filters(
        q=values["q"], states=states(values["state"], values["phase"]), sector=values["sector"], area=values["area"],
        commune=values["commune"],
    )  # fmt: skip
    return Asked(values, filters, sort if sort in SORTS else "title", request.args.get("cursor", "")[:600])


def states(state: str, phase: str) -> tuple[str, ...]:
    """The states that are wanted: one, those of a phase, or any (an empty answer); a wrong name finds nothing."""
    table = machine.newest("proposal")
    if state:
        return (state,)
    if not phase:
        return ()
    return tuple(key for key, one in table.states.items() if one.phase == phase) or ("-",)


def state_options() -> list[tuple[str, str]]:
    """The states to choose from, in the order of the table."""
    return [(key, one.label.say(identity.language())) for key, one in machine.newest("proposal").states.items()]


def phase_options() -> list[tuple[str, str]]:
    """The phases to choose from."""
    return [(key, label.say(identity.language())) for key, label in machine.newest("proposal").phases.items()]
