"""Then: a new version of the text of a letter."""

from typing import Any

from workflow.rules.effects.base import Change, EffectContext, effect


@effect
def write_letter_text(context: EffectContext, change: Change) -> None:
    """Add a version with what was written; letters with it wait until a person approves it."""
    data = context.data
    parts = {name: data.get(f"letter_{name}") or "" for name in ("subject", "happened", "below", "appeal")}
    expected = {row["audience"]: row["text"] for row in data.get("letter_expected") or ()}
    change.rows.append(("letter_text", {**_version(context), **parts, "expected": expected}))


@effect
def reset_letter_text(context: EffectContext, change: Change) -> None:
    """Let the shipped text hold again, from now on."""
    change.rows.append(("letter_text", {**_version(context), "is_shipped": True}))


def _version(context: EffectContext) -> dict[str, Any]:
    return {
        "edition_id": context.facts.ref.id, "topic": context.data["letter_topic"],
        "language": context.data["letter_language"], "changed_by_id": context.actor_id, "at": context.at,
    }  # fmt: skip
