"""Where the states of a drawn lifecycle stand, and which way the arrows between them run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from workflow.lifecycle.definition import Lifecycle, Step

BOX_WIDTH, BOX_HEIGHT, ROW = 152, 50, 88
TRACK, PADDING, EDGE, HEADER = 11, 16, 12, 34
COLUMNS = 5
# Four heights at which arrows touch a box: (side, entering) apart, so that no two directions share a line.
PORTS = {("right", False): -15, ("left", True): -5, ("right", True): 5, ("left", False): 15}

Arrow = tuple[str, str]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Layout:
    """The finished geometry, in pixels."""

    width: float
    height: float
    columns: tuple[tuple[str, ...], ...]
    lefts: tuple[float, ...]
    boxes: dict[str, Point]
    routes: dict[Arrow, tuple[Point, ...]]
    main: frozenset[Arrow]


@cache
def arrows(lifecycle: Lifecycle) -> Mapping[Arrow, tuple[Step, ...]]:
    """Every (state left, state entered) with the steps that lead this way, records left out."""
    found: dict[Arrow, tuple[Step, ...]] = {}
    for step in lifecycle.steps:
        for source in step.sources:
            for target in lifecycle.targets(step, source):
                if source != target and step not in found.get((source, target), ()):
                    found[source, target] = (*found.get((source, target), ()), step)
    return found


def main_way(lifecycle: Lifecycle, ways: Iterable[Arrow]) -> tuple[str, ...]:
    """The shortest way from the initial state to the first final one: the life as it is meant to be.

    States that remember are left out, since they only interrupt.
    """
    ways = [way for way in ways if not lifecycle.states[way[1]].remembers]
    goal = next((key for key, state in lifecycle.states.items() if state.kind == "final"), lifecycle.initial)
    paths: dict[str, tuple[str, ...]] = {lifecycle.initial: (lifecycle.initial,)}
    waiting = [lifecycle.initial]
    for state in waiting:
        for source, target in ways:
            if source == state and target not in paths:
                paths[target] = (*paths[state], target)
                waiting.append(target)
    return paths.get(goal, (lifecycle.initial,))


@cache
def lay_out(lifecycle: Lifecycle) -> Layout:
    """A column for each phase, the main way on top; arrows into one state share one track."""
    ways = arrows(lifecycle)
    main = main_way(lifecycle, ways)
    return _Plan(_columns(lifecycle, main), tuple(ways), main).finish()


def _columns(lifecycle: Lifecycle, main: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    states = list(lifecycle.states)
    if not lifecycle.phases:
        size = -(-len(states) // COLUMNS)
        return tuple(tuple(states[at : at + size]) for at in range(0, len(states), size))

    def on_top(state: str) -> tuple[int, int]:
        return (main.index(state), 0) if state in main else (len(main), states.index(state))

    by_phase = ([key for key in states if lifecycle.states[key].phase == phase] for phase in lifecycle.phases)
    return tuple(tuple(sorted(column, key=on_top)) for column in by_phase)


class _Plan:
    """Gives each target a track in the gutters that its arrows run through, then measures everything."""

    def __init__(self, columns: tuple[tuple[str, ...], ...], ways: tuple[Arrow, ...], main: tuple[str, ...]) -> None:
        self.columns, self.ways = columns, ways
        self.place = {state: (at, row) for at, one in enumerate(columns) for row, state in enumerate(one)}
        self.main = frozenset(pairwise(main))
        self.tracks: dict[int, list[tuple[str, str]]] = {at: [] for at in range(len(columns) + 1)}
        self.above: list[str] = []
        self.below: list[str] = []
        for way in ways:
            self._reserve(*way)
        for gutter, tracks in self.tracks.items():
            tracks.sort(key=lambda track, gutter=gutter: self._order(gutter, track))  # type: ignore[misc]

    def _beside(self, source: str, target: str) -> bool:
        """Whether a straight line does: neighbours in one column, or on one row of neighbouring columns."""
        (left, top), (right, bottom) = self.place[source], self.place[target]
        return (left == right and abs(top - bottom) == 1) or (right == left + 1 and top == bottom)

    def _gutters(self, source: str, target: str) -> tuple[int, int]:
        """The gutter in which the arrow starts, and the one in which it ends."""
        left, right = self.place[source][0], self.place[target][0]
        if left == right:
            return left + 1, left + 1
        return (left + 1, right) if left < right else (left, right + 1)

    def _reserve(self, source: str, target: str) -> None:
        if self._beside(source, target):
            return
        start, end = self._gutters(source, target)
        wanted = [(end, (target, "in"))] if start == end else [(start, (target, "out")), (end, (target, "in"))]
        for gutter, track in wanted:
            if track not in self.tracks[gutter]:
                self.tracks[gutter].append(track)
        lane = self.below if start < end else self.above
        if start != end and target not in lane:
            lane.append(target)

    def _order(self, gutter: int, track: tuple[str, str]) -> tuple[int, int]:
        """Tracks into the column on the left stand left, those into the right one right, passing ones between."""
        column, row = self.place[track[0]]
        if track[1] == "out":
            return 1, column
        return (0, row) if column < gutter else (2, -row)

    def finish(self) -> Layout:
        lefts, x = [], 0.0
        starts = []
        for at in range(len(self.columns) + 1):
            count = len(self.tracks[at])
            starts.append(x + PADDING)
            x += (2 * PADDING + TRACK * (count - 1)) if count else EDGE if at in (0, len(self.columns)) else 44
            if at < len(self.columns):
                lefts.append(x)
                x += BOX_WIDTH
        top = HEADER + 14 + TRACK * len(self.above) + PADDING
        bottom = top + ROW * max(map(len, self.columns)) - (ROW - BOX_HEIGHT) + PADDING + 8
        boxes: dict[str, Point] = {state: (lefts[at], top + ROW * row) for state, (at, row) in self.place.items()}
        height = bottom + TRACK * len(self.below)
        self._starts, self._boxes = starts, boxes
        self._lanes = {("above", key): HEADER + 14 + TRACK * at for at, key in enumerate(self.above)}
        self._lanes |= {("below", key): bottom + TRACK * at for at, key in enumerate(self.below)}
        routes = {way: self._route(*way) for way in self.ways}
        return Layout(x, height, self.columns, tuple(lefts), boxes, routes, self.main)

    def _track(self, gutter: int, target: str, role: str) -> float:
        return self._starts[gutter] + TRACK * self.tracks[gutter].index((target, role))

    def _port(self, state: str, side: str, *, entering: bool) -> Point:
        x, y = self._boxes[state]
        # Arrows begin under their box, because some boxes have round ends.
        under = 0 if entering else 8
        x = x + BOX_WIDTH - under if side == "right" else x + under
        return x, y + BOX_HEIGHT / 2 + PORTS[side, entering]

    def _route(self, source: str, target: str) -> tuple[Point, ...]:
        if self._beside(source, target):
            return self._straight(source, target)
        start, end = self._gutters(source, target)
        first = self._port(source, "right" if start > self.place[source][0] else "left", entering=False)
        last = self._port(target, "right" if end > self.place[target][0] else "left", entering=True)
        into = self._track(end, target, "in")
        if start == end:
            return first, (into, first[1]), (into, last[1]), last
        out, lane = (
            self._track(start, target, "out"),
            self._lanes["below" if start < end else "above", target],
        )
        return first, (out, first[1]), (out, lane), (into, lane), (into, last[1]), last

    def _straight(self, source: str, target: str) -> tuple[Point, ...]:
        if self.place[source][0] != self.place[target][0]:
            last = self._port(target, "left", entering=True)
            return (self._boxes[source][0] + BOX_WIDTH, last[1]), last
        x, top = self._boxes[source]
        down = top < self._boxes[target][1]
        aside = 0 if (target, source) not in self.ways else 14 if down else -14
        middle = x + BOX_WIDTH / 2 + aside
        ends = self._boxes[target][1] if down else self._boxes[target][1] + BOX_HEIGHT
        return (middle, top + BOX_HEIGHT if down else top), (middle, ends)
