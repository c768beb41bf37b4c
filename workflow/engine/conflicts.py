"""What happened to a subject last, for the person whose page is stale."""

from sqlalchemy import Connection, select

from workflow.base.errors import Happened
from workflow.models import HistoryEntry, Person
from workflow.rules.facts import Facts
from workflow.rules.permissions import may_name_minors, may_see_private
from workflow.rules.registry import private_records


def last_change(tx: Connection, facts: Facts) -> Happened | None:
    """Who did what to a subject last that the actor may know of: what is under embargo is told to nobody else."""
    h = HistoryEntry
    query = (
        select(h.step, h.row, h.at, h.version, Person.name, Person.is_minor).outerjoin(Person, Person.id == h.actor_id)
        .where(h.subject_kind == facts.ref.kind, h.subject_id == facts.ref.id).order_by(h.version.desc()).limit(1)
    )  # fmt: skip
    if not may_see_private(facts):
        query = query.where(h.step.not_in(sorted(private_records(facts.lifecycle))))
    row = tx.execute(query).one_or_none()
    if row is None:
        return None
    # Nobody's name stands for a pupil whom the actor may not know.
    who = "" if row.is_minor and not may_name_minors(facts) else row.name or "system"
    return Happened(who, row.step, row.at, row.version)
