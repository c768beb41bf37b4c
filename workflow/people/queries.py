"""Reads people for the administrator and for one's own account: a searched list in pages, one person, roles held."""

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, false, func, or_, select, tuple_

from workflow.base.collation import fold
from workflow.base.grouping import grouped
from workflow.db.folding import folded_column
from workflow.models import Edition, Person, RecoveryCode, RoleGrant

PAGE = 25
MOST_WORDS = 8
# Neither database folds Polish letters by itself, so the question does.
POLISH = str.maketrans("ĄĆĘŁŃÓŚŹŻąćęłńóśźż", "acelnoszzacelnoszz")


class PersonLine(Struct, frozen=True):
    """A person on a list."""

    id: int
    name: str
    email: str | None
    organisation: str
    is_admin: bool
    active: bool
    # (edition's key, role), in force now.
    roles: tuple[tuple[str, str], ...] = ()


class PersonPage(Struct, frozen=True):
    """A page of the list and where the next one starts."""

    people: tuple[PersonLine, ...]
    next_cursor: str | None


class PersonDetail(Struct, frozen=True):
    """All that an administrator, or the person, sees of an account."""

    id: int
    name: str
    email: str | None
    organisation: str
    language: str
    is_admin: bool
    active: bool
    created_at: datetime
    has_password: bool
    has_second_factor: bool
    recovery_codes_left: int


class Grant(Struct, frozen=True):
    """A role of a person in an edition; `withdrawn_at` is None while it is in force."""

    id: int
    edition_key: str
    edition_title: str
    role: str
    sector: str
    granted_by: str | None
    granted_at: datetime
    withdrawn_at: datetime | None


class EditionChoice(Struct, frozen=True):
    """An edition to choose from, with its sectors."""

    id: int
    key: str
    title: str
    sectors: tuple[str, ...]


def ordered_column(column: Any) -> ColumnElement[str]:
    """The column in small plain letters, for ordering; words are looked for by `has_word`."""
    for letter in "ĄĆĘŁŃÓŚŹŻąćęłńóśźż":
        column = func.replace(column, letter, letter.translate(POLISH))
    lowered: ColumnElement[str] = func.lower(column)
    return lowered


def has_word(tx: Connection, word: str) -> ColumnElement[bool]:
    """Whether a folded word is part of the name, the address or the organisation of a person."""
    columns = (Person.name, Person.email, Person.organisation)
    return or_(*(folded_column(tx, column).contains(word, autoescape=True) for column in columns))


def words_looked_for(
    tx: Connection, search: str, has: Callable[[Connection, str], ColumnElement[bool]]
) -> list[ColumnElement[bool]]:
    """A condition for each word of a question; one in which there is nothing to look for finds nothing."""
    words = fold(search).split()[:MOST_WORDS]
    return [has(tx, word) for word in words] if words or not search.strip() else [false()]


def list_people(
    tx: Connection, *, search: str = "", edition: str = "", role: str = "", cursor: str = "", limit: int = PAGE
) -> PersonPage:
    """People as `page_of` has them; with a key of an edition or a role those who hold it; two statements."""
    wanted = words_looked_for(tx, search, has_word)
    if edition or role:
        wanted.append(_holds(edition, role))
    wanted += [Person.erased_at.is_(None), Person.merged_into_id.is_(None)]
    columns = (Person.id, Person.name, Person.email, Person.organisation, Person.is_admin, Person.active)
    shown, following = page_of(tx, columns, wanted, cursor=cursor, limit=limit)
    roles = _roles_of(tx, [row.id for row in shown])
    return PersonPage(tuple(PersonLine(*(*row[:6], tuple(roles.get(row.id, ())))) for row in shown), following)


