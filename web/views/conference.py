"""What the pages say about conferences: where each stands in time, and what is asked for next."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import url_for

from web.http.template_context import say
from web.views.open_steps import Lead
from web.views.subject import Subject
from workflow.base.calendar import warsaw_time
from workflow.base.i18n import _
from workflow.conferences.queries import ConferenceLine, next_conference
from workflow.conferences.timing import LABELS, Timing, described, timing_of
from workflow.rules.permissions import may_see_working_papers
from workflow.rules.roles import Role

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


def timing_for(subject: Subject, at: datetime) -> Timing:
    """Where the conference of a page stands."""
    own = subject.facts.own
    return timing_of(
        subject.facts.state, own["starts_at"], own["ends_at"], edition=str(subject.edition["state"]), at=at
    )


def sentence(subject: Subject, timing: Timing) -> str:
    """Where a conference stands, as a sentence for everybody."""
    return say(described(timing, subject.facts.state))


def hours(starts: datetime | None, ends: datetime | None) -> str:
    """From when until when, by the clock in Warsaw; empty where no day is set."""
    if starts is None:
        return ""
    return f"{warsaw_time(starts)}–{warsaw_time(ends)}" if ends else warsaw_time(starts)


def lead_of(subject: Subject, timing: Timing, lead: Lead) -> Lead:
    """What is expected of the reader, true to the day: before it nobody is asked to note that it was held."""
    if not may_see_working_papers(subject.facts):
        return Lead(say(_("Nothing: this page is for reading.")), None, None)
    works = Role.STAFF in subject.facts.rights.roles
    if timing is Timing.UNNOTED and works:
        asked = _("The day has passed. Note that the conference was held, or postpone or cancel it.")
        return Lead(say(asked), None, lead.step)
    if timing in (Timing.AHEAD, Timing.TODAY, Timing.UNDER_WAY) and not (lead.step and works):
        return Lead(say(_("Nothing until the conference has been held.")), subject.facts["starts_at"], None)
    return lead
