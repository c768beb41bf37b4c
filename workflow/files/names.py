"""The name under which a file is shown: taken as it is, or refused with the reason; never silently changed."""

import unicodedata

from workflow.base.i18n import _
from workflow.rules.file_limits import BadFile

LONGEST = 150
SEPARATORS = frozenset("/\\")
# What Windows cannot keep in a name, and what leads into another stream of a file there.
FORBIDDEN = frozenset('<>:"|?*')
_NUMBERS = "0123456789¹²³"
RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in _NUMBERS)})
# Control characters, hidden ones such as those that turn the direction of writing, and letters that nobody knows.
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def clean_name(given: str) -> str:
    """The name in its composed form, without blanks around it; raises BadFile where it is not safe to show or save."""
    name = unicodedata.normalize("NFC", given).strip(" ")
    if not name:
        raise BadFile(_("The file has no name. Give it one and send it again."))
    if any(unicodedata.category(letter) in UNSEEN for letter in name):
        raise BadFile(_("The name of the file contains hidden characters. Rename the file and send it again."))
    if SEPARATORS & set(name):
        raise BadFile(_("The name of the file contains a slash, as a path does. Rename the file and send it again."))
    if FORBIDDEN & set(name):
        raise BadFile(_("The name of the file contains one of the signs {signs}. Rename the file and send it again.",
                        signs=" ".join(sorted(FORBIDDEN))))  # fmt: skip
    if name.startswith(".") or name.endswith("."):
        raise BadFile(_("The name of the file begins or ends with a dot. Rename the file and send it again."))
    if unicodedata.normalize("NFKC", name).casefold().split(".")[0].strip() in RESERVED:
        raise BadFile(_("Windows keeps this name for itself. Rename the file and send it again."))
    if len(name) > LONGEST:
        raise BadFile(_("The name of the file is too long: at most {most} characters fit.", most=LONGEST))
    return name


def ending_of(name: str) -> str:
    """What stands behind the last dot, in small letters; empty where there is no dot."""
    return name.rpartition(".")[2].lower() if "." in name else ""
