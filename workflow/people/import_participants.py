"""Enters participants from a list: all or nothing, a word on every line; the same list again changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from workflow.accounts.sign_in import find_account, folded_email
from workflow.base.errors import BadInput
from workflow.base.i18n import LANGUAGES, Sentence, _
from workflow.models import RoleGrant
from workflow.people.roles import NewPerson, add_person, grant_role
from workflow.rules.facts import Actor
from workflow.rules.field_types import EMAIL, LINE
from workflow.rules.permissions import TITLES
from workflow.rules.roles import ROLES, Role

LONGEST_LIST = 5_000
# The head of a column, in Polish or English, folded to small letters -> what it holds.
COLUMNS: Mapping[str, str] = {
    "name": "name", "imię i nazwisko": "name", "imie i nazwisko": "name", "nazwisko i imię": "name",
    "email": "email", "e-mail": "email", "adres e-mail": "email", "mail": "email",
    "organisation": "organisation", "organizacja": "organisation", "instytucja": "organisation",
    "role": "role", "rola": "role",
    "sector": "sector", "sektor": "sector",
    "language": "language", "język": "language", "jezyk": "language",
}  # fmt: skip
NEEDED = ("name", "email")


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one line of the list; `wrong` when it stands in the way of all."""

    number: int
    sentence: Sentence
    wrong: bool = False
    changed: bool = False


def import_participants(
    tx: Connection, rows: Sequence[Sequence[str]], *, edition_id: int, actor: Actor, at: datetime
) -> list[Line]:
    """Add people and roles, in the caller's transaction; nobody is sent a letter.

    The first row names the columns: name and email are needed; organisation, role (participant where empty), sector
    and language may follow. Where any line is `wrong` the caller has to roll back. People who are known keep their
    name and organisation.
    """
    head = [COLUMNS.get(cell.strip().casefold(), "") for cell in rows[0]] if rows else []
    if missing_columns := [name for name in NEEDED if name not in head]:
        return [
            Line(
                1,
                _("The first line has to name the columns; missing: {names}.", names=", ".join(missing_columns)),
                wrong=True,
            )
        ]
    if len(rows) - 1 > LONGEST_LIST:
        return [Line(1, _("The list is too long: at most {count} lines fit.", count=LONGEST_LIST), wrong=True)]
    lines = []
    for number, row in enumerate(rows[1:], start=2):
        cells = {name: cell.strip() for name, cell in zip(head, row, strict=False) if name}
        if any(cells.values()):
            lines.append(_enter(tx, number, cells, edition_id, actor, at))
    return lines


def _enter(tx: Connection, number: int, cells: Mapping[str, str], edition_id: int, actor: Actor, at: datetime) -> Line:
    email, role = folded_email(cells.get("email", "")), _role(cells.get("role", ""))
    if problem := _problem(cells, email, role):
        return Line(number, problem, wrong=True)
    known = find_account(tx, email)
    try:
        person = known.id if known else add_person(tx, _person(cells, email), at=at)
        if known and _holds(tx, person, edition_id, role):
            return Line(number, _("{email} is there already.", email=email))
        sector = cells.get("sector", "")
        grant_role(tx, person, edition_id=edition_id, role=role, sector=sector, actor=actor, at=at)
    except BadInput as refusal:
        return Line(number, next(iter(refusal.fields.values())), wrong=True)
    granted = _("{email} gets a role: {role}.", email=email, role=TITLES[role])
    added = _("{email} is added: {role}.", email=email, role=TITLES[role])
    return Line(number, granted if known else added, changed=True)


def _person(cells: Mapping[str, str], email: str) -> NewPerson:
    language = cells.get("language", "").lower() or LANGUAGES[0]
    return NewPerson(email, " ".join(cells["name"].split()), cells.get("organisation", ""), language)


def _role(given: str) -> str:
    """A role by its key or by its name in Polish or English; empty where there is none such."""
    wanted = given.casefold() or Role.PARTICIPANT
    return next((role for role in ROLES if wanted in {role, TITLES[role].say("pl"), TITLES[role].say("en")}), "")


def _problem(cells: Mapping[str, str], email: str, role: str) -> Sentence | None:
    if not cells.get("name"):
        return _("The name is missing.")
    if not EMAIL.fullmatch(email):
        return _("This does not look like an e-mail address.")
    if not role:
        return _("There is no such role.")
    if any(len(cell) > LINE or not cell.isprintable() for cell in cells.values()):
        return _("A cell is too long or holds characters that cannot be stored.")
    return None


def _holds(tx: Connection, person_id: int, edition_id: int, role: str) -> bool:
    g = RoleGrant
    granted = (g.person_id == person_id, g.edition_id == edition_id, g.role == role, g.withdrawn_at.is_(None))
    return tx.execute(select(g.id).where(*granted)).first() is not None
