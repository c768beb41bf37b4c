"""The report for the county board: the figures of the dashboard as a document, in Polish."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workflow.base.i18n import Sentence, _, format_date, format_days, format_money
from workflow.documents.blocks import Block, Grid, Text
from workflow.documents.wording import heading, paragraph, particulars, said, table
from workflow.overview.dashboard import Dashboard
from workflow.overview.disclosure import Counts
from workflow.rules.choices import AGE_BANDS
from workflow.rules.documents import LANGUAGE
from workflow.rules.registry import newest
from workflow.rules.role_titles import TITLES
from workflow.rules.state_counts import of_many

Rows = list[tuple[str, ...]]


def report(edition: Mapping[str, Any], figures: Dashboard) -> Text:
    """The document; the same figures give the same text."""
    title = said(_("Progress of the edition: report for the county board"))
    return Text(title, edition["title"], list(_blocks(edition, figures)), figures.at, LANGUAGE)


def _blocks(edition: Mapping[str, Any], figures: Dashboard) -> Iterator[Block]:
    about = [(_("Edition"), edition["title"]), (_("County"), edition["county"]),
             (_("As of"), format_date(figures.at, LANGUAGE))]  # fmt: skip
    yield particulars(_("What the report is about"), about)
    for part in (_selected, _projects, _funnel, _waiting, _money, _days, _under_way, _people):
        yield from part(figures)


def _figures(caption: Sentence, columns: Sequence[Sentence], rows: Rows) -> Grid:
    """A table of figures: what they are about in the first column, which is the widest."""
    others = range(1, len(columns))
    return table(caption, columns, rows, widths=(3, *(1 for _other in others)), numbers=others)


def _selected(figures: Dashboard) -> Iterator[Block]:
    """The sums in one sentence, then each selected project."""
    totals, states = figures.under_way, newest("proposal").states
    yield heading(_("Selected projects"))
    if not figures.selected:
        yield paragraph(_("No project has been selected yet."))
        return
    planned, spent = (format_money(figure.value, LANGUAGE) for figure in (totals.planned, totals.spent))
    yield paragraph(_(
        "Selected projects: {count}. Planned: {planned}, spent: {spent}. Projects past a date: {late}.",
        count=totals.all.value, planned=planned, spent=spent, late=totals.late.value,
    ))  # fmt: skip
    rows: Rows = [
        (f"{line.number}. {line.title}", states[line.state].label.say(LANGUAGE), format_money(line.money, LANGUAGE),
         format_money(line.plan.spent, LANGUAGE), format_date(line.late_since, LANGUAGE) if line.late_since else "–")
        for line in figures.selected
    ]  # fmt: skip
    columns = (_("Project"), _("State"), _("Money planned"), _("Spent"), _("Late since"))
    yield table(_("Selected projects"), columns, rows, widths=(5, 3, 3, 3, 3), numbers={2, 3})


def _projects(figures: Dashboard) -> Iterator[Block]:
    yield heading(_("Projects by phase"))
    labels, phases = of_many(LANGUAGE), newest("proposal").phases
    rows: Rows = []
    for phase in figures.phases:
        name = phases[phase.phase].pl
        rows.append((name, said(_("together")), str(phase.all.value)))
        rows += [(name, labels[state], str(figure.value)) for state, figure in phase.states.items()]
    rows.append((said(_("All phases")), said(_("together")), str(figures.all.value)))
    columns = (_("Phase"), _("State"), _("Projects"))
    yield table(_("Projects by phase"), columns, rows, widths=(3, 4, 1), numbers={2})


def _funnel(figures: Dashboard) -> Iterator[Block]:
    yield heading(_("From the idea to the end"))
    past, labels = list(figures.funnel[0].by_conference), of_many(LANGUAGE)
    columns = [_("Stage"), *(_("Conf. {number}", number=number) for number in past), _("today")]
    rows = [(labels[stage.state], *(str(stage.by_conference[number].value) for number in past), str(stage.all.value))
            for stage in figures.funnel]  # fmt: skip
    yield _figures(_("Projects that had reached a stage by the day of each conference"), columns, rows)


def _waiting(figures: Dashboard) -> Iterator[Block]:
    yield heading(_("Who is waited for"))
    rows: Rows = [(said(TITLES[turn.role]), str(turn.all.value), str(turn.late.value)) for turn in figures.turns]
    if not rows:
        yield paragraph(_("Nobody is waited for now."))
        return
    yield _figures(_("Who is waited for"), (_("Waits for"), _("Projects"), _("of these late")), rows)


def _money(figures: Dashboard) -> Iterator[Block]:
    yield heading(_("Money"))
    money, plans = figures.money, figures.under_way
    sums = [
        (_("Pool of the edition"), money.pool), (_("Planned in selected projects"), money.selected.value),
        (_("Asked for and not decided"), money.asked.value), (_("Bound by contracts"), plans.committed.value),
        (_("Spent"), plans.spent.value), (_("Spent on cancelled projects"), plans.spent_in_vain.value),
    ]  # fmt: skip
    rows: Rows = [(said(label), "–" if grosze is None else format_money(grosze, LANGUAGE)) for label, grosze in sums]
    yield _figures(_("Money"), (_("What"), _("Amount")), rows)
    sectors: Rows = [(sector or said(_("not stated")), format_money(figure.value, LANGUAGE))
                     for sector, figure in money.by_sector.items()]  # fmt: skip
    if sectors:
        yield _figures(_("Selected projects by sector"), (_("Sector"), _("Amount")), sectors)


def _days(figures: Dashboard) -> Iterator[Block]:
    labels = of_many(LANGUAGE)
    rows: Rows = [(labels[time.state], str(time.been.value), str(time.now.value), format_days(time.median, LANGUAGE),
                   format_days(time.most, LANGUAGE)) for time in figures.times]  # fmt: skip
    if rows:
        yield heading(_("Days in each state"))
        columns = (_("State"), _("have been"), _("are now"), _("usually"), _("four of five up to"))
        yield _figures(_("Days in each state, all projects that have been in it"), columns, rows)
        yield paragraph(USUALLY)
    if figures.stuck:
        stuck: Rows = [(f"{line.project.number}. {line.project.title}", labels[line.project.state],
                        format_days(line.days, LANGUAGE)) for line in figures.stuck]  # fmt: skip
        longest = (_("Project"), _("State"), _("Days"))
        yield table(_("Longest in one state"), longest, stuck, widths=(3, 2, 1), numbers={2})


def _under_way(figures: Dashboard) -> Iterator[Block]:
    totals = figures.under_way
    yield heading(_("Milestones and reports"))
    counts = [
        (_("Milestones of this month"), totals.due), (_("of these done"), totals.done),
        (_("Projects past a date"), totals.late), (_("Late milestones"), totals.late_milestones),
        (_("Late reports"), totals.late_reports),
        (_("Reports handed in"), figures.reports.came),
        *((label, totals.lights[light]) for light, label in LIGHTS.items()),
    ]  # fmt: skip
    rows: Rows = [(said(label), str(figure.value)) for label, figure in counts]
    yield _figures(_("Milestones and reports"), (_("What"), _("Count")), rows)
    times = figures.reports
    asked = ((_("from the term to the report"), times.after_term),
             (_("from the report to the answer of the office"), times.to_answer))  # fmt: skip
    lasted: Rows = [(said(label), format_days(days.median, LANGUAGE), format_days(days.most or 0, LANGUAGE))
                    for label, days in asked if days.median is not None]  # fmt: skip
    if lasted:
        columns = (_("Time"), _("usually"), _("four of five up to"))
        yield _figures(_("Days that progress reports take"), columns, lasted)


USUALLY = _("“Usually” is the median: half of the projects took less time, half of them more.")
LIGHTS: Mapping[str, Sentence] = {
    "red": _("Projects in trouble (red light)"), "amber": _("Projects that need attention (amber light)"),
    "green": _("Projects as planned (green light)"),
}  # fmt: skip


def _people(figures: Dashboard) -> Iterator[Block]:
    people = figures.people
    yield heading(_("Who takes part"))
    if people.total == 0:
        yield paragraph(_("Nobody has been checked in at a conference yet."))
        return
    ages = {key: said(label) for key, label in AGE_BANDS.items()} | {"": said(_("18 and more, or not stated"))}
    tables: tuple[tuple[Sentence, Counts, Mapping[str, str]], ...] = (
        (_("By sector"), people.by_sector, {}), (_("By commune"), people.by_commune, {}),
        (_("By age"), people.by_age, ages),
    )  # fmt: skip
    for caption, counts, words in tables:
        rows: Rows = [
            (words.get(key, key) or said(_("not stated")), _count(count)) for key, count in counts.cells.items()
        ]
        rows.append((said(_("Together")), _count(counts.total)))
        yield _figures(caption, (caption, _("People")), rows)
    yield paragraph(_(
        "Everybody checked in at a conference, once. Groups of fewer than five people are not shown, nor any that would"
        " give them away."
    ))  # fmt: skip


def _count(count: int | None) -> str:
    return said(_("withheld")) if count is None else str(count)
