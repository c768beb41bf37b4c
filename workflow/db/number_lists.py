"""Many numbers as one value of a statement, whose words stay the same for any number of them: on both databases."""

from typing import Any

from sqlalchemy import JSON, BigInteger, ColumnElement, Dialect, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


def in_list(column: Any, name: str) -> ColumnElement[bool]:
    """Whether a column is one of the numbers that a statement is run with, as a list under this name."""
    among: ColumnElement[bool] = column.bool_op("IN")(_Each(bindparam(name, None, type_=_Numbers)))
    return among


class _Numbers(TypeDecorator[Any]):
    """A list of whole numbers: an array where there are arrays."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(JSON() if dialect.name == "sqlite" else ARRAY(BigInteger))


class _Each(FunctionElement[int]):
    """Each number of a list as a row."""

    type, inherit_cache = BigInteger(), True


@compiles(_Each, "postgresql")
def _of_array(element: _Each, compiler: SQLCompiler, **more: Any) -> str:
    return f"(SELECT unnest({compiler.process(element.clauses, **more)}))"


@compiles(_Each, "sqlite")
def _of_json(element: _Each, compiler: SQLCompiler, **more: Any) -> str:
    return f"(SELECT value FROM json_each({compiler.process(element.clauses, **more)}))"  # noqa: S608 - words of our own
