"""What the pages of an agenda show: the clock of the present slot, the screen, and the reader's part in it."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection

from web.http import identity, live
from web.views.subject import Subject, find
from workflow.base.errors import NotFound
from workflow.base.i18n import Sentence, _
from workflow.presentations.actions import Done
from workflow.presentations.agenda import AgendaView
from workflow.presentations.queries import read_agenda
from workflow.rules.facts import Ref
from workflow.rules.permissions import may_see_working_papers
from workflow.rules.roles import Role
from workflow.rules.states import EditionState, SlotState

HOSTS = frozenset({Role.STAFF, Role.ANIMATOR})
MODERATORS = HOSTS | {Role.COMMITTEE_CHAIR}
# As much of a summary as people in the hall read while somebody speaks.
LINES, LONGEST = 3, 130
CHANGES: dict[str, Sentence] = {
    Done.GENERATED: _("Drawn up from the admitted projects"),
    Done.DRAWN: _("Order drawn"),
    Done.BY_THEME: _("Ordered by sector"),
    Done.BY_HAND: _("Order changed by hand"),
    Done.SLOTS: _("Items changed"),
    Done.PUBLISHED: _("Made public"),
    Done.WITHDRAWN: _("Taken back from the public"),
}
STATES: dict[str, tuple[Sentence, str, str]] = {
    SlotState.WAITING: (_("waits"), "", "circle"),
    SlotState.ON: (_("on now"), "start", "play"),
    SlotState.DONE: (_("finished"), "done", "check"),
    SlotState.ABSENT: (_("nobody came"), "wait", "user-x"),
}


class Clock(Struct, frozen=True):
    """The time of the present slot at one moment, in seconds; the script counts on from it."""

    left: int
    total: int
    runs: bool

    @property
    def text(self) -> str:
        """Minutes and seconds; a plus before what is over the time."""
        minutes, seconds = divmod(abs(self.left), 60)
        return f"{'+' if self.left < 0 else ''}{minutes}:{seconds:02d}"

    @property
    def share(self) -> int:
        """What is left of the time, in whole per cent."""
        return max(0, min(100, self.left * 100 // self.total)) if self.total else 0


def clock_of(agenda: AgendaView, at: datetime) -> Clock | None:
    """The clock of the slot that is on."""
    slot, screen = agenda.now, agenda.screen
    if slot is None:
        return None
    return Clock(agenda.seconds_left(at), slot.minutes * 60 + screen.extra_seconds, screen.paused_at is None)


def points_of(summary: str) -> list[str]:
    """The first sentences of a summary, short enough to be read from the back of the hall."""
    sentences = [part.strip() for line in summary.splitlines() for part in line.replace(". ", ".\n").splitlines()]
    shown = [text for text in sentences if text][:LINES]
    return [text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…" for text in shown]


class Stage(Struct, frozen=True):
    """A conference with its agenda, as far as the reader may see it."""

    subject: Subject
    agenda: AgendaView | None
    mark: live.LiveMark | None

    @property
    def roles(self) -> frozenset[str]:
        """The reader's roles in the edition."""
        return frozenset(self.subject.facts.rights.roles)

    @property
    def hosts(self) -> bool:
        """Whether the reader draws up the agenda."""
        return bool(self.roles & HOSTS)

    @property
    def moderates(self) -> bool:
        """Whether the reader may hold the remote."""
        return bool(self.roles & MODERATORS)

    def values(self) -> dict[str, Any]:
        """What every template of the agenda needs."""
        at, agenda = identity.at(), self.agenda
        now = agenda.now if agenda else None
        return {
            "subject": self.subject, "own": self.subject.facts.own, "agenda": agenda, "mark": self.mark, "at": at,
            "clock": clock_of(agenda, at) if agenda else None, "points": points_of(now.summary) if now else [],
            "slide": min(agenda.screen.slide, now.slides) if agenda and now else 0,
            "hosts": self.hosts, "moderates": self.moderates, "slot_states": STATES,
            "conference_id": self.subject.ref.id,
        }  # fmt: skip


def visible_conference(tx: Connection, conference_id: int) -> Subject:
    """The conference; NotFound where it does not exist for the reader, as on its own page."""
    subject = find(tx, Ref("conference", conference_id), None)
    if subject.edition["state"] == EditionState.DRAFT and not may_see_working_papers(subject.facts):
        raise NotFound
    return subject


def stage_of(tx: Connection, conference_id: int, *, drafts: bool = False, live_kind: str = "screen") -> Stage:
    """The conference with its agenda; NotFound for whoever may not see it, and before the agenda is public.

    With `drafts` hosts get a conference without an agenda too, so that they can draw one up.
    """
    mark = live.mark(tx, live_kind, conference_id)
    subject = visible_conference(tx, conference_id)
    stage = Stage(subject, read_agenda(tx, conference_id), mark)
    is_public = stage.agenda is not None and stage.agenda.published_at is not None
    if not (is_public or (stage.moderates and (stage.agenda or (drafts and stage.hosts)))):
        raise NotFound
    return stage
