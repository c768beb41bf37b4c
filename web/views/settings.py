"""The settings of an edition in words: by theme, with what differs from the usual value and what is locked."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from web.http import identity
from web.http.template_context import say
from workflow.base.i18n import _, format_days, format_number
from workflow.engine import machine
from workflow.rules.setting_types import Setting, SettingType
from workflow.rules.settings_catalogue import CATALOGUE, SETTINGS, THEMES, value

YES, NO, NO_LIMIT = _("yes"), _("no"), _("no limit")


class SettingLine(Struct, frozen=True):
    """A setting of an edition for whoever reads it."""

    setting: Setting
    label: str
    help: str
    value: str
    usual: str
    differs: bool
    bounds: str
    # The phase since which it may not change; empty where it may.
    locked_since: str
    locked_from: str


def themes(edition: Mapping[str, Any]) -> list[tuple[str, list[SettingLine]]]:
    """Every setting of an edition under the heading of its theme."""
    return [(say(title), [line_of(edition, setting) for setting in CATALOGUE if setting.theme is theme])
            for theme, title in THEMES.items()]  # fmt: skip


def line_of(edition: Mapping[str, Any], setting: Setting) -> SettingLine:
    """One setting of an edition."""
    now = value(edition, setting.key)
    phase = machine.newest("edition").states[setting.locked_from].label.say(identity.language())
    return SettingLine(
        setting, say(setting.label), say(setting.help), in_words(setting, now), in_words(setting, setting.default),
        now != setting.default, say(setting.bounds()) if setting.maximum or setting.type is SettingType.LADDER else "",
        phase if setting.is_locked(edition) else "", phase,
    )  # fmt: skip


def in_words(setting: Setting, given: Any) -> str:
    """A value as people read it, with its unit."""
    if setting.stored(given) is None:
        return say(NO_LIMIT)
    if setting.type is SettingType.FLAG:
        return say(YES if given else NO)
    if setting.type is SettingType.CHOICE:
        return say(setting.options[given])
    if setting.type is SettingType.TEXT:
        return given or "–"
    if setting.type is SettingType.DAYS:
        return format_days(given, identity.language())
    number = (
        given if setting.type in (SettingType.SHARE, SettingType.LADDER) else format_number(given, identity.language())
    )
    blank = "" if setting.type is SettingType.PERCENT_OR_NONE else " "
    return f"{number}{blank}{say(setting.unit)}" if setting.unit else str(number)


def said_of_settings(data: Mapping[str, Any]) -> str:
    """What an entry says of settings: each with the values before and after, or what a new edition took over."""
    before, taken = data.get("before") or {}, data.get("settings") or {}
    changed = [(SETTINGS[key], before[key], data[key]) for key in before if key in SETTINGS and key in data]
    lines = [
        say(_("{setting}: {old} → {new}", setting=say(setting.label), old=in_words(setting, old),
              new=in_words(setting, new)))
        for setting, old, new in changed
    ]  # fmt: skip
    lines += [f"{say(SETTINGS[key].label)}: {in_words(SETTINGS[key], taken[key])}" for key in taken if key in SETTINGS]
    return "; ".join(lines)
