"""The words of proposals, for searching; kept by triggers of the database, whoever writes a proposal."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import Base, Key

LONGEST_WORD = 40
# Ranges of words are compared letter by letter, whatever language the database sorts in.
Word = String(LONGEST_WORD).with_variant(String(LONGEST_WORD, collation="C"), "postgresql")


class SearchWord(Base):
    """One folded word of `proposal.search`, once for each proposal; derived, so it is never written by hand or copied.

    The order of the key answers "which words of this edition begin like this" and "which proposals have this word"
    from the index alone.
    """

    __tablename__ = "search_word"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - the library's own way

    edition_id: Mapped[int] = mapped_column(Key, primary_key=True)
    word: Mapped[str] = mapped_column(Word, primary_key=True)
    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id", ondelete="CASCADE"), primary_key=True, index=True
    )
