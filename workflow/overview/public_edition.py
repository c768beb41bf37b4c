"""What an edition amounts to for everybody: its public projects with money, promises and resolutions, and the sums."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, select

from workflow.documents.published import Resolved, resolved_of
from workflow.editions.queries import Chosen
from workflow.files.public_pictures import Picture, pictures_of
from workflow.models import Proposal
from workflow.models.base import table_of
from workflow.overview.public_project import Account, PromiseResult, accounts_of
from workflow.proposals.filters import seen
from workflow.rules.lateness import counted_at
from workflow.rules.states import FUNDED, ProposalState

_P = table_of(Proposal).c
OWN = (*Chosen.__struct_fields__, "sector", "area", "cost")
_COLUMNS = (*(_P[name] for name in OWN), _P.sheet["places"].label("places"))
# States in which a project has been carried out to its end.
FINISHED = frozenset({ProposalState.COMPLETED, ProposalState.SETTLED})


class PublicProject(Chosen, frozen=True):
    """A project as everybody may read of it; sums in grosze."""

    sector: str
    area: str
    cost: int | None
    places: tuple[str, ...]
    account: Account
    resolutions: tuple[Resolved, ...]
    pictures: tuple[Picture, ...] = ()

    @property
    def is_funded(self) -> bool:
        """Whether it takes a place and money of the edition."""
        return self.state in FUNDED

    @property
    def is_finished(self) -> bool:
        """Whether it has been carried out to its end."""
        return self.state in FINISHED

    @property
    def money(self) -> int | None:
        """What the plan of now allows for; before there is one, what it was to cost."""
        return self.account.planned if self.account.lines else self.cost


class PublicTotals(Struct, frozen=True):
    """Sums over public projects; money in grosze."""

    projects: int
    funded: int
    finished: int
    money: int
    spent: int
    promises: Mapping[PromiseResult, int]

    @property
    def all_promises(self) -> int:
        """How many promises there are."""
        return sum(self.promises.values())


def public_projects(
    tx: Connection, edition: Mapping[str, Any], visible: frozenset[str] | None, *, at: datetime, only: int | None = None
) -> tuple[PublicProject, ...]:
    """The projects of an edition that are visible in these states (None: all of them), by number; seven statements.

    With `only` the one project whose row has this number, if it is among them.

    `visible` is what `queries.visible_states` says of a visitor. The account of a historical record is empty. What a
    resolution says is read from the published document, so that nothing that waits for an announcement is in it.
    """
    query = select(*_COLUMNS).where(_P.edition_id == edition["id"], *seen(visible)).order_by(_P.number)
    rows: Any = tx.execute(query if only is None else query.where(_P.id == only)).all()
    late_at = counted_at(edition, at)
    accounts = {} if edition["historical"] else accounts_of(tx, [row.id for row in rows], at=late_at)
    resolved, pictures = resolved_of(tx, edition["id"]), pictures_of(tx, [row.id for row in rows])
    return tuple(
        PublicProject(**{name: getattr(row, name) for name in OWN}, places=tuple(row.places or ()),
                      account=accounts.get(row.id, Account()), resolutions=tuple(resolved.get(row.number, ())),
                      pictures=tuple(pictures.get(row.id, ())))
        for row in rows
    )  # fmt: skip


def totals_of(projects: Iterable[PublicProject]) -> PublicTotals:
    """The sums of a page and of its files; money and promises are those of funded projects alone; pure."""
    every = tuple(projects)
    funded = [project for project in every if project.is_funded]
    return PublicTotals(
        len(every), len(funded), sum(project.is_finished for project in every),
        sum(project.money or 0 for project in funded), sum(project.account.spent for project in funded),
        {result: sum(project.account.counts[result] for project in funded) for result in PromiseResult},
    )  # fmt: skip
