"""The agenda of a conference: its slots in their order, how the order came about, and what the screen shows now."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Base, Numbered, partial_index

ZERO = text("0")


class Agenda(Base):
    """The agenda of one conference: when it begins, the draw of its order, its freeze, since when it is public."""

    __tablename__ = "agenda"

    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), primary_key=True)
    # Counts the changes of the agenda; a form names the one that it was filled in for.
    version: Mapped[int] = mapped_column(Integer, server_default=ZERO)
    # When the first slot begins; None: with the conference.
    starts_at: Mapped[datetime | None]
    # `OrderedBy`.
    ordered_by: Mapped[str] = mapped_column(String(8), server_default=text("'hand'"))
    # SHA-256 of seed and conference, shown before the draw; the seed is shown after it.
    commitment: Mapped[str] = mapped_column(String(64))
    seed: Mapped[str] = mapped_column(String(64))
    # What was said aloud in the hall before the order was drawn.
    word: Mapped[str] = mapped_column(String(80), server_default=EMPTY)
    drawn_at: Mapped[datetime | None]
    # From this moment on a change of the order needs a reason; None: it never does.
    frozen_from: Mapped[datetime | None]
    published_at: Mapped[datetime | None]


class AgendaSlot(Numbered, Base):
    """One project, break or other item of an agenda; when it begins follows from the minutes of those before it."""

    __tablename__ = "agenda_slot"
    __table_args__ = (
        Index("ix_agenda_slot_conference_place", "conference_id", "place"),
        partial_index(
            "uq_agenda_slot_project", "conference_id", "proposal_id", where="proposal_id IS NOT NULL", unique=True
        ),
    )

    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"))
    place: Mapped[int]
    # A project, a break, or something else: `SlotKind`.
    kind: Mapped[str] = mapped_column(String(8))
    # Of a project: its own title counts, this one is empty.
    title: Mapped[str] = mapped_column(String(200), server_default=EMPTY)
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"), index=True)
    minutes: Mapped[int]
    presenter: Mapped[str] = mapped_column(String(200), server_default=EMPTY)
    # `SlotState`.
    state: Mapped[str] = mapped_column(String(8), server_default=text("'waiting'"))
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class AgendaChange(Numbered, Base):
    """What was done to an agenda: generated, drawn, published, or changed after its freeze, with the reason."""

    __tablename__ = "agenda_change"

    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class Screen(Base):
    """What the projector, the audience and the remote show now; one row, so that all of them ask for its version."""

    __tablename__ = "screen"

    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), primary_key=True)
    # Counts every press of the remote and every change of the agenda.
    version: Mapped[int] = mapped_column(Integer, server_default=ZERO)
    slot_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_slot.id"))
    # Moved on by the length of each pause, so that the time used is always the present moment less this one.
    started_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    extra_seconds: Mapped[int] = mapped_column(Integer, server_default=ZERO)
    # Which page of the slides of the project is shown, from 1; 0: its summary.
    slide: Mapped[int] = mapped_column(Integer, server_default=ZERO)
    # Who holds the remote.
    moderator_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
