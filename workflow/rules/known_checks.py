"""Points of the office's check that the system can answer by itself, each with what shows it; pure."""

from collections.abc import Mapping
from datetime import datetime

from workflow.base.i18n import Sentence, _
from workflow.rules.facts import Facts
from workflow.rules.sheet_sections import progress

# The parts of the sheet that a point is about, by the names of the sections.
PASSAGES: Mapping[str, tuple[str, ...]] = {
    "partners": ("partners",),
    "area": ("places", "area"),
    "lawful": ("goals", "activities"),
    "powers": ("goals", "activities"),
    "feasible": ("activities", "timetable", "risks"),
    "property": ("places",),
    "cost_realistic": ("budget",),
    "accessible": ("beneficiaries", "activities"),
}


def known_checks(facts: Facts) -> dict[str, Sentence]:
    """The points that are met beyond doubt, with the reason; what is not among them is for a person to judge."""
    known = {}
    sheet = progress(facts)
    if not sheet.missing:
        known["complete"] = _("All required sections are filled in.")
    if reason := _on_time(facts):
        known["on_time"] = reason
    if facts["leader_id"] and facts["leader_accepted_at"]:
        known["leader"] = _("The role was accepted on {at}.", at=facts["leader_accepted_at"])
    return known


def _on_time(facts: Facts) -> Sentence | None:
    """Handing in again is possible only within the term of the call for completion."""
    entry, until = facts.entry("submission"), facts.submission_until
    at = datetime.fromisoformat(entry["at"]) if entry else None
    if at is None:
        return None
    if entry.get("count", 1) > 1:
        return _("Handed in again on {at}, within the term for completion.", at=at)
    if until is None or at > until:
        return None
    return _("Handed in on {at}; the deadline was {until}.", at=at, until=until)
