"""What a form does that is no step: all of it in one transaction, then a message, or its page with the refusal."""

from collections.abc import Callable, Iterable

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.http.resources import resources
from web.http.template_context import say
from workflow.base.errors import NotAllowed, NotFound, Refusal
from workflow.base.i18n import Sentence

# Pages of their own: nothing of the page that sent the form may be shown.
NOT_HERE = (NotFound, NotAllowed)
# As many remarks as a person reads.
REMARKS = 20

Remarks = Iterable[Sentence] | None


def carry_out(
    work: Callable[[Connection], Remarks], *, url: str, again: Callable[[Refusal], ResponseReturnValue],
    done: Sentence | None = None, raises: tuple[type[Refusal], ...] = NOT_HERE,
) -> ResponseReturnValue:  # fmt: skip
    """Do the work in one transaction, say that it was done, and lead to the address; remarks of it are warnings.

    Without `done` the first remark says what was done.

    A refusal has changed nothing and shows the page `again`, which keeps what was typed. Those of the kinds in `raises`
    are raised for the pages of errors. A transaction that the database chose as a deadlock's victim is tried again.
    """
    try:
        remarks = resources().database.in_transaction(lambda tx: tuple(work(tx) or ()))
    except Refusal as refusal:
        if isinstance(refusal, raises):
            raise
        return again(refusal)
    first, *others = remarks if done is None else (done, *remarks)
    flash(say(first), "success")
    for remark in others[:REMARKS]:
        flash(say(remark), "warning")
    return redirect(url, 303)
