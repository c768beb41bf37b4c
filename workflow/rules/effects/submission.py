"""Then: what handing in writes: the frozen version, its receipt, and a clean table for those who check it."""

from typing import Any

from workflow.base.i18n import say
from workflow.rules.effects.base import Change, EffectContext, effect
from workflow.rules.effects.sheet import version_of
from workflow.rules.sheet_sections import asked_sections

# What belongs to one round of verification; handing in again begins a new one.
VERIFICATION = ("formal_check", "merit_opinion", "draft_refusal", "ask_for_changes")
OFFICE_LANGUAGE = "pl"


@effect
def hand_in(context: EffectContext, change: Change) -> None:
    """Freeze the text under a receipt number that is never given twice, also where the step is taken back."""
    facts = context.facts
    count = facts.entry("submission").get("count", 0) + 1
    receipt = f"{facts.edition['key']}/{facts['number']}/{facts.version + 1}"
    digest = facts.sheet_digest()
    change.recorded |= dict.fromkeys(VERIFICATION)
    change.recorded["submission"] = context.entry(count=count, receipt=receipt, digest=digest)
    change.recorded["checklist"] = _begun_anew(context)
    change.columns["due_at"] = None
    reason = "submitted" if context.step == "submit" else "resubmitted"
    change.rows.append(version_of(context, reason=reason, receipt=receipt))
    row = {
        "number": receipt,
        "proposal_id": facts.ref.id,
        "digest": digest,
        "at": context.at,
        "printed": _printed(context),
    }
    change.rows.append(("receipt", row))


def _printed(context: EffectContext) -> dict[str, Any]:
    facts = context.facts
    sections = [[section.name, say(section.label, OFFICE_LANGUAGE)] for section in asked_sections(facts.edition)]
    return {"edition": facts.edition["title"], "members": facts["member_count"], "sections": sections,
            "leader_id": facts["leader_id"]}  # fmt: skip


def _begun_anew(context: EffectContext) -> dict[str, Any] | None:
    """An empty list of points, beside what was found in the round before."""
    checklist = context.facts.entry("checklist")
    before = checklist.get("points") or checklist.get("before")
    return {"before": before} if before else None


@effect
def note_points(context: EffectContext, change: Change) -> None:
    """Keep what was found at each point; a point that is answered as before keeps who found it first."""
    checklist = dict(context.facts.entry("checklist"))
    points = dict(checklist.get("points") or {})
    for row in context.data["points"]:
        answer = {name: row[name] for name in ("answer", "remark") if row.get(name)}
        before = points.get(row["point"], {})
        if answer != {name: before[name] for name in ("answer", "remark") if before.get(name)}:
            points[row["point"]] = {
                **answer, "by": context.actor_id, "by_name": context.actor_name, "at": context.at.isoformat(),
            }  # fmt: skip
    change.recorded["checklist"] = {**checklist, "points": points}
