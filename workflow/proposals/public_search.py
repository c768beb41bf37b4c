"""Finds projects of all editions that everybody may read about, by words, whatever their endings."""

from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, or_, select

from workflow.base.collation import fold
from workflow.models import Edition, Proposal
from workflow.proposals.search import FILLERS, MOST_WORDS, START, alike
from workflow.rules.states import HIDDEN, PUBLIC

# So many projects that hold the beginnings of all words are compared word by word.
COMPARED = 2000
_p, _e = Proposal, Edition


class Found(Struct, frozen=True):
    """A project that was found, with its edition."""

    id: int
    title: str
    summary: str
    state: str
    lifecycle: str
    lifecycle_version: int
    edition_key: str
    edition_title: str


def asked_words(text: str) -> tuple[str, ...]:
    """The folded words of a text that can be searched for; none where it has only fillers."""
    words = dict.fromkeys(word for word in fold(text).split() if word not in FILLERS)
    return tuple(words)[:MOST_WORDS]


def public_projects_with(tx: Connection, text: str) -> tuple[Found, ...]:
    """The public projects in which each word is found, the latest editions first; one statement, none without words."""
    words = asked_words(text)
    if not words:
        return ()
    query = (
        select(_p.id, _p.title, _p.summary, _p.state, _p.lifecycle, _p.lifecycle_version, _e.key, _e.title.label("of"),
               _p.search)
        .join(_e, _e.id == _p.edition_id)
        .where(_e.state.not_in(HIDDEN), or_(_p.state.in_(sorted(PUBLIC)), _e.historical.is_(True)))
        .where(*(_p.search.contains(word[:START], autoescape=True) for word in words))
        .order_by(_e.year.desc(), _p.sort_key, _p.id).limit(COMPARED)
    )  # fmt: skip
    rows: Any = tx.execute(query)
    return tuple(Found(*row[:8]) for row in rows if _has_all(words, row.search))


def _has_all(words: tuple[str, ...], search: str) -> bool:
    own = set(search.split())
    return all(any(word == other or (len(word) >= START and alike(word, other)) for other in own) for word in words)
