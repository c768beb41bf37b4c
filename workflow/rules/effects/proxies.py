"""Then: what giving and ending a proxy writes."""

from collections.abc import Iterable
from datetime import datetime

from workflow.rules.effects.base import Change, EffectContext, effect
from workflow.rules.guards.meetings import session_of
from workflow.rules.proxies import Represented


@effect
def give_proxy(context: EffectContext, change: Change) -> None:
    """Record who lets whom vote, and the file that says so."""
    data, session = context.data, session_of(context.facts)
    file = data["file"]
    change.rows.append(("proxy", {
        "meeting_id": session.meeting_id, "from_seat_id": data["seat"], "to_seat_id": data["to_seat"],
        "given_on": data["given_on"], "file_name": file["name"], "file_type": file["type"], "file_size": file["size"],
        "file_sha256": file["sha256"], "recorded_by_id": context.actor_id, "recorded_at": context.at,
    }))  # fmt: skip


@effect
def end_proxy(context: EffectContext, change: Change) -> None:
    """A proxy ends when it is taken back, or when somebody arrives in the seat that gave it."""
    session, seat = session_of(context.facts), context.data["seat"]
    if any(proxy.from_seat == seat for proxy in session.proxies):
        _end(change, session.meeting_id, seat, context.at)


def _end(change: Change, meeting_id: int, seat: int, at: datetime) -> None:
    key = {"meeting_id": meeting_id, "from_seat_id": seat, "ended_at": None}
    change.updates.append(("proxy", key, {"ended_at": at}))


def add_represented(poll_id: int, absent: Iterable[Represented], change: Change) -> None:
    """The seats that vote by proxy are electors too, each with who casts its vote."""
    for proxy in absent:
        change.rows.append(("elector", {
            "poll_id": poll_id, "seat_id": proxy.seat.id, "person_id": proxy.giver, "cast_by_id": proxy.receiver,
            "sector": proxy.seat.sector, "recused": False, "recusal_reason": "", "voted": False,
        }))  # fmt: skip
