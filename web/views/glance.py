"""How the selected projects of an edition stand, in four numbers and the first that are late."""

from collections.abc import Sequence

from msgspec import Struct

from web.http.template_context import address
from web.views.overview import Number, Reader, share
from web.views.portfolio import late_of
from workflow.overview.portfolio import Line, Totals

# Projects past a date that are named; the portfolio has all of them.
NAMED = 3


class Late(Struct, frozen=True):
    """A project with something past its date."""

    title: str
    href: str
    what: str


class Glance(Struct, frozen=True):
    """Sums in words with the addresses of their lists; shares 0 to 100 of what is planned."""

    projects: Number
    late: Number
    late_reports: Number
    planned: Number
    committed: Number
    spent: Number
    spent_share: int
    committed_share: int
    first_late: list[Late]


def glance_of(key: str, totals: Totals, lines: Sequence[Line] = ()) -> Glance | None:
    """The figures of an edition, with the first late ones of `lines`; None where nothing was selected."""
    if not totals.all.value:
        return None
    number = Reader(key).number
    return Glance(
        number(totals.all), number(totals.late), number(totals.late_reports), number(totals.planned),
        number(totals.committed), number(totals.spent),
        share(totals.spent.value, totals.planned.value), share(totals.committed.value, totals.planned.value),
        [Late(line.title, address("proposals.show", proposal_id=line.id), late_of(line)[0])
         for line in lines if line.is_late][:NAMED],
    )  # fmt: skip
