"""The template of the ranking list: selected projects, the reserve list in its order, and what was not selected."""

from collections.abc import Iterator, Mapping

from workflow.base.i18n import Sentence, _, format_money
from workflow.documents.blocks import Block, Grid
from workflow.documents.wording import Data, heading, paragraph, table
from workflow.rules.documents import LANGUAGE
from workflow.rules.session import Outcome

SECTIONS: Mapping[str, Sentence] = {
    Outcome.SELECT: _("Selected for implementation"), Outcome.PLACE_ON_RESERVE: _("Reserve list"),
    Outcome.REJECT: _("Not selected"),
}  # fmt: skip


def title(data: Data) -> Sentence:
    """What the list is called."""
    return _("Ranking list: {edition}", edition=data["edition"])


def blocks(data: Data) -> Iterator[Block]:
    """A table for each outcome, with cost, resolution and reasons; the sum of what was selected."""
    for outcome, label in SECTIONS.items():
        rows = [row for row in data["projects"] if row["outcome"] == outcome]
        yield heading(label)
        if not rows:
            yield paragraph(_("No projects."))
            continue
        yield _table(label, rows)
        if outcome == Outcome.SELECT:
            total = sum(row["cost"] for row in rows)
            yield paragraph(_("Total: {amount}", amount=format_money(total, LANGUAGE)))


def _table(caption: Sentence, rows: list[Data]) -> Grid:
    columns = (_("No."), _("Project"), _("Sector"), _("Cost"), _("Resolution"), _("Justification"))
    cells = [(str(row["position"] or place), f"{row['project']}. {row['title']}", row["sector"],
              format_money(row["cost"], LANGUAGE), row["resolution"], row["justification"])
             for place, row in enumerate(rows, 1)]  # fmt: skip
    return table(caption, columns, cells, widths=(1, 5, 3, 3, 2, 6), numbers={0, 3})
