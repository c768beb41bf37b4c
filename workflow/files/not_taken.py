"""What people send and the office could not open: each kind is refused with what to do instead."""

from collections.abc import Mapping
from pathlib import Path

from workflow.base.i18n import Sentence, _

WITH_MACROS = ("docm", "dotm", "xlsm", "xlsb", "xltm", "pptm", "potm", "ppsm")
OLD = ("doc", "xls", "ppt", "rtf")
ARCHIVES = ("zip", "rar", "7z", "tar", "gz", "tgz", "bz2", "xz", "zipx")
VIDEOS = ("mov", "mp4", "m4v", "3gp", "avi", "mkv", "webm", "mpg", "mpeg")
# What telephones and cameras save besides JPEG, and what few office programs open.
CAMERA = ("heic", "heif", "heics", "hif", "avif", "dng", "raw", "cr2", "cr3", "nef", "arw", "raf", "orf", "rw2")
OTHER_PICTURES = ("gif", "bmp", "tif", "tiff", "jp2", "jxl", "ico", "psd", "eps", "svg")
# The brands of the container that such pictures are in, behind the word `ftyp`.
CAMERA_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis", b"crx ")
# What stands in the container of old Office files where it holds a new one with a password.
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")

CAMERA_PICTURE = _(
    "The picture is in a format of telephones and cameras, such as HEIC, that many programs do not open. Send it as "
    "JPG. On an iPhone: Settings, Camera, Formats, Most Compatible. On another telephone choose JPG in the settings of "
    "the camera, or export the picture as JPG."
)
REMEDIES: Mapping[tuple[str, ...], Sentence] = {
    WITH_MACROS: _("Documents with macros are not taken. Save it without macros, or as PDF."),
    OLD: _("Old Office documents are not taken. Save it as .docx, .xlsx or .pptx, or as PDF."),
    CAMERA: CAMERA_PICTURE,
    ARCHIVES: _(
        "Files of this type are not taken: it is an archive. Unpack it, with its password if it has one, and send the "
        "documents one by one."
    ),
    VIDEOS: _(
        "Files of this type are not taken: it is a video. Send a picture from it, or put the video where others can "
        "watch it and write the address."
    ),
    OTHER_PICTURES: _("Files of this type are not taken. Save the picture as JPG, PNG or WEBP and send that."),
}


def not_taken(ending: str) -> Sentence | None:
    """Why files with this ending are refused and what to send instead; None where nothing is known of them."""
    return next((remedy for endings, remedy in REMEDIES.items() if ending in endings), None)


def is_from_camera(head: bytes) -> bool:
    """Whether a file begins as a picture in one of the formats of telephones, whatever its name says."""
    return head[4:8] == b"ftyp" and head[8:12] in CAMERA_BRANDS


def old_container(path: Path) -> Sentence:
    """Why a document in the container of old Office files is refused, although its name is that of a new one."""
    if ENCRYPTED_PACKAGE in path.read_bytes():
        return _("The document has a password. Open it, take the password away, save it and send it again.")
    return _("The document has a password or was saved by an old Office. Save it anew without a password.")
