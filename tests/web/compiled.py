"""Templates compiled once for all test processes of a checkout, and for those of the product that they start.

Compiling what a page needs takes longer than whatever a small test asks; Jinja itself notices when a source has changed.
"""

from pathlib import Path

from flask import Flask

from tests.postgres import KEPT
from web.http.template_i18n import DiskCache

FOLDER = KEPT / "templates"


def compile_once() -> None:
    """Let the applications of this process read and write the shared cache."""
    FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)
    Flask.jinja_options = {"bytecode_cache": DiskCache(str(FOLDER))}


def share_templates(data: Path) -> None:
    """Let the processes of an installation with this data folder, which is to be made yet, do the same."""
    FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)
    (data / "cache").mkdir(mode=0o700, parents=True)
    (data / "cache" / "templates").symlink_to(FOLDER)
