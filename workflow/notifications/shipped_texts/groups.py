"""People of a group: shipped texts of letters."""

from collections.abc import Mapping

from workflow.base.i18n import _
from workflow.notifications.shipped_texts.text import ShippedText
from workflow.rules.topics import Audience, Topic

TEXTS: Mapping[Topic, ShippedText] = {
    Topic.MEMBER_ADDED: ShippedText(
        _("New person in the group: {title}"),
        _("A new person joined the group that works on the project “{title}”."),
        {Audience.NAMED: _("You now belong to this group. The page of the group shows who does what.")},
        informs=frozenset({Audience.NAMED}),
    ),
    Topic.MEMBER_JOINED: ShippedText(
        _("New person in the group: {title}"),
        _("An invited person joined the group that works on the project “{title}”."),
    ),
    Topic.MEMBER_LEFT: ShippedText(
        _("A person left the group: {title}"),
        _("A person left the group that works on the project “{title}”."),
        {Audience.LEADER: _("Please check whether the group still has the number of people that is needed.")},
    ),
    Topic.ANIMATOR_ASSIGNED: ShippedText(
        _("Animator assigned: {title}"),
        _("The programme office assigned an animator to the group that works on the project “{title}”."),
        {Audience.NAMED: _("We ask you to be the animator of this group. Please get in touch with its leader.")},
    ),
    Topic.LEADER_NAMED: ShippedText(
        _("Leader of the group named: {title}"),
        _("A leader was named for the group that works on the project “{title}”."),
        {
            Audience.NAMED: _(
                "You are the person named. Please accept the role of leader or decline it on the project's page."
            )
        },
    ),
    Topic.LEAD_DECLINED: ShippedText(
        _("Role of leader declined: {title}"),
        _("The person named as leader of the group that works on the project “{title}” did not accept this role."),
        {
            Audience.LEADER: _("The leader of the group does not change."),
            Audience.STAFF: _("If the group has no leader, please name another person."),
        },
        informs=frozenset({Audience.LEADER}),
    ),
    Topic.DEPUTY_NAMED: ShippedText(
        _("Role of deputy leader: {title}"),
        _("You were named deputy leader of the group that works on the project “{title}”."),
        {
            Audience.NAMED: _(
                "You can write in the project sheet, invite people and settle who in the group may do what."
            )
        },
        informs=frozenset({Audience.NAMED}),
    ),
    Topic.MERGER_AGREED: ShippedText(
        _("Merger of projects proposed: {title}"),
        _("The leader of the project “{title}” agrees to merge it with another project."),
        {
            Audience.OTHER_LEADER: _(
                "It is the project of your group that is meant. If you agree, please say so on its page."
            ),
            Audience.STAFF: _("When both leaders agree, the projects can be merged."),
        },
    ),
    Topic.JOIN_REQUESTED: ShippedText(
        _("Request to join the group: {title}"),
        _("There is a new request to join the group that works on the project “{title}”."),
        {Audience.LEADER: _("Please answer on the page of the group.")},
    ),
    Topic.JOIN_ANSWERED: ShippedText(
        _("Answer of the group: {title}"),
        _("The group that works on the project “{title}” answered your request to join it."),
        {Audience.NAMED: _("The answer is on the page of the group.")},
        informs=frozenset({Audience.NAMED}),
    ),
    Topic.GROUP_INVITATION: ShippedText(
        _("Invitation to a group: {title}"),
        _("{inviter} invites you to the group that works on the project “{title}” in the edition “{edition}”."),
        {
            Audience.INVITED: _(
                "You can accept or decline the invitation by the link below. The link works once, for two weeks."
            )
        },
    ),
    Topic.COORDINATOR_NAMED: ShippedText(
        _("Coordinator of the project named: {title}"),
        _("A coordinator was named for the implementation of the project “{title}”."),
        {
            Audience.COORDINATOR: _(
                "You are the person named. Please accept the role of coordinator on the project's page."
            )
        },
    ),
}
