"""Keys for programs: shown once, kept as a digest, acting as their person with the rights held at the moment."""

from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import Connection, insert, select, update

from workflow.accounts.sealing import digest, new_token
from workflow.accounts.sessions import GRANTED, OF_READER, reader_from
from workflow.db.statements import Query, slot
from workflow.models import ApiToken, Person, RoleGrant
from workflow.rules.page_permissions import Reader

PREFIX = "lp_"
LIVES = timedelta(days=365)
USED_EVERY = timedelta(minutes=5)


class TokenLine(Struct, frozen=True):
    """A line of the list of one's own keys."""

    id: int
    name: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


class ValidToken(Struct, frozen=True):
    """A key that works, and whose it is."""

    id: int
    reader: Reader
    used_at: datetime | None

    def is_worth_noting(self, at: datetime) -> bool:
        """Whether this use should be written down."""
        return self.used_at is None or at - self.used_at >= USED_EVERY


_READ = Query(
    select(ApiToken.id.label("token_id"), ApiToken.used_at, *OF_READER)
    .select_from(ApiToken)
    .join(Person, Person.id == ApiToken.person_id)
    .outerjoin(RoleGrant, GRANTED)
    .where(ApiToken.token_digest == slot("digest", ApiToken.token_digest), ApiToken.revoked_at.is_(None),
           ApiToken.expires_at > slot("at", ApiToken.expires_at), Person.active)
)  # fmt: skip


def create_token(tx: Connection, person_id: int, *, name: str, at: datetime, lives: timedelta = LIVES) -> str:
    """Make a key for programs and return it; it is kept nowhere else."""
    token = PREFIX + new_token()
    tx.execute(
        insert(ApiToken).values(
            person_id=person_id,
            name=name[:100],
            token_digest=digest(token),
            created_at=at,
            expires_at=at + lives,
        )
    )
    return token


def read_token(tx: Connection, token: str, *, at: datetime) -> ValidToken | None:
    """Whose key this is, with the roles held now; None when it does not work or the person is deactivated."""
    rows = _READ.all(tx, {"digest": digest(token), "at": at})
    return ValidToken(rows[0].token_id, reader_from(rows), rows[0].used_at) if rows else None


def note_use(tx: Connection, token_id: int, *, at: datetime) -> None:
    """Write down that a key was used."""
    tx.execute(update(ApiToken).where(ApiToken.id == token_id).values(used_at=at))


def list_tokens(tx: Connection, person_id: int, *, at: datetime) -> list[TokenLine]:
    """A person's keys that still work, the newest first."""
    alive = (ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > at)
    columns = (ApiToken.id, ApiToken.name, ApiToken.created_at, ApiToken.expires_at, ApiToken.used_at)
    return [TokenLine(*row) for row in tx.execute(select(*columns).where(*alive).order_by(ApiToken.id.desc()))]


def revoke_token(tx: Connection, person_id: int, token_id: int, *, at: datetime) -> bool:
    """End one of a person's own keys at once; False when there is no such key."""
    mine = (ApiToken.id == token_id, ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
    return tx.execute(update(ApiToken).where(*mine).values(revoked_at=at)).rowcount == 1


def revoke_all_tokens(tx: Connection, person_id: int, *, at: datetime) -> None:
    """End all keys of a person."""
    mine = (ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
    tx.execute(update(ApiToken).where(*mine).values(revoked_at=at))
