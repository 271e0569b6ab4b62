"""The architecture as SVG, drawn from template.yaml: a picture that cannot go stale."""

import re
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from generate import stack
from generate.layout import MARGIN, Box
from generate.lines import LABEL_HEIGHT, Line, Picture, picture
from generate.stack import ACCESS, EVENT, FAILURE, Node

STYLE = Path(__file__).with_name("architecture.css")
_SERVICES = {
    stack.API: "gateway",
    stack.FUNCTION: "lambda",
    stack.TABLE: "dynamodb",
    stack.BUCKET: "s3",
    stack.TOPIC: "sns",
    stack.QUEUE: "sqs",
    stack.SCHEDULE: "scheduler",
    stack.USER_POOL: "cognito",
    stack.OUTSIDE: "outside",
}
_KIND = re.compile(r"(?<=.)(DeadLetterQueue|Function|Table|Bucket|Topic|Queue|Schedule|Api)$")
_SAMPLES = (
    (EVENT, False, "makes it run"),
    (ACCESS, False, "writes or calls"),
    (ACCESS, True, "reads"),
    (FAILURE, False, "what fails for good"),
)
_TITLE = "The stack: what its parts are, and what goes from where to where"
_LEGEND_HEIGHT = 34
_CORNER = 5
_HEAD = 7


def architecture_svg() -> str:
    """The picture, the same for the same template."""
    drawn = picture(stack.nodes(), stack.edges())
    width, height = round(drawn.grid.width()), round(drawn.grid.height() + _LEGEND_HEIGHT)
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    elements = "\n".join(f"  {element}" for element in _elements(drawn))
    return f"""<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{_TITLE}">
  <title>{_TITLE}</title>
  <style>
{STYLE.read_text("utf-8")}  </style>
  <rect class="paper" width="{width}" height="{height}" rx="8"/>
{elements}
</svg>
"""


def _elements(drawn: Picture) -> Iterator[str]:
    for title, frame in drawn.grid.frames().items():
        yield _rectangle(frame, "frame", 8)
        yield _text(title, frame.x + 10, frame.y + 15, "frame-title")
    for kind in (ACCESS, FAILURE, EVENT):
        for line in (line for line in drawn.lines if line.edge.kind == kind):
            yield from _line(line)
    for x, y in drawn.junctions:
        yield f'<circle class="access-head" cx="{_n(x)}" cy="{_n(y)}" r="2.3"/>'
    for node in drawn.nodes:
        yield from _node(node, drawn.grid.box(node.name))
    yield from _legend(drawn)


def _node(node: Node, box: Box) -> Iterator[str]:
    outside = node.kind == stack.OUTSIDE
    yield f'<g data-id="{node.name}"><title>{node.name}</title>'
    yield _rectangle(box, "card outside" if outside else "card", 5)
    bar = Box(box.x, box.y + 6, 3, box.height - 12)
    yield _rectangle(bar, "", 1.5, f' style="fill: var(--{_SERVICES[node.kind]})"')
    name, kind = _name(node)
    yield _text(name, box.x + 10, box.middle - 2, "name")
    yield _text(kind, box.x + 10, box.middle + 11, "kind")
    if node.alarmed:
        yield f'<circle class="alarm" cx="{_n(box.right)}" cy="{_n(box.y)}" r="4.5"/>'
    yield "</g>"


def _name(node: Node) -> tuple[str, str]:
    """A logical id in two parts: `UserStreamDeadLetterQueue` is of two lines."""
    if node.kind == stack.OUTSIDE:
        return node.name, "outside"
    parts = _KIND.split(node.name)
    return (parts[0], parts[1]) if len(parts) > 1 else (node.name, node.kind.split("::")[1])


def _line(line: Line) -> Iterator[str]:
    edge = line.edge
    yield f'<path class="line {edge.kind}" data-edge="{edge.source} {edge.target}" d="{_path(line.points)}"/>'
    reads = edge.kind == ACCESS and "read" in edge.label
    writes = edge.kind != ACCESS or edge.label != "read"
    if writes:
        yield _head(line.points[-2], line.points[-1], edge.kind)
    if reads:
        yield _head(line.points[-1], _towards(line.points[-1], line.points[-2], 2 * _HEAD - 1), edge.kind)
    for number, words in enumerate(line.label):
        x, y = line.at
        yield _text(words, x, y + number * LABEL_HEIGHT, "label", f' text-anchor="{line.anchor}"')


def _path(points: Sequence[tuple[float, float]]) -> str:
    """Straight lines with round corners."""
    commands = [f"M{_n(points[0][0])} {_n(points[0][1])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        into, out = _towards(corner, before, _CORNER), _towards(corner, after, _CORNER)
        commands.append(f"L{_n(into[0])} {_n(into[1])}")
        commands.append(f"Q{_n(corner[0])} {_n(corner[1])} {_n(out[0])} {_n(out[1])}")
    end = _towards(points[-1], points[-2], 2)
    return " ".join([*commands, f"L{_n(end[0])} {_n(end[1])}"])


def _towards(start: tuple[float, float], end: tuple[float, float], distance: float) -> tuple[float, float]:
    """The point at a distance from the start, at most half the way."""
    length = abs(end[0] - start[0]) + abs(end[1] - start[1])  # lines are horizontal or vertical
    part = min(distance, length / 2) / length
    return start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part


def _head(before: tuple[float, float], tip: tuple[float, float], kind: str) -> str:
    """An arrow head that points from `before` to `tip`."""
    length = abs(tip[0] - before[0]) + abs(tip[1] - before[1])
    x, y = (tip[0] - before[0]) / length, (tip[1] - before[1]) / length
    base = tip[0] - _HEAD * x, tip[1] - _HEAD * y
    corners = [tip, (base[0] - 3 * y, base[1] + 3 * x), (base[0] + 3 * y, base[1] - 3 * x)]
    return f'<polygon class="{kind}-head" points="{" ".join(f"{_n(a)},{_n(b)}" for a, b in corners)}"/>'


def _legend(drawn: Picture) -> Iterator[str]:
    x, y = MARGIN + 10.0, drawn.grid.height() + _LEGEND_HEIGHT / 2
    for kind, is_read, words in _SAMPLES:
        yield f'<path class="line {kind}" d="M{_n(x)} {_n(y)}h32"/>'
        yield _head((x + 34, y), (x + 27, y), kind) if is_read else _head((x, y), (x + 34, y), kind)
        yield _text(words, x + 42, y + 3.5, "legend")
        x += 64 + 5.4 * len(words)
    yield f'<circle class="alarm" cx="{_n(x)}" cy="{_n(y)}" r="4.5"/>'
    yield _text("watched by an alarm", x + 10, y + 3.5, "legend")


def _rectangle(box: Box, css: str, radius: float, more: str = "") -> str:
    place = f'x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.width)}" height="{_n(box.height)}"'
    return f'<rect class="{css}" {place} rx="{radius}"{more}/>'


def _text(words: str, x: float, y: float, css: str, more: str = "") -> str:
    return f'<text class="{css}" x="{_n(x)}" y="{_n(y)}"{more}>{escape(words)}</text>'


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
