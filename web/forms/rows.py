"""Answers in rows, as a browser sends them: fields named partners-0-partner, partners-0-promise, partners-1-partner."""

import re
from collections.abc import Mapping

from workflow.rules.field_types import ROWS, Input

NUMBERED = re.compile(r"(\d{1,4})-([a-z_]+)")


def sent_rows(spec: Input, form: Mapping[str, str]) -> list[dict[str, str]] | str | None:
    """The rows that were sent, in order, those left empty too; a plain text where the field was sent as one.

    None where the form had no such field at all. A box that is not ticked sends nothing, which is a no.
    """
    rows: dict[int, dict[str, str]] = {}
    columns = {column.name for column in spec.columns}
    for name in form:
        match = NUMBERED.fullmatch(name.removeprefix(f"{spec.name}-")) if name.startswith(f"{spec.name}-") else None
        if match and match[2] in columns:
            rows.setdefault(int(match[1]), {})[match[2]] = form[name]
    if not rows:
        return form.get(spec.name)
    flags = dict.fromkeys((column.name for column in spec.columns if column.type == "flag"), "")
    # More rows than fit are kept, so that the refusal loses nothing; the machine says how many fit.
    return [{**flags, **rows[number]} for number in sorted(rows)[: ROWS * 2]]
