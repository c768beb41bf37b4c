"""Only if: Facts and an Attempt -> None, or the Missing that says what is missing, who can mend it, until when.

A name in a table's `guards` is the name of a function in one of these files, which are all imported here. Guards are
pure and read nothing but their arguments; one that checks an answer says nothing while there is no answer yet
(`attempt.data` is None).
"""

from importlib import import_module
from pkgutil import iter_modules

from workflow.rules.guards.base import GUARDS, NEEDS_TOTALS, Guard, scope_of

__all__ = ["GUARDS", "NEEDS_TOTALS", "Guard", "scope_of"]

for file in iter_modules(__path__, f"{__name__}."):
    import_module(file.name)
