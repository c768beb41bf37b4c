"""What the dashboard draws: bars, dots and tiles from figures, each with the address of the list behind it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from web.http import identity
from web.http.template_context import address, say
from workflow.base import i18n
from workflow.base.i18n import _
from workflow.overview.dashboard import Dashboard, Stage, TimeIn, Turn
from workflow.overview.disclosure import Counts
from workflow.overview.figures import Figure
from workflow.overview.portfolio import LIGHTS, Totals
from workflow.overview.report_times import Days, ReportTimes
from workflow.rules.choices import AGE_BANDS
from workflow.rules.role_titles import TITLES
from workflow.rules.state_counts import of_many

# Above this number of projects only median and 80 % are drawn, not a dot for each length.
DOTS = 60
# Of fewer than so many the slowest fifth is one that nobody can tell from the longest.
FIFTH = 5
# Steps of colour of a tile; the number is the message.
SHADES = 4


class Number(Struct, frozen=True):
    """A figure in the reader's words, with the address of its list."""

    text: str
    href: str
    value: int


class Bar(Struct, frozen=True):
    """One bar: its name, its number, what part of it is late; lengths are 0 to 100."""

    label: str
    number: Number
    length: int
    late: Number | None = None
    late_length: int = 0
    note: str = ""


class Strip(Struct, frozen=True):
    """The days of a state on a line, each place 0 to 100."""

    label: str
    now: Number
    been: Number
    dots: tuple[int, ...]
    median: int
    most: int
    median_words: str
    most_words: str


class Tile(Struct, frozen=True):
    """A commune: projects, people as far as they may be shown, and how dark its tile is."""

    label: str
    number: Number
    people: str
    shade: int


