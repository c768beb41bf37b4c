"""A file that says what became of the letters of one chunk until the database does; read when its process was killed.

A line a letter, written before the next letter is begun: it outlives the process, though not a power cut. Workers that
may claim each other's letters have to share the data folder; otherwise the letters of a killed chunk go out twice.
"""

import logging
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson
from msgspec.structs import asdict

from workflow.notifications.deliveries import Try, TryOutcome

FOLDER = "sending"
log = logging.getLogger(__name__)


class Journal:
    """The journal of the chunk that `owner` has claimed; a full disk stops no letters, it is logged."""

    def __init__(self, data: Path, owner: str) -> None:
        # The owner ends in random digits; what stands before them is for people.
        self.path = data / FOLDER / f"{owner.rpartition(':')[2]}.jsonl"
        self._file: int | None = None

    def __enter__(self) -> "Journal":
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            log.warning("no journal can be written (%s): a chunk that is cut off goes out again", error)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            os.close(self._file)

    def note(self, tried: Try) -> None:
        """Write down what became of a letter."""
        if self._file is not None:
            try:
                os.write(self._file, orjson.dumps(asdict(tried), option=orjson.OPT_APPEND_NEWLINE))
            except OSError as error:
                log.warning("the journal cannot be written (%s)", error)

    def read(self) -> list[Try]:
        """What was noted; nothing where there is no journal. A line that was cut off is left out."""
        tries = []
        with suppress(OSError):
            for line in self.path.read_text(encoding="utf-8").splitlines():
                with suppress(ValueError):
                    tries.append(_try(orjson.loads(line)))
        return tries

    def remove(self) -> None:
        """Forget the chunk, once the database knows what became of it."""
        with suppress(OSError):
            self.path.unlink()


def _try(values: dict[str, Any]) -> Try:
    again = values["next_try_at"]
    return Try(
        delivery_id=values["delivery_id"],
        at=datetime.fromisoformat(values["at"]),
        outcome=TryOutcome(values["outcome"]),
        reply=values["reply"],
        next_try_at=datetime.fromisoformat(again) if again else None,
    )
