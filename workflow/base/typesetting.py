"""Sets a PDF (PDF/UA-1, tagged, with bookmarks) by a template of the typesetter; words are data, never markup."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from workflow.base.pdf_glyphs import printable


def typeset(template: Path, name: str, value: Mapping[str, Any], *, at: datetime) -> bytes:
    """The PDF of a value, which the template reads as JSON under the name; the same value and moment, the same bytes.

    Characters that the fonts do not have become small squares.
    """
    # Loaded when the first PDF is made: few processes ever do it.
    import typst

    words = json.dumps(_printable(value), ensure_ascii=False)
    made: bytes = typst.compile(
        str(template), sys_inputs={name: words}, format="pdf", pdf_standards=["ua-1"], ignore_system_fonts=True,
        timestamp=at.replace(microsecond=0),
    )  # fmt: skip
    return made


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {name: _printable(item) for name, item in value.items()}
    return [_printable(item) for item in value] if isinstance(value, list | tuple) else value
