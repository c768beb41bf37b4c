"""Several steps in one transaction, each taken as any other: all of them or none."""

from collections.abc import Iterable

from sqlalchemy import Connection

from workflow.base.errors import Refusal
from workflow.engine.command import StepCommand
from workflow.engine.machine import take
from workflow.engine.move import Moved
from workflow.rules.facts import Ref


class StepRefused(Exception):
    """One step of several was refused, so the transaction has to be rolled back; `refusal` says why."""

    def __init__(self, ref: Ref, refusal: Refusal) -> None:
        super().__init__(f"{ref}: {refusal}")
        self.ref = ref
        self.refusal = refusal


def take_all(tx: Connection, commands: Iterable[StepCommand]) -> list[Moved]:
    """Take the steps in their order, each after those before it, in the caller's transaction.

    Raises StepRefused with the first that is refused; others are written then, so the transaction has to be given up.
    """
    moves = []
    for command in commands:
        try:
            moves.append(take(tx, command))
        except Refusal as refusal:
            raise StepRefused(command.ref, refusal) from refusal
    return moves
