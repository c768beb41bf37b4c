"""Then: a picture of the project is shown to everybody, or hidden again."""

from workflow.rules.effects.base import Change, EffectContext, effect


@effect
def show_picture(context: EffectContext, change: Change) -> None:
    """Put a picture with its description on the public page; one that is there gets the new description."""
    own, file = context.facts.ref.id, context.data["picture_file"]
    change.removals.append(("public_picture", {"proposal_id": own, "file_id": file}))
    change.rows.append(("public_picture", {
        "file_id": file, "proposal_id": own, "description": context.data["picture_description"],
        "shown_at": context.at, "shown_by_id": context.actor_id,
    }))  # fmt: skip


@effect
def hide_picture(context: EffectContext, change: Change) -> None:
    """Take a picture of this project from the public page; its file stays."""
    key = {"proposal_id": context.facts.ref.id, "file_id": context.data["picture_file"]}
    change.removals.append(("public_picture", key))