def page_of(
    tx: Connection, columns: Sequence[Any], wanted: Iterable[ColumnElement[bool]], *, cursor: str, limit: int
) -> tuple[Sequence[Any], str | None]:
    """These columns of people in the order of their names, with the cursor of the next page, None at the end.

    Person.id has to be one of the columns. A cursor that makes no sense starts from the front.
    """
    key = ordered_column(Person.name)
    key = key.collate("C") if tx.dialect.name == "postgresql" else key
    query = select(*columns, key.label("sort_key")).where(*wanted)
    if after := read_cursor(cursor):
        query = query.where(tuple_(key, Person.id) > tuple_(*after))
    rows = tx.execute(query.order_by(key, Person.id).limit(limit + 1)).all()
    shown = rows[:limit]
    return shown, make_cursor(shown[-1].sort_key, shown[-1].id) if len(rows) > limit else None


def _holds(edition: str, role: str) -> ColumnElement[bool]:
    """Whether the person holds a role, in the edition of this key where one is named, this one where one is named."""
    g = RoleGrant
    granted = select(g.id).where(g.person_id == Person.id, g.withdrawn_at.is_(None))
    if role:
        granted = granted.where(g.role == role)
    if edition:
        granted = granted.where(g.edition_id.in_(select(Edition.id).where(Edition.key == edition)))
    return granted.exists()


def edition_names(tx: Connection) -> list[tuple[str, str]]:
    """Key and title of every edition, the latest first."""
    query = select(Edition.key, Edition.title).order_by(Edition.year.desc(), Edition.title)
    return [(key, title) for key, title in tx.execute(query)]


def _roles_of(tx: Connection, ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    query = (
        select(RoleGrant.person_id, Edition.key, RoleGrant.role)
        .join(Edition, Edition.id == RoleGrant.edition_id)
        .where(RoleGrant.person_id.in_(ids), RoleGrant.withdrawn_at.is_(None))
        .order_by(Edition.key, RoleGrant.role)
    )
    return grouped((row.person_id, (row.key, row.role)) for row in tx.execute(query)) if ids else {}


def make_cursor(sort_key: str, number: int) -> str:
    """Where a page ended, as text for an address."""
    return base64.urlsafe_b64encode(f"{number}:{sort_key}".encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[str, int] | None:
    """What `make_cursor` wrote, or None."""
    try:
        text = base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)).decode()
        number, _, sort_key = text.partition(":")
        is_number = number.isascii() and number.isdecimal() and len(number) < 19
        return (sort_key, int(number)) if is_number and "\x00" not in text else None
    except (ValueError, binascii.Error):
        return None


def find_person(tx: Connection, person_id: int) -> PersonDetail | None:
    """One account; one statement."""
    left = (
        select(func.count())
        .where(RecoveryCode.person_id == Person.id, RecoveryCode.used_at.is_(None))
        .scalar_subquery()
    )
    columns = (
        Person.id, Person.name, Person.email, Person.organisation, Person.language, Person.is_admin, Person.active,
        Person.created_at, Person.password_hash.is_not(None), Person.totp_confirmed_at.is_not(None), left,
    )  # fmt: skip
    row = tx.execute(select(*columns).where(Person.id == person_id, Person.erased_at.is_(None))).one_or_none()
    return PersonDetail(*row) if row else None


def grants_of(tx: Connection, person_id: int) -> list[Grant]:
    """Every role that a person holds or held, those in force first."""
    giver = Person.__table__.alias("giver")
    query = (
        select(
            RoleGrant.id, Edition.key, Edition.title, RoleGrant.role, RoleGrant.sector, giver.c.name,
            RoleGrant.granted_at, RoleGrant.withdrawn_at,
        )
        .join(Edition, Edition.id == RoleGrant.edition_id)
        .outerjoin(giver, giver.c.id == RoleGrant.granted_by_id)
        .where(RoleGrant.person_id == person_id)
        .order_by(RoleGrant.withdrawn_at.is_not(None), Edition.year.desc(), Edition.key, RoleGrant.role)
    )  # fmt: skip
    return [Grant(*row) for row in tx.execute(query)]


def edition_choices(tx: Connection) -> list[EditionChoice]:
    """The editions in which roles can be given, the newest first."""
    query = select(Edition.id, Edition.key, Edition.title, Edition.sectors).order_by(
        Edition.year.desc(), Edition.id.desc()
    )
    return [
        EditionChoice(row.id, row.key, row.title, tuple(str(sector) for sector in row.sectors))
        for row in tx.execute(query)
    ]
