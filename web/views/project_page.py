"""What every page of a project under way begins with."""

from sqlalchemy import Connection

from web.views.subject import WITH_IMPLEMENTATION, Subject, find
from workflow.base.errors import NotFound
from workflow.engine.plan_reader import plans_of
from workflow.rules.facts import Ref
from workflow.rules.plan import ProjectPlan
from workflow.rules.project_money import may_see_accounts


def working_project(tx: Connection, ref: Ref) -> tuple[Subject, ProjectPlan]:
    """A project and its plan, for those who may see its accounts; NotFound for others and for other states."""
    subject = find(tx, ref)
    if subject.facts.state not in WITH_IMPLEMENTATION or not may_see_accounts(subject.facts):
        raise NotFound
    plan = subject.facts.plan or plans_of(tx, [ref.id]).get(ref.id)
    if plan is None:
        raise NotFound
    return subject, plan
