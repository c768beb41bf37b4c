"""Opens a picture within limits, which proves that it is one, and makes the small copy that pages show."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow.base.i18n import _
from workflow.rules.file_limits import BadFile

if TYPE_CHECKING:
    from PIL import Image

FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
# A telephone's largest pictures have fifty million points.
MOST_PIXELS = 52_000_000
LONGEST_SIDE = 20_000
# The longer side of the small copy, and its type.
SMALL = 480
SMALL_TYPE = "image/jpeg"
QUALITY = 78


def shrink(path: Path, media_type: str, small: Path) -> None:
    """Write the small copy of a picture: turned upright, without anything else that the camera noted (place, time).

    Raises BadFile where the picture has too many points or cannot be opened to its end.
    """
    # Most pages have no picture to open, and the library is large.
    from PIL import Image, ImageOps

    try:
        with Image.open(path, formats=[FORMATS[media_type]]) as picture:
            _check_size(*picture.size)
            # A JPEG can be read in a smaller size at once, which saves most of the memory.
            picture.draft("RGB", (SMALL * 2, SMALL * 2))
            picture.load()
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((SMALL, SMALL))
            _on_white(upright).save(small, "JPEG", quality=QUALITY)
    except BadFile:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None
    except Exception:  # noqa: BLE001 - a broken picture makes the library raise almost anything, all meaning the same
        raise BadFile(_("The picture is damaged or was not saved to its end.")) from None


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise _too_large()


def _too_large() -> BadFile:
    return BadFile(
        _("The picture has too many points: at most {most} million are taken. Make it smaller and send it again.",
          most=MOST_PIXELS // 1_000_000)
    )  # fmt: skip


def _on_white(picture: "Image.Image") -> "Image.Image":
    """Without transparency, and as a new picture, which carries nothing over but what can be seen."""
    from PIL import Image

    solid = picture.convert("RGBA")
    ground = Image.new("RGB", solid.size, "white")
    ground.paste(solid, mask=solid.getchannel("A"))
    return ground
