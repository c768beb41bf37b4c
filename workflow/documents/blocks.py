"""What a document consists of, once its template has said it in words: plain blocks, the same for every rendering."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct


class Heading(Struct, frozen=True):
    """The title of a section; level 2 stands below the title of the document."""

    text: str
    level: int = 2


class Paragraph(Struct, frozen=True):
    """Running text; `strong` for what was decided, `apart` with an empty line above it."""

    text: str
    strong: bool = False
    apart: bool = False


class Items(Struct, frozen=True):
    """A list; numbered where its order counts."""

    lines: Sequence[str]
    numbered: bool = False


class Grid(Struct, frozen=True):
    """A table with a caption and a header row; `widths` are shares, `numbers` the columns that are set to the right."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int] = ()
    numbers: frozenset[int] = frozenset()
    # Whether the first column says what the other one is, row by row.
    of_pairs: bool = False

    @property
    def shares(self) -> tuple[int, ...]:
        """The width of each column as a share."""
        return tuple(self.widths) or (1,) * len(self.columns)


Block = Heading | Paragraph | Items | Grid


class Text(Struct, frozen=True):
    """A whole document in words: what stands on every page, its title, its blocks."""

    title: str
    # Who issues it, and of which edition: in the head of every page.
    issuer: str
    blocks: Sequence[Block]
    # The moment that all renderings carry, so that the same document has the same bytes.
    at: datetime
    language: str = "pl"
    # What is printed across a document that is not approved; empty for one that is.
    draft: str = ""


def pairs(caption: str, columns: tuple[str, str], rows: Sequence[tuple[str, str]]) -> Grid:
    """A table of what and how, without the rows that say nothing."""
    return Grid(caption, columns, [row for row in rows if row[1]], widths=(2, 5), of_pairs=True)
