"""People who follow an edition or a project by e-mail: asking, confirming, ending.

An address gets one letter that asks to confirm, and nothing else before that; `notifications.follower_news` tells news.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from workflow.accounts.sealing import HasKey, seal
from workflow.accounts.signed_links import read_signed, signed
from workflow.base.addresses import folded_address
from workflow.models import Follower
from workflow.notifications import outbox
from workflow.rules.facts import Ref
from workflow.rules.topics import Topic

CONFIRM, END = "follow-confirm", "follow-end"
# Another letter that asks to confirm goes out after so long at the earliest.
AGAIN = timedelta(hours=1)
IN_FORCE = Follower.ended_at.is_(None)


def token(settings: HasKey, follower_id: int, purpose: str) -> str:
    """The end of the address by which a follower confirms or ends."""
    return signed(settings, str(follower_id), purpose=purpose)


def read_token(settings: HasKey, given: str, purpose: str) -> int | None:
    """The follower whom a token names; None for one that was not signed here."""
    number = read_signed(settings, given, purpose=purpose)
    return int(number) if number else None


def follow(
    tx: Connection, settings: HasKey, email: str, *, edition_id: int, proposal_id: int | None, language: str,
    clause_version: str, at: datetime,
) -> None:  # fmt: skip
    """Ask an address to confirm that it wants news of an edition, or of one project of it.

    Nobody learns from it whether the address follows already: whoever does gets no second letter.
    """
    f, address = Follower, folded_address(email)
    here = f.email == address, f.edition_id == edition_id, f.proposal_id == proposal_id
    row = tx.execute(select(f.id, f.confirmed_at, f.asked_at).where(*here, IN_FORCE)).one_or_none()
    if row is not None and (row.confirmed_at is not None or at < row.asked_at + AGAIN):
        return
    if row is None:
        values = {"email": address, "language": language, "edition_id": edition_id, "proposal_id": proposal_id,
                  "clause_version": clause_version, "asked_at": at}  # fmt: skip
        number = int(tx.execute(insert(f).values(**values).returning(f.id)).scalar_one())
    else:
        number = int(row.id)
        tx.execute(update(f).where(f.id == number).values(asked_at=at))
    outbox.record(
        tx, key=f"follow:{number}:{at.isoformat()}", topic=Topic.FOLLOWING_ASKED, ref=Ref("follower", number),
        payload={"box": seal(settings, token(settings, number, CONFIRM))}, at=at,
    )  # fmt: skip


def confirm(tx: Connection, follower_id: int, *, at: datetime) -> bool:
    """Begin to tell a follower news; False for one who has ended it. Again changes nothing."""
    f = Follower
    tx.execute(update(f).where(f.id == follower_id, f.confirmed_at.is_(None), IN_FORCE).values(confirmed_at=at))
    return tx.execute(select(f.id).where(f.id == follower_id, IN_FORCE)).first() is not None


def end(tx: Connection, follower_id: int, *, at: datetime) -> None:
    """Tell a follower nothing any more, and forget the address. Again changes nothing."""
    tx.execute(update(Follower).where(Follower.id == follower_id, IN_FORCE).values(ended_at=at, email=""))
