"""Which information clause (GDPR art. 13) a person was shown, in which version and when."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, and_, func, select, update

from workflow.models import Edition, RoleGrant


class Clause(Struct, frozen=True):
    """The clause of one edition in which the person has a role."""

    edition_id: int
    edition_title: str
    version: str
    text: str
    # When this version was shown to the person; None when it was not yet.
    shown_at: datetime | None

    @property
    def paragraphs(self) -> list[str]:
        """The text by paragraphs."""
        return [part.strip() for part in self.text.split("\n") if part.strip()]


def clauses_of(tx: Connection, person_id: int) -> list[Clause]:
    """The clauses of every edition in which a person holds a role; one statement."""
    shown = and_(RoleGrant.clause_version == Edition.clause_version, RoleGrant.clause_shown_at.is_not(None))
    query = (
        select(
            Edition.id,
            Edition.title,
            Edition.clause_version,
            Edition.clause_text,
            func.max(RoleGrant.clause_shown_at).filter(shown),
        )
        .join(RoleGrant, RoleGrant.edition_id == Edition.id)
        .where(RoleGrant.person_id == person_id, RoleGrant.withdrawn_at.is_(None), Edition.clause_text != "")
        .group_by(Edition.id, Edition.title, Edition.clause_version, Edition.clause_text, Edition.year)
        .order_by(Edition.year.desc(), Edition.id.desc())
    )
    return [Clause(*row) for row in tx.execute(query)]


def note_shown(tx: Connection, person_id: int, *, edition_id: int, version: str, at: datetime) -> None:
    """Write down that this version of the edition's clause was shown; the first time counts."""
    mine = (RoleGrant.person_id == person_id, RoleGrant.edition_id == edition_id, RoleGrant.withdrawn_at.is_(None))
    tx.execute(
        update(RoleGrant)
        .where(*mine, RoleGrant.clause_version != version)
        .values(clause_version=version, clause_shown_at=at)
    )
