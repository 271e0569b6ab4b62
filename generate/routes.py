"""Ways for the edges of the stack, in right angles and around the boxes.

Verticals run in the gutters between columns, horizontals in rows that are free or between the bands. What a
function uses leaves it by one trunk, from which a branch goes to each thing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

from generate.layout import MIN_HEIGHT, PORT_GAP, Grid, Place
from generate.stack import ACCESS, Edge

CHANNEL_GAP = 7
_MOST_PERMUTED = 7

type Key = tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """How an edge goes, before it is known where. Gutter 0 is the one after column 0; None: straight down.

    `crossing` is the row in which it passes columns between: `target`, `source`, `channel` or none of them.
    """

    edge: Edge
    source: Place
    target: Place
    is_straight: bool
    crossing: str

    @property
    def is_vertical(self) -> bool:
        """Whether it goes straight up or down."""
        return self.source.column == self.target.column

    @property
    def is_forward(self) -> bool:
        """Whether it goes to the right."""
        return self.source.column < self.target.column

    @property
    def gutters(self) -> tuple[int, int]:
        """The gutter at the source and the one at the target; often the same."""
        if self.is_forward:
            return self.source.column, self.target.column - 1
        return self.source.column - 1, self.target.column

    @property
    def trunk(self) -> Key:
        """What shares a port and a vertical."""
        if self.edge.kind == ACCESS:
            return (ACCESS, self.edge.source, str(self.is_forward))
        return (self.edge.kind, self.edge.source, self.edge.target)

    @property
    def slope(self) -> int:
        """-1 where it goes up, 1 where it goes down, 0 where it is straight."""
        if self.is_straight:
            return 0
        above = (self.target.band, self.target.row) <= (self.source.band, self.source.row)
        return -1 if above else 1


def plan(edge: Edge, places: dict[str, Place]) -> Plan:
    """The way of an edge through the grid of places."""
    source, target = places[edge.source], places[edge.target]
    low, high = sorted((source.column, target.column))
    taken = {(place.band, place.row) for place in places.values() if low < place.column < high}
    ends = {"target": (target.band, target.row), "source": (source.band, source.row)}
    free = [name for name, row in ends.items() if row not in taken]
    crossing = "none" if high - low <= 1 else (free or ["channel"])[0]
    is_straight = ends["source"] == ends["target"] and crossing in {"none", "target"} and low != high
    return Plan(edge, source, target, is_straight, crossing)


@dataclass(frozen=True)
class Side:
    """The ports on one side of a node: from above those that lead up, straight on and down."""

    up: Sequence[Key]
    straight: Sequence[Key]
    down: Sequence[Key]

    def height(self) -> float:
        """How high the node must be for them."""
        if not self.straight:
            return PORT_GAP * (len(self.up) + len(self.down)) + 6
        return PORT_GAP * (2 * max(len(self.up), len(self.down)) + len(self.straight)) + 6

    def offset(self, key: Key) -> float:
        """How far below the middle of the node a port is."""
        every = [*self.up, *self.straight, *self.down]
        centre = len(self.up) + (len(self.straight) - 1) / 2 if self.straight else (len(every) - 1) / 2
        return (every.index(key) - centre) * PORT_GAP


def sides(plans: Iterable[Plan]) -> dict[tuple[str, str], Side]:
    """The ports of each node, by its name and `left` or `right`."""
    ports: dict[tuple[str, str], dict[Key, list[tuple[int, Place]]]] = {}
    for each in plans:
        if not each.is_vertical:
            out, into = ("right", "left") if each.is_forward else ("left", "right")
            edge = each.edge
            at_source = ports.setdefault((edge.source, out), {}).setdefault(each.trunk, [])
            at_source.append((each.slope, each.target))
            at_target = ports.setdefault((edge.target, into), {}).setdefault(own_key(each), [])
            at_target.append((-each.slope, each.source))
    return {where: _side(keys) for where, keys in ports.items()}


def own_key(each: Plan) -> Key:
    """What is at the target of a plan: there each has a port for itself."""
    return (each.edge.kind, each.edge.source, each.edge.target)


def _side(ports: dict[Key, list[tuple[int, Place]]]) -> Side:
    slopes = {key: _slope([slope for slope, _ in ends]) for key, ends in ports.items()}
    order = sorted(ports, key=lambda key: min((end.band, end.row, -end.column) for _, end in ports[key]))
    straight = sorted((key for key in order if slopes[key] == 0), key=lambda key: key[:2])
    return Side(
        [key for key in order if slopes[key] < 0], straight, [key for key in order if slopes[key] > 0]
    )


def _slope(slopes: Sequence[int]) -> int:
    """Of a trunk: it starts straight if one of its branches does."""
    if 0 in slopes:
        return 0
    return 1 if sum(slopes) >= 0 else -1


def heights(places: dict[str, Place], ports: dict[tuple[str, str], Side]) -> dict[str, float]:
    """How high each node is."""
    return {
        name: max(
            MIN_HEIGHT,
            *(ports[name, side].height() for side in ("left", "right") if (name, side) in ports),
            0,
        )
        for name in places
    }


@dataclass(frozen=True)
class Levels:
    """Where each plan is on the way down: at its source, at its target and where it crosses columns."""

    grid: Grid
    ports: dict[tuple[str, str], Side]
    plans: Sequence[Plan]

    def at_source(self, each: Plan) -> float:
        """Of the port at which it starts."""
        side = "right" if each.is_forward else "left"
        return self._level(each.edge.source, side, each.trunk)

    def at_target(self, each: Plan) -> float:
        """Of the port at which it ends."""
        return self._level(each.edge.target, "left" if each.is_forward else "right", own_key(each))

    def crossing(self, each: Plan) -> float:
        """Of the horizontal over the columns between."""
        if each.crossing == "channel":
            below = max(each.source.band, each.target.band)
            queue = [other for other in self.plans if other.crossing == "channel"]
            return self.grid.band(below) - 6 - CHANNEL_GAP * queue.index(each)
        return self.at_source(each) if each.crossing == "source" else self.at_target(each)

    def verticals(self, gutter: int) -> dict[Key, list[float]]:
        """The levels that each trunk in a gutter joins."""
        found: dict[Key, list[float]] = {}
        for each in self.plans:
            if each.is_vertical:
                continue
            first, last = each.gutters
            if first == gutter:
                found.setdefault(each.trunk, []).extend([self.at_source(each), self.crossing(each)])
            if last == gutter and first != last:
                found.setdefault(own_key(each), []).extend([self.crossing(each), self.at_target(each)])
        return {key: levels for key, levels in found.items() if max(levels) - min(levels) > 1}

    def tracks(self, gutter: int) -> list[Key]:
        """The trunks of a gutter from left to right, so that few lines cross."""
        verticals = self.verticals(gutter)
        if len(verticals) > _MOST_PERMUTED:
            return list(verticals)
        orders = map(list, permutations(verticals))
        return min(orders, key=lambda order: self._crossings(gutter, order, verticals))

    def _crossings(self, gutter: int, order: Sequence[Key], verticals: dict[Key, list[float]]) -> int:
        crossings = 0
        for each in self.plans:
            for key, level, comes_from_left in self._stubs(gutter, each):
                if key in order:
                    passed = order[: order.index(key)] if comes_from_left else order[order.index(key) + 1 :]
                    crossings += sum(
                        min(verticals[other]) <= level <= max(verticals[other]) for other in passed
                    )
        return crossings

    def _stubs(self, gutter: int, each: Plan) -> Iterator[tuple[Key, float, bool]]:
        """The horizontals by which a plan comes to its trunk and leaves it."""
        first, last = each.gutters
        if each.is_vertical:
            return
        if gutter == first:
            yield each.trunk, self.at_source(each), each.is_forward
            yield each.trunk, self.crossing(each), not each.is_forward
        elif gutter == last:
            yield own_key(each), self.crossing(each), each.is_forward
            yield own_key(each), self.at_target(each), not each.is_forward

    def _level(self, name: str, side: str, key: Key) -> float:
        return self.grid.box(name).middle + self.ports[name, side].offset(key)
