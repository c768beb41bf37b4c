"""Lists kept under a name, each for its person alone; no part of any subject, so no steps."""

from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from workflow.base.errors import BadInput, NotFound
from workflow.base.i18n import _
from workflow.models import SavedFilter
from workflow.models.saved_filter import NAME_LENGTH, QUERY_LENGTH
from workflow.rules.facts import Actor

MOST = 20


def save_filter(
    tx: Connection, name: str, query: str, *, edition_id: int, is_default: bool, actor: Actor, at: datetime
) -> None:
    """Keep a list under a name, in the caller's transaction; one of the same name is written over.

    Of an edition one list at most opens by itself. That the actor may see the edition is for the caller to ask. Raises
    BadInput for a name that is missing or too long, and where there are MOST of them already.
    """
    name = " ".join(name.split())
    mine = SavedFilter.person_id == actor.id, SavedFilter.edition_id == edition_id
    if not name:
        raise BadInput({"name": _("Give the list a name.")})
    if len(name) > NAME_LENGTH or len(query) > QUERY_LENGTH:
        raise BadInput({"name": _("This has to have at most {maximum} characters.", maximum=NAME_LENGTH)})
    if is_default:
        tx.execute(update(SavedFilter).where(*mine).values(is_default=False))
    values = {"query": query, "is_default": is_default}
    if tx.execute(update(SavedFilter).where(*mine, SavedFilter.name == name).values(values)).rowcount:
        return
    if tx.execute(select(func.count()).select_from(SavedFilter).where(*mine)).scalar_one() >= MOST:
        raise BadInput({"name": _("You have {maximum} lists already; delete one of them first.", maximum=MOST)})
    tx.execute(
        insert(SavedFilter).values(person_id=actor.id, edition_id=edition_id, name=name, created_at=at, **values)
    )


def delete_filter(tx: Connection, filter_id: int, *, edition_id: int, actor: Actor) -> None:
    """Forget one of the actor's own lists; NotFound for anybody else's."""
    mine = SavedFilter.id == filter_id, SavedFilter.edition_id == edition_id, SavedFilter.person_id == actor.id
    if not tx.execute(delete(SavedFilter).where(*mine)).rowcount:
        raise NotFound
