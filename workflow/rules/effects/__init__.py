"""Then: what else changes in the same transaction. A name in a table's `effects` is a function in one of these files.

Effects are pure: they add columns, entries of the case file and group members to a Change, which the engine writes
with the step. So an undoing knows exactly what to restore. All files of the package are imported here.
"""

from importlib import import_module
from pkgutil import iter_modules

from workflow.rules.effects.base import EFFECTS, Change, Effect, EffectContext

__all__ = ["EFFECTS", "Change", "Effect", "EffectContext"]

for file in iter_modules(__path__, f"{__name__}."):
    import_module(file.name)
