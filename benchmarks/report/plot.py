"""A picture of requests a second: a bar a server, a group a call. Legible on light and on dark pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from xml.sax.saxutils import escape

from benchmarks.figures import OURS, Row

_WIDTH, _LEFT, _RIGHT = 760, 150, 190
_BAR, _GAP, _HEAD = 20, 6, 34
# Its own ground, so that no page's colour shows through; the other colours where the reader asks for dark.
_STYLE = """
    .ground { fill: #ffffff; } text { fill: #1f2328; font: 13px system-ui, sans-serif; }
    .call { font-weight: 600; } .peer { fill: #8c959f; } .ours { fill: #0969da; } .spread { stroke: #1f2328; }
    @media (prefers-color-scheme: dark) {
      .ground { fill: #0d1117; } text { fill: #e6edf3; }
      .peer { fill: #6e7681; } .ours { fill: #4493f8; } .spread { stroke: #e6edf3; }
    }
"""


def render_svg(rows: Sequence[Row]) -> str:
    """Return the picture, as an SVG document."""
    most = max(rate for row in rows for rates in row.rates.values() for rate in rates)
    parts, height = [], 0
    for row in rows:
        parts += [_draw_text(12, height + 22, row.call, "call"), *_draw_bars(row, height + _HEAD, most)]
        height += _HEAD + len(row.rates) * (_BAR + _GAP)
    height += 12
    size = f'width="{_WIDTH}" height="{height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" {size} role="img">'
    title = "<title>Requests a second of each server</title>"
    ground = f'<rect class="ground" {size}/>'
    return "\n".join([head, title, f"<style>{_STYLE}</style>", ground, *parts, "</svg>\n"])


def _draw_bars(row: Row, top: int, most: float) -> Iterator[str]:
    """Yield the name, the bar, the line from the slowest to the fastest round, and the rate of each server."""
    scale = (_WIDTH - _LEFT - _RIGHT) / most
    for number, (server, rates) in enumerate(row.rates.items()):
        y = top + number * (_BAR + _GAP)
        width, low, high = (round(value * scale, 1) for value in (median(rates), min(rates), max(rates)))
        middle, text = y + _BAR / 2, y + 15
        yield _draw_text(_LEFT - 8, text, server, anchor="end")
        kind = "ours" if server == OURS else "peer"
        yield f'<rect class="{kind}" x="{_LEFT}" y="{y}" width="{width}" height="{_BAR}" rx="2"/>'
        yield f'<line class="spread" x1="{_LEFT + low:.1f}" y1="{middle}" x2="{_LEFT + high:.1f}" y2="{middle}"/>'
        said = f"{median(rates):,.0f}/s, p99 {median(row.p99_ms[server]):.1f} ms"
        yield _draw_text(round(_LEFT + max(width, high) + 8), text, said)


def _draw_text(x: float, y: float, content: str, kind: str = "name", anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x}" y="{y}" text-anchor="{anchor}">{escape(content)}</text>'
