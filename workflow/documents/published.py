"""What is published of an edition: documents under permanent names, with who made and published them, and when."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import Connection, select

from workflow.documents.minutes import outcome
from workflow.documents.store import TEMPLATES
from workflow.documents.wording import Data, said
from workflow.models import Document, Person, Publication
from workflow.rules.documents import DocumentKind

# The order in which kinds are listed.
ORDER = (
    DocumentKind.RANKING, DocumentKind.RESOLUTION, DocumentKind.EXTRACT, DocumentKind.CORRECTION,
)  # fmt: skip
NAMES = {
    DocumentKind.RANKING: "lista-rankingowa", DocumentKind.RESOLUTION: "uchwala", DocumentKind.EXTRACT: "protokol",
    DocumentKind.CORRECTION: "sprostowanie",
}  # fmt: skip


class Published(Struct, frozen=True):
    """A published document: its name, and who made it, answers for it and published it, and when."""

    document_id: int
    kind: str
    title: str
    version: int
    produced_by: str
    produced_at: datetime
    responsible: str
    published_by: str
    published_at: datetime
    # The permanent name, which all versions share.
    name: str
    # The projects that a resolution decided about, by number and title, each with what was decided.
    projects: tuple[str, ...] = ()

    @property
    def of_version(self) -> str:
        """The permanent name of this version alone."""
        return f"{self.name}-w{self.version}"


def published_of(tx: Connection, edition_id: int) -> tuple[Published, ...]:
    """Everything published of an edition by kind, the newest version of a list first; one statement."""
    d, p = Document, Publication
    query = (
        select(d.id, d.kind, d.series, d.number, d.version, d.data, d.generated_at, p.produced_by, p.responsible,
               p.published_at, Person.name)
        .join(p, p.document_id == d.id).outerjoin(Person, Person.id == p.published_by_id)
        .where(p.edition_id == edition_id).order_by(d.series, d.number, d.version.desc())
    )  # fmt: skip
    found = [
        Published(
            row.id, row.kind, said(TEMPLATES[row.kind][0](row.data)),
            row.version, row.produced_by, row.generated_at, row.responsible, row.name or "", row.published_at, name,
            _projects(row.kind, row.data),
        ) for row in tx.execute(query) for name in [_name(row.kind, row.series, row.number)]
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: ORDER.index(DocumentKind(one.kind))))


class Resolved(Struct, frozen=True):
    """What a published resolution says about one project: its name and number, what was decided, why, and when."""

    name: str
    number: str
    outcome: str
    justification: str
    adopted_on: date


def resolved_of(tx: Connection, edition_id: int) -> Mapping[int, list[Resolved]]:
    """What the published resolutions of an edition say, by the number of the project, the oldest first.

    One statement.
    """
    d, p = Document, Publication
    query = (
        select(d.series, d.number, d.data).join(p, p.document_id == d.id)
        .where(p.edition_id == edition_id, d.kind == DocumentKind.RESOLUTION).order_by(d.series, d.number, d.version)
    )  # fmt: skip
    found: dict[int, dict[str, Resolved]] = defaultdict(dict)
    for series, number, data in tx.execute(query):
        name = _name(DocumentKind.RESOLUTION, series, number)
        for item in data["items"]:
            # Of several versions of a resolution the last one counts.
            found[item["project"]][name] = Resolved(
                name, f"{data['number']}/{data['year']}", item["outcome"], item["justification"],
                date.fromisoformat(data["adopted_on"]),
            )  # fmt: skip
    return {project: sorted(each.values(), key=lambda one: one.adopted_on) for project, each in found.items()}


def _name(kind: str, series: str, number: int) -> str:
    """A permanent name: uchwala-1-2026, protokol-3, sprostowanie-3-1."""
    part = series.rpartition("/")[2]
    if kind == DocumentKind.RANKING:
        return NAMES[DocumentKind.RANKING]
    if kind == DocumentKind.RESOLUTION:
        return f"{NAMES[DocumentKind.RESOLUTION]}-{number}-{part}"
    if kind == DocumentKind.CORRECTION:
        return f"{NAMES[DocumentKind.CORRECTION]}-{part}-{number}"
    return f"{NAMES[DocumentKind.EXTRACT]}-{number}"


def _projects(kind: str, data: Data) -> tuple[str, ...]:
    if kind != DocumentKind.RESOLUTION:
        return ()
    return tuple(f"{item['project']}. {item['title']}: {outcome(item)}" for item in data["items"])
