"""Links in mails that stand in for a password: fifteen minutes, one use, one purpose.

The database keeps a digest of the token; the token itself travels to the letter in the outbox row, locked with
`SECRET_KEY` (`sealing.open_secret` opens it when the letter is written).
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, and_, func, insert, select, update

from workflow.accounts.sealing import HasKey, digest, new_token, seal
from workflow.accounts.sign_in import find_account
from workflow.db import wake_up
from workflow.models import OneTimeLink, OutboxRow, Person
from workflow.rules.topics import Topic


class Purpose(StrEnum):
    """What a link is good for."""

    SIGN_IN = "sign_in"
    INVITATION = "invitation"
    # Of an account that nobody has made yet; the letter waits for review first.
    OFFER = "offer"


LIVES = {Purpose.SIGN_IN: timedelta(minutes=15), Purpose.INVITATION: timedelta(days=7),
         Purpose.OFFER: timedelta(days=30)}  # fmt: skip
TOPICS = {Purpose.SIGN_IN: Topic.SIGN_IN_LINK, Purpose.INVITATION: Topic.INVITATION,
          Purpose.OFFER: Topic.ACCOUNT_OFFERED}  # fmt: skip
# So many unused links may wait for one person at a time; more requests are dropped without a word.
MOST_WAITING = 3


def make_link(tx: Connection, person_id: int, *, purpose: Purpose, at: datetime) -> str:
    """A new link's token; it is kept nowhere else."""
    return _make(tx, [person_id], purpose=purpose, at=at)[person_id]


def _make(tx: Connection, people: Collection[int], *, purpose: Purpose, at: datetime) -> dict[int, str]:
    """New links: a token for each of these people."""
    tokens = {number: new_token() for number in people}
    made = {"purpose": purpose.value, "created_at": at, "expires_at": at + LIVES[purpose]}
    rows = [{"token_digest": digest(token), "person_id": number, **made} for number, token in tokens.items()]
    tx.execute(insert(OneTimeLink), rows)
    return tokens


def send_link(
    tx: Connection, settings: HasKey, person_id: int, *, purpose: Purpose, at: datetime, next_path: str = ""
) -> str | None:
    """Make a link and record its letter, in one transaction; returns the link's digest, None if too many wait.

    `next_path` is where the person was going: a path on this site, which the caller has checked.
    """
    waiting = select(func.count()).where(
        OneTimeLink.person_id == person_id,
        OneTimeLink.purpose == purpose.value,
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > at,
    )
    if tx.execute(waiting).scalar_one() >= MOST_WAITING:
        return None
    token = make_link(tx, person_id, purpose=purpose, at=at)
    tx.execute(insert(OutboxRow).values(_letter(settings, person_id, token, purpose, at, next_path)))
    wake_up.after_commit(tx)
    return digest(token)


def send_links(
    tx: Connection, settings: HasKey, people: Collection[int], *, purpose: Purpose, at: datetime, batch_id: int
) -> None:
    """Make a link for each of these people and record its letter, in one transaction; the letters wait in a batch."""
    letters = [{**_letter(settings, number, token, purpose, at, ""), "batch_id": batch_id}
               for number, token in _make(tx, people, purpose=purpose, at=at).items()]  # fmt: skip
    tx.execute(insert(OutboxRow), letters)


def _letter(
    settings: HasKey, person_id: int, token: str, purpose: Purpose, at: datetime, next_path: str
) -> dict[str, Any]:
    link_digest = digest(token)
    payload = {"link": link_digest, "box": seal(settings, token), "until": (at + LIVES[purpose]).isoformat()}
    return {
        "key": f"link:{link_digest}", "topic": TOPICS[purpose].value, "subject_kind": "person",
        "subject_id": person_id, "payload": payload | ({"next": next_path} if next_path else {}), "at": at,
    }  # fmt: skip


def ask_for_link(tx: Connection, settings: HasKey, email: str, *, at: datetime, next_path: str = "") -> None:
    """Send a sign-in link to an address, if an active account has it; the answer is the same either way."""
    account = find_account(tx, email)
    if account and account.active:
        send_link(tx, settings, account.id, purpose=Purpose.SIGN_IN, at=at, next_path=next_path)


def use_link(tx: Connection, token: str, *, at: datetime) -> int | None:
    """Use a link up; returns whose it is, None when it is unknown, used, too old, or its person deactivated.

    One statement decides, so that of two who press at once one gets in. Other waiting links of the person die too.
    """
    active = select(Person.id).where(Person.active)
    alive = and_(OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > at, OneTimeLink.person_id.in_(active))
    person_id = tx.execute(
        update(OneTimeLink)
        .where(OneTimeLink.token_digest == digest(token), alive)
        .values(used_at=at)
        .returning(OneTimeLink.person_id)
    ).scalar_one_or_none()
    if person_id is not None:
        drop_links(tx, person_id, at=at)
    return person_id


def was_used_by(tx: Connection, token: str, person_id: int) -> bool:
    """Whether this is a link of this person that has been used; says nothing of the links of anybody else."""
    own = (
        OneTimeLink.token_digest == digest(token),
        OneTimeLink.person_id == person_id,
        OneTimeLink.used_at.is_not(None),
    )
    return tx.execute(select(OneTimeLink.token_digest).where(*own)).first() is not None


def drop_links(tx: Connection, person_id: int, *, at: datetime) -> None:
    """Make all waiting links of a person useless."""
    waiting = and_(OneTimeLink.person_id == person_id, OneTimeLink.used_at.is_(None))
    tx.execute(update(OneTimeLink).where(waiting).values(used_at=at))
