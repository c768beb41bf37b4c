"""How effects write documents: a new version as a draft, and its approval. Tables name none of these functions."""

from collections.abc import Mapping
from typing import Any

from workflow.rules.documents import LANGUAGE, DocumentFacts, DocumentState, digest_of
from workflow.rules.effects.base import Change, EffectContext


def draft(
    context: EffectContext, kind: str, series: str, number: int, version: int, data: Mapping[str, Any],
    corrects: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The row of a new version of a document of the subject."""
    facts = context.facts
    return {
        "edition_id": facts["edition_id"], "kind": kind, "series": series, "number": number, "version": version,
        "subject_kind": facts.ref.kind, "subject_id": facts.ref.id, "language": LANGUAGE, "data": dict(data),
        "data_digest": digest_of(data), "author_id": context.actor_id, "generated_at": context.at,
        "state": DocumentState.DRAFT, "approved_at": None, "corrects_id": corrects,
    }  # fmt: skip


def version_after(document: DocumentFacts | None) -> int:
    """The number of the version that follows the one written last, if there is one."""
    return document.version + 1 if document else 1


def approve(context: EffectContext, change: Change, document: DocumentFacts | None) -> None:
    """Approve a document, which locks it; nothing where there is none."""
    if document is not None:
        approved = {"state": DocumentState.APPROVED, "approved_at": context.at}
        change.updates.append(("document", {"id": document.id}, approved))
