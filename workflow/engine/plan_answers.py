"""What the answers of a step of a plan name: an organisation, files, a risk, a promise; read only where they do."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from workflow.models import Organisation, Promise, ProposalFile, Risk
from workflow.rules.plan import NamedByAnswers


def named_by_answers(tx: Connection, project: int, answers: Mapping[str, Any]) -> NamedByAnswers:
    """Those of the things named that exist, of this project where they belong to one; a statement for each."""
    organisation, risk = _number(answers.get("organisation")), _number(answers.get("risk_number"))
    promise, files = _number(answers.get("promise_number")), _numbers(answers.get("evidence"))
    of_risk = select(Risk.state).where(Risk.proposal_id == project, Risk.number == risk)
    of_promise = select(Promise.id).where(Promise.proposal_id == project, Promise.id == promise)
    return NamedByAnswers(
        organisation=_first(tx, select(Organisation.id).where(Organisation.id == organisation), organisation),
        files=_files(tx, project, files) if files else frozenset(),
        risk_state=_first(tx, of_risk, risk) or "",
        promise=_first(tx, of_promise, promise),
        pictures=_pictures(tx, project, _number(answers.get("picture_file"))),
    )


def _files(tx: Connection, project: int, files: list[int]) -> frozenset[int]:
    f = ProposalFile
    query = select(f.id).where(f.proposal_id == project, f.id.in_(files), f.removed_at.is_(None))
    return frozenset(tx.execute(query).scalars())


def _pictures(tx: Connection, project: int, picture: int | None) -> frozenset[int]:
    f = ProposalFile
    there = f.proposal_id == project, f.id == picture, f.has_small.is_(True), f.removed_at.is_(None)
    return frozenset() if picture is None else frozenset(tx.execute(select(f.id).where(*there)).scalars())


def _first(tx: Connection, query: Any, named: int | None) -> Any:
    return None if named is None else tx.execute(query).scalar()


def _number(given: Any) -> int | None:
    """A number of a row as a form or a program sends it; anything else is refused when the answers are read."""
    text = str(given).strip()
    return int(text) if not isinstance(given, bool) and text.isascii() and text.isdecimal() and len(text) < 13 else None


def _numbers(given: Any) -> list[int]:
    words = given if isinstance(given, list) else str(given or "").replace(",", " ").split()
    return [number for word in words if (number := _number(word)) is not None][:100]
