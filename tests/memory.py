"""Temporary files of tests in memory, where writing one to disk for certain costs nothing.

A commit on SQLite waits for the disk, some milliseconds each, and the tests commit ten thousands of times. No test cuts
the power: what a killed process has written is there all the same.
"""

import os
import shutil
from pathlib import Path

MEMORY = Path("/dev/shm")
# A container often has 64 megabytes there, which one run of the tests would fill.
NEEDED = 3_000_000_000


def keep_temporary_files_in_memory() -> None:
    """Tell pytest to make its temporary folders in memory, unless it was told where or there is little room."""
    if "PYTEST_DEBUG_TEMPROOT" not in os.environ and folder_in_memory():
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(MEMORY)


def folder_in_memory() -> Path | None:
    """Where temporary files cost nothing; None where there is little room for them."""
    has_room = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > NEEDED
    return MEMORY if has_room else None
