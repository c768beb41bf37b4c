"""The settings of an edition about appeals and the reserve list, a part of the catalogue."""

from workflow.base.i18n import _
from workflow.rules.setting_types import DAYS, PERCENT, Setting, SettingType, Theme
from workflow.rules.states import EditionState

APPEAL_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "allows_appeals", Theme.APPEALS, SettingType.FLAG, _("Appeals are allowed"),
        _("Against a refused admission and against a decision of the committee."),
        ("rules.guards.appeals:appeals_allowed", "rules.guards.editions:appeal_window_over",
         "notifications.message_data:with_subject"),
        EditionState.SELECTION, default=True,
    ),
    Setting(
        "appeal_days", Theme.APPEALS, SettingType.DAYS, _("Time to appeal"),
        _("Counted from the notice. A term that ends on a free day passes with the next working day."),
        ("rules.effects.proposals:open_appeal_window", "rules.effects.editions:open_appeals"), EditionState.SELECTION,
        default=7, minimum=3, maximum=60, unit=DAYS,
    ),
    Setting(
        "appeal_decision_days", Theme.APPEALS, SettingType.DAYS, _("Time to decide about an appeal"),
        _("Counted from the day on which the appeal was filed."),
        ("rules.effects.proposals:file_appeal",), EditionState.AGREEMENT,
        default=14, minimum=3, maximum=60, unit=DAYS,
    ),
    Setting(
        "appeal_quorum_floor", Theme.APPEALS, SettingType.NUMBER, _("Least number of people who decide an appeal"),
        _("Whoever took part in the decision that the appeal is against, or has a conflict of interest, is not one of "
          "them. The quorum is that of the committee."),
        ("rules.vote_settings:settings_of_votes",), EditionState.AGREEMENT, default=2, minimum=1, maximum=30,
    ),
    Setting(
        "appeal_parity", Theme.APPEALS, SettingType.PERCENT_OR_NONE, _("Parity of sectors in the appeal body"),
        _("No sector may cast a larger share of the votes about an appeal."),
        ("rules.vote_settings:settings_of_votes",), EditionState.AGREEMENT, default=None, minimum=34, maximum=100,
        unit=PERCENT,
    ),
    Setting(
        "reserve_may_skip", Theme.APPEALS, SettingType.FLAG, _("A place on the reserve list may be skipped"),
        _("Yes: a motion may promote a later project, with a reason, for example where the first one does not fit the "
          "money that was freed."),
        ("rules.guards.reserve:_after", "rules.guards.motion_items:promotions_in_order"),
        EditionState.SELECTION, default=False,
    ),
    Setting(
        "reserve_offer_days", Theme.APPEALS, SettingType.DAYS, _("Time to answer the offer of a place"),
        _("So long the leader of a project of the reserve list may accept a place that became free, or decline it. "
          "Whoever does not answer makes room for the next."),
        ("rules.effects.reserve:open_offer",), EditionState.CLOSING, default=14, minimum=3, maximum=60, unit=DAYS,
    ),
)  # fmt: skip
