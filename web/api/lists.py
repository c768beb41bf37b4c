"""Lists: which part of one is asked for, what it is narrowed to, and where the next part is."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response, request
from msgspec import Struct

from web.api.body import plain
from web.api.calls import answer
from workflow.base.errors import BadInput
from workflow.base.i18n import Sentence, _

LIMIT, MOST = 100, 200
WORD_LENGTH = 200
PAGING = ("limit", "cursor")


class Part(Struct, frozen=True):
    """The part of a list that is asked for: what comes after a number, and how many."""

    after: int
    limit: int
    filters: Mapping[str, str]

    @property
    def reach(self) -> int:
        """One more than is shown, to know whether there is more."""
        return self.limit + 1


def asked_part(*filters: str, choices: Mapping[str, Collection[str]] | None = None) -> Part:
    """Read limit, cursor and filters of the address; BadInput names every one that is wrong, unknown or doubled."""
    wrong: dict[str, Sentence] = {}
    given: dict[str, str] = {}
    for name, values in request.args.lists():
        if name not in (*PAGING, *filters):
            wrong[plain(name)] = _("This call does not take this.")
        elif len(values) > 1:
            wrong[name] = _("This is given twice.")
        elif not 0 < len(values[0]) <= WORD_LENGTH:
            wrong[name] = _("This has to have 1 to {maximum} characters.", maximum=WORD_LENGTH)
        elif choices and name in choices and values[0] not in choices[name]:
            wrong[name] = _("Choose one of: {names}.", names=", ".join(choices[name]))
        else:
            given[name] = values[0]
    limit, cursor = given.pop("limit", str(LIMIT)), given.pop("cursor", "0")
    if not _is_number(limit) or not 1 <= int(limit) <= MOST:
        wrong["limit"] = _("This has to be a number from 1 to {maximum}.", maximum=MOST)
    if not _is_number(cursor):
        wrong["cursor"] = _("Take the cursor from the link to the next part.")
    if wrong:
        raise BadInput(wrong)
    return Part(int(cursor), int(limit), given)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def nothing_asked() -> None:
    """For calls that take nothing in their address."""
    if request.args:
        raise BadInput(dict.fromkeys(map(plain, request.args), _("This call does not take this.")))


def answer_part(rows: Sequence[Mapping[str, Any]], part: Part, *, key: str = "id") -> Response:
    """The rows of a part; where there are more, a link to the next. Rows are read up to `part.reach`."""
    shown = rows[: part.limit]
    response = answer(shown)
    if len(rows) > part.limit:
        words = {**part.filters, "limit": part.limit, "cursor": shown[-1][key]}
        response.headers["Link"] = f'<{request.base_url}?{urlencode(words)}>; rel="next"'
    return response
