"""A bar chart as SVG, readable on light and on dark pages."""

from collections.abc import Mapping
from xml.sax.saxutils import escape

WIDTH = 760
_BAR, _STEP, _TOP = 22, 52, 44
_LEFT, _RIGHT = 12, 64  # room for the number after the longest bar
_STYLE = """
    text { font: 14px system-ui, sans-serif; fill: #1f2328; }
    .title { font-weight: 600; }
    .bar { fill: #8c959f; }
    .ours { fill: #1a7f37; }
    .one { stroke: #ffffff; stroke-dasharray: 3 3; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; }
      .bar { fill: #6e7681; }
      .ours { fill: #3fb950; }
      .one { stroke: #0d1117; }
    }"""


def bar_chart(title: str, bars: Mapping[str, float]) -> str:
    """Bars by label, the first of which is ours; a mark in those that are longer is at 1."""
    scale = (WIDTH - _LEFT - _RIGHT) / max(bars.values())
    height = _TOP + _STEP * len(bars) + 4
    rows = [_bar(number, label, value, scale) for number, (label, value) in enumerate(bars.items())]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" role="img"',
            f'  viewBox="0 0 {WIDTH} {height}" aria-label="{escape(title)}">',
            f"  <style>{_STYLE}\n  </style>",
            f'  <text class="title" x="{_LEFT}" y="22">{escape(title)}</text>',
            *rows,
            "</svg>\n",
        ]
    )


def _bar(number: int, label: str, value: float, scale: float) -> str:
    top = _TOP + number * _STEP
    kind = "bar ours" if number == 0 else "bar"
    width, one = value * scale, _LEFT + scale
    mark = f'  <line class="one" x1="{one:.1f}" x2="{one:.1f}" y1="{top + 18}" y2="{top + 18 + _BAR}"/>'
    return "\n".join(
        [
            f'  <text x="{_LEFT}" y="{top + 12}">{escape(label)}</text>',
            f'  <rect class="{kind}" x="{_LEFT}" y="{top + 18}" width="{width:.1f}" height="{_BAR}" rx="3"/>',
            *([mark] if value > 1 else []),
            f'  <text x="{_LEFT + width + 8:.1f}" y="{top + 34}">{value:.2f}</text>',
        ]
    )
