"""Steps of a proposal: which are open and what is missing, and one door to take any of them."""

from collections.abc import Sequence
from typing import Any

from flask import Response
from sqlalchemy import Connection

from web.api import body
from web.api.calls import answer, call
from web.api.once import once
from web.http import identity
from web.http.security import asks
from workflow.engine import machine
from workflow.engine.command import StepCommand
from workflow.rules.facts import Facts, Ref


def shown_steps(facts: Facts, steps: Sequence[machine.OpenStep]) -> list[dict[str, Any]]:
    """Steps or records with what is missing for each, in the reader's language."""
    lang = identity.language()
    table = machine.lifecycle_of(facts)
    return [
        {
            "name": one.step.name,
            "label": one.step.label.say(lang),
            "to": list(table.targets(one.step, facts.state or "")),
            "allowed": one.allowed,
            "missing": [item.as_json(lang) for item in one.missing],
        }
        for one in steps
    ]


@call(
    "POST", "/proposals/<int:proposal_id>/steps/<name>", "Take a step, or note a record", {200: "Proposal"},
    takes="Attempt", headers=("Idempotency-Key",), refuses=(403, 404, 409),
    about="404 where the proposal does not exist for you, 403 where the step is never yours, 409 where the version is "
    "stale or the table has no such step here, 422 with everything that is missing.",
)  # fmt: skip
@asks("signed_in")
def take_step(proposal_id: int, name: str) -> Response:
    given = body.read_body(known=("version", "note", "data"))
    version, note, data = body.version_in(given), body.note_in(given), body.data_in(given)

    def take(tx: Connection, key: str | None) -> machine.Moved:
        return machine.take(
            tx, StepCommand(
                Ref("proposal", proposal_id), name, actor=identity.actor(), at=identity.at(), version=version,
                note=note, answers=data, key=key,
            )
        )  # fmt: skip

    row = once(take)
    return answer(row, version=row["version"])
