"""Pictures of made-up projects: drawn, stored as files of the project and shown to everybody."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from workflow.db.database import Database
from workflow.demo.books import read_book
from workflow.engine import machine
from workflow.engine.command import StepCommand
from workflow.files import storage
from workflow.files.actions import store_file
from workflow.models import Edition, Milestone, Proposal
from workflow.rules.facts import Actor, Ref

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

SIZE = (960, 640)
SKY, GROUND, TEAL, RUST, LIGHT = "#ebe6da", "#d8cfbc", "#0f5a63", "#ab3f1c", "#dcebea"


def add_pictures(database: Database, uploads: Path, editions: Collection[str], *, actor: Actor, at: datetime) -> None:
    """Draw the pictures of these editions and show them, each in a transaction of its own, for the office."""
    for number, row in enumerate(read_book("pictures")["picture"], start=1):
        if row["edition"] not in editions:
            continue
        received = storage.receive(uploads, drawn(row["motif"]), f"rysunek-{number}.png")

        def show(tx: Connection, row: Mapping[str, Any] = row, file: storage.IncomingFile = received) -> None:
            query = select(Proposal.id).join(Edition, Edition.id == Proposal.edition_id)
            where = Edition.key == row["edition"], Proposal.title == row["title"]
            ref = Ref("proposal", tx.execute(query.where(*where)).scalar_one())
            stored = store_file(tx, uploads, ref, file, kind="picture", actor=actor, at=at)
            answers = {"picture_file": stored, "picture_description": row["description"]}
            machine.take(tx, StepCommand(ref, "show_picture", actor=actor, at=at, answers=answers))
            if "milestone" in row:
                show_milestone(tx, ref, row["milestone"], stored, actor=actor, at=at)

        database.in_transaction(show)


def show_milestone(tx: Connection, project: Ref, number: int, file: int, *, actor: Actor, at: datetime) -> None:
    """Add the picture as evidence that a milestone of the project was reached; everybody may see it."""
    m = Milestone
    query = select(m.id).where(m.proposal_id == project.id, m.number == number)
    ref = Ref("milestone", tx.execute(query).scalar_one())
    answers = {"evidence": [file], "evidence_public": True}
    machine.take(tx, StepCommand(ref, "add_evidence", actor=actor, at=at, answers=answers))


def drawn(motif: str) -> BytesIO:
    """A drawing as a PNG file; the same bytes for the same motif."""
    # The library is large, and only a load of the demo draws.
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", SIZE, SKY)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 520, 960, 640), GROUND)
    MOTIFS[motif](pen)
    file = BytesIO()
    picture.save(file, "PNG")
    file.seek(0)
    return file


def _bus(pen: "ImageDraw") -> None:
    pen.rounded_rectangle((200, 180, 760, 500), 44, TEAL)
    for left in (250, 420, 590):
        pen.rounded_rectangle((left, 240, left + 130, 350), 10, LIGHT)
    for middle in (320, 640):
        pen.ellipse((middle - 60, 440, middle + 60, 560), RUST)


def _house(pen: "ImageDraw") -> None:
    pen.rectangle((260, 280, 700, 520), TEAL)
    pen.polygon(((210, 300), (480, 90), (750, 300)), RUST)
    pen.rectangle((440, 360, 520, 520), LIGHT)
    for left in (310, 580):
        pen.rectangle((left, 340, left + 70, 410), LIGHT)


def _people(pen: "ImageDraw") -> None:
    for middle, colour in ((280, TEAL), (480, RUST), (680, TEAL)):
        pen.ellipse((middle - 60, 190, middle + 60, 310), colour)
        pen.pieslice((middle - 110, 320, middle + 110, 720), 180, 360, colour)
    pen.rectangle((0, 520, 960, 640), GROUND)


def _river(pen: "ImageDraw") -> None:
    pen.rectangle((0, 420, 960, 640), LIGHT)
    pen.arc((180, 180, 780, 700), 180, 360, RUST, 46)
    pen.pieslice((300, 380, 660, 520), 0, 180, TEAL)
    pen.ellipse((445, 330, 515, 400), RUST)
    pen.rectangle((455, 395, 505, 450), RUST)


MOTIFS: Mapping[str, Callable[["ImageDraw"], None]] = {
    "bus": _bus, "house": _house, "people": _people, "river": _river,
}  # fmt: skip
