"""Sessions of signed-in browsers: rows in the database, so that each can be ended at once from anywhere.

What the layout of every page needs (the person's editions, the number of unread messages) is read with the session, in
one statement.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, and_, bindparam, func, insert, select, update

from workflow.accounts.sealing import digest, new_token
from workflow.accounts.work_views import WorkView, read_views
from workflow.base.grouping import grouped
from workflow.db.statements import Query
from workflow.models import Delivery, Edition, OfficeContact, Person, RoleGrant, WebSession
from workflow.rules.page_permissions import Reader

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=14)
# How stale `seen_at` may grow before a visit writes it anew.
SEEN_EVERY = timedelta(minutes=5)


class OwnEdition(Struct, frozen=True):
    """An edition in which the person holds a role."""

    id: int
    key: str
    title: str
    state: str
    county: str
    year: int


class SignedIn(Struct, frozen=True):
    """One browser's session, whose it is, and what the layout of the person's pages needs."""

    reader: Reader
    digest: str
    seen_at: datetime
    # True for somebody who has set up a second factor and has not given it in this session.
    needs_second_factor: bool = False
    has_second_factor: bool = False
    # Messages in the inbox that were not opened.
    unread: int = 0
    # The latest first.
    editions: tuple[OwnEdition, ...] = ()
    # Views of the worklist kept under a name.
    views: tuple[WorkView, ...] = ()
    # Whether the site can name who runs it, see `workflow.editions.office_contact`.
    knows_contact: bool = True

    def is_worth_noting(self, at: datetime) -> bool:
        """Whether the visit should be written down."""
        return at - self.seen_at >= SEEN_EVERY


class OpenSession(Struct, frozen=True):
    """A line of the list of one's own sessions."""

    digest: str
    browser: str
    created_at: datetime
    seen_at: datetime


# What `reader_from` asks of a person, and of each role in force.
OF_READER = (Person.id, Person.name, Person.email, Person.language, Person.is_admin, RoleGrant.edition_id,
             RoleGrant.role)  # fmt: skip
GRANTED = and_(RoleGrant.person_id == Person.id, RoleGrant.withdrawn_at.is_(None))
_ALIVE = and_(
    WebSession.revoked_at.is_(None),
    WebSession.expires_at > bindparam("at", None, type_=WebSession.expires_at.type),
    WebSession.seen_at > bindparam("idle_since", None, type_=WebSession.seen_at.type),
)
_UNREAD = (
    select(func.count())
    .where(
        Delivery.recipient_id == Person.id,
        Delivery.channel == "inbox",
        Delivery.read_at.is_(None),
        Delivery.withdrawn_at.is_(None),
    )
    .scalar_subquery()
)
# Whether the statements of the site can name who runs it.
_CONTACT = (
    select(func.count())
    .select_from(OfficeContact)
    .where(OfficeContact.body != "", OfficeContact.address != "", OfficeContact.email != "",
           OfficeContact.telephone != "", OfficeContact.officer_email != "")
    .scalar_subquery()
)  # fmt: skip
_READ = Query(
    select(
        *OF_READER,
        Person.totp_confirmed_at,
        Person.work_views,
        _CONTACT.label("contact"),
        WebSession.seen_at,
        WebSession.second_factor_at,
        _UNREAD.label("unread"),
        Edition.key,
        Edition.title,
        Edition.county,
        Edition.year,
        Edition.state,
    )
    .select_from(WebSession)
    .join(Person, Person.id == WebSession.person_id)
    .outerjoin(RoleGrant, GRANTED)
    .outerjoin(Edition, Edition.id == RoleGrant.edition_id)
    .where(WebSession.token_digest == bindparam("digest", None, WebSession.token_digest.type), Person.active, _ALIVE)
    .order_by(Edition.year.desc(), Edition.historical, Edition.title)
)


def open_session(tx: Connection, person_id: int, *, at: datetime, browser: str = "") -> str:
    """Open a session and return its token, which is kept nowhere else."""
    token = new_token()
    tx.execute(
        insert(WebSession).values(
            token_digest=digest(token),
            person_id=person_id,
            created_at=at,
            seen_at=at,
            expires_at=at + LONGEST,
            browser=browser[:200],
        )
    )
    return token


def read_session(tx: Connection, token: str, *, at: datetime) -> SignedIn | None:
    """Who this browser belongs to, with the roles held now and what stands around the pages; one statement."""
    token_digest = digest(token)
    rows = _READ.all(tx, {"digest": token_digest, "at": at, "idle_since": at - IDLE})
    if not rows:
        return None
    first = rows[0]
    has_factor = first.totp_confirmed_at is not None
    return SignedIn(
        reader=reader_from(rows),
        digest=token_digest,
        seen_at=first.seen_at,
        needs_second_factor=has_factor and first.second_factor_at is None,
        has_second_factor=has_factor,
        unread=first.unread,
        editions=tuple(
            dict.fromkeys(
                OwnEdition(row.edition_id, row.key, row.title, row.state, row.county, row.year)
                for row in rows
                if row.key
            )
        ),
        views=read_views(first.work_views),
        knows_contact=first.contact > 0,
    )


def reader_from(rows: Sequence[Any]) -> Reader:
    """A person and the roles from rows of both, one row a role."""
    first, grants = rows[0], grouped((row.edition_id, row.role) for row in rows if row.edition_id is not None)
    return Reader(
        id=first.id,
        name=first.name,
        email=first.email or "",
        language=first.language,
        is_admin=first.is_admin,
        grants={edition: frozenset(roles) for edition, roles in grants.items()},
    )


def note_visit(tx: Connection, session_digest: str, *, at: datetime) -> None:
    """Keep an idle session from ending; never wakes a revoked one."""
    mine = and_(WebSession.token_digest == session_digest, WebSession.revoked_at.is_(None))
    tx.execute(update(WebSession).where(mine).values(seen_at=at))


def list_sessions(tx: Connection, person_id: int, *, at: datetime) -> list[OpenSession]:
    """A person's open sessions, the latest visit first."""
    rows = tx.execute(
        select(WebSession.token_digest, WebSession.browser, WebSession.created_at, WebSession.seen_at)
        .where(WebSession.person_id == person_id, _ALIVE)
        .order_by(WebSession.seen_at.desc())
        .limit(50),
        {"at": at, "idle_since": at - IDLE},
    )
    return [OpenSession(*row) for row in rows]


def revoke(tx: Connection, person_id: int, session_digest: str, *, at: datetime) -> bool:
    """End one of a person's own sessions; False when there is no such open session."""
    mine = and_(WebSession.person_id == person_id, WebSession.token_digest == session_digest)
    done = tx.execute(update(WebSession).where(mine, WebSession.revoked_at.is_(None)).values(revoked_at=at))
    return done.rowcount == 1


def revoke_all(tx: Connection, person_id: int, *, at: datetime, keep: str | None = None) -> int:
    """End all of a person's sessions, but for one if `keep` names its digest; returns how many."""
    theirs = [WebSession.person_id == person_id, WebSession.revoked_at.is_(None)]
    if keep is not None:
        theirs.append(WebSession.token_digest != keep)
    return tx.execute(update(WebSession).where(*theirs).values(revoked_at=at)).rowcount
