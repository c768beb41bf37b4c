"""Conflicts of interest, found from rows: a member's group, organisation, commune, or a promised partnership; pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from msgspec import Struct, field

from workflow.base.collation import fold
from workflow.base.i18n import Sentence, _

# The first words of an organisation that is a commune itself, folded.
OF_COMMUNES = frozenset({"burmistrz", "gmina", "miasto", "prezydent", "rada", "urzad", "wojt"})
# A sheet that names a person as a partner writes the whole name.
WORDS_OF_A_NAME = 2


class Source(StrEnum):
    """What a conflict follows from."""

    GROUP = "group"
    ORGANISATION = "organisation"
    COMMUNE = "commune"
    PROMISE = "promise"
    DECLARED = "declared"


class ConflictState(StrEnum):
    """How a conflict stands; found and confirmed ones bind alike."""

    FOUND = "found"
    CONFIRMED = "confirmed"
    CLEARED = "cleared"


BINDING = frozenset({ConflictState.FOUND, ConflictState.CONFIRMED})


class Answer(StrEnum):
    """What a member declares about a project."""

    IMPARTIAL = "impartial"
    CONFLICTED = "conflicted"


class Ties(Struct, frozen=True, dict=True):
    """A member of a body with the organisations that the person or a seat of the person belongs to."""

    person_id: int
    name: str
    # Folded name -> the name as written.
    organisations: Mapping[str, str] = field(default_factory=dict)
    # Communes that one of these organisations is or belongs to as an office.
    communes: frozenset[str] = frozenset()

    @cached_property
    def folded_name(self) -> str:
        """The name folded, once for all projects."""
        return fold(self.name)


class JudgedProject(Struct, frozen=True, dict=True):
    """What of a project may tie somebody to it."""

    proposal_id: int
    number: int = 0
    title: str = ""
    # Who leads it or works in its group, or did so before, also in a group that was merged into it -> whether now.
    people: Mapping[int, bool] = field(default_factory=dict)
    # The organisations of those who lead it or work in its group now, folded.
    organisations: frozenset[str] = frozenset()
    places: tuple[str, ...] = ()
    # The partners that the sheet names, one text each.
    partners: tuple[str, ...] = ()
    # Rows of the group, so that a member who has come since is noticed.
    members: frozenset[int] = frozenset()

    @cached_property
    def folded_partners(self) -> tuple[str, ...]:
        """The partners folded, once for all members."""
        return tuple(map(fold, self.partners))

    @property
    def basis(self) -> dict[str, list[int] | list[str]]:
        """Group and partners, as a declaration of impartiality keeps them."""
        return {"members": sorted(self.members), "partners": sorted(self.folded_partners)}


class ConflictOfInterest(Struct, frozen=True):
    """One conflict of one person about one project, as it stands."""

    person_id: int
    proposal_id: int
    source: Source
    state: ConflictState
    words: Sentence
    basis: tuple[str, ...] = ()
    # What somebody said about it, who and when; empty while nobody has.
    reason: str = ""
    decided_by: str = ""
    at: datetime | None = None

    @property
    def binds(self) -> bool:
        """Whether the person may neither score nor vote."""
        return self.state in BINDING


def found(ties: Ties, project: JudgedProject) -> Iterator[ConflictOfInterest]:
    """The conflicts of one member about one project, at most one of each source."""
    for source, search in _SEARCHES.items():
        basis, words = search(ties, project)
        if basis:
            yield ConflictOfInterest(ties.person_id, project.proposal_id, source, ConflictState.FOUND, words, basis)


def added_since(basis: Mapping[str, Iterable[object]], project: JudgedProject) -> bool:
    """Whether somebody came to the group or a partner to the sheet since a declaration with this basis."""
    now = project.basis
    return any(not set(now[name]) <= set(basis.get(name) or ()) for name in now)


def represented(name: str, communes: Iterable[str]) -> frozenset[str]:
    """The communes that an organisation of this name is: a commune, its office, council or head."""
    folded = fold(name)
    if not OF_COMMUNES & set(folded.split()[:1]):
        return frozenset()
    return frozenset(commune for commune in communes if _within(fold(commune), folded))


def _by_group(ties: Ties, project: JudgedProject) -> tuple[tuple[str, ...], Sentence]:
    now = project.people.get(ties.person_id)
    words = _("Works in the group of the project.") if now else _("Worked in the group of the project before.")
    return (() if now is None else ("now" if now else "before",)), words


def _by_organisation(ties: Ties, project: JudgedProject) -> tuple[tuple[str, ...], Sentence]:
    shared = sorted(ties.organisations.keys() & project.organisations)
    return tuple(shared), _("Somebody in the group belongs to the same organisation: {organisations}.",
                           organisations=_written(ties, shared))  # fmt: skip


def _by_commune(ties: Ties, project: JudgedProject) -> tuple[tuple[str, ...], Sentence]:
    # Few members come from a commune, and all of them are asked about every project.
    places = tuple(map(fold, project.places)) if ties.communes else ()
    communes = sorted(name for name in ties.communes if any(_within(fold(name), place) for place in places))
    return tuple(map(fold, communes)), _("Represents a commune in which the project takes place: {communes}.",
                                         communes=", ".join(communes))  # fmt: skip


def _by_promise(ties: Ties, project: JudgedProject) -> tuple[tuple[str, ...], Sentence]:
    partners = project.folded_partners
    names = sorted(name for name in ties.organisations if any(_within(name, partner) for partner in partners))
    own = ties.folded_name if partners else ""
    if len(own.split()) >= WORDS_OF_A_NAME and any(_within(own, partner) for partner in partners):
        return (*names, own), _("The sheet names this person as a partner.")
    return tuple(names), _("The sheet names an organisation of this person as a partner: {organisations}.",
                           organisations=_written(ties, names))  # fmt: skip


def _written(ties: Ties, folded: Iterable[str]) -> str:
    return ", ".join(ties.organisations[name] for name in folded)


def _within(phrase: str, text: str) -> bool:
    """Whether folded words stand in a folded text, as whole words."""
    return bool(phrase) and f" {phrase} " in f" {text} "


_SEARCHES = {
    Source.GROUP: _by_group,
    Source.ORGANISATION: _by_organisation,
    Source.COMMUNE: _by_commune,
    Source.PROMISE: _by_promise,
}
