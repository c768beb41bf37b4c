"""The report for the county board: the figures of the dashboard as a document, in Polish."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from workflow.base.i18n import Sentence, _, format_date, format_days, format_money, say
from workflow.documents.blocks import Block, Grid, Heading, Paragraph, Text, pairs
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
    title = _say(_("Progress of the edition: report for the county board"))
    return Text(title, edition["title"], list(_blocks(edition, figures)), figures.at, LANGUAGE)


def _say(sentence: Sentence) -> str:
    return say(sentence, LANGUAGE)


def _blocks(edition: Mapping[str, Any], figures: Dashboard) -> Iterator[Block]:
    moment = format_date(figures.at, LANGUAGE)
    about = [(_say(_("Edition")), edition["title"]), (_say(_("County")), edition["county"]),
             (_say(_("As of")), moment)]  # fmt: skip
    yield pairs(_say(_("What the report is about")), (_say(_("What")), _say(_("Text"))), about)
    yield from _selected(figures)
    yield from _projects(figures)
    yield from _funnel(figures)
    yield from _waiting(figures)
    yield from _money(figures)
    yield from _days(figures)
    yield from _under_way(figures)
    yield from _people(figures)


def _table(caption: Sentence, columns: Iterable[Sentence], rows: Rows) -> Grid:
    labels = [_say(label) for label in columns]
    return Grid(
        _say(caption), labels, rows, widths=(3, *(1,) * (len(labels) - 1)), numbers=frozenset(range(1, len(labels)))
    )


def _labels() -> Mapping[str, str]:
    return of_many(LANGUAGE)


def _selected(figures: Dashboard) -> Iterator[Block]:
    """The sums in one sentence, then each selected project."""
    totals, states = figures.under_way, newest("proposal").states
    yield Heading(_say(_("Selected projects")))
    if not figures.selected:
        yield Paragraph(_say(_("No project has been selected yet.")))
        return
    planned, spent = (format_money(figure.value, LANGUAGE) for figure in (totals.planned, totals.spent))
    yield Paragraph(_say(_(
        "Selected projects: {count}. Planned: {planned}, spent: {spent}. Projects past a date: {late}.",
        count=totals.all.value, planned=planned, spent=spent, late=totals.late.value,
    )))  # fmt: skip
    rows: Rows = [
        (f"{line.number}. {line.title}", states[line.state].label.say(LANGUAGE), format_money(line.money, LANGUAGE),
         format_money(line.plan.spent, LANGUAGE), format_date(line.late_since, LANGUAGE) if line.late_since else "–")
        for line in figures.selected
    ]  # fmt: skip
    named = [_say(label) for label in (_("Project"), _("State"), _("Money planned"), _("Spent"), _("Late since"))]
    yield Grid(_say(_("Selected projects")), named, rows, widths=(5, 3, 3, 3, 3), numbers=frozenset({2, 3}))


def _projects(figures: Dashboard) -> Iterator[Block]:
    yield Heading(_say(_("Projects by phase")))
    labels, phases = _labels(), newest("proposal").phases
    rows: Rows = []
    for phase in figures.phases:
        name = phases[phase.phase].pl
        rows.append((name, _say(_("together")), str(phase.all.value)))
        rows += [(name, labels[state], str(figure.value)) for state, figure in phase.states.items()]
    rows.append((_say(_("All phases")), _say(_("together")), str(figures.all.value)))
    columns = [_say(label) for label in (_("Phase"), _("State"), _("Projects"))]
    yield Grid(_say(_("Projects by phase")), columns, rows, widths=(3, 4, 1), numbers=frozenset({2}))


def _funnel(figures: Dashboard) -> Iterator[Block]:
    yield Heading(_say(_("From the idea to the end")))
    past, labels = list(figures.funnel[0].by_conference), _labels()
    columns = [_("Stage"), *(_("Conf. {number}", number=number) for number in past), _("today")]
    rows = [(labels[stage.state], *(str(stage.by_conference[number].value) for number in past), str(stage.all.value))
            for stage in figures.funnel]  # fmt: skip
    yield _table(_("Projects that had reached a stage by the day of each conference"), columns, rows)


def _waiting(figures: Dashboard) -> Iterator[Block]:
    yield Heading(_say(_("Who is waited for")))
    rows: Rows = [(_say(TITLES[turn.role]), str(turn.all.value), str(turn.late.value)) for turn in figures.turns]
    if not rows:
        yield Paragraph(_say(_("Nobody is waited for now.")))
        return
    yield _table(_("Who is waited for"), (_("Waits for"), _("Projects"), _("of these late")), rows)


def _money(figures: Dashboard) -> Iterator[Block]:
    yield Heading(_say(_("Money")))
    money, plans = figures.money, figures.under_way
    sums = [
        (_("Pool of the edition"), money.pool), (_("Planned in selected projects"), money.selected.value),
        (_("Asked for and not decided"), money.asked.value), (_("Bound by contracts"), plans.committed.value),
        (_("Spent"), plans.spent.value), (_("Spent on cancelled projects"), plans.spent_in_vain.value),
    ]  # fmt: skip
    rows: Rows = [(_say(label), "–" if grosze is None else format_money(grosze, LANGUAGE)) for label, grosze in sums]
    yield _table(_("Money"), (_("What"), _("Amount")), rows)
    sectors: Rows = [(sector or _say(_("not stated")), format_money(figure.value, LANGUAGE))
                     for sector, figure in money.by_sector.items()]  # fmt: skip
    if sectors:
        yield _table(_("Selected projects by sector"), (_("Sector"), _("Amount")), sectors)


def _days(figures: Dashboard) -> Iterator[Block]:
    labels = _labels()
    rows: Rows = [(labels[time.state], str(time.been.value), str(time.now.value), format_days(time.median, LANGUAGE),
                   format_days(time.most, LANGUAGE)) for time in figures.times]  # fmt: skip
    if rows:
        yield Heading(_say(_("Days in each state")))
        columns = (_("State"), _("have been"), _("are now"), _("usually"), _("four of five up to"))
        yield _table(_("Days in each state, all projects that have been in it"), columns, rows)
        yield Paragraph(_say(USUALLY))
    if figures.stuck:
        stuck: Rows = [(f"{line.project.number}. {line.project.title}", labels[line.project.state],
                        format_days(line.days, LANGUAGE)) for line in figures.stuck]  # fmt: skip
        named = [_say(label) for label in (_("Project"), _("State"), _("Days"))]
        caption = _say(_("Longest in one state"))
        yield Grid(caption, named, stuck, widths=(3, 2, 1), numbers=frozenset({2}))


def _under_way(figures: Dashboard) -> Iterator[Block]:
    totals = figures.under_way
    yield Heading(_say(_("Milestones and reports")))
    counts = [
        (_("Milestones of this month"), totals.due), (_("of these done"), totals.done),
        (_("Projects past a date"), totals.late), (_("Late milestones"), totals.late_milestones),
        (_("Late reports"), totals.late_reports),
        (_("Reports handed in"), figures.reports.came),
        *((label, totals.lights[light]) for light, label in LIGHTS.items()),
    ]  # fmt: skip
    rows: Rows = [(_say(label), str(figure.value)) for label, figure in counts]
    yield _table(_("Milestones and reports"), (_("What"), _("Count")), rows)
    times = figures.reports
    asked = ((_("from the term to the report"), times.after_term),
             (_("from the report to the answer of the office"), times.to_answer))  # fmt: skip
    lasted: Rows = [(_say(label), format_days(days.median, LANGUAGE), format_days(days.most or 0, LANGUAGE))
                    for label, days in asked if days.median is not None]  # fmt: skip
    if lasted:
        columns = (_("Time"), _("usually"), _("four of five up to"))
        yield _table(_("Days that progress reports take"), columns, lasted)


USUALLY = _("“Usually” is the median: half of the projects took less time, half of them more.")
LIGHTS: Mapping[str, Sentence] = {
    "red": _("Projects in trouble (red light)"), "amber": _("Projects that need attention (amber light)"),
    "green": _("Projects as planned (green light)"),
}  # fmt: skip


def _people(figures: Dashboard) -> Iterator[Block]:
    people = figures.people
    yield Heading(_say(_("Who takes part")))
    if people.total == 0:
        yield Paragraph(_say(_("Nobody has been checked in at a conference yet.")))
        return
    ages = {key: _say(label) for key, label in AGE_BANDS.items()} | {"": _say(_("18 and more, or not stated"))}
    tables: tuple[tuple[Sentence, Counts, Mapping[str, str]], ...] = (
        (_("By sector"), people.by_sector, {}), (_("By commune"), people.by_commune, {}),
        (_("By age"), people.by_age, ages),
    )  # fmt: skip
    for caption, counts, words in tables:
        rows: Rows = [
            (words.get(key, key) or _say(_("not stated")), _count(count)) for key, count in counts.cells.items()
        ]
        rows.append((_say(_("Together")), _count(counts.total)))
        yield _table(caption, (caption, _("People")), rows)
    yield Paragraph(_say(_(
        "Everybody checked in at a conference, once. Groups of fewer than five people are not shown, nor any that would"
        " give them away."
    )))  # fmt: skip


def _count(count: int | None) -> str:
    return _say(_("withheld")) if count is None else str(count)
