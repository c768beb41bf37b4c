"""What the page of conflicts shows: what a member declares, and for those who oversee it who has declared what."""

from collections.abc import Collection, Mapping
from datetime import datetime

from msgspec import Struct

from web.http import identity
from web.http.template_context import say
from workflow.base.i18n import Sentence, _
from workflow.engine.conflicts_of_interest import in_words
from workflow.rules.bodies import BODIES
from workflow.rules.conflicts_of_interest import Answer, ConflictOfInterest, ConflictState, Source
from workflow.selection.conflict_queries import Declarations, MemberProject
from workflow.selection.conflict_rules import digest_of, obstacle_to_clearing

ANSWERS: Mapping[str, Sentence] = {
    Answer.IMPARTIAL: _("No conflict"),
    Answer.CONFLICTED: _("Conflict"),
}
# Label, tone and picture of a state.
STATES: Mapping[str, tuple[Sentence, str, str]] = {
    ConflictState.FOUND: (_("found, binds until it is cleared"), "wait", "triangle-alert"),
    ConflictState.CONFIRMED: (_("declared, binds"), "shut", "circle-x"),
    ConflictState.CLEARED: (_("cleared"), "done", "circle-check"),
}


class ConflictLine(Struct, frozen=True):
    """One conflict in words, with its state and what was said about it."""

    words: str
    state: str
    label: str
    tone: str
    picture: str
    note: str


class ProjectLine(Struct, frozen=True):
    """A project about which the reader declares: what was found, and what the form shows."""

    proposal_id: int
    number: int
    title: str
    conflicts: tuple[ConflictLine, ...]
    due: bool
    changed: bool
    answer: str
    reason: str
    declared_at: datetime | None


class ConflictOfMember(Struct, frozen=True):
    """Everything that is known about one member and one project, and who may clear it."""

    person_id: int
    proposal_id: int
    name: str
    number: int
    title: str
    conflicts: tuple[ConflictLine, ...]
    binds: bool
    seen: str
    # Why the reader may not clear it; empty where it is the reader's to do.
    obstacle: str


class MemberLine(Struct, frozen=True):
    """How far one member has come with declaring."""

    name: str
    body: str
    declared: int
    all: int
    missing: tuple[int, ...]


def project_lines(lines: Collection[MemberProject], typed: Mapping[str, str]) -> list[ProjectLine]:
    """The reader's own projects, those to declare about first; `typed` is what a refused form had."""
    shown = [_project_line(line, typed) for line in lines]
    return sorted(shown, key=lambda line: (not line.due, line.number))


def _project_line(line: MemberProject, typed: Mapping[str, str]) -> ProjectLine:
    project, number = line.project, line.project.proposal_id
    declared = "" if line.due or line.declaration is None else line.declaration.answer
    own = next((conflict.reason for conflict in line.binding if conflict.source is Source.DECLARED), "")
    return ProjectLine(
        number, project.number, project.title, conflict_lines(line.conflicts), line.due, line.changed,
        typed.get(f"answer-{number}", declared), typed.get(f"reason-{number}", own),
        line.declaration.at if line.declaration else None,
    )  # fmt: skip


def conflict_lines(conflicts: Collection[ConflictOfInterest]) -> tuple[ConflictLine, ...]:
    """Conflicts in the reader's words, those that bind first."""
    return tuple(_conflict_line(conflict) for conflict in sorted(conflicts, key=lambda one: not one.binds))


def _conflict_line(conflict: ConflictOfInterest) -> ConflictLine:
    label, tone, picture = STATES[conflict.state]
    cleared = conflict.state is ConflictState.CLEARED
    words = say(conflict.words) if cleared else in_words(conflict, identity.language())
    note = f"{conflict.decided_by}: {conflict.reason}" if cleared else ""
    return ConflictLine(words, conflict.state, say(label), tone, picture, note)


def member_lines(declarations: Declarations) -> list[MemberLine]:
    """Every member with how many declarations there are and whose are missing, those with most missing first."""
    people: dict[tuple[str, int], list[MemberProject]] = {}
    for line in declarations.lines:
        people.setdefault((line.body, line.person_id), []).append(line)
    shown = [
        MemberLine(lines[0].name, say(BODIES[body]), sum(not line.due for line in lines), len(lines),
                   tuple(line.project.number for line in lines if line.due))
        for (body, _person), lines in people.items()
    ]  # fmt: skip
    return sorted(shown, key=lambda line: (-len(line.missing), line.name))


def conflicts_of_members(
    declarations: Declarations, *, actor_id: int | None, roles: Collection[str]
) -> list[ConflictOfMember]:
    """Every conflict of the edition by project, with the obstacle to clearing it for this reader."""
    shown = []
    for line in declarations.lines:
        if line.conflicts:
            number = line.project.proposal_id
            obstacle = obstacle_to_clearing(declarations.bench, line.person_id, declarations.barred(number),
                                            actor_id=actor_id, roles=roles)  # fmt: skip
            shown.append(ConflictOfMember(
                line.person_id, number, line.name, line.project.number, line.project.title,
                conflict_lines(line.conflicts), bool(line.binding), digest_of(line.conflicts),
                say(obstacle) if obstacle else "",
            ))  # fmt: skip
    return sorted(shown, key=lambda one: (not one.binds, one.number, one.name))
