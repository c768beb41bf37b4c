"""Then: what is written into a project sheet, and which of its texts are kept as versions."""

from collections.abc import Mapping
from typing import Any

from workflow.base.collation import fold, sort_key
from workflow.rules.effects.base import Change, EffectContext, effect, plain
from workflow.rules.sheet_sections import COLUMNS, section_digest, section_of_field, values_of


@effect
def write_sheet(context: EffectContext, change: Change) -> None:
    """A field that was given empty empties what is kept; a section that was sent as it was read stays as it is now."""
    facts, data = context.facts, written(context)
    words = {name: data[name] or "" for name in COLUMNS if name in data and name != "cost"}
    change.columns |= words | ({"cost": data["cost"]} if "cost" in data else {})
    sheet = facts["sheet"] | {name: value for name, value in plain(data).items() if name not in COLUMNS}
    change.columns["sheet"] = {name: value for name, value in sheet.items() if value is not None}
    title = data.get("title", facts["title"])
    searched = [title, *(data.get(name, facts[name]) for name in ("summary", "sector", "area"))]
    change.columns |= {"sort_key": sort_key(title), "search": fold(" ".join(filter(None, searched)))}


def written(context: EffectContext) -> dict[str, Any]:
    """The answers that change something, the cost added up from the lines of the budget where there are any."""
    data = {name: value for name, value in context.answers.items() if name != "base"}
    now = values_of(context.facts.own)
    sent = {**now, **data}
    untouched = {name for name, base in (context.answers.get("base") or {}).items()
                 if section_digest(name, sent) == base}  # fmt: skip
    data = {name: value for name, value in data.items() if section_of_field(name) not in untouched}
    if data.get("budget_lines"):
        data["cost"] = sum(line["amount"] for line in data["budget_lines"])
    elif "budget_lines" in data and now.get("budget_lines"):
        data.setdefault("cost", None)
    return data


def version_of(
    context: EffectContext, *, reason: str, label: str = "", receipt: str | None = None
) -> tuple[str, Mapping[str, Any]]:
    """The row that keeps the present text of the sheet as a version; written with the step, or not at all."""
    facts = context.facts
    return "sheet_version", {
        "proposal_id": facts.ref.id, "reason": reason, "label": label,
        "content": facts.sheet_content(), "digest": facts.sheet_digest(), "by_id": context.actor_id,
        "by_name": context.actor_name, "at": context.at, "receipt": receipt,
    }  # fmt: skip


@effect
def keep_text(context: EffectContext, change: Change) -> None:
    """Keep the present text of the sheet as a version, with a label where one is given."""
    change.rows.append(version_of(context, reason="kept", label=context.data.get("label", "")))


@effect
def freeze_text(context: EffectContext, change: Change) -> None:
    """What a proposal says at the moment when it goes into another one stays readable, whatever comes after."""
    change.rows.append(version_of(context, reason="merged"))
