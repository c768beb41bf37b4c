"""Garbage collection around the start of a process: off while it imports, on for everything after.

What is imported stays until the process ends; to look for garbage in it took a fifth of the start of each command.
"""

import gc


def postpone() -> None:
    """Collect nothing until `collect` is called."""
    gc.disable()


def keep() -> None:
    """Leave all that there is now out of every collection to come."""
    gc.freeze()


def collect(**_: object) -> None:
    """Collect from now on, but not among what has been imported; a signal of celery may call it."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
