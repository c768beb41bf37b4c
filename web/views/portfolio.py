"""The portfolio in the reader's words."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from msgspec import Struct

from web.http import identity
from web.http.template_context import address, say
from web.views.overview import Reader, share
from web.views.spreadsheet import DAY, MONEY, Column
from web.views.subject import marks_of
from workflow.base import i18n
from workflow.base.calendar import warsaw_date
from workflow.base.i18n import Sentence, _
from workflow.overview.figures import Measure
from workflow.overview.portfolio import ADDED, Line, Show, narrowed
from workflow.proposals.filters import UNSTATED
from workflow.rules.states import ProposalState

# What the last row adds up.
SUMS = (Measure.PLANNED, Measure.COMMITTED, Measure.SPENT)
# Projects on one page.
PAGE = 50
SHOWN: Mapping[str, Sentence] = {
    Show.LATE: _("late"),
    Show.LATE_MILESTONES: _("with late milestones"),
    Show.LATE_REPORT: _("with a late report"),
    Show.THIS_MONTH: _("with milestones of this month"),
    Show.RED: _("red light"),
    Show.AMBER: _("amber light"),
    Show.GREEN: _("green light"),
    Show.CANCELLED: _("cancelled projects"),
}
LIGHT_WORDS: Mapping[str, Sentence] = {
    Show.RED: _("in trouble"), Show.AMBER: _("needs attention"), Show.GREEN: _("as planned"),
}  # fmt: skip
# What is said in place of a light where none can be there yet.
NO_LIGHT: Mapping[str, Sentence] = {
    ProposalState.SELECTED: _("not begun yet"), ProposalState.IN_IMPLEMENTATION: _("no report yet"),
    ProposalState.SUSPENDED: _("no report yet"),
}  # fmt: skip
TERMS: Mapping[str, Sentence] = {
    ProposalState.SUSPENDED: _("planned day of resuming"), ProposalState.COMPLETED: _("settlement"),
}  # fmt: skip


class Row(Struct, frozen=True):
    """A project of the portfolio; sums as words, bars 0 to 100 of what is planned."""

    id: int
    number: int
    title: str
    url: str
    mark: Mapping[str, str]
    coordinator: str
    light: str
    light_words: str
    next_day: str
    next_what: str
    late: list[str]
    planned: str
    # Whether what is planned is still the cost of the sheet.
    by_sheet: bool
    committed: str
    # Whether anything is bound by contracts.
    binds: bool
    spent: str
    spent_share: int
    committed_share: int


def portfolio_view(
    edition: Mapping[str, Any], lines: Sequence[Line], show: str, sector: str, start: str
) -> dict[str, Any]:  # fmt: skip
    """Everything that the template of the portfolio shows; `start` counts the projects on the pages before."""
    reader, shown = Reader(edition["key"]), narrowed(lines, show, sector)
    first = int(start) if start.isascii() and start.isdigit() and len(start) < PAGE // 10 else 0
    of_sector = {"sector": sector} if sector else {}
    narrow = {**({"show": show} if show in SHOWN else {}), **of_sector}

    def url(**more: Any) -> str:
        return address("overview.portfolio", edition_key=edition["key"], **more)

    chips = [("", say(_("all")), len(narrowed(lines, "", sector)), url(**of_sector))]
    chips += [(key, say(label), len(narrowed(lines, key, sector)), url(show=str(key), **of_sector))
              for key, label in SHOWN.items()]  # fmt: skip
    return {
        "rows": rows(shown[first : first + PAGE], reader), "show": show if show in SHOWN else "",
        "sector": say(_("not stated")) if sector == UNSTATED else sector,
        "without_sector": url(**{key: value for key, value in narrow.items() if key == "show"}), "count": len(shown),
        "chips": [chip for chip in chips if chip[2] or chip[0] in ("", show)],
        "next_url": url(**narrow, **{"from": first + PAGE}) if len(shown) > first + PAGE else None,
        "first_url": url(**narrow) if first else None,
        "totals": {measure.value: reader.money(sum(map(ADDED[measure], shown))) for measure in SUMS},
        "file": address("overview.portfolio_csv", edition_key=edition["key"], **narrow),
    }  # fmt: skip


def rows(lines: Sequence[Line], reader: Reader) -> list[Row]:
    """Lines in the reader's words."""
    return [_row(line, mark, _address(line), reader) for line, mark in zip(lines, marks_of(lines), strict=True)]


