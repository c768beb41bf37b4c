"""Proxies from seat to seat: who votes for whom in a motion, and why a proxy cannot be given; pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from workflow.base.i18n import Sentence, _
from workflow.rules.seats import SessionSeat


class Proxy(Struct, frozen=True):
    """That the holder of a seat lets another seat vote for it in a meeting."""

    from_seat: int
    to_seat: int


class Represented(Struct, frozen=True):
    """A seat that votes by proxy: whose it is, and who casts its vote."""

    seat: SessionSeat
    giver: int
    receiver: int


def represented(
    proxies: Iterable[Proxy], seats: Iterable[SessionSeat], is_recused: Callable[[int], bool]
) -> Iterator[Represented]:
    """The seats that vote by proxy now: the giver is away, the receiver present, and neither is recused."""
    by_id = {seat.id: seat for seat in seats}
    for proxy in proxies:
        given, taken = by_id.get(proxy.from_seat), by_id.get(proxy.to_seat)
        if given is None or taken is None or given.holder is None or taken.present is None:
            continue
        if given.present is None and not (is_recused(given.holder) or is_recused(taken.present)):
            yield Represented(given, given.holder, taken.present)


def why_not(
    proxies: Iterable[Proxy], given: SessionSeat | None, taken: SessionSeat | None, *, most: int
) -> Sentence | None:
    """Why one seat cannot give another its proxy; None where it can. `most` is how many a seat may hold."""
    known = list(proxies)
    if not most:
        return _("In this edition nobody votes by proxy.")
    if given is None or taken is None or given.holder is None or taken.holder is None or given.id == taken.id:
        return _("A proxy is given by the holder of one seat to another filled seat.")
    if given.present is not None:
        return _("Somebody is present in the seat that gives the proxy.")
    if any(proxy.from_seat == given.id for proxy in known):
        return _("This seat has given a proxy already. End it first.")
    if any(proxy.to_seat == given.id or proxy.from_seat == taken.id for proxy in known):
        return _("A proxy is not passed on: whoever holds one gives none, and whoever gave one holds none.")
    if Counter(proxy.to_seat for proxy in known)[taken.id] >= most:
        return _("This seat holds as many proxies as the edition allows: {most}.", most=most)
    return None
