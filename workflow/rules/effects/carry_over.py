"""Then: what the idea says that a project of an earlier edition becomes."""

from typing import Any

from workflow.base.collation import fold, sort_key
from workflow.rules.effects.base import Change, EffectContext, effect
from workflow.rules.membership_changes import AddMember

# The dates of an earlier edition have passed.
LEFT_OUT = frozenset({"timetable"})
TEXTS = ("title", "summary", "sector", "area")


@effect
def begin_carried_idea(context: EffectContext, change: Change) -> None:
    """Copy the sheet but for its timetable; its leader leads again where it is the leader who carries it over.

    What was copied stands in the words of the entry, so that the history can be replayed.
    """
    carried = context.data.get("carried") or _copied(context)
    change.words["carried"] = carried
    texts = {name: carried[name] for name in TEXTS}
    change.columns |= texts | {"cost": carried["cost"], "sheet": carried["sheet"]}
    change.columns |= {"search": fold(" ".join(filter(None, texts.values()))), "sort_key": sort_key(texts["title"])}
    change.columns["author_id"] = carried["author"]
    if context.actor_id is not None and context.actor_id == carried["author"]:
        change.columns |= {"leader_id": context.actor_id, "leader_accepted_at": context.at}
        change.join.append(AddMember(context.actor_id))


def _copied(context: EffectContext) -> dict[str, Any]:
    project = context.facts.referenced_proposal
    content = project.content if project else {}
    sheet = {name: value for name, value in (content.get("sheet") or {}).items() if name not in LEFT_OUT}
    texts = {name: content.get(name) or "" for name in TEXTS}
    return {**texts, "cost": content.get("cost"), "sheet": sheet, "author": project.leader_id if project else None}
