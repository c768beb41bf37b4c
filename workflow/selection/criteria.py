"""Writes of the criteria of an edition: added, changed and removed until the first card is handed in.

The edition's row is locked, not written: a card that is being handed in and a change of criteria never pass each other.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, func, insert, select, update

from workflow.base.errors import BadInput, NotFound, not_ready
from workflow.base.i18n import Sentence, _
from workflow.models import Criterion, Edition, Proposal, Score, ScoreCard
from workflow.rules.facts import Actor

MOST, MOST_POINTS = 20, 21


def are_frozen(tx: Connection, edition_id: int) -> bool:
    """Whether a card of the edition was handed in, so that its criteria stay as they are; one statement."""
    handed_in = exists().where(
        ScoreCard.proposal_id == Proposal.id, Proposal.edition_id == edition_id, ScoreCard.submitted_at.is_not(None)
    )
    return bool(tx.execute(select(handed_in)).scalar_one())


def add_criterion(tx: Connection, edition_id: int, given: Mapping[str, Any], *, actor: Actor, at: datetime) -> int:
    """Add a criterion behind the others, in the caller's transaction; returns its id.

    `given` has name_pl, name_en, description_pl, description_en, weight, scale_min, scale_max, step, required and
    minimum (None: there is none). Raises BadInput, and NotReady once a card was handed in.
    """
    _lock_open(tx, edition_id)
    count, highest = tx.execute(
        select(func.count(), func.coalesce(func.max(Criterion.number), 0)).where(Criterion.edition_id == edition_id)
    ).one()
    if count >= MOST:
        raise BadInput({"name_pl": _("An edition has at most {most} criteria.", most=MOST)})
    values = {**_values(given), "edition_id": edition_id, "number": highest + 1}
    written = insert(Criterion).values(**values, changed_by_id=actor.id, changed_at=at)
    return int(tx.execute(written.returning(Criterion.id)).scalar_one())


def change_criterion(
    tx: Connection, edition_id: int, criterion_id: int, given: Mapping[str, Any], *, actor: Actor, at: datetime
) -> None:
    """Change a criterion; points of drafts that are off the new scale are taken out. Refused as `add_criterion` is."""
    _lock_open(tx, edition_id)
    c, values = Criterion, _values(given)
    changed = update(c).where(c.id == criterion_id, c.edition_id == edition_id)
    if tx.execute(changed.values(**values, changed_by_id=actor.id, changed_at=at)).rowcount == 0:
        raise NotFound
    scale = range(values["scale_min"], values["scale_max"] + 1, values["step"])
    tx.execute(delete(Score).where(Score.criterion_id == criterion_id, Score.points.not_in(list(scale))))


def remove_criterion(tx: Connection, edition_id: int, criterion_id: int) -> None:
    """Remove a criterion with what drafts say about it. Raises NotFound, and NotReady once a card was handed in."""
    _lock_open(tx, edition_id)
    own = Criterion.id == criterion_id, Criterion.edition_id == edition_id
    if not tx.execute(select(Criterion.id).where(*own)).first():
        raise NotFound
    tx.execute(delete(Score).where(Score.criterion_id == criterion_id))
    tx.execute(delete(Criterion).where(*own))


def _lock_open(tx: Connection, edition_id: int) -> None:
    tx.execute(select(Edition.id).where(Edition.id == edition_id).with_for_update(key_share=True))
    if are_frozen(tx, edition_id):
        sentence = _("A card was handed in already, so the criteria stay as they are. Nothing was changed.")
        raise not_ready("criteria_frozen", sentence)


def _values(given: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a criterion; BadInput names every field that does not fit the others."""
    lowest, highest, step = given.get("scale_min") or 0, given["scale_max"], given["step"]
    minimum, wrong = given.get("minimum"), dict[str, Sentence]()
    if given["weight"] < 1:
        wrong["weight"] = _("The weight is a whole number from 1.")
    if highest <= lowest:
        wrong["scale_max"] = _("The highest number of points must be above the lowest.")
    elif step < 1 or (highest - lowest) % step:
        wrong["step"] = _("The steps must lead from the lowest number of points to the highest.")
    elif (highest - lowest) // step >= MOST_POINTS:
        wrong["step"] = _("A scale has at most {most} different points. Choose a larger step.", most=MOST_POINTS)
    if minimum is not None and not given["required"]:
        wrong["minimum"] = _("Only a required criterion has a minimum.")
    elif minimum is not None and not lowest <= minimum <= highest:
        wrong["minimum"] = _("The minimum must lie on the scale.")
    if wrong:
        raise BadInput(wrong)
    return {
        "name": {"pl": given["name_pl"], "en": given.get("name_en") or given["name_pl"]},
        "description": {"pl": given.get("description_pl") or "", "en": given.get("description_en") or ""},
        "weight": given["weight"], "scale_min": lowest, "scale_max": highest, "step": step,
        "required": bool(given["required"]), "minimum": minimum,
    }  # fmt: skip
