"""What the pages say about conferences: where each stands in time, and what is asked for next."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import g, url_for

from web.http import identity
from web.http.template_context import say
from web.views.open_steps import Lead
from web.views.subject import Subject
from workflow.base.calendar import warsaw_time
from workflow.base.i18n import Sentence, _, format_datetime, format_number
from workflow.conferences.queries import ConferenceLine, next_conference
from workflow.conferences.timing import LABELS, Timing, described, timing_of
from workflow.participation.conference_card import ConferenceCard
from workflow.rules.permissions import may_see_working_papers
from workflow.rules.roles import Role
from workflow.rules.states import EditionState

# On its day people come, and nothing has to be noted yet.
NOW = frozenset({Timing.TODAY, Timing.UNDER_WAY})
PAST = frozenset({Timing.HELD, Timing.REPORTED, Timing.UNNOTED, Timing.RESTING})


def stops(conferences: Sequence[ConferenceLine], edition: str, at: datetime) -> list[dict[str, Any]]:
    """The conferences for the drawn timeline: those past, the one that is next or now, those ahead."""
    coming = next_conference(conferences, edition, at)
    return [_stop(line, line.timing(edition, at), is_next=line is coming)
            for line in conferences if line.timing(edition, at) is not Timing.CANCELLED]  # fmt: skip


def _stop(line: ConferenceLine, timing: Timing, *, is_next: bool) -> dict[str, Any]:
    word = _("Next conference") if is_next and timing is Timing.AHEAD else LABELS[timing]
    return {
        "number": line.number,
        "title": line.theme or line.purpose or say(_("Conference {number}", number=line.number)),
        "date": line.starts_at,
        "place": line.host_commune,
        "state": "past" if timing in PAST else "current" if is_next else "future",
        "word": say(word),
        "href": url_for("conferences.show", conference_id=line.id),
    }


def shown(card: ConferenceCard) -> ConferenceCard:
    """The card of the conference that a page is about; the head of the page names its edition."""
    g.shown_edition = card.edition_key
    return card


def timing_for(subject: Subject, at: datetime) -> Timing:
    """Where the conference of a page stands."""
    own = subject.facts.own
    return timing_of(
        subject.facts.state, own["starts_at"], own["ends_at"], edition=str(subject.edition["state"]), at=at
    )


def sentence(subject: Subject, timing: Timing) -> str:
    """Where a conference stands, as a sentence for everybody."""
    if timing is Timing.HELD and subject.edition["historical"]:
        return say(_("The conference was held."))
    return say(described(timing, subject.facts.state))


def hours(starts: datetime | None, ends: datetime | None) -> str:
    """From when until when, by the clock in Warsaw; empty where no day is set."""
    if starts is None:
        return ""
    return f"{warsaw_time(starts)}–{warsaw_time(ends)}" if ends else warsaw_time(starts)


def lead_of(subject: Subject, timing: Timing, lead: Lead) -> Lead:
    """What is expected of the reader, true to the day: before it nobody is asked to note that it was held."""
    if not may_see_working_papers(subject.facts):
        return Lead("", None, None)
    works = Role.STAFF in subject.facts.rights.roles and subject.edition["state"] != EditionState.SUSPENDED
    if timing is Timing.UNNOTED and works:
        asked = _("The day has passed. Note that the conference was held, or postpone or cancel it.")
        return Lead(say(asked), None, lead.step)
    if timing in NOW or (timing is Timing.AHEAD and not (lead.step and works)):
        return Lead("", None, None)
    return lead


def now_word(timing: Timing) -> Sentence | None:
    """What stands beside the name of a conference on its day, where its state says less."""
    return LABELS[timing] if timing in NOW else None


def stopped_word(timing: Timing) -> Sentence | None:
    """What stands beside the name of a conference of a suspended edition, where its state says that people may come."""
    return LABELS[timing] if timing is Timing.SUSPENDED else None


def words_of_today(conferences: Sequence[ConferenceLine], edition: str, at: datetime) -> dict[int, str]:
    """Of each conference whose day it is: whether it is still to begin or has lasted since when."""
    words = {}
    for line in conferences:
        timing = line.timing(edition, at)
        if timing is Timing.UNDER_WAY and line.starts_at:
            words[line.id] = say(_("under way since {time}", time=warsaw_time(line.starts_at)))
        elif timing in NOW:
            words[line.id] = say(LABELS[timing])
    return words


def known_of(card: ConferenceCard, subject: Subject) -> list[tuple[str, str]]:
    """What is known of a conference beside its day and place; what nobody has entered is left out."""
    own, language = subject.facts.own, identity.language()
    figure = own["participants"]
    known = (
        (_("Places for participants"), card.capacity),
        (_("Registration until"), card.registration_until and format_datetime(card.registration_until, language)),
        (_("Participants"), None if figure is None else figure_in_words(own["participants_qualifier"], figure)),
        (_("Source"), own["participants_source"]),
    )
    return [(say(label), str(value)) for label, value in known if value not in (None, "")]


def figure_in_words(qualifier: str, participants: int) -> str:
    """A figure of attendance as its source gives it: "ok. 100" is not 100."""
    return f"{qualifier} {format_number(participants, identity.language())}".strip()
