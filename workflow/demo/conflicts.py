"""Conflicts of interest that members of the committee declare in the demonstration editions."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from workflow.demo.people import Cast
from workflow.demo.script import Book
from workflow.rules.conflicts_of_interest import Answer
from workflow.rules.facts import Ref
from workflow.rules.impartiality import text_in
from workflow.selection.conflicts import Answered, declare

# So long ago they were declared: after the projects were presented, before anything was decided.
AGO = timedelta(days=9)


def declare_conflicts(
    tx: Connection, edition: Ref, book: Book, refs: Mapping[str, Ref], cast: Cast, *, at: datetime
) -> None:
    """Declare the conflicts that the script names beside its proposals, in the caller's transaction."""
    for proposal in book["proposal"]:
        if conflict := proposal.get("conflict"):
            answers = {refs[proposal["slug"]].id: Answered(Answer.CONFLICTED, conflict["reason"])}
            declare(tx, edition.id, answers, text_in("pl"), actor=cast.actors[conflict["who"]], at=at - AGO)
