"""Then: what else changes in the same transaction. A name in a table's `effects` is a function in one of these files.

Effects are pure: they add columns, entries of the case file and group members to a Change, which the engine writes
with the step. So an undoing knows exactly what to restore.
"""

from workflow.rules.effects import (
    agreements,
    appeals,
    carry_over,
    changes,
    conferences,
    editions,
    files,
    groups,
    hall,
    implementation,
    letters,
    meetings,
    milestones,
    minutes,
    motions,
    plans,
    progress_reports,
    project_money,
    proposals,
    proxies,
    reserve,
    secret_votes,
    sheet,
    submission,
)
from workflow.rules.effects.base import EFFECTS, Change, Effect, EffectContext

__all__ = [
    "EFFECTS",
    "Change",
    "Effect",
    "EffectContext",
    "agreements",
    "appeals",
    "carry_over",
    "changes",
    "conferences",
    "editions",
    "files",
    "groups",
    "hall",
    "implementation",
    "letters",
    "meetings",
    "milestones",
    "minutes",
    "motions",
    "plans",
    "progress_reports",
    "project_money",
    "proposals",
    "proxies",
    "reserve",
    "secret_votes",
    "sheet",
    "submission",
]
