"""What the answers of a step of a plan name: an organisation, files, a risk, a promise; read only where they do."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select

from workflow.engine.references import row_number
from workflow.models import Organisation, Promise, ProposalFile, Risk
from workflow.rules.plan import NamedByAnswers

# Constants, because each step of a project under way may name them.
_ORGANISATION = select(Organisation.id).where(Organisation.id == bindparam("named"))
_RISK = select(Risk.state).where(Risk.proposal_id == bindparam("project"), Risk.number == bindparam("named"))
_PROMISE = select(Promise.id).where(Promise.proposal_id == bindparam("project"), Promise.id == bindparam("named"))
_FILES = select(ProposalFile.id).where(
    ProposalFile.proposal_id == bindparam("project"), ProposalFile.id.in_(bindparam("files", expanding=True)),
    ProposalFile.removed_at.is_(None),
)  # fmt: skip
_PICTURES = _FILES.where(ProposalFile.has_small.is_(True))


def named_by_answers(tx: Connection, project: int, answers: Mapping[str, Any]) -> NamedByAnswers:
    """Those of the things named that exist, of this project where they belong to one; a statement for each."""
    return NamedByAnswers(
        organisation=_first(tx, _ORGANISATION, project, answers.get("organisation")),
        files=files_of(tx, project, _numbers(answers.get("evidence"))),
        risk_state=_first(tx, _RISK, project, answers.get("risk_number")) or "",
        promise=_first(tx, _PROMISE, project, answers.get("promise_number")),
        pictures=files_of(tx, project, [_number(answers.get("picture_file"))], pictures=True),
    )


def files_of(tx: Connection, project: int, numbers: Sequence[int | None], *, pictures: bool = False) -> frozenset[int]:
    """Those of these files, or of these pictures, that the project has; one statement, none without numbers."""
    files = [number for number in numbers if number is not None]
    query = _PICTURES if pictures else _FILES
    return frozenset(tx.execute(query, {"project": project, "files": files}).scalars()) if files else frozenset()


def _first(tx: Connection, query: Any, project: int, given: Any) -> Any:
    named = _number(given)
    return None if named is None else tx.execute(query, {"project": project, "named": named}).scalar()


def _number(given: Any) -> int | None:
    """As `row_number`, in ASCII, and with spaces around it."""
    text = str(given).strip()
    return row_number(text) if text.isascii() else None


def _numbers(given: Any) -> Sequence[int | None]:
    words = given if isinstance(given, list) else str(given or "").replace(",", " ").split()
    return [number for word in words if (number := _number(word)) is not None][:100]
