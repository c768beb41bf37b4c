"""Writes of the selection: the announcement of everything that was decided."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from workflow.base.errors import Missing, NotAllowed, NotFound, NotReady
from workflow.base.i18n import _
from workflow.engine import facts_reader
from workflow.engine.batch import StepRefused, take_all
from workflow.engine.command import StepCommand
from workflow.engine.move import Moved
from workflow.engine.preview import Preview, PreviewChanged, changes_since, preview
from workflow.engine.session_reader import with_decisions
from workflow.notifications.topic_recipients import recipients_of
from workflow.rules.facts import Actor, Ref
from workflow.rules.roles import Role
from workflow.selection.publication import publish_about

__all__ = ["PreviewChanged", "StepRefused", "announce", "preview_announcement"]

# The outcome of a decision is the name of the step that announces it; places are filled before the reserve list.
ORDER = ("select", "place_on_reserve", "reject")


def announcement(
    tx: Connection, versions: Mapping[Ref, int | None], *, actor: Actor, at: datetime
) -> list[StepCommand]:
    """The steps by which what resolutions decided about these proposals is announced, in their order.

    Selected ones come first, then the reserve list in the order of its positions. Raises NotReady when nothing is
    decided.
    """
    facts = with_decisions(tx, facts_reader.read_facts(tx, versions, actor=actor))
    decided = [(proposal.decision, ref) for ref, proposal in facts.items()
               if proposal.decision is not None and proposal.decision["outcome"] in ORDER]  # fmt: skip
    if not decided:
        raise NotReady(
            [
                Missing(
                    "nothing_decided", _("No decision waits to be announced."), (Role.COMMITTEE_CHAIR, Role.SECRETARY)
                )
            ]
        )
    in_order = sorted(
        decided,
        key=lambda decision: (ORDER.index(decision[0]["outcome"]), decision[0].get("position") or 0, decision[1].id),
    )
    return [StepCommand(ref, decision["outcome"], actor, at, versions[ref]) for decision, ref in in_order]


def preview_announcement(tx: Connection, versions: Mapping[Ref, int | None], *, actor: Actor, at: datetime) -> Preview:
    """What announcing these proposals would do; writes nothing. Raises NotReady when nothing is decided."""
    commands = announcement(tx, versions, actor=actor, at=at)
    return preview(tx, commands, recipients=recipients_of)


def announce(
    tx: Connection, versions: Mapping[Ref, int | None], *, actor: Actor, at: datetime,
    seen: Mapping[Ref, str] | None = None,
) -> list[Moved]:  # fmt: skip
    """Announce what resolutions decided about these proposals: select, place on the reserve list, or reject each.

    All in the caller's transaction or none; each step has its own history entry and letters, and what was decided is
    published with it. `seen` are the parts of the preview that the chair confirmed: with the edition locked it is made
    again, and where it differs nothing is announced (None: nobody was shown one). Raises PreviewChanged, StepRefused
    with the first that does not fit, and NotReady when nothing is decided.
    """
    if seen is not None:
        _confirm(tx, versions, seen, actor=actor, at=at)
    moved = take_all(tx, announcement(tx, versions, actor=actor, at=at))
    publish_about(tx, versions, actor=actor, at=at)
    return moved


def _confirm(
    tx: Connection, versions: Mapping[Ref, int | None], seen: Mapping[Ref, str], *, actor: Actor, at: datetime
) -> None:
    """Lock the editions and hold what would happen now against what was seen."""
    facts = facts_reader.read_facts(tx, versions, actor=actor).values()
    for number in sorted({proposal.edition["id"] for proposal in facts}):
        facts_reader.lock_subject(tx, Ref("edition", number), actor=actor, scope=None, data={})
    now = preview_announcement(tx, versions, actor=actor, at=at)
    for refused in now.refusals:
        # Whoever may not announce is told so, and not what has changed.
        if isinstance(refused.refusal, NotAllowed | NotFound):
            raise StepRefused(refused.command.ref, refused.refusal)
    if changes := changes_since(seen, now):
        raise PreviewChanged(changes)
