"""What each role is called, where it is said who may or should act."""

from collections.abc import Mapping

from workflow.base.i18n import Sentence, _
from workflow.rules.roles import Role

TITLES: Mapping[str, Sentence] = {
    Role.PARTICIPANT: _("participant"),
    Role.GROUP_LEADER: _("group leader"),
    Role.NAMED_LEADER: _("the person named as leader"),
    Role.INVITED: _("an invited person"),
    Role.EITHER_LEADER: _("the leader of either group"),
    Role.DEPUTY: _("deputy leader"),
    Role.GROUP_MEMBER: _("group member"),
    Role.GROUP_COMMENTER: _("group member who may comment"),
    Role.GROUP_EDITOR: _("group member who may edit"),
    Role.ANIMATOR: _("animator"),
    Role.STAFF: _("programme office"),
    Role.STAFF_ANYWHERE: _("programme office"),
    Role.COORDINATOR: _("project coordinator"),
    Role.NAMED_COORDINATOR: _("the person named as coordinator"),
    Role.PROMISOR: _("a person of an organisation that promised something"),
    Role.MILESTONE_OWNER: _("the person responsible for the milestone"),
    Role.COMMITTEE_MEMBER: _("committee member"),
    Role.COMMITTEE_CHAIR: _("committee chair"),
    Role.PRESIDING_DEPUTY: _("the deputy who presides"),
    Role.CONVENING_DEPUTY: _("the deputy of an absent chair"),
    Role.ANNOUNCING_DEPUTY: _("the deputy who stood in for the chair"),
    Role.SECRETARY: _("minute-taker"),
    Role.SEATED_SECRETARY: _("secretary of the body"),
    Role.SIGNATORY: _("the person who signs for the partner"),
    Role.PARTNER_CONTACT: _("the contact of the partner"),
    Role.APPEAL_BODY: _("appeal body"),
    Role.PARTNER: _("partner"),
    Role.INITIATOR: _("initiator of the programme"),
    Role.ADMIN: _("administrator"),
    Role.SYSTEM: _("the system"),
    Role.ARCHIVIST: _("keeper of the historical record"),
}
