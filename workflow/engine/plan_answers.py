"""What the answers of a step of a plan name: an organisation, files, a risk, a promise; read only where they do."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, select

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
    picture = _number(answers.get("picture_file"))
    return NamedByAnswers(
        organisation=_first(tx, _ORGANISATION, project, answers.get("organisation")),
        files=_files(tx, _FILES, project, _numbers(answers.get("evidence"))),
        risk_state=_first(tx, _RISK, project, answers.get("risk_number")) or "",
        promise=_first(tx, _PROMISE, project, answers.get("promise_number")),
        pictures=_files(tx, _PICTURES, project, [] if picture is None else [picture]),
    )


def _files(tx: Connection, query: Any, project: int, files: list[int]) -> frozenset[int]:
    return frozenset(tx.execute(query, {"project": project, "files": files}).scalars()) if files else frozenset()


def _first(tx: Connection, query: Any, project: int, given: Any) -> Any:
    named = _number(given)
    return None if named is None else tx.execute(query, {"project": project, "named": named}).scalar()


def _number(given: Any) -> int | None:
    """A number of a row as a form or a program sends it; anything else is refused when the answers are read."""
    text = str(given).strip()
    return int(text) if not isinstance(given, bool) and text.isascii() and text.isdecimal() and len(text) < 13 else None


def _numbers(given: Any) -> list[int]:
    words = given if isinstance(given, list) else str(given or "").replace(",", " ").split()
    return [number for word in words if (number := _number(word)) is not None][:100]
