"""The slides of a project as pages that a screen shows: PDF pages and pictures, each drawn once and stored as JPEG."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Connection, select

from workflow.base.errors import NotFound
from workflow.files import storage
from workflow.files.content_types import Family
from workflow.files.drawing import SECONDS
from workflow.files.storage import IncomingFile
from workflow.models import ProposalFile

# The kind under which people add what is shown in the hall, see `choices.FILE_KINDS`.
SLIDES = "slides"
PICTURE_TYPE = "image/jpeg"
# What a hall looks at of one file; the rest of it is not counted.
MOST_PAGES = 200
CHECKOUT = Path(__file__).parents[2]


class Slide(Struct, frozen=True):
    """One page of the slides of a project: of which file, and which page of it, from 1."""

    file_id: int
    page: int
    key: str
    media_type: str


def pages_of(uploads: Path, incoming: IncomingFile, kind: str) -> int | None:
    """How many pages a received file has for the screen; None for what is no slides, or cannot be shown page by page.

    Starts a process for a PDF, so it is called before the transaction.
    """
    if kind != SLIDES or incoming.kind.family is Family.OFFICE:
        return None
    if incoming.kind.family is Family.PICTURE:
        return 1
    counted = _drawing("count", str(storage.incoming_path(uploads, incoming)))
    return min(int(counted), MOST_PAGES) if counted and counted.isdigit() and counted != "0" else None


def slide_of(tx: Connection, proposal_id: int, number: int) -> Slide:
    """The page with this number, from 1, among all slides of a project; NotFound where there are fewer."""
    f = ProposalFile
    query = (
        select(f.id, f.pages, f.key, f.media_type)
        .where(f.proposal_id == proposal_id, f.kind == SLIDES, f.pages.is_not(None), f.removed_at.is_(None))
        .order_by(f.id)
    )
    for row in tx.execute(query):
        if 1 <= number <= row.pages:
            return Slide(row.id, number, row.key, row.media_type)
        number -= row.pages
    raise NotFound


def drawn(uploads: Path, slide: Slide) -> Path:
    """The picture of a slide, drawn where it was not drawn before; NotFound where that fails or takes too long."""
    path = storage.path_of(uploads, slide.key)
    picture = path.with_name(f"{path.name}.page-{slide.page}")
    if not picture.is_file():
        unfinished = picture.with_name(f"{picture.name}.{secrets.token_hex(4)}")
        try:
            if _drawing("draw", str(path), slide.media_type, str(slide.page), str(unfinished)) is None:
                raise NotFound
            unfinished.chmod(0o600)
            unfinished.replace(picture)
        finally:
            unfinished.unlink(missing_ok=True)
    return picture


def _drawing(*words: str) -> str | None:
    """What the process that draws has written; None where it failed or took too long."""
    command = [sys.executable, "-m", "workflow.files.drawing", *words]
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS * 2, check=True, env=environment)
    except (subprocess.SubprocessError, OSError):
        return None
    return done.stdout.decode()
