"""What will happen, in sentences: what commands would do before somebody confirms them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from web.http import identity
from web.http.template_context import say
from web.views.subject import state_mark
from workflow.base.i18n import _, format_date, format_money
from workflow.engine.preview import Preview, PreviewedMove
from workflow.lifecycle.definition import Lifecycle
from workflow.rules.deadlines import Due


def sentences(lifecycle: Lifecycle, preview: Preview, *, letters: bool = True) -> list[str]:
    """States, letters and dates, each kind counted over all moves."""
    about_letters = _letters(preview) if letters else ()
    own = [move for move in preview.moves if move.command.ref.kind == lifecycle.kind]
    return [*_states(lifecycle, preview), *about_letters, *_shifted(preview), *_deadlines(lifecycle, own)]


def sums(edition: Mapping[str, Any], preview: Preview) -> list[str]:
    """Places and money of the edition once everything has happened, as far as it limits them."""
    lines = []
    if edition["places"] is not None:
        lines.append(say(_("Places taken then: {taken} of {places}.", taken=preview.places, places=edition["places"])))
    if edition["budget"] is not None:
        language = identity.language()
        spent, budget = (format_money(amount, language) for amount in (preview.money, edition["budget"]))
        lines.append(say(_("Money of the edition used then: {spent} of {budget}.", spent=spent, budget=budget)))
    return lines


def _states(lifecycle: Lifecycle, preview: Preview) -> Iterator[str]:
    # A record or a report, for one, leaves a subject where it is.
    entered = Counter(move.target for move in preview.moves if move.target != move.source)
    for state, count in entered.items():
        label = state_mark(lifecycle, state)["label"]
        if entered.total() == 1:
            yield say(_("The state changes to: {state}.", state=label))
        else:
            yield say(_("The state changes to: {state}. Projects: {count}.", state=label, count=count))


def _letters(preview: Preview) -> Iterator[str]:
    people, letters = len(preview.letters), sum(len(move.recipients) for move in preview.moves)
    if people == 1:
        yield say(_("One person gets a message by e-mail and in their inbox."))
    elif letters == people > 0:
        yield say(_("Messages by e-mail and in the inbox: {letters}, each to another person.", letters=letters))
    elif people:
        yield say(_("Messages by e-mail and in the inbox: {letters}, to people: {people}.", letters=letters,
                    people=people))  # fmt: skip


def _shifted(preview: Preview) -> Iterator[str]:
    if preview.shifted_terms:
        yield say(_("Running terms of projects that move: {count}.", count=preview.shifted_terms))


def _deadlines(lifecycle: Lifecycle, moves: Iterable[PreviewedMove]) -> Iterator[str]:
    seen = {(due.at.date(), due.name): due for move in moves for due in move.deadlines}
    language = identity.language()
    for _key, due in sorted(seen.items()):
        day, label = format_date(due.at, language), _label(lifecycle, due)
        if due.reminder is not None:
            yield say(_("Reminder on {day}: {label}.", day=day, label=label))
        else:
            yield say(_("Unless something is done before, on {day} the system takes the step “{label}”.", day=day,
                        label=label))  # fmt: skip


def _label(lifecycle: Lifecycle, due: Due) -> str:
    if due.reminder is not None:
        return due.reminder.label.say(identity.language())
    return lifecycle.rows_named(due.name)[0].label.say(identity.language())
