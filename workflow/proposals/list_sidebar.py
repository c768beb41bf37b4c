"""What stands around a list for those who work in the edition: whom to narrow it to, and their own kept lists."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field
from sqlalchemy import BindParameter, Connection, String, bindparam, case, literal, select, union_all

from workflow.base.collation import sort_key
from workflow.models import Person, RoleGrant, SavedFilter
from workflow.rules.roles import Role

# Filter over people -> (number, name) of those to choose from.
People = Mapping[str, list[tuple[str, str]]]
# Filter over people -> the role that those people hold in the edition.
HELPERS = {"animator": Role.ANIMATOR, "reviewer": Role.STAFF}


class SavedList(Struct, frozen=True):
    """One list that the reader keeps under a name."""

    id: int
    name: str
    query: str
    is_default: bool


class Panel(Struct, frozen=True):
    """The people of the edition by filter, as (number, name) in Polish order; the reader's kept lists by name."""

    people: People = field(default_factory=lambda: {name: [] for name in HELPERS})
    saved: tuple[SavedList, ...] = ()

    @property
    def default(self) -> SavedList | None:
        """The list that opens by itself."""
        return next((saved for saved in self.saved if saved.is_default), None)


def _around() -> Any:
    """Rows of two kinds in one statement: people with their role, and kept lists, whose query begins with "?"."""
    g, s = RoleGrant, SavedFilter
    edition: BindParameter[int] = bindparam("edition")
    has_role = g.edition_id == edition, g.withdrawn_at.is_(None), g.role.in_(sorted(HELPERS.values()))
    people = (
        select(Person.id, Person.name, g.role, literal(0))
        .join(g, g.person_id == Person.id)
        .where(*has_role, Person.active.is_(True))
    )
    mine = s.person_id == bindparam("person"), s.edition_id == edition
    kept = select(s.id, s.name, literal("?", String) + s.query, case((s.is_default, 1), else_=0)).where(*mine)
    return union_all(people, kept)


_AROUND = _around()


def panel(tx: Connection, edition_id: int, person_id: int) -> Panel:
    """Everything around a list; one statement."""
    asked = {"edition": edition_id, "person": person_id}
    rows = sorted(tx.execute(_AROUND, asked).all(), key=lambda row: sort_key(row[1]))
    saved = tuple(
        SavedList(number, name, query[1:], bool(first)) for number, name, query, first in rows if query[0] == "?"
    )
    helpers = {
        name: [(str(number), person) for number, person, role_of, _first in rows if role_of == role]
        for name, role in HELPERS.items()
    }
    return Panel(helpers, saved)
