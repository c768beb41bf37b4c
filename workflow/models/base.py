"""The common ground of all tables: naming of constraints, time in UTC, JSON."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Index, Integer, MetaData, String, Table, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def utc_moment(value: datetime | None) -> datetime | None:
    """The same moment in UTC; ValueError for one that has no time zone."""
    if value is None or value.tzinfo is UTC:
        return value
    if value.tzinfo is None:
        raise ValueError("A moment needs its time zone.")
    return value.astimezone(UTC)


def utc_text(value: datetime | None) -> str | None:
    """The same moment as sortable text, as SQLite keeps it."""
    moment = utc_moment(value)
    return None if moment is None else _written(moment)


# A step writes its one moment into several rows.
@lru_cache(maxsize=64)
def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC: `timestamptz` on PostgreSQL, sortable ISO text on SQLite; a naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type of the column on this database."""
        return dialect.type_descriptor(String(32) if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """The moment as this database stores it. ValueError for a naive one."""
        return utc_text(value) if dialect.name == "sqlite" else utc_moment(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the base class's own
        """The stored moment in UTC."""
        if value is None:
            return None
        return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)


# Text of any JSON kind: JSONB on PostgreSQL. None is stored as SQL NULL.
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
# SQLite numbers its rows by itself only in a column that is exactly INTEGER.
Key = BigInteger().with_variant(Integer(), "sqlite")
# A text that nobody has given.
EMPTY = text("''")


# In the `info` of a column: it numbers the rows that share the value of the column named, from 1.
COUNTS = "counts"


class Base(DeclarativeBase):
    """The mother of every table."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: UtcDateTime(), dict[str, Any]: Json, list[Any]: Json}  # noqa: RUF012


class Numbered:
    """A table whose rows the database numbers, in its first column."""

    id: Mapped[int] = mapped_column(Key, primary_key=True, sort_order=-1)


def table_of(model: type[Any]) -> Table:
    """The plain table behind a model, for statements that are built once and run often."""
    return cast("Table", model.__table__)


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index over the rows that meet a condition, which reads alike on both databases."""
    condition = text(where)
    return Index(name, *columns, unique=unique, postgresql_where=condition, sqlite_where=condition)
