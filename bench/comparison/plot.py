"""Lines and points in SVG: enough for a page of documentation, without a library."""

from __future__ import annotations

import math
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 90, 190, 40, 55
COLOURS = ("#0b6e4f", "#c1440e", "#3a5a9b", "#777777", "#a67c00", "#7b2d8b")


@dataclass(frozen=True)
class Line:
    name: str
    points: list[tuple[float, float]]


def short(value: float) -> str:
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= limit:
            return f"{value / limit:g} {unit}"
    return f"{value:g}"


def decades(low: float, high: float) -> list[float]:
    return [10.0 ** n for n in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)]


def plot(title: str, x_title: str, y_title: str, lines: list[Line], x_ticks: list[float]) -> str:
    """The y axis is logarithmic: the servers are far apart."""
    values = [y for line in lines for _, y in line.points if y > 0]
    y_ticks = decades(min(values), max(values))
    low, high = math.log10(y_ticks[0]), math.log10(y_ticks[-1])
    span = max(x_ticks) - min(x_ticks) or 1

    def x_of(x: float) -> float:
        return LEFT + 20 + (x - min(x_ticks)) / span * (WIDTH - LEFT - RIGHT - 40)

    def y_of(y: float) -> float:
        return HEIGHT - BOTTOM - (math.log10(max(y, y_ticks[0])) - low) / (high - low or 1) * (HEIGHT - TOP - BOTTOM)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
           'font-family="sans-serif" font-size="12">', f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
           f'<text x="{LEFT}" y="22" font-size="15">{title}</text>']
    for tick in y_ticks:
        y = y_of(tick)
        out.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="#dddddd"/>'
                   f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{short(tick)}</text>')
    for tick in x_ticks:
        out.append(f'<text x="{x_of(tick):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{short(tick)}</text>')
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle">{x_title}</text>'
               f'<text transform="translate(18 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" '
               f'text-anchor="middle">{y_title}</text>')
    for number, line in enumerate(lines):
        colour = COLOURS[number % len(COLOURS)]
        points = [(x_of(x), y_of(y)) for x, y in line.points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in points]
        y = TOP + 18 * number
        out.append(f'<line x1="{WIDTH - RIGHT + 12}" y1="{y}" x2="{WIDTH - RIGHT + 32}" y2="{y}" stroke="{colour}" '
                   f'stroke-width="3"/><text x="{WIDTH - RIGHT + 38}" y="{y + 4}">{line.name}</text>')
    return "\n".join(out) + "\n</svg>\n"
