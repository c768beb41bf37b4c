"""Says which fields of a form no page has read: nothing that was sent is dropped in silence."""

from collections.abc import Iterable
from typing import Any

from flask import Flask, Response, flash, g, request
from werkzeug.datastructures import ImmutableMultiDict

from web.http import identity
from web.http.template_context import say
from workflow.base.i18n import _

# What forms carry unseen, and a page may leave aside: nobody has typed it.
UNSEEN = frozenset({
    "act", "base", "batch", "by", "clause_seen", "clause_version", "csrf_token", "digest", "fates", "form_key",
    "key", "kind", "message", "milestones-row", "next", "number", "person", "picture_file", "project",
    "promises-row", "proposal", "query", "registration", "revision", "rodzaj", "role", "seat", "seen", "text",
    "username", "version", "way", "who", "windows", "wish",
})  # fmt: skip
MOST_NAMED = 5


class ReadForm(ImmutableMultiDict[str, str]):
    """A form that knows which of its fields were asked for; whoever walks through all of them has asked for all."""

    def __init__(self, sent: Iterable[tuple[str, str]]) -> None:
        super().__init__(sent)
        self.names_read: set[str] = set()

    def __getitem__(self, key: str) -> str:
        self.names_read.add(key)
        return super().__getitem__(key)

    def get(self, key: str, *more: Any, **options: Any) -> Any:
        self.names_read.add(key)
        return super().get(key, *more, **options)

    def getlist(self, key: str, *more: Any, **options: Any) -> list[Any]:
        self.names_read.add(key)
        return super().getlist(key, *more, **options)

    def __contains__(self, key: object) -> bool:
        self.names_read.add(str(key))
        return super().__contains__(key)

    def items(self, *more: Any, **options: Any) -> Any:
        self.names_read.update(self.keys())
        return super().items(*more, **options)

    def unread(self) -> list[str]:
        """The fields with something in them that nobody asked for."""
        return sorted(name for name, values in self.lists() if name not in self.names_read | UNSEEN and any(values))


def begin() -> None:
    """Watch what the page reads of its form."""
    if request.method == "POST" and request.endpoint and not identity.is_program() and request.form:
        sent = list(request.form.items(multi=True))
        # The framework keeps the form as an attribute of the request once it was read.
        request.__dict__["form"] = ReadForm(sent)


def finish(response: Response) -> Response:
    """Name the fields that were left aside, where the form was carried out; a refused one has changed nothing."""
    form = request.__dict__.get("form")
    if not isinstance(form, ReadForm) or g.get("is_repetition"):
        return response
    if response.status_code < 400 and (names := form.unread()):
        shown = ", ".join(names[:MOST_NAMED])
        flash(say(_("Sent and not saved, since the form does not ask for it: {fields}.", fields=shown)), "warning")
    return response


def init_app(app: Flask) -> None:
    """Watch every form; last of what looks at requests, so that its message belongs to the answer of the form."""
    app.before_request_funcs.setdefault(None, []).insert(-1, begin)
    app.after_request(finish)
