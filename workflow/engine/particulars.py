"""What subjects of some kinds are about, beside their own row: a session, a vote in the hall, the plan of a project."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from workflow.engine.agreement_reader import with_agreement
from workflow.engine.hall_reader import with_hall
from workflow.engine.plan_reader import with_plan, with_plans
from workflow.engine.session_reader import with_session
from workflow.rules.facts import Facts, Ref


def with_particulars(tx: Connection, facts: Facts, answers: Mapping[str, Any], *, at: datetime | None) -> Facts:
    """The facts of one subject with all that its kind needs; `at` is the moment of a step, and locks what must stand
    still while it is decided."""
    facts = with_hall(tx, with_session(tx, facts, answers, at=at), answers, at=at)
    return with_plan(tx, with_agreement(tx, facts, answers), answers, at=at)


def with_all_particulars(tx: Connection, facts: Mapping[Ref, Facts]) -> dict[Ref, Facts]:
    """The same for pages, without a lock; plans of projects are read in a fixed number of statements for all."""
    with_others = {ref: with_hall(tx, with_session(tx, of, {}, at=None), {}, at=None) for ref, of in facts.items()}
    return with_plans(tx, {ref: with_agreement(tx, of, {}) for ref, of in with_others.items()})
