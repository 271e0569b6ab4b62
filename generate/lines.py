"""The lines and labels of the edges, once every gutter is as wide as what goes through it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from generate.layout import COLUMNS, NODE_WIDTH, Box, Grid, place
from generate.routes import Key, Levels, Plan, heights, own_key, plan, sides
from generate.stack import ACCESS, Edge, Node

LETTER_WIDTH = 5.2
LABEL_HEIGHT = 10
_TRACK_GAP = 9
_GUTTER_PADDING = 13
_END = 8  # of a line, for its arrow head
_DOWN = 0.74  # of a node's width: where lines that go up and down leave it, beside titles of frames

type Point = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """The corners of an edge's line, and its label: lines of text, where they end or begin (`anchor`)."""

    edge: Edge
    points: Sequence[Point]
    label: Sequence[str] = ()
    at: Point = (0, 0)
    anchor: str = "end"

    def box(self) -> Box:
        """What the label covers."""
        width = max((len(text) for text in self.label), default=0) * LETTER_WIDTH
        left = {"end": self.at[0] - width, "middle": self.at[0] - width / 2}.get(self.anchor, self.at[0])
        return Box(left, self.at[1] - LABEL_HEIGHT + 2, width, LABEL_HEIGHT * max(len(self.label), 1))


@dataclass(frozen=True)
class Picture:
    """Everything that is drawn, with its place."""

    nodes: Sequence[Node]
    grid: Grid
    lines: Sequence[Line]
    junctions: Sequence[Point]


def picture(nodes: Sequence[Node], edges: Sequence[Edge]) -> Picture:
    """The stack as boxes and lines."""
    places = place(nodes, edges)
    plans = [plan(edge, places) for edge in edges]
    ports = sides(plans)
    high = heights(places, ports)
    flat = Levels(Grid(places, high, [0.0] * COLUMNS), ports, plans)  # levels do not depend on widths
    tracks = [flat.tracks(gutter) for gutter in range(COLUMNS - 1)]
    gutters = [_width(gutter, tracks[gutter], plans) for gutter in range(COLUMNS - 1)]
    grid = Grid(places, high, gutters)
    pen = _Pen(Levels(grid, ports, plans), tracks)
    return Picture(nodes, grid, [pen.line(each) for each in plans], list(pen.junctions()))


def label(edge: Edge) -> list[str]:
    """The words at an edge. What is read and written is told by arrow heads."""
    if edge.kind == ACCESS and set(edge.label.split(", ")) <= {"read", "write", "publish", "send"}:
        return []
    return edge.label.split(", ") if edge.label else []


def _width(gutter: int, tracks: Sequence[Key], plans: Sequence[Plan]) -> float:
    """Of a gutter: its trunks, and on each side room for what goes in there."""
    trunks = max(len(tracks) - 1, 0) * _TRACK_GAP
    return 2 * _GUTTER_PADDING + trunks + sum(_zone(gutter, plans, forward=side) for side in (True, False))


def _zone(gutter: int, plans: Sequence[Plan], *, forward: bool) -> float:
    """How wide the labels and the arrow heads are on one side of a gutter."""
    entering = [
        each
        for each in plans
        if each.is_forward == forward
        and not each.is_vertical
        and each.gutters[1] == gutter
        and each.crossing != "target"
    ]
    return max((_room(each) for each in entering), default=0.0)


def _room(each: Plan) -> float:
    letters = max(map(len, label(each.edge)), default=0)
    heads = 2 if "read" in each.edge.label and "write" in each.edge.label else 1
    return max(letters * LETTER_WIDTH, heads * _END)


@dataclass(frozen=True)
class _Pen:
    """Draws plans as lines."""

    levels: Levels
    tracks: Sequence[Sequence[Key]]

    def line(self, each: Plan) -> Line:
        """The line of an edge."""
        if each.is_vertical:
            return self._vertical(each)
        first, last = each.gutters
        start, end = self.levels.at_source(each), self.levels.at_target(each)
        across = self.levels.crossing(each)
        source, target = self._box(each.edge.source), self._box(each.edge.target)
        begin, finish = (source.right, target.x) if each.is_forward else (source.x, target.right)
        points = [(begin, start)]
        points += self._turn(first, each.trunk, start, across)
        points += self._turn(last, own_key(each), across, end) if first != last else []
        points.append((finish, end))
        return Line(each.edge, _without_repetition(points), label(each.edge), *self._label(each, finish, end))

    def junctions(self) -> Iterator[Point]:
        """Where branches leave trunks, other than at their ends."""
        for gutter, keys in enumerate(self.tracks):
            for key, levels in self.levels.verticals(gutter).items():
                for level in sorted(set(levels))[1:-1]:
                    if key in keys:
                        yield self._track(gutter, key), level

    def _vertical(self, each: Plan) -> Line:
        source, target = self._box(each.edge.source), self._box(each.edge.target)
        x = source.x + _DOWN * NODE_WIDTH
        down = source.y < target.y
        ends = (source.bottom, target.y) if down else (source.y, target.bottom)
        words = label(each.edge)
        middle = sum(ends) / 2 - (len(words) - 1) * LABEL_HEIGHT / 2 + 3
        return Line(each.edge, [(x, ends[0]), (x, ends[1])], words, (x - 5, middle))

    def _turn(self, gutter: int, key: Key, level: float, following: float) -> list[Point]:
        if abs(level - following) <= 1:
            return []
        x = self._track(gutter, key)
        return [(x, level), (x, following)]

    def _track(self, gutter: int, key: Key) -> float:
        """Where a trunk is: the tracks are beside the labels of what goes in on the right."""
        right = self.levels.grid.column(gutter + 1)
        zone = _zone(gutter, self.levels.plans, forward=True)
        number = len(self.tracks[gutter]) - 1 - self.tracks[gutter].index(key)
        return right - _GUTTER_PADDING - zone - number * _TRACK_GAP

    def _label(self, each: Plan, finish: float, end: float) -> tuple[Point, str]:
        """Above the end of the line; in the middle of the column that it passes, where it does."""
        if each.crossing == "target":
            beside = each.target.column + (-1 if each.is_forward else 1)
            return (self.levels.grid.column(beside) + NODE_WIDTH / 2, end - 4), "middle"
        if each.is_forward:
            return (finish - _END - 2, end - 3), "end"
        return (finish + _END + 2, end - 3), "start"

    def _box(self, name: str) -> Box:
        return self.levels.grid.box(name)


def _without_repetition(points: Sequence[Point]) -> list[Point]:
    return [points[0], *(after for before, after in pairwise(points) if before != after)]