class Reader:
    """Puts the figures of one edition into words and addresses."""

    def __init__(
        self, edition_key: str, states: Mapping[str, str] | None = None, phases: Mapping[str, str] | None = None
    ) -> None:  # fmt: skip
        self._key, self._language = edition_key, identity.language()
        self.states, self.phases = states or {}, phases or {}
        # What several projects in a state are called.
        self.many = of_many(self._language)

    def number(self, figure: Figure) -> Number:
        """A figure as a link."""
        endpoint = "overview.portfolio" if figure.measure.of_portfolio else "lists.show"
        text = self.money(figure.value) if figure.measure.is_money else i18n.format_number(figure.value, self._language)
        # A list that opens by itself under a kept name is left out by naming an order.
        order = {} if figure.measure.of_portfolio else {"sort": "title"}
        return Number(text, address(endpoint, edition_key=self._key, **figure.filters, **order), figure.value)

    def money(self, grosze: int) -> str:
        """An amount."""
        return i18n.format_money(grosze, self._language)

    def days(self, number: int) -> str:
        """A number of days."""
        return i18n.format_days(number, self._language)

    def most(self, most: int, median: int, count: int) -> str:
        """What four of five took at most, of fewer than five the longest, where it says more than what is usual."""
        if most <= median:
            return ""
        if count < FIFTH:
            return say(_("longest: {days}", days=self.days(most)))
        return say(_("four of five: up to {days}", days=self.days(most)))

    def bars(self, named: Iterable[tuple[str, Figure]]) -> list[Bar]:
        """Bars in the order given, the longest over the whole width."""
        pairs = list(named)
        longest = max((figure.value for _label, figure in pairs), default=0)
        return [Bar(label, self.number(figure), share(figure.value, longest)) for label, figure in pairs]

    def turns(self, turns: Sequence[Turn]) -> list[Bar]:
        """Whose turn it is, with the part that is late."""
        longest = max((turn.all.value for turn in turns), default=0)
        return [
            Bar(say(TITLES[turn.role]), self.number(turn.all), share(turn.all.value, longest), self.number(turn.late),
                share(turn.late.value, longest)) for turn in turns
        ]  # fmt: skip

    def funnel(self, stages: Sequence[Stage]) -> list[Bar]:
        """The stages with what part of the one before reached each."""
        longest, before, bars = max((stage.all.value for stage in stages), default=0), 0, []
        for stage in stages:
            note = say(_("{percent} % got here", percent=share(stage.all.value, before))) if before else ""
            bars.append(Bar(self.many[stage.state], self.number(stage.all), share(stage.all.value, longest), note=note))
            before = stage.all.value
        return bars

    def strips(self, times: Sequence[TimeIn]) -> list[Strip]:
        """The lines of days, all to one scale."""
        longest = max((max(time.days, default=0) for time in times), default=0)
        return [
            Strip(self.many[time.state], self.number(time.now), self.number(time.been),
                  tuple(sorted({place(days, longest) for days in time.days})) if len(time.days) <= DOTS else (),
                  place(time.median, longest), place(time.most, longest), self.days(time.median),
                  self.most(time.most, time.median, len(time.days)))
            for time in times
        ]  # fmt: skip

    def tiles(self, communes: Mapping[str, Figure], people: Counts) -> list[Tile]:
        """The communes in the order of the edition, which is that of the schematic map."""
        longest = max((figure.value for figure in communes.values()), default=0)
        return [
            Tile(commune, self.number(figure), self.people(people.cells.get(commune, 0)),
                 -(-SHADES * figure.value // longest) if longest else 0) for commune, figure in communes.items()
        ]  # fmt: skip

    def people(self, count: int | None) -> str:
        """A count of people, or that it is withheld."""
        return say(_("withheld")) if count is None else i18n.format_number(count, self._language)

    def people_bars(self, counts: Counts, labels: Mapping[str, str]) -> list[tuple[str, str, int]]:
        """Name, count and length of each bar, those of whom nothing is known last."""
        longest = max((count or 0 for count in counts.cells.values()), default=0)
        named = sorted(counts.cells.items(), key=lambda pair: not pair[0])
        return [(labels.get(key, key) or say(_("not stated")), self.people(count), share(count or 0, longest))
                for key, count in named]  # fmt: skip

    def ages(self) -> dict[str, str]:
        """The age bands in words; an adult has none."""
        return {key: say(label) for key, label in AGE_BANDS.items()} | {"": say(_("18 and more, or not stated"))}

    def lights(self, totals: Totals) -> list[tuple[str, Number]]:
        """How many projects show each light."""
        return [(light, self.number(totals.lights[light])) for light in LIGHTS]


def place(days: int, longest: int) -> int:
    """Where a number of days stands on a line, with room for a whole dot at both ends."""
    return 3 + 94 * share(days, longest) // 100


def share(part: int, whole: int) -> int:
    """A part in per cent, rounded down; nought of nothing."""
    return min(100 * part // whole, 100) if whole else 0


def dashboard_view(
    edition: Mapping[str, Any], figures: Dashboard, states: Mapping[str, str], phases: Mapping[str, str]
) -> dict[str, Any]:  # fmt: skip
    """Everything that the template of the dashboard shows; states and phases in words."""
    reader, money, people = Reader(edition["key"], states, phases), figures.money, figures.people
    return {
        "number": reader.number, "words": reader, "all": reader.number(figures.all),
        "phases": [(reader.phases[phase.phase], reader.number(phase.all),
                    [(reader.many[state], reader.number(figure)) for state, figure in phase.states.items()])
                   for phase in figures.phases],
        "turns": reader.turns(figures.turns), "funnel": reader.funnel(figures.funnel), "stages": figures.funnel,
        "past": list(figures.funnel[0].by_conference), "strips": reader.strips(figures.times),
        "responses": [(say(TITLES[response.role]), reader.number(response.been), reader.days(response.median),
                       reader.most(response.most, response.median, response.been.value) or "–")
                      for response in figures.responses],
        "report_times": [(label, reader.days(days.median),
                          reader.most(days.most or 0, days.median, figures.reports.came.value) or "–")
                         for label, days in times_of_reports(figures.reports) if days.median is not None],
        "stuck": [(line.project, reader.states[line.project.state], say(TITLES[line.role]) if line.role else "",
                   reader.days(line.days), reader.days(line.median)) for line in figures.stuck],
        "money": money, "pool_share": share(money.selected.value, money.pool or 0),
        "asked_share": share(money.asked.value, money.pool or 0),
        "sectors": reader.bars((sector or say(_("not stated")), figure) for sector, figure in money.by_sector.items()),
        "tiles": reader.tiles(figures.communes, people.by_commune), "people": people,
        "people_sectors": reader.people_bars(people.by_sector, {}),
        "people_communes": reader.people_bars(people.by_commune, {}),
        "people_ages": reader.people_bars(people.by_age, reader.ages()),
        "reports": figures.reports, "under_way": figures.under_way, "lights": reader.lights(figures.under_way),
    }  # fmt: skip


def times_of_reports(reports: ReportTimes) -> list[tuple[str, Days]]:
    """What is counted of reports, in words."""
    return [(say(_("from the term to the report")), reports.after_term),
            (say(_("from the report to the answer of the office")), reports.to_answer)]  # fmt: skip
