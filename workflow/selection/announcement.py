"""The announcement of an edition's decisions: what it would do, what it lacks, who asks for it and who confirms.

Nothing here writes a row of the edition or of a proposal before it is confirmed; then all steps are taken in one
transaction: selected projects, the reserve list in its order, rejected ones, and last the results of the edition.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, insert, select, update

from workflow.base.errors import Missing, NotAllowed, NotReady, not_ready
from workflow.base.i18n import _
from workflow.engine import facts_reader, machine
from workflow.engine.batch import take_all
from workflow.engine.command import StepCommand
from workflow.engine.conflicts_of_interest import binding
from workflow.engine.deputies import with_deputies
from workflow.engine.move import Moved
from workflow.engine.preview import Preview, PreviewChanged, preview
from workflow.engine.publication import publish_about
from workflow.models import AnnouncementRequest, Person
from workflow.notifications import letter_batches
from workflow.notifications.topic_recipients import recipients_of
from workflow.rules.documents import digest_of
from workflow.rules.facts import Actor, Facts, Ref
from workflow.rules.letter_batches import BatchKind
from workflow.rules.permissions import RULES
from workflow.rules.roles import Role
from workflow.rules.session import Outcome
from workflow.rules.settings_catalogue import value
from workflow.rules.totals import NARROW
from workflow.selection.open_business import open_business
from workflow.selection.queries import presented

RESULTS = "announce_results"
# Places are filled before the reserve list.
ORDER = tuple(Outcome)
CONDUCTORS = (Role.COMMITTEE_CHAIR, Role.SECRETARY)
ANNOUNCERS = (Role.COMMITTEE_CHAIR, Role.ANNOUNCING_DEPUTY, Role.STAFF)
# Said project by project, so the count of the guard adds nothing.
COUNTED = "not_decided"
Notes = Mapping[int, str]


class Plan(Struct, frozen=True):
    """What an announcement would do now. `missing` is all that stands in its way; empty when it may be made."""

    edition: Facts
    # In the order in which they are announced.
    decided: tuple[Facts, ...]
    undecided: tuple[Facts, ...]
    preview: Preview
    missing: tuple[Missing, ...]

    @property
    def parts(self) -> Mapping[Ref, str]:
        """A digest for each subject: its part of the preview, and the decision that is announced."""
        decisions = {of.ref: of.decision for of in self.decided}
        return {ref: digest_of({"seen": part, "decision": decisions.get(ref)})
                for ref, part in self.preview.parts.items()}  # fmt: skip

    @property
    def digest(self) -> str:
        """SHA-256 over everything that was seen."""
        return digest_of({str(ref): part for ref, part in self.parts.items()})

    @property
    def commands(self) -> list[StepCommand]:
        """The steps that would be taken, in their order; those that would be refused are not among them."""
        return [move.command for move in self.preview.moves]


class Waiting(Struct, frozen=True):
    """A request that waits for somebody else to confirm it."""

    id: int
    digest: str
    requester: Actor
    requested_at: datetime
    notes: Notes
    # What the requester saw of each subject.
    parts: Mapping[Ref, str]


def plan(tx: Connection, edition_id: int, *, actor: Actor, at: datetime, notes: Notes | None = None) -> Plan:
    """What announcing everything would do and what it lacks; reads without a lock and writes nothing."""
    ref = Ref("edition", edition_id)
    facts = machine.facts_of(tx, [ref, *presented(tx, edition_id)], actor=actor)
    edition = facts.pop(ref)
    decided = sorted((of for of in facts.values() if of.decision), key=_place)
    undecided = tuple(of for of in facts.values() if not of.decision)
    commands = [_command(of, str((of.decision or {})["outcome"]), actor, at, notes) for of in decided]
    commands.append(_command(edition, RESULTS, actor, at, None))
    seen = preview(tx, commands, recipients=recipients_of)
    missing = (*_undecided(undecided), *open_business(tx, edition_id), *_unmet(seen, facts),
               *_found_late(tx, edition_id, decided))  # fmt: skip
    return Plan(edition, tuple(decided), undecided, seen, tuple(missing))


def _place(of: Facts) -> tuple[int, int, int]:
    decision = of.decision or {}
    return ORDER.index(Outcome(decision["outcome"])), decision.get("position") or 0, of.ref.id


def _command(of: Facts, step: str, actor: Actor, at: datetime, notes: Notes | None) -> StepCommand:
    return StepCommand(of.ref, step, actor, at, of.version, note=(notes or {}).get(of.ref.id, ""))


def _undecided(undecided: Sequence[Facts]) -> list[Missing]:
    return [Missing("undecided", _("“{title}” has no decision of the committee.", title=of["title"]), CONDUCTORS)
            for of in undecided]  # fmt: skip


def _unmet(seen: Preview, facts: Mapping[Ref, Facts]) -> list[Missing]:
    """What stands in the way of each step, with the name of its project."""
    found = []
    for refused in seen.refusals:
        project = facts.get(refused.command.ref)
        if isinstance(refused.refusal, NotAllowed):
            continue
        for unmet in refused.refusal.missing or (Missing(refused.refusal.code, refused.refusal.sentence),):
            if unmet.code == COUNTED:
                continue
            sentence = unmet.sentence if project is None else _("{title}: {reason}", title=project["title"],
                                                                reason=unmet.sentence)  # fmt: skip
            found.append(Missing(unmet.code, sentence, unmet.who, unmet.until))
    return found


def _found_late(tx: Connection, edition_id: int, decided: Sequence[Facts]) -> Iterator[Missing]:
    """Who voted on a decision and has a conflict of interest that was found since; declared ones have a guard."""
    found = binding(tx, edition_id, proposals={of.ref.id for of in decided}) if decided else {}
    voted = {of.ref.id: set((of.decision or {})["electors"]) - set(of.conflicted or {}) for of in decided}
    people = {person for proposal, reasons in found.items() for person in reasons.keys() & voted[proposal]}
    query = select(Person.id, Person.name).where(Person.id.in_(people)).order_by(Person.id)
    names = {row.id: row.name for row in tx.execute(query)} if people else {}
    for of in decided:
        reasons, recused = found.get(of.ref.id, {}), set((of.decision or {})["recused"])
        for person, name in names.items():
            if person in voted[of.ref.id] & reasons.keys() and name not in recused:
                sentence = _("{title}: {name} voted, and a conflict of interest was found after the vote. {reason} "
                             "Annul the decision and vote again, or clear the conflict.", title=of["title"], name=name,
                             reason=reasons[person])  # fmt: skip
                yield Missing("conflict_found", sentence, CONDUCTORS)


def may_announce(edition: Facts) -> bool:
    """Whether the actor of these facts may ask for an announcement and confirm one."""
    return any(RULES[role](edition) for role in ANNOUNCERS)


def two_people(edition: Facts) -> bool:
    """Whether one person asks for an announcement and another one confirms it."""
    return bool(value(edition.edition, "two_people_announce"))


def waiting(tx: Connection, edition_id: int) -> Waiting | None:
    """The request of an edition that waits to be confirmed, if there is one."""
    r = AnnouncementRequest
    query = select(r.id, r.digest, r.notes, r.requested_by_id, r.requested_at, Person.name)
    query = query.join(Person, Person.id == r.requested_by_id).where(r.edition_id == edition_id, r.closed_at.is_(None))
    row = tx.execute(query).one_or_none()
    if row is None:
        return None
    notes = {int(number): text for number, text in row.notes["notes"].items()}
    parts = {Ref(*_kind_and_number(ref)): part for ref, part in row.notes["parts"].items()}
    return Waiting(row.id, row.digest, Actor(row.requested_by_id, row.name), row.requested_at, notes, parts)


def _kind_and_number(ref: str) -> tuple[str, int]:
    kind, number = ref.split(":")
    return kind, int(number)


def request(
    tx: Connection, edition_id: int, seen: str, *, actor: Actor, at: datetime, notes: Notes | None = None
) -> None:  # fmt: skip
    """Ask for the announcement that was seen, by its digest; somebody else confirms it, with these notes.

    Locks the edition. Raises NotAllowed, NotReady with everything that is missing, PreviewChanged where what was seen
    is not what would happen.
    """
    _seen(_checked(tx, edition_id, actor=actor, at=at, notes=None), seen)
    now = plan(tx, edition_id, actor=actor, at=at, notes=notes)
    if waiting(tx, edition_id):
        raise not_ready("asked_already", _("The announcement waits for somebody to confirm it already."))
    content: dict[str, Any] = {
        "notes": {str(number): text for number, text in (notes or {}).items()},
        "parts": {str(ref): part for ref, part in now.parts.items()},
    }
    tx.execute(insert(AnnouncementRequest).values(
        edition_id=edition_id, digest=now.digest, notes=content, requested_by_id=actor.id, requested_at=at,
    ))  # fmt: skip


def take_back(tx: Connection, edition_id: int, *, actor: Actor, at: datetime) -> None:
    """Withdraw the request that waits, whoever made it; nothing else changes. Raises NotAllowed or NotReady."""
    _allowed(_locked(tx, edition_id, actor))
    if (asked := waiting(tx, edition_id)) is None:
        raise not_ready("not_asked", _("No announcement waits to be confirmed."))
    _close(tx, asked, actor, at, announced=False)


def announce_all(
    tx: Connection, edition_id: int, seen: str, *, actor: Actor, at: datetime, notes: Notes | None = None
) -> list[Moved]:  # fmt: skip
    """Announce everything, in the caller's transaction or nothing; what was decided is published
    with it, and letters go out after it has committed.

    `seen` is the digest of the preview that the actor confirms, without own notes. Where the edition wants two people,
    there has to be a request of somebody else, and neither of the two may have seen anything else than what happens;
    the notes of the request count then. Raises NotAllowed, NotReady, PreviewChanged with what differs, StepRefused.
    """
    edition = _locked(tx, edition_id, actor)
    _allowed(edition)
    asked = waiting(tx, edition_id) if two_people(edition) else None
    if two_people(edition):
        _second_person(asked, actor)
    now = _checked(tx, edition_id, actor=actor, at=at, notes=asked.notes if asked else None)
    if asked:
        before = plan(tx, edition_id, actor=asked.requester, at=at, notes=asked.notes)
        if before.digest != asked.digest:
            raise PreviewChanged([ref for ref, part in before.parts.items() if asked.parts.get(ref) != part])
    _seen(now, seen)
    moved = take_all(tx, [replace(command, note=_note(command, asked, notes)) for command in now.commands])
    publish_about(tx, [of.ref for of in now.decided], actor=actor, at=at)
    if asked:
        _close(tx, asked, actor, at, announced=True)
    keep_letters(tx, edition, moved, actor=actor, at=at)
    return moved


def keep_letters(tx: Connection, edition: Facts, moved: Sequence[Moved], *, actor: Actor, at: datetime) -> None:
    """Put the letters of an announcement into one batch; unless the edition wants another look they may go out."""
    batch_id = letter_batches.begin(tx, edition.ref.id, BatchKind.ANNOUNCEMENT, by=actor.id, at=at)
    letter_batches.put(tx, batch_id, history_ids=[move.history_id for move in moved])
    if value(edition.edition, "announcement_letters_wait"):
        return
    if batch := letter_batches.locked(tx, batch_id, edition.ref.id):
        letter_batches.approve(tx, batch, by=actor.id, at=at)


def _seen(now: Plan, digest: str) -> None:
    if now.digest != digest:
        raise PreviewChanged(())


def _note(command: StepCommand, asked: Waiting | None, notes: Notes | None) -> str:
    """What the letters about a project add: the note of the request, or of whoever announces alone."""
    return command.note if asked else (notes or {}).get(command.ref.id, "") if command.ref.kind == "proposal" else ""


def _second_person(asked: Waiting | None, actor: Actor) -> None:
    if asked is None:
        raise not_ready("not_asked", _("No announcement waits to be confirmed."), *ANNOUNCERS)
    if asked.requester.id == actor.id:
        sentence = _("You asked for this announcement. Somebody else has to confirm it.")
        raise not_ready("same_person", sentence, *ANNOUNCERS)


def _checked(tx: Connection, edition_id: int, *, actor: Actor, at: datetime, notes: Notes | None) -> Plan:
    """The plan under a lock of the edition, by somebody who may announce it, and with nothing missing."""
    _allowed(_locked(tx, edition_id, actor))
    now = plan(tx, edition_id, actor=actor, at=at, notes=notes)
    if now.missing:
        raise NotReady(now.missing)
    return now


def _locked(tx: Connection, edition_id: int, actor: Actor) -> Facts:
    edition = facts_reader.lock_subject(tx, Ref("edition", edition_id), actor=actor, scope=NARROW, data={})
    return with_deputies(tx, {edition.ref: edition})[edition.ref]


def _allowed(edition: Facts) -> None:
    if not may_announce(edition):
        raise NotAllowed([Missing("not_allowed", _("This is for somebody else to do."), ANNOUNCERS)])


def _close(tx: Connection, asked: Waiting, actor: Actor, at: datetime, *, announced: bool) -> None:
    r = AnnouncementRequest
    closed = {"closed_by_id": actor.id, "closed_at": at, "announced": announced}
    tx.execute(update(r).where(r.id == asked.id).values(**closed))
