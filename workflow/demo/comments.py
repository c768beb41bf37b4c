"""What people of the demo say to each other about their projects, and a text that one of them suggests."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from workflow.comments.actions import add_comment, answer_comment, resolve_comment
from workflow.comments.suggestions import suggest
from workflow.demo.people import Cast
from workflow.demo.script import Book
from workflow.rules.facts import Ref


def rehearse_talk(tx: Connection, book: Book, cast: Cast, refs: Mapping[str, Ref], at: datetime) -> None:
    """Say everything that the book has, each so many hours before `at`; in the caller's transaction."""
    for comment in book.get("said", ()):
        _say(tx, comment, cast, refs[comment["proposal"]], at - timedelta(hours=comment["hours_ago"]))
    for comment in book.get("suggested", ()):
        suggest(
            tx, refs[comment["proposal"]], section=comment["section"], text=comment["text"], word=comment["word"],
            base="", actor=cast.actors[comment["who"]], at=at - timedelta(hours=comment["hours_ago"]),
        )  # fmt: skip


def _say(tx: Connection, comment: Mapping[str, Any], cast: Cast, ref: Ref, at: datetime) -> None:
    mentions = [number for name in comment.get("mentions", ()) if (number := cast.actors[name].id)]
    number = add_comment(
        tx, ref, text=comment["text"], section=comment.get("section", ""), circle=comment["circle"], mentions=mentions,
        actor=cast.actors[comment["who"]], at=at,
    )  # fmt: skip
    for minutes, answer in enumerate(comment.get("answers", ()), start=1):
        later = at + timedelta(minutes=20 * minutes)
        answer_comment(tx, ref, number, text=answer["text"], actor=cast.actors[answer["who"]], at=later)
    if comment.get("resolved"):
        resolve_comment(
            tx, ref, number, resolved=True, actor=cast.actors[comment["who"]], at=at + timedelta(minutes=55)
        )
