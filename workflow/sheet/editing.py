"""Writing a project sheet together: who has which section open, what is being typed, and a section saved.

Drafts are working material and no part of the history; a section that is saved is an entry of it, as every step is.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, case, delete, or_, update

from workflow.base.errors import BadInput, found
from workflow.base.i18n import _
from workflow.db.dialect import upsert
from workflow.engine import facts_reader, machine
from workflow.engine.command import StepCommand
from workflow.engine.decision import admit
from workflow.models import SectionDraft
from workflow.models.base import table_of
from workflow.models.sheet import PRESENT
from workflow.rules.facts import Actor, Attempt, Facts, Ref
from workflow.rules.registry import lifecycle_of

# Characters of one draft; a longer text stays in the browser until somebody shortens it.
LONGEST_DRAFT = 200_000
# A draft that nobody has come back to for so long is forgotten.
FORGOTTEN = timedelta(days=30)
EDIT = "edit_sheet"


def writing_facts(tx: Connection, ref: Ref, *, actor: Actor, at: datetime) -> Facts:
    """The facts of a proposal whose sheet the actor may write now; raises what the machine would. One statement."""
    facts = found(facts_reader.read_facts(tx, [ref], actor=actor).get(ref))
    admit(lifecycle_of(facts), facts, EDIT, Attempt(at), version=None)
    return facts


def open_section(tx: Connection, ref: Ref, section: str, *, actor: Actor, at: datetime) -> None:
    """Let the others see that somebody has a section open; what this person has typed before stays kept.

    Whoever calls has made sure that the actor may write the sheet, see `writing_facts`.
    """
    own = {"proposal_id": ref.id, "section": section, "person_id": actor.id, "window": ""}
    _put(tx, {**own, "since": at, "seen_at": at}, at)


def keep_draft(
    tx: Connection, ref: Ref, section: str, *, typed: Mapping[str, Any] | None, base: str, actor: Actor, at: datetime,
    window: str = "",
) -> None:  # fmt: skip
    """Keep what is being typed into a section over the text with the digest `base`; None keeps nothing of it.

    Each window or device of a person has a draft of its own, so that none is written over by another. The sheet itself
    does not change, and nobody else reads a draft. Raises BadInput where it is too long.
    """
    if len(str(typed or "")) > LONGEST_DRAFT:
        raise BadInput({section: _("This text is too long to be kept as a draft.")})
    own = {"proposal_id": ref.id, "section": section, "person_id": actor.id, "window": window}
    _put(tx, {**own, "typed": typed, "base": base, "since": at, "seen_at": at}, at)


def _put(tx: Connection, values: Mapping[str, Any], at: datetime) -> None:
    """One row for a window of a person in a section; whoever comes back after a while has it open since then."""
    table = table_of(SectionDraft)
    away = table.c.seen_at < at - PRESENT
    later = {name: value for name, value in values.items() if name in ("typed", "base", "seen_at")}
    later["since"] = case((away, values["since"]), else_=table.c.since)
    keys = ["proposal_id", "section", "person_id", "window"]
    tx.execute(upsert(tx)(table).values(**values).on_conflict_do_update(index_elements=keys, set_=later))


def go_away(tx: Connection, ref: Ref, *, actor: Actor, at: datetime, window: str = "") -> None:
    """The actor has closed a window of this sheet: the others no longer see anybody there; drafts stay kept."""
    d = SectionDraft
    mine = (d.proposal_id == ref.id, d.person_id == actor.id, d.seen_at > at - PRESENT, d.window.in_(("", window)))
    tx.execute(update(d).where(*mine).values(seen_at=at - PRESENT - timedelta(seconds=1)))


def leave_section(
    tx: Connection, ref: Ref, sections: Iterable[str], *, actor: Actor, at: datetime,
    windows: Collection[str] | None = None,
) -> None:  # fmt: skip
    """Forget what the actor was typing in these sections, in some windows or in all of them (None).

    What anybody left lying on this sheet for too long goes too.
    """
    d = SectionDraft
    mine = and_(d.person_id == actor.id, d.section.in_(list(sections)))
    if windows is not None:
        mine = and_(mine, d.window.in_(["", *windows]))
    tx.execute(delete(d).where(d.proposal_id == ref.id, or_(mine, d.seen_at < at - FORGOTTEN)))


def save_sections(
    tx: Connection, ref: Ref, sections: Iterable[str], *, data: Mapping[str, Any], actor: Actor,
    at: datetime, windows: Collection[str] | None = None,
) -> machine.Moved:  # fmt: skip
    """Save sections and forget their drafts of these windows, as one; drafts of other windows stay kept.

    The machine refuses a text that is written over a newer one.
    """
    moved = machine.take(tx, StepCommand(ref, EDIT, actor=actor, at=at, answers=data))
    leave_section(tx, ref, sections, actor=actor, at=at, windows=windows)
    return moved
