"""The settings about changes of an accepted plan."""

from collections.abc import Mapping
from enum import StrEnum

from workflow.base.i18n import Sentence, _
from workflow.rules.setting_types import DAYS, Setting, SettingType, Theme
from workflow.rules.states import EditionState


class DecidedBy(StrEnum):
    """Who decides about a request to change an accepted plan."""

    OFFICE = "office"
    CHAIR = "chair"
    # The chair enters what the committee resolved.
    COMMITTEE = "committee"


DECIDED_BY: Mapping[str, Sentence] = {
    DecidedBy.OFFICE.value: _("The programme office"),
    DecidedBy.CHAIR.value: _("The chair of the committee"),
    DecidedBy.COMMITTEE.value: _("The committee: the chair enters the number of its resolution"),
}  # fmt: skip
PLAN_SETTINGS = (
    Setting(
        "change_decided_by", Theme.IMPLEMENTATION, SettingType.CHOICE, _("Changes of an accepted plan"),
        _("Who decides when a coordinator asks for another day, another scope or other money."),
        ("rules.guards.changes:decides_about_changes",), EditionState.CLOSED, default=DecidedBy.OFFICE.value,
        options=DECIDED_BY,
    ),
    Setting(
        "change_days", Theme.IMPLEMENTATION, SettingType.DAYS, _("Time to decide about a change of the plan"),
        _("Counted from the request."), ("rules.effects.changes:begin_change",), EditionState.CLOSED, default=14,
        minimum=1, maximum=60, unit=DAYS,
    ),
)  # fmt: skip
