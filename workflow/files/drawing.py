"""A program that counts or draws the pages of one file that somebody sent, in a process with limits of its own.

`python -m workflow.files.drawing count PATH` writes how many pages a PDF has; `draw PATH MEDIA_TYPE PAGE OUT` writes
one page, or a picture, as JPEG. Whatever a file does to the library, the process that asked goes on, see `slides`.
"""

import resource
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

# The longer side of what is drawn, in points of a screen.
LONGEST = 1920
QUALITY = 85
SECONDS = 15
MEMORY = 1_500_000_000
PDF = "application/pdf"


def main(words: list[str]) -> int:
    """Do what the command line says; anything that goes wrong ends the process with an error."""
    limit()
    if words[0] == "count":
        sys.stdout.write(str(count(Path(words[1]))))
    else:
        path, media_type, page, out = words[1:]
        picture = page_of(Path(path), int(page)) if media_type == PDF else upright(Path(path))
        picture.save(out, "JPEG", quality=QUALITY)
    return 0


def limit() -> None:
    """Seconds of a processor and bytes of memory that this process may use."""
    for kind, most in ((resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_AS, MEMORY)):
        # Some systems know no limit of memory; the time is bounded by the caller as well.
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


def count(path: Path) -> int:
    """How many pages a PDF has."""
    from pypdfium2 import PdfDocument

    return len(PdfDocument(path))


def page_of(path: Path, number: int) -> "Image.Image":
    """One page of a PDF, from 1, drawn as large as a screen shows it."""
    from pypdfium2 import PdfDocument

    page = PdfDocument(path)[number - 1]
    scale = LONGEST / max(*page.get_size(), 1)
    picture: Image.Image = page.render(scale=scale).to_pil()
    return picture.convert("RGB")


def upright(path: Path) -> "Image.Image":
    """A picture as it is held, without what the camera noted of place and time."""
    from PIL import Image, ImageOps

    with Image.open(path) as picture:
        picture.draft("RGB", (LONGEST * 2, LONGEST * 2))
        turned = ImageOps.exif_transpose(picture)
        turned.thumbnail((LONGEST, LONGEST))
        ground = Image.new("RGB", turned.size, "white")
        solid = turned.convert("RGBA")
        ground.paste(solid, mask=solid.getchannel("A"))
        return ground


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
