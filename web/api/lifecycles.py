"""The tables that everything lives by, as a program reads them."""

from flask import Response, request

from web.api import answers
from web.api.calls import answer, call
from web.api.lists import nothing_asked
from web.http import identity
from web.http.security import asks
from workflow.base.errors import BadInput, NotFound
from workflow.base.i18n import _
from workflow.engine import machine
from workflow.lifecycle.definition import Lifecycle, Step


@call("GET", "/lifecycles", "Every version of every table", {200: "LifecycleName[]"})
@asks("signed_in")
def list_lifecycles() -> Response:
    nothing_asked()
    return answer([named(table) for _key, table in sorted(machine.tables().items())])


def named(table: Lifecycle) -> answers.LifecycleName:
    """A table by its name, version and content."""
    label = table.label.say(identity.language())
    return {"name": table.name, "version": table.version, "subject": table.kind, "label": label, "digest": table.digest}


@call(
    "GET", "/lifecycles/<name>", "One table: states, steps, records", {200: "Lifecycle"}, query=("version",),
    refuses=(404,), about="The newest version, unless another one is asked for.",
)  # fmt: skip
@asks("signed_in")
def show_lifecycle(name: str) -> Response:
    versions = sorted(version for other, version in machine.tables() if other == name)
    asked_for = asked_version()
    if not versions or (asked_for is not None and asked_for not in versions):
        raise NotFound
    table = machine.tables()[name, versions[-1] if asked_for is None else asked_for]
    lang = identity.language()
    states: list[answers.State] = [
        {
            "key": state.key,
            "label": state.label.say(lang),
            "phase": state.phase,
            "kind": state.kind,
            "remembers": state.remembers,
        }
        for state in table.states.values()
    ]
    whole: answers.Lifecycle = {
        **named(table), "versions": versions, "initial": table.initial, "states": states,
        "phases": [{"key": key, "label": label.say(lang)} for key, label in table.phases.items()],
        "steps": [shown_row(row) for row in table.steps], "records": [shown_row(row) for row in table.records],
    }  # fmt: skip
    return answer(whole)


def asked_version() -> int | None:
    """The version of a table that the address names."""
    given = request.args.to_dict()
    text = given.pop("version", None)
    if given or len(request.args.getlist("version")) > 1:
        raise BadInput(dict.fromkeys(given or ("version",), _("This call does not take this.")))
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadInput({"version": _("This has to be a whole number.")})
    return int(text)


def shown_row(row: Step) -> answers.Row:
    """One row of a table."""
    lang = identity.language()
    return {
        "id": row.id, "name": row.name, "label": row.label.say(lang), "from": list(row.sources), "to": row.target,
        "came_from": list(row.came_from), "who": list(row.who), "guards": list(row.guards), "undo": list(row.undo),
        "asks": answers.asks_of(row, lang),
        "tells": row.tells, "private": row.private, "basis": row.basis,
    }  # fmt: skip
