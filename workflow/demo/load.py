"""Loads the demo: its people, two editions of the past from their source, three made-up editions in progress."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, select

from workflow.db.database import Database
from workflow.demo.books import read_book
from workflow.demo.editions import HISTORICAL, REHEARSED
from workflow.demo.historical import enter_edition
from workflow.demo.people import Cast, add_people, gather
from workflow.demo.pictures import add_pictures
from workflow.demo.simulation import rehearse
from workflow.editions.office_contact import read_contact, save_contact
from workflow.models import Edition

LOCK = 7_266_002
Load = Callable[[Connection, dict[str, Any], Cast, datetime], None]
CONTACT = {
    "body": "Starostwo Powiatowe w Przykładowie", "office": "Biuro partnerstwa",
    "address": "ul. Rynek 4, pokój 12, 00-000 Przykładów", "hours": "od poniedziałku do piątku, 8:00–15:00",
    "email": "biuro@example.org", "telephone": "00 000 00 00", "officer_email": "iod@example.org",
}  # fmt: skip
EDITIONS: dict[str, Load] = {**dict.fromkeys(HISTORICAL, enter_edition), **dict.fromkeys(REHEARSED, rehearse)}


class Loaded(Struct, frozen=True):
    """What a load added: keys of editions, and a number of accounts."""

    editions: tuple[str, ...]
    accounts: int


def load(database: Database, *, password: str, at: datetime, uploads: Path | None = None) -> Loaded:
    """Bring the demo into the database; what is there already stays as it is.

    The people are one transaction and each edition is another, so that a load that was killed is finished by running
    it again. No letter goes out about what happened before. With a folder for files, new editions get their pictures.
    """
    members = read_book("people")["person"]
    accounts = add_people(database, members, password=password, at=at)
    with database.reading() as connection:
        cast = gather(connection, members)
    database.in_transaction(lambda tx: _give_contact(tx, cast, at))
    added = [key for key in EDITIONS if database.in_transaction(partial(_once, key=key, cast=cast, at=at))]
    if uploads is not None:
        add_pictures(database, uploads, added, actor=cast.actors["pracownik"], at=at)
    return Loaded(tuple(added), accounts)


def _give_contact(tx: Connection, cast: Cast, at: datetime) -> None:
    """A made-up office, where nobody has given a contact yet."""
    if not read_contact(tx).body:
        save_contact(tx, CONTACT, logo=None, keep_logo=True, actor=cast.actors["pracownik"], at=at)


def _once(tx: Connection, key: str, cast: Cast, at: datetime) -> bool:
    """Load an edition where it is not there yet; whether it was loaded."""
    if tx.dialect.name == "postgresql":
        tx.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
    if tx.execute(select(Edition.id).where(Edition.key == key)).first():
        return False
    EDITIONS[key](tx, read_book(key), cast, at)
    return True
