"""The selection of projects, appeals and the reserve list: shipped texts of letters."""

from collections.abc import Mapping

from workflow.base.i18n import _
from workflow.notifications.shipped_texts.text import MAY_APPEAL, ShippedText
from workflow.rules.topics import Audience, Topic

TEXTS: Mapping[Topic, ShippedText] = {
    Topic.SELECTED: ShippedText(
        _("Project selected for implementation: {title}"),
        _("The steering committee selected the project “{title}” for implementation. Congratulations."),
        {Audience.LEADER: _("The programme office will name a coordinator and agree the action plan with you.")},
        informs=frozenset({Audience.LEADER}),
    ),
    Topic.PLACED_ON_RESERVE: ShippedText(
        _("Project on the reserve list: {title}"),
        _("The steering committee placed the project “{title}” on the reserve list."),
        {Audience.LEADER: _("The project may still be selected if a place becomes free.")},
        appeal=_("The leader may also appeal against the decision."),
    ),
    Topic.REJECTED: ShippedText(
        _("Project not selected for implementation: {title}"),
        _("The steering committee did not select the project “{title}” for implementation."),
        below=_("The grounds are below."),
        appeal=MAY_APPEAL,
    ),
    Topic.NOTICE_NOTED: ShippedText(
        _("Term for an appeal: {title}"),
        _("The programme office recorded the day on which the decision about the project “{title}” reached you."),
        {
            Audience.LEADER: _("The term for an appeal is counted from that day."),
            Audience.STAFF: _("The term for an appeal is counted from that day."),
        },
        below=_("The reason is below."),
        appeal=MAY_APPEAL,
    ),
    Topic.APPEALED: ShippedText(
        _("Appeal lodged: {title}"),
        _("An appeal was lodged in the matter of the project “{title}”."),
        {
            Audience.LEADER: _("This confirms that the appeal was lodged. The appeal body will answer in writing."),
            Audience.APPEAL_BODY: _("Please decide on the appeal and give written reasons."),
        },
    ),
    Topic.ADMISSION_APPEAL_UPHELD: ShippedText(
        _("Appeal upheld, project admitted: {title}"),
        _("The appeal body upheld the appeal. The project “{title}” is admitted to the presentation."),
        {Audience.LEADER: _("Please prepare the presentation of the project.")},
    ),
    Topic.SELECTION_APPEAL_UPHELD: ShippedText(
        _("Appeal upheld, new vote: {title}"),
        _("The appeal body upheld the appeal. The steering committee will vote on the project “{title}” again."),
        {Audience.CHAIR: _("Please put the project to the vote again.")},
    ),
    Topic.APPEAL_DISMISSED: ShippedText(
        _("Appeal dismissed: {title}"),
        _(
            "The appeal body dismissed the appeal in the matter of the project “{title}”. "
            "The earlier decision does not change."
        ),
        below=_("The grounds are below."),
    ),
    Topic.APPEAL_WITHDRAWN: ShippedText(
        _("Appeal withdrawn: {title}"),
        _("The appeal in the matter of the project “{title}” was withdrawn. The earlier decision does not change."),
    ),
    Topic.PROMOTED_FROM_RESERVE: ShippedText(
        _("Project selected from the reserve list: {title}"),
        _("The steering committee selected the project “{title}” from the reserve list for implementation."),
        {Audience.LEADER: _("The programme office will name a coordinator and agree the action plan with you.")},
        informs=frozenset({Audience.LEADER}),
    ),
    Topic.PLACE_OFFERED: ShippedText(
        _("A place is offered: {title}"),
        _("A place became free. It is offered to the project “{title}” of the reserve list."),
        {
            Audience.LEADER: _(
                "Please accept the place or decline it on the project's page, in time; you are free to do either."
            )
        },
    ),
    Topic.PLACE_DECLINED: ShippedText(
        _("Place declined: {title}"),
        _("The leader declined the place that was offered to the project “{title}”. It has left the reserve list."),
    ),
    Topic.OFFER_LAPSED: ShippedText(
        _("The offer of a place has lapsed: {title}"),
        _("Nobody answered the offer of a place to the project “{title}” in time. It has left the reserve list."),
    ),
    Topic.RESERVE_EXPIRED: ShippedText(
        _("Reserve list ended: {title}"),
        _("The reserve list is no longer valid, so the project “{title}” was not selected for implementation."),
    ),
    Topic.DECISION_ANNULLED: ShippedText(
        _("Decision annulled: {title}"),
        _("The steering committee annulled its decision about the project “{title}” and will decide again."),
        {Audience.CHAIR: _("Please put the project to the vote again.")},
        below=_("The reason is below."),
    ),
}
