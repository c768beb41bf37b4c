"""The form of the settings of an edition: only what was changed on it is an answer, so that others' changes stay."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request

from web.forms.steps import NOTE, StepForm, specs_of
from web.http.template_context import say
from web.http.versions import version_in
from workflow.base.i18n import _
from workflow.rules.field_types import Input
from workflow.rules.setting_types import NONE, Setting, SettingType
from workflow.rules.settings_catalogue import CATALOGUE, SETTINGS, value

CHANGE = "change_settings"
BEFORE = "before-"
LONGEST_VALUE = 200


@dataclass(slots=True)
class SettingsForm(StepForm):
    """Values as they were typed, beside those that the page showed when it was opened."""

    shown: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_edition(cls, edition: Mapping[str, Any], *, version: int) -> "SettingsForm":
        """The form with the values that hold."""
        shown = {setting.key: typed(value(edition, setting.key)) for setting in CATALOGUE}
        return cls((*specs_of("edition", CHANGE), NOTE), dict(shown), version=version, shown=shown)

    @classmethod
    def sent_by_browser(cls) -> "SettingsForm":
        """The form as it was sent; an emptied field takes the usual value."""
        form = cls.sent_for(specs_of("edition", CHANGE))
        shown = {key: request.form.get(f"{BEFORE}{key}", "")[:LONGEST_VALUE] for key in SETTINGS}
        values = {key: form.values.get(key) for key in SETTINGS}
        filled = {key: typed(SETTINGS[key].default) if given == "" else given for key, given in values.items()}
        return cls(form.asks, {**form.values, **filled}, version=version_in(request.form.get("version")),
                   shown=shown)  # fmt: skip

    def answers(self) -> dict[str, Any]:
        """The settings whose value is another than the one that was shown."""
        sent = {spec.name: self.values.get(spec.name) for spec in self.step_asks}
        return {key: given for key, given in sent.items() if given is not None and given != self.shown.get(key)}

    def refresh(self, edition: Mapping[str, Any], version: int) -> None:
        """Show what holds now wherever nothing was typed, on the version that the page has now."""
        kept, now = self.answers(), {setting.key: typed(value(edition, setting.key)) for setting in CATALOGUE}
        self.values, self.shown, self.version = {**self.values, **now, **kept}, now, version


def typed(stored: Any) -> str:
    """A value as its field holds it."""
    if stored is None:
        return NONE
    return str(int(stored)) if isinstance(stored, bool) else str(stored)


def field_of(spec: Input) -> tuple[str, list[tuple[str, str]]]:
    """The kind of field that asks for a setting, and what there is to choose."""
    setting: Setting = SETTINGS[spec.name]
    if setting.type is SettingType.FLAG:
        return "radios", [("1", say(_("yes"))), ("0", say(_("no")))]
    if setting.type is SettingType.CHOICE:
        return "radios", [(key, say(label)) for key, label in setting.options.items()]
    if setting.type is SettingType.PERCENT_OR_NONE:
        bounds = range(int(setting.minimum), int(setting.maximum) + 1)
        return "select", [(NONE, say(_("no limit"))), *((str(number), f"{number}%") for number in bounds)]
    return "text", []
