"""News for those who follow an edition or a project by e-mail: what is public on the page, sent to each of them.

One row of the outbox for each follower, written where the row about the fact is relayed.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, and_, case, or_, select

from workflow.base.i18n import Sentence, _, format_datetime, say
from workflow.models import Conference, Edition, Follower, Person, Proposal
from workflow.notifications import outbox
from workflow.notifications.letter_texts import OWN_TEXT
from workflow.notifications.outbox import Waiting
from workflow.rules.facts import Ref
from workflow.rules.registry import tables
from workflow.rules.states import AHEAD, HIDDEN, PUBLIC
from workflow.rules.topics import Topic

IN_FORCE = Follower.ended_at.is_(None)


class _About(Struct, frozen=True):
    """What news are about: the edition, the project if it is one, what it is called, and when and where it is."""

    edition_id: int
    proposal_id: int | None
    name: Sentence
    starts_at: datetime | None = None
    place: str = ""


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


def _subject(tx: Connection, ref: Ref) -> _About | None:
    """What a fact is about; None for what the public does not see."""
    p, c, e = Proposal, Conference, Edition
    shown = e.state.not_in(HIDDEN), e.historical.is_(False)
    if ref.kind == "proposal":
        project = select(p.edition_id, p.title).join(e, e.id == p.edition_id).where(p.id == ref.id, p.state.in_(PUBLIC))
        row = tx.execute(project.where(*shown)).one_or_none()
        return _About(row.edition_id, ref.id, Sentence("{title}", {"title": row.title})) if row else None
    if ref.kind == "conference":
        columns = c.edition_id, c.number, c.state, c.starts_at, c.venue, c.host_commune
        conference = select(*columns).join(e, e.id == c.edition_id).where(c.id == ref.id)
        found = tx.execute(conference.where(*shown)).one_or_none()
        return _conference(found) if found else None
    edition = tx.execute(select(e.id, e.title).where(e.id == ref.id, e.historical.is_(False))).one_or_none()
    return _About(edition.id, None, Sentence("{title}", {"title": edition.title})) if edition else None


def _conference(row: Any) -> _About:
    """A conference; when and where only as long as it is ahead."""
    name = _("Conference {number}", number=row.number)
    if row.state not in AHEAD:
        return _About(row.edition_id, None, name)
    place = ", ".join(filter(None, (row.venue, row.host_commune)))
    return _About(row.edition_id, None, name, row.starts_at, place)


def _tell_of(tx: Connection, row: Waiting, done: Mapping[str, str], subject: _About, *, at: datetime) -> int:
    f = Follower
    whole: ColumnElement[bool] = and_(f.edition_id == subject.edition_id, f.proposal_id.is_(None))
    concerned = whole if subject.proposal_id is None else or_(whole, f.proposal_id == subject.proposal_id)
    query = select(f.email, f.id, f.language).where(concerned, f.confirmed_at.is_not(None), IN_FORCE).order_by(f.id)
    # One letter for an address that follows both the edition and its project.
    followers: Iterable[tuple[int, str]] = {one.email: (one.id, one.language) for one in tx.execute(query)}.values()
    sent = 0
    for number, language in followers:
        heading = f"{say(subject.name, language)}: {done[language]}"
        text = {"subject": heading, "happened": _happened(subject, done[language], language)}
        sent += outbox.record(
            tx, key=f"follower:{number}:{row.id}", topic=Topic.FOLLOWED, ref=Ref("follower", number),
            payload={OWN_TEXT: text}, at=at,
        )  # fmt: skip
    return sent


def _happened(subject: _About, done: str, language: str) -> str:
    name = say(subject.name, language)
    if subject.starts_at is None:
        return say(_("“{name}”: {done}. More is on the page.", name=name, done=done), language)
    when = ", ".join(filter(None, (format_datetime(subject.starts_at, language), subject.place)))
    sentence = _("“{name}”: {done}. Day and place: {when}. More is on the page.", name=name, done=done, when=when)
    return say(sentence, language)


def is_open(i: Any) -> ColumnElement[bool]:
    """Whether an account, an invitation or a subscription is still there to be written to."""
    return case(
        (i.id.is_not(None), i.closed_at.is_(None)), (Follower.id.is_not(None), Follower.ended_at.is_(None)),
        else_=Person.active,
    )  # fmt: skip
