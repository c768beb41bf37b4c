"""How much fits: one file, all files of a proposal, and how an amount is said."""

from workflow.base.errors import BadInput
from workflow.base.i18n import Sentence, _

KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE
LARGEST_FILE = 20 * MEGABYTE
# All files of one proposal together.
LARGEST_SUM = 100 * MEGABYTE
MOST_FILES = 200
# What has to stay free on the disk for everything else.
RESERVED_SPACE = 500 * MEGABYTE


class BadFile(BadInput):
    """A file cannot be taken; the reason is one sentence, and nothing of it is kept."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__({"file": sentence})


def amount(size: int) -> Sentence:
    """A number of bytes as people say it, rounded up."""
    if size >= MEGABYTE:
        return _("{number} MB", number=-(-size // MEGABYTE))
    return _("{number} kB", number=-(-size // KILOBYTE))
