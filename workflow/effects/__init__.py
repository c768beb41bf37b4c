"""Then: what else changes in the same transaction. A name in a table's `effects` is a function in one of these files.

Effects are pure: they add columns, entries of the case file and group members to a Change, which `workflow.store`
writes with the step. So an undoing knows exactly what to restore.
"""

from workflow.effects import edition, files, group, implementation, proposal, sheet, submission
from workflow.effects.base import EFFECTS, Change, Doing, Effect

__all__ = [
    "EFFECTS",
    "Change",
    "Doing",
    "Effect",
    "edition",
    "files",
    "group",
    "implementation",
    "proposal",
    "sheet",
    "submission",
]