def _address(line: Line) -> str:
    """The plan of a project that something is still expected of, else its page."""
    return address("implementation.show" if line.moves else "proposals.show", proposal_id=line.id)


def _row(line: Line, mark: Mapping[str, str], url: str, reader: Reader) -> Row:
    plan = line.plan
    return Row(
        line.id, line.number, line.title, url, mark, coordinator_of(line), line.light,
        _light(line), _day(line), _what(line),
        list(late_of(line)), reader.money(line.money), plan.accepted_at is None, reader.money(plan.committed),
        plan.committed > 0,
        reader.money(plan.spent), share(plan.spent, line.money), share(plan.committed, line.money),
    )  # fmt: skip


def coordinator_of(line: Line) -> str:
    """Who leads the project on; a pupil is not named, since the chair reads this page too."""
    if line.coordinator_is_minor:
        return say(_("a pupil"))
    return line.coordinator or say(_("no coordinator"))


def _light(line: Line) -> str:
    if line.light:
        return say(LIGHT_WORDS[line.light])
    return say(NO_LIGHT[line.state]) if line.state in NO_LIGHT else ""


def _day(line: Line) -> str:
    return i18n.format_date(line.next_at, identity.language()) if line.next_at else ""


def _what(line: Line) -> str:
    if line.next_at is None:
        return ""
    if line.next_is_report:
        return say(_("report"))
    if line.next_at == line.due_at:
        return term_of(line)
    return line.next_milestone.title if line.next_milestone else ""


def term_of(line: Line) -> str:
    """What the own term of a project is for, in its state."""
    return say(TERMS.get(line.state, _("term of the project")))


def late_of(line: Line) -> list[str]:
    """What of a project is late, each with its day."""
    language, late = identity.language(), []
    if line.term_is_late and line.due_at:
        day = i18n.format_date(line.due_at, language)
        late.append(say(_("{milestone}, due {day}", milestone=term_of(line), day=day)))
    if line.report_is_late and line.report_due_at:
        late.append(say(_("report, due {day}", day=i18n.format_date(line.report_due_at, language))))
    late += [
        say(_("{milestone}, due {day}", milestone=milestone.title, day=i18n.format_date(milestone.due_at, language)))
        for milestone in line.late_milestones if milestone.due_at
    ]  # fmt: skip
    return late


def _money(measure: Measure) -> Callable[[Line], Decimal]:
    return lambda line: Decimal(ADDED[measure](line)) / 100


def _count(measure: Measure) -> Callable[[Line], int]:
    return lambda line: ADDED[measure](line)


# The columns of the portfolio as a file; the figures of the dashboard are sums over them.
COLUMNS: tuple[Column, ...] = (
    Column(_("Number"), lambda line: line.number, 8),
    Column(_("Title"), lambda line: line.title, 50),
    Column(_("State"), lambda line: str(marks_of([line])[0]["label"]), 20),
    Column(_("Light"), _light, 16),
    Column(_("Coordinator"), coordinator_of, 24),
    Column(_("Next date"), lambda line: warsaw_date(line.next_at) if line.next_at else None, 14, DAY),
    Column(_("Late"), lambda line: "; ".join(late_of(line)), 50),
    Column(_("Milestones of this month"), _count(Measure.DUE), 12),
    Column(_("of these done"), _count(Measure.DONE), 12),
    Column(_("Late milestones"), _count(Measure.LATE_MILESTONES), 12),
    Column(_("Reports handed in"), _count(Measure.REPORTS), 12),
    Column(_("Money planned"), _money(Measure.PLANNED), 16, MONEY),
    Column(_("Bound by contracts"), _money(Measure.COMMITTED), 16, MONEY),
    Column(_("Spent"), _money(Measure.SPENT), 16, MONEY),
)


def file_columns(unanswered: Mapping[int, Sequence[str]]) -> tuple[Column, ...]:
    """The columns of the file, the last with what nobody answers for since an account was closed, as on the page."""
    return (*COLUMNS, Column(_("Nobody answers for"), lambda line: "; ".join(unanswered.get(line.id, ())), 50))
