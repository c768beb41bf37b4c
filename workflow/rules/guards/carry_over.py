"""Only if: a project of an earlier edition may go on as an idea in this one."""

from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.facts import Attempt, Facts, ReferencedProposal
from workflow.rules.guards.base import guard, missing
from workflow.rules.roles import Role
from workflow.rules.states import CARRIED, WELCOMING, ProposalState


@guard
def project_may_be_carried(facts: Facts, attempt: Attempt) -> Missing | None:
    """It is of another edition, ended there without being carried out, and its leader or the office asks for it."""
    if attempt.data is None:
        return None
    project = facts.referenced_proposal
    if project is None or project.edition_id == facts.edition["id"]:
        return missing("no_earlier_project", _("Choose a project of an earlier edition."), field="target")
    if not (project.leader_id == facts.rights.id or Role.STAFF in facts.rights.roles):
        text = _("Its leader or the programme office carries a project over.")
        return missing("not_its_leader", text, Role.GROUP_LEADER, Role.STAFF, field="target")
    if not can_go_on(project):
        text = _("Only ideas go on, and projects not selected, in reserve, withdrawn or cancelled.")
        return missing("goes_on_there", text, field="target")
    return None


def can_go_on(project: ReferencedProposal) -> bool:
    """Whether nothing more becomes of a project where it is; an idea waits until its edition takes no ideas."""
    if project.state == ProposalState.IDEA:
        return project.edition_state not in WELCOMING
    return project.state in CARRIED
