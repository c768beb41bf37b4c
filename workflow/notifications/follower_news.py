"""News for those who follow an edition or a project by e-mail: what is public on the page, sent to each of them.

One row of the outbox for each follower, written where the row about the fact is relayed.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, or_, select

from workflow.base.i18n import Sentence, _, say
from workflow.models import Conference, Edition, Follower, Person, Proposal
from workflow.notifications import outbox
from workflow.notifications.letter_texts import OWN_TEXT
from workflow.notifications.outbox import Waiting
from workflow.rules.facts import Ref
from workflow.rules.registry import tables
from workflow.rules.states import HIDDEN, PUBLIC
from workflow.rules.topics import Topic

IN_FORCE = Follower.ended_at.is_(None)


def tell(tx: Connection, rows: Sequence[Waiting], *, at: datetime) -> int:
    """Write the news of public facts for those who follow them, in the relay's transaction; returns how many.

    At most four statements before the news themselves; none where no row is public.
    """
    sent = 0
    for row in rows:
        done = _done(row)
        if done and (subject := _subject(tx, row.ref)):
            sent += _tell_of(tx, row, done, subject, at=at)
    return sent


def _done(row: Waiting) -> Mapping[str, str]:
    """What happened, by language, from the row of the table that tells this topic; empty for other kinds of facts."""
    if row.ref.kind not in {"proposal", "edition", "conference"}:
        return {}
    steps = (step for table in tables().values() if table.kind == row.ref.kind for step in table.rows)
    found = next((step.done for step in steps if step.tells == row.topic), None)
    return {language: found.say(language) for language in ("pl", "en")} if found else {}


def _subject(tx: Connection, ref: Ref) -> tuple[int, int | None, Sentence] | None:
    """The edition, the project if it is one, and what it is called; None for what the public does not see."""
    p, c, e = Proposal, Conference, Edition
    shown = e.state.not_in(HIDDEN), e.historical.is_(False)
    if ref.kind == "proposal":
        project = select(p.edition_id, p.title).join(e, e.id == p.edition_id).where(p.id == ref.id, p.state.in_(PUBLIC))
        row = tx.execute(project.where(*shown)).one_or_none()
        return (row.edition_id, ref.id, Sentence("{title}", {"title": row.title})) if row else None
    if ref.kind == "conference":
        conference = select(c.edition_id, c.number).join(e, e.id == c.edition_id).where(c.id == ref.id)
        found = tx.execute(conference.where(*shown)).one_or_none()
        return (found.edition_id, None, _("Conference {number}", number=found.number)) if found else None
    edition = tx.execute(select(e.id, e.title).where(e.id == ref.id, e.historical.is_(False))).one_or_none()
    return (edition.id, None, Sentence("{title}", {"title": edition.title})) if edition else None


def _tell_of(
    tx: Connection, row: Waiting, done: Mapping[str, str], subject: tuple[int, int | None, Sentence], *, at: datetime
) -> int:
    edition_id, proposal_id, name = subject
    f = Follower
    whole: ColumnElement[bool] = and_(f.edition_id == edition_id, f.proposal_id.is_(None))
    concerned = whole if proposal_id is None else or_(whole, f.proposal_id == proposal_id)
    query = select(f.email, f.id, f.language).where(concerned, f.confirmed_at.is_not(None), IN_FORCE).order_by(f.id)
    # One letter for an address that follows both the edition and its project.
    followers: Iterable[tuple[int, str]] = {one.email: (one.id, one.language) for one in tx.execute(query)}.values()
    sent = 0
    for number, language in followers:
        text = {"subject": f"{say(name, language)}: {done[language]}", "happened": _happened(name, done, language)}
        sent += outbox.record(
            tx, key=f"follower:{number}:{row.id}", topic=Topic.FOLLOWED, ref=Ref("follower", number),
            payload={OWN_TEXT: text}, at=at,
        )  # fmt: skip
    return sent


def _happened(name: Sentence, done: Mapping[str, str], language: str) -> str:
    sentence = _("“{name}”: {done}. More is on the page.", name=say(name, language), done=done[language])
    return say(sentence, language)


def is_open(i: Any) -> ColumnElement[bool]:
    """Whether an account, an invitation or a subscription is still there to be written to."""
    return case(
        (i.id.is_not(None), i.closed_at.is_(None)), (Follower.id.is_not(None), Follower.ended_at.is_(None)),
        else_=Person.active,
    )  # fmt: skip
