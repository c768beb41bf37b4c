"""Finds proposals by words, whatever their endings and marks, and the ideas that resemble one that is being typed.

One mechanism for lists and for similar ideas, on SQLite and PostgreSQL alike. `search_word` holds every folded word of
every proposal (triggers keep it), so "Ścieżki" is there as "sciezki". A typed word is held against the words of the
edition that begin with the same three letters, and takes those that it is the beginning of, or that share half of its
trigrams: `alike`. Endings of Polish words differ in their last letters, so "biblioteka" finds "bibliotek" and
"zlobek" finds "Żłobka"; a word that changes among its first three letters ("las", "lesie") is not found.

For a list: `query.where(*matching(tx, edition_id=..., text=filters.q))`, one statement besides the list's own.
For one idea: `similar(...)`, two statements, however many ideas there are. Neither looks at who reads: a list narrows
by `visible_states`, and `similar` wants the same set handed in.
"""

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache, reduce
from operator import add
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Subquery,
    bindparam,
    case,
    exists,
    false,
    func,
    literal,
    select,
    true,
    union,
)

from workflow.base.collation import fold
from workflow.models import Proposal, SearchWord
from workflow.rules.states import GONE, ProposalState

START = 3
LAST = "\U0010ffff"
ENOUGH = 0.5
# More words than these say nothing more about an idea, and each one costs a look into the index.
MOST_WORDS = 8
SHOWN = 5
# So many of the best by number of words are compared letter by letter.
COMPARED = 100
# Words that stand in every second title.
FILLERS = frozenset(
    {
        *("a", "aby", "albo", "ale", "bez", "byc", "co", "czy", "dla", "do", "go", "i", "ich", "jak", "jako", "jest"),
        *("juz", "lub", "ma", "moze", "my", "na", "nad", "nasz", "nasza", "nasze", "nie", "o", "od", "oraz", "po"),
        *("pod", "ponad", "przez", "przy", "sa", "sie", "ta", "tak", "te", "tej", "ten", "to", "tym", "u", "w", "we"),
        *("z", "za", "ze", "gmina", "gminie", "gminy", "powiat", "powiatu", "projekt"),
    }
)
# A proposal that is no more is nothing to join.
NOT_JOINABLE = frozenset({*GONE, ProposalState.CANCELLED})
_w, _p = SearchWord, Proposal


class Similar(Struct, frozen=True):
    """A proposal that resembles what was typed."""

    id: int
    number: int
    title: str
    state: str
    lifecycle: str
    lifecycle_version: int
    likeness: float


def alike(typed: str, word: str) -> bool:
    """Whether a folded word may be another form of the typed one, or goes on where it ends."""
    return typed[:START] == word[:START] and (word.startswith(typed) or likeness(typed, word) >= ENOUGH)


def likeness(word: str, other: str) -> float:
    """How much two folded words share: 1 for the same word, 0 for nothing; endings weigh less than beginnings."""
    mine, theirs = _trigrams(word), _trigrams(other)
    return 2 * len(mine & theirs) / (len(mine) + len(theirs)) if mine and theirs else float(word == other)


@lru_cache(maxsize=20_000)
def _trigrams(word: str) -> frozenset[str]:
    # The space before the word makes its first two letters count; after the last one nothing does.
    marked = f" {word}"
    return frozenset(marked[at : at + 3] for at in range(len(marked) - 2))


def telling(text: str) -> tuple[str, ...]:
    """The first few folded words that say what a text is about."""
    words = dict.fromkeys(word for word in fold(text).split() if len(word) >= START and word not in FILLERS)
    return tuple(words)[:MOST_WORDS]


