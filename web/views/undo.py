"""What the page of an undoing shows: its consequences, who loses a letter, and the correction that others get."""

from collections.abc import Collection, Mapping

from msgspec import Struct
from sqlalchemy import Connection

from web.http import identity
from web.http.template_context import say
from web.views.preview import sentences
from web.views.subject import Subject, find
from workflow.base.i18n import _
from workflow.notifications.letter_subjects import office_of
from workflow.notifications.letter_texts import texts_of
from workflow.notifications.messages import Correction, Letter, LetterFacts, compose
from workflow.notifications.withdrawals import Addressee, Fate, StepLetter
from workflow.operations.undoing import UndoPlan, plan_undo
from workflow.rules.facts import Ref
from workflow.rules.topics import Audience, Topic


class UndoView(Struct, frozen=True):
    """Everything on the page beside the step itself."""

    consequences: tuple[str, ...]
    withdrawn: tuple[str, ...]
    corrected: tuple[str, ...]
    # As whoever reads it in the language of the page would get it; None where nobody got a letter.
    correction: Letter | None
    digest: str
    fates: Mapping[int, Fate]
    names: Mapping[int, str]

    @property
    def sent_fates(self) -> str:
        """What becomes of each letter, for the form to send back."""
        return ",".join(f"{person}:{fate}" for person, fate in sorted(self.fates.items()))

    def differences(self, people: Collection[int]) -> list[str]:
        """What has changed for these people since the page was opened."""
        return [_difference(self.fates[person], self.names[person]) for person in people if person in self.fates]


def _difference(fate: Fate, name: str) -> str:
    if fate is Fate.CORRECTED:
        return say(_("The message has reached {name}, who now gets a correction.", name=name))
    return say(_("The message to {name} is withdrawn now.", name=name))


def undo_view(tx: Connection, subject: Subject, plan: UndoPlan) -> UndoView:
    """The page from the plan; nothing will happen where the undoing would be refused."""
    everybody = [one for letter in plan.letters for one in letter.addressees]
    lines: list[str] = []
    if plan.preview.moves:
        kept = say(_("Nothing is deleted: the history keeps the step and this correction."))
        lines = [*sentences(subject.lifecycle, plan.preview, letters=not plan.reaches_anybody), kept]
    return UndoView(
        tuple(lines), _names(everybody, Fate.WITHDRAWN), _names(everybody, Fate.CORRECTED),
        _correction(tx, subject, plan.letters), plan.digest, plan.fates, {one.id: one.name for one in everybody},
    )  # fmt: skip


def _names(everybody: Collection[Addressee], fate: Fate) -> tuple[str, ...]:
    return tuple(sorted({one.name for one in everybody if one.fate is fate}))


def _correction(tx: Connection, subject: Subject, letters: Collection[StepLetter]) -> Letter | None:
    """The correction of the first letter that somebody got; a step tells one thing."""
    letter = next((letter for letter in letters if letter.of(Fate.CORRECTED)), None)
    if letter is None:
        return None
    own, edition, language = subject.facts.own, subject.facts.edition, identity.language()
    office, contact = office_of(edition)
    facts = LetterFacts(
        number=0, topic=Topic.CORRECTED, ref=letter.ref, at=identity.at(), title=subject.title,
        subject_number=own.get("number") or 0, edition=edition["title"], edition_key=edition["key"],
        audiences=frozenset({Audience.CORRECTED}), edition_id=edition["id"], office=office, contact=contact,
        corrects=Correction(letter.subjects, letter.at),
    )  # fmt: skip
    return compose(facts, texts_of(tx, edition["id"], language)[Topic.CORRECTED], language)


def usual_words(tx: Connection, ref: Ref) -> str:
    """The text of the correction if nobody changes it, as the page of the reader shows it."""
    subject = find(tx, ref, scope=None)
    letter = _correction(tx, subject, plan_undo(tx, ref, actor=identity.actor(), at=identity.at()).letters)
    return letter.happened if letter else ""
