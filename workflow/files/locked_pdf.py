"""Whether a PDF opens without a password: many are encrypted only to forbid printing, and those are taken."""

from pathlib import Path

from workflow.base.i18n import _
from workflow.rules.file_limits import BadFile

ENCRYPTED = b"/Encrypt"


def refuse_locked_pdf(path: Path) -> None:
    """Raise BadFile where the PDF asks for a password, or for a certificate, before it shows anything.

    A PDF in which nothing is encrypted is not parsed, and one that cannot be parsed is not called locked.
    """
    if ENCRYPTED in path.read_bytes() and _is_locked(path):
        raise BadFile(
            _("The PDF has a password. Open it, save or print it as a PDF without a password, and send that.")
        )


def _is_locked(path: Path) -> bool:
    # The library is large, and few files are encrypted.
    from pypdf import PasswordType, PdfReader

    try:
        # A reader tries the empty password first, and so does every program that opens a PDF without asking.
        reader = PdfReader(path)
        return reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED
    except NotImplementedError:
        # The library says so of every way to lock a PDF that is no password, such as a certificate.
        return True
    except Exception:  # noqa: BLE001 - a broken file makes the library raise almost anything, and says nothing of locks
        return False
