"""The mark of a file that has really been taken in: what a record about a file is given, and what no form can send."""

from typing import Any


class StoredFile(dict[str, Any]):
    """Name, type, size and digest of a file; made by `workflow.files.actions` alone, kept in the history as it is."""