def alike_words(tx: Connection, *, edition_id: int, words: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """For each folded word those of the edition that are alike; one statement, or none where no word was given."""
    asked = tuple(dict.fromkeys(words))
    starts = {word[:START] for word in asked}
    if not starts:
        return {}
    there = (
        tx.execute(union(*(_beginning(edition_id, start, place) for place, start in enumerate(sorted(starts)))))
        .scalars()
        .all()
    )
    return {word: frozenset(other for other in there if alike(word, other)) for word in asked}


def _beginning(edition_id: int, start: str, place: int) -> Select[str]:
    """The words of the edition that begin so; shorter ones have to be there as they are.

    From each word the index leads to the next one, so that a word of ten thousand proposals is met once.
    """
    here, least = _w.edition_id == edition_id, func.min(_w.word)
    if len(start) < START:
        # A limit within a union is nothing that SQLite understands.
        return select(literal(start)).where(exists().where(here, _w.word == start))
    # Words are compared letter by letter, and no letter comes after this one.
    end = _w.word < f"{start}{LAST}"
    met = select(least.label("word")).where(here, _w.word >= start, end).cte(f"words_{place}", recursive=True)
    following = select(least).where(here, _w.word > met.c.word, end).scalar_subquery()
    met = met.union_all(select(following).where(met.c.word.is_not(None)))
    return select(met.c.word).where(met.c.word.is_not(None))


def matching(tx: Connection, *, edition_id: int, text: str) -> tuple[ColumnElement[bool], ...]:
    """Conditions on Proposal: each word of the text is found in it, fillers aside; one statement.

    A text of fillers alone is looked for as it is, and one in which there is nothing to look for finds nothing.
    """
    words = fold(text).split()
    telling_words = [word for word in words if word not in FILLERS] or words
    if not telling_words:
        return (false(),) if text.strip() else ()
    alike_by_word = alike_words(tx, edition_id=edition_id, words=telling_words[:MOST_WORDS])
    return tuple(_p.id.in_(_having(edition_id, forms)) for forms in alike_by_word.values())


def _having(edition_id: int, forms: frozenset[str]) -> Select[int]:
    return select(_w.proposal_id).where(_w.edition_id == edition_id, _is_one_of(forms))


def _is_one_of(words: Collection[str]) -> ColumnElement[bool]:
    """Written out, word for word: the way to a rare word is another one than to a common one, so a server that keeps
    the plan of a statement has to see which words it is about.
    """
    return _w.word.in_(bindparam(None, sorted(words), expanding=True, literal_execute=True, unique=True))


def similar(
    tx: Connection, *, edition_id: int, text: str, visible: frozenset[str] | None, but: int | None = None
) -> tuple[Similar, ...]:
    """The few proposals that share at least half of the telling words with a title, the closest first.

    `visible` are the states that exist for the reader (None: all), as `queries.proposals.visible_states` says; `but`
    leaves out the proposal itself.
    """
    typed = telling(text)
    forms = {
        word: forms_of_word
        for word, forms_of_word in alike_words(tx, edition_id=edition_id, words=typed).items()
        if forms_of_word
    }
    needed = (len(typed) + 1) // 2
    if not forms or len(forms) < needed:
        return ()
    best = _sharing(edition_id, tuple(forms.values()), needed)
    query = (
        select(_p.id, _p.number, _p.title, _p.state, _p.lifecycle, _p.lifecycle_version, best.c.shared)
        .join(best, best.c.proposal_id == _p.id)
        .where(
            _p.state.not_in(NOT_JOINABLE), _p.state.in_(visible) if visible is not None else true(), _p.id != (but or 0)
        )
        .order_by(best.c.shared.desc(), _p.id.desc())
        .limit(COMPARED)
    )
    ranked = [_ranked(typed, row) for row in tx.execute(query) if _is_like(typed, row)]
    return tuple(sorted(ranked, key=lambda proposal: (-proposal.likeness, proposal.number))[:SHOWN])


def _is_like(typed: tuple[str, ...], row: Row[Any]) -> bool:
    """Half of the words in the title will do; where the others stand in longer texts, all of them have to be there."""
    title = telling(row.title)
    in_title = sum(any(alike(word, other) or alike(other, word) for other in title) for word in typed)
    return row.shared == len(typed) or 2 * in_title >= len(typed)


def _ranked(typed: tuple[str, ...], row: Row[Any]) -> Similar:
    *kept, shared = tuple(row)
    return Similar(*kept, shared / len(typed) + _closeness(typed, row.title))  # type: ignore[call-arg]


def _sharing(edition_id: int, forms: Collection[frozenset[str]], needed: int) -> Subquery:
    """The proposals in which so many of the typed words are found, in whatever form, with how many there are."""
    first, *more = (func.max(case((_is_one_of(form), 1), else_=0)) for form in forms)
    shared: ColumnElement[int] = reduce(add, more, first)
    every = frozenset().union(*forms)
    return (
        select(_w.proposal_id, shared.label("shared"))
        .where(_w.edition_id == edition_id, _is_one_of(every))
        .group_by(_w.proposal_id)
        .having(shared >= needed)
        .subquery()
    )


def _closeness(typed: tuple[str, ...], title: str) -> float:
    """How close a title is to the typed words, both ways: a title that says little else comes first."""
    words = telling(title)
    if not words:
        return 0.0
    there = sum(max(likeness(word, other) for other in words) for word in typed) / len(typed)
    back = sum(max(likeness(other, word) for other in typed) for word in words) / len(words)
    return (there + back) / 2
