"""Views of the worklist that a person keeps under a name; read with the session, for the menu of every page."""

from urllib.parse import parse_qsl, urlencode

from msgspec import Struct
from sqlalchemy import Connection, select, update

from workflow.base.errors import BadInput
from workflow.base.i18n import _
from workflow.models import Person

NAME_LENGTH, QUERY_LENGTH, MOST = 40, 600, 8


class WorkView(Struct, frozen=True):
    """A view under its name; the query as it stands in the address of the worklist."""

    name: str
    query: str


def read_views(stored: str) -> tuple[WorkView, ...]:
    """The views as a person's row has them, in the order in which they were kept."""
    return tuple(WorkView(name, query) for name, query in parse_qsl(stored, keep_blank_values=True))


def save_view(tx: Connection, person_id: int, name: str, query: str) -> None:
    """Keep a view; one of the same name is written over.

    BadInput for a name that is missing or too long, and where there are MOST already.
    """
    name = " ".join(name.split())
    if not name:
        raise BadInput({"name": _("Give the view a name.")})
    if len(name) > NAME_LENGTH or len(query) > QUERY_LENGTH:
        raise BadInput({"name": _("This has to have at most {maximum} characters.", maximum=NAME_LENGTH)})
    views = {view.name: view.query for view in _locked(tx, person_id)} | {name: query}
    if len(views) > MOST:
        raise BadInput({"name": _("You have {maximum} views already; delete one of them first.", maximum=MOST)})
    _write(tx, person_id, views)


def delete_view(tx: Connection, person_id: int, name: str) -> None:
    """Forget a view; nothing where there is none of this name."""
    _write(tx, person_id, {view.name: view.query for view in _locked(tx, person_id) if view.name != name})


def _locked(tx: Connection, person_id: int) -> tuple[WorkView, ...]:
    query = select(Person.work_views).where(Person.id == person_id).with_for_update()
    return read_views(tx.execute(query).scalar_one())


def _write(tx: Connection, person_id: int, views: dict[str, str]) -> None:
    tx.execute(update(Person).where(Person.id == person_id).values(work_views=urlencode(list(views.items()))))
