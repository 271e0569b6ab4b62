"""Places for the nodes of the stack: a column for each role in it, and a frame for each capability.

A column is left of what it hands on to: clients and schedules, the API, the functions behind it, storage,
the functions that follow storage, topics and queues. Capabilities share a row where their columns allow it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count

from generate.stack import (
    API,
    BUCKET,
    CLIENT,
    EVENT,
    FUNCTION,
    OUTSIDE,
    QUEUE,
    SCHEDULE,
    TABLE,
    TOPIC,
    USER_POOL,
    Edge,
    Node,
)

_COLUMNS = {
    SCHEDULE: 0,
    API: 1,
    USER_POOL: 1,
    FUNCTION: 2,
    TABLE: 3,
    BUCKET: 3,
    TOPIC: 5,
    QUEUE: 5,
    OUTSIDE: 5,
}
_FOLLOWERS = 4  # the column of functions that follow what was stored or queued
COLUMNS = 6
NODE_WIDTH = 96
MIN_HEIGHT = 40
PORT_GAP = 12
ROW_GAP = 18
FRAME_TOP, FRAME_PADDING = 22, 10
BAND_GAP = 22
MARGIN = 12


@dataclass(frozen=True)
class Place:
    """Where a node stands: the band of its capability, its column, and its row in the band."""

    node: Node
    band: int
    column: int
    row: int


@dataclass(frozen=True)
class Box:
    """A rectangle in the picture."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right border."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower border."""
        return self.y + self.height

    @property
    def middle(self) -> float:
        """Half of its height down."""
        return self.y + self.height / 2


def place(nodes: Sequence[Node], edges: Iterable[Edge]) -> dict[str, Place]:
    """Every node's place, by its name."""
    columns = _columns(nodes, edges)
    bands = _bands(nodes, columns)
    taken: dict[tuple[int, int], int] = {}
    places = {}
    for node in nodes:
        cell = bands[node.capability], columns[node.name]
        row = taken[cell] = taken.get(cell, -1) + 1
        places[node.name] = Place(node, *cell, row)
    return places


def _columns(nodes: Sequence[Node], edges: Iterable[Edge]) -> dict[str, int]:
    kinds = {node.name: node.kind for node in nodes}
    stored = {TABLE, QUEUE, TOPIC}
    followers = {edge.target for edge in edges if edge.kind == EVENT and kinds[edge.source] in stored}
    columns = {node.name: _COLUMNS[node.kind] for node in nodes} | {CLIENT: 0}
    columns |= {node.name: _FOLLOWERS for node in nodes if node.name in followers and node.kind == FUNCTION}
    for node in nodes:
        beside = [columns[n.name] for n in nodes if n.kind == FUNCTION and n.capability == node.capability]
        if node.is_dead_letter_queue and beside:  # below the function whose failures it keeps
            columns[node.name] = beside[0]
    return columns


def _bands(nodes: Sequence[Node], columns: dict[str, int]) -> dict[str, int]:
    """Each capability in the first row where all columns that it spans are free. The client is at the API."""
    spans: dict[str, set[int]] = {}
    for node in nodes:
        spans.setdefault(node.capability, set()).add(columns[node.name])
    home = next((node.capability for node in nodes if node.kind == API), "")
    spans.pop("", None)
    taken: dict[int, set[int]] = {}
    bands = {}
    for capability, used in spans.items():
        span = set(range(0 if capability == home else min(used), max(used) + 1))
        band = next(number for number in count() if not span & taken.setdefault(number, set()))
        bands[capability] = band
        taken[band] |= span
    return bands | {"": bands.get(home, 0)}


@dataclass(frozen=True)
class Grid:
    """The places as boxes, for given widths of the gutters between the columns."""

    places: dict[str, Place]
    heights: dict[str, float]
    gutters: Sequence[float]

    def column(self, number: int) -> float:
        """The left border of a column."""
        return MARGIN + FRAME_PADDING + number * NODE_WIDTH + sum(self.gutters[:number])

    def band(self, number: int) -> float:
        """The upper border of a band."""
        above = sum(self._band_height(band) + BAND_GAP for band in range(number))
        return MARGIN + above

    def bands(self) -> int:
        """How many there are."""
        return 1 + max(place.band for place in self.places.values())

    def box(self, name: str) -> Box:
        """Where a node is drawn: in the middle of its row."""
        place, height = self.places[name], self.heights[name]
        above = sum(self._row_height(place.band, row) + ROW_GAP for row in range(place.row))
        slack = (self._row_height(place.band, place.row) - height) / 2
        return Box(
            self.column(place.column), self.band(place.band) + FRAME_TOP + above + slack, NODE_WIDTH, height
        )

    def frames(self) -> dict[str, Box]:
        """A frame around the nodes of each capability."""
        members: dict[str, list[str]] = {}
        for name, place in self.places.items():
            if place.node.capability:
                members.setdefault(place.node.capability, []).append(name)
        return {title: self._frame(names) for title, names in members.items()}

    def width(self) -> float:
        """Of the picture."""
        return self.column(COLUMNS - 1) + NODE_WIDTH + FRAME_PADDING + MARGIN

    def height(self) -> float:
        """Of the picture, without a legend."""
        return self.band(self.bands()) - BAND_GAP + MARGIN

    def _row_height(self, band: int, row: int) -> float:
        names = [name for name, place in self.places.items() if (place.band, place.row) == (band, row)]
        return max(self.heights[name] for name in names)

    def _band_height(self, band: int) -> float:
        rows = 1 + max(place.row for place in self.places.values() if place.band == band)
        inside = sum(self._row_height(band, row) for row in range(rows)) + ROW_GAP * (rows - 1)
        return FRAME_TOP + inside + FRAME_PADDING

    def _frame(self, names: Sequence[str]) -> Box:
        boxes = [self.box(name) for name in names]
        left, top = min(box.x for box in boxes), self.band(self.places[names[0]].band)
        right, bottom = max(box.right for box in boxes), max(box.bottom for box in boxes)
        return Box(
            left - FRAME_PADDING,
            top,
            right - left + 2 * FRAME_PADDING,
            bottom - top + FRAME_PADDING,
        )
