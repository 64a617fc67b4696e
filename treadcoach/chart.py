"""A program, or what became of it, as a picture of speed over time: in characters and as SVG. Pure.

Which way the runner faces is told three times: by colour, by pattern and by word.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby
from typing import NamedTuple

from treadcoach.events import Snapshot
from treadcoach.motion import Facing
from treadcoach.program.quantities import clock
from treadcoach.program.timeline import Timeline

WIDTH, HEIGHT = 72, 10
# Samples of a planned program; a ramp is as smooth as that.
SAMPLES = 960

PATTERNS = {Facing.FORWARD: "█", Facing.BACKWARD: "▓", Facing.LEFT: "▒", Facing.RIGHT: "░"}
# Told apart by people who do not see red or green as others do, and light enough on black.
COLOURS = {
    Facing.FORWARD: "#5aa9ff",
    Facing.BACKWARD: "#ffb000",
    Facing.LEFT: "#3ddbb0",
    Facing.RIGHT: "#e08cff",
}
_STANDING = "#8a8a8a"
_ANSI = {Facing.FORWARD: 94, Facing.BACKWARD: 93, Facing.LEFT: 96, Facing.RIGHT: 95}
_HALF = "▄"


class Point(NamedTuple):
    """One sample."""

    at_s: float
    kmh: float
    facing: Facing | None
    """``None``: the belt stands."""


class Cell(NamedTuple):
    """One character of the picture."""

    text: str
    facing: Facing | None


def colour_of(facing: Facing | None) -> str:
    """For a terminal; a standing belt is grey."""
    return COLOURS[facing] if facing else _STANDING


def points(snapshots: list[tuple[float, Snapshot]]) -> list[Point]:
    """The belt's speed and the facing, over time."""
    return [Point(at, snapshot.observed_kmh or 0.0, snapshot.facing) for at, snapshot in snapshots]


def planned(timeline: Timeline) -> list[Point]:
    """The speed and the facing that a program asks for, over time."""
    found, index = [], 0
    for number in range(SAMPLES + 1):
        at = timeline.duration_s * number / SAMPLES
        while index + 1 < len(timeline.segments) and timeline.segments[index].end_s <= at:
            index += 1
        segment = timeline.segments[index]
        setpoint = segment.setpoint((at - segment.start_s) / segment.duration_s)
        found.append(Point(at, setpoint.speed.kmh, segment.movement.facing))
    return found


# ---- in characters -----------------------------------------------------------------------------------------


def cells(series: list[Point], width: int, height: int) -> list[list[Cell]]:
    """The bars, the topmost row first; a column shows the highest of what falls into it."""
    top = _top(series)
    columns = _columns(series, width)
    halves = [max(round(point.kmh / top * height * 2), 1 if point.kmh else 0) for point in columns]
    rows = []
    for row in range(height, 0, -1):
        pairs = zip(columns, halves, strict=True)
        rows.append([Cell(_bar(half - 2 * (row - 1), point.facing), point.facing) for point, half in pairs])
    return rows


def _bar(halves: int, facing: Facing | None) -> str:
    """One character of a bar that reaches so many half characters above this row's floor."""
    if halves <= 0:
        return " "
    return _HALF if halves == 1 else PATTERNS[facing or Facing.FORWARD]


def words(series: list[Point], width: int) -> list[Cell]:
    """The row below: each stretch by its word, or by a letter where that is too long; a dot where the belt stands."""
    found: list[Cell] = []
    for facing, stretch in groupby(_columns(series, width), key=lambda point: point.facing):
        length = len(list(stretch))
        word = facing.value if facing else ""
        text = word if len(word) + 1 < length else word[:1].upper()
        filler = " " if facing else "."
        found += [Cell(character, facing) for character in text.ljust(length, filler)]
    return found


def _columns(series: list[Point], width: int) -> list[Point]:
    end = series[-1].at_s or 1.0
    columns: list[Point | None] = [None] * width
    for point in series:
        number = min(width - 1, int(point.at_s / end * width))
        current = columns[number]
        if current is None or point.kmh > current.kmh:
            columns[number] = point
    last, found = series[0], []
    for column in columns:
        last = column or last  # between two samples nothing changes
        found.append(last)
    return found


def _top(series: list[Point]) -> float:
    return max(point.kmh for point in series) or 1.0


def draw(series: list[Point], *, colour: bool = False) -> str:
    """The picture for a terminal, with its axes; empty where nothing happened."""
    if not series:
        return ""
    top, rows = _top(series), []
    for number, row in enumerate(cells(series, WIDTH, HEIGHT)):
        level = HEIGHT - number
        label = f"{top * level / HEIGHT:5.1f}" if level in {HEIGHT, HEIGHT // 2} else " " * 5
        rows.append(f"{label} |{_line(row, colour=colour)}")
    rows.append(f" km/h |{_line(words(series, WIDTH), colour=colour)}")
    rows.append(f"      0:00{clock(series[-1].at_s):>{WIDTH - 3}}")
    return "\n".join(rows)


def _line(row: list[Cell], *, colour: bool) -> str:
    text = "".join(cell.text for cell in row).rstrip()
    if not colour:
        return text
    parts = []
    for facing, stretch in groupby(row[: len(text)], key=lambda cell: cell.facing):
        part = "".join(cell.text for cell in stretch)
        parts.append(f"\033[{_ANSI[facing]}m{part}\033[0m" if facing and part.strip() else part)
    return "".join(parts)


# ---- as SVG ------------------------------------------------------------------------------------------------

_LEFT, _TOP, _PLOT_WIDTH, _PLOT_HEIGHT = 56, 44, 880, 260
_TICKS_S = (30, 60, 120, 300, 600, 900, 1800, 3600)
_MOST_TICKS = 12
_FONT = 'font-family="sans-serif" font-size="13"'
# How the areas are hatched: an angle, and the distance of the lines.
_HATCHES = {Facing.FORWARD: (0, 0), Facing.BACKWARD: (45, 8), Facing.LEFT: (90, 8), Facing.RIGHT: (0, 8)}


def svg(title: str, plan: list[Point], belt: list[Point] | None = None) -> str:
    """The picture as a file of its own: what is planned as areas, what the belt did as a line."""
    plot = _Plot(plan, belt or [])
    width, height = _LEFT + _PLOT_WIDTH + 24, _TOP + _PLOT_HEIGHT + 84
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" {_FONT}>',
            f"<title>{escape(title)}</title>",
            f"<defs>{''.join(_hatch(facing) for facing in Facing)}</defs>",
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            f'<text x="{_LEFT}" y="24" font-size="17" font-weight="bold">{escape(title)}</text>',
            *plot.areas(),
            *plot.axes(),
            *plot.belt(),
            *plot.legend(),
            "</svg>\n",
        )
    )


def _hatch(facing: Facing) -> str:
    angle, distance = _HATCHES[facing]
    size = distance or 8
    lines = f'<line x1="0" y1="0" x2="0" y2="{size}" stroke="#000000" stroke-width="2" opacity="0.45"/>'
    return (
        f'<pattern id="{facing.value}" width="{size}" height="{size}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate({angle})"><rect width="{size}" height="{size}" fill="{COLOURS[facing]}"/>'
        f"{lines if distance else ''}</pattern>"
    )


class _Plot:
    """Where things lie in the picture."""

    def __init__(self, plan: list[Point], belt: list[Point]) -> None:
        self._plan, self._belt = plan, belt
        both = [*plan, *belt]
        self._end = max(both[-1].at_s, plan[-1].at_s) or 1.0
        self._top = _top(both)
        self._facings = list(dict.fromkeys(point.facing for point in plan if point.facing))

    def _at(self, point: Point) -> str:
        return f"{self._x(point.at_s):.1f},{self._y(point.kmh):.1f}"

    def _x(self, at_s: float) -> float:
        return _LEFT + at_s / self._end * _PLOT_WIDTH

    def _y(self, kmh: float) -> float:
        return _TOP + _PLOT_HEIGHT * (1 - kmh / self._top)

    def areas(self) -> Iterator[str]:
        """What is planned."""
        for facing, stretch in groupby(self._plan, key=lambda point: point.facing):
            samples = list(stretch)
            if facing is None:
                continue
            first, last = samples[0], samples[-1]
            after = next((point for point in self._plan if point.at_s > last.at_s), last)
            outline = [first._replace(kmh=0.0), *samples, last._replace(at_s=after.at_s)]
            outline.append(last._replace(at_s=after.at_s, kmh=0.0))
            places = " ".join(self._at(point) for point in outline)
            yield f'<polygon points="{places}" fill="url(#{facing.value})" stroke="#222222" stroke-width="0.7"/>'

    def axes(self) -> Iterator[str]:
        """Minutes below, speeds at the left."""
        floor = _TOP + _PLOT_HEIGHT
        yield f'<path d="M{_LEFT} {_TOP}V{floor}H{_LEFT + _PLOT_WIDTH}" fill="none" stroke="#222222"/>'
        for part in (0.5, 1.0):
            y = self._y(self._top * part)
            yield f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{self._top * part:.3g}</text>'
        yield f'<text x="{_LEFT - 6}" y="{floor + 4}" text-anchor="end">km/h</text>'
        every = next((tick for tick in _TICKS_S if self._end / tick <= _MOST_TICKS), _TICKS_S[-1])
        for number in range(int(self._end // every) + 1):
            x = self._x(number * every)
            yield f'<text x="{x:.1f}" y="{floor + 20}" text-anchor="middle">{clock(number * every)}</text>'

    def belt(self) -> Iterator[str]:
        """What it did."""
        if self._belt:
            places = " ".join(self._at(point) for point in self._belt)
            yield f'<polyline points="{places}" fill="none" stroke="#c00000" stroke-width="1.6"/>'

    def legend(self) -> Iterator[str]:
        """The words."""
        y, x = _TOP + _PLOT_HEIGHT + 46, _LEFT
        for facing in self._facings:
            yield f'<rect x="{x}" y="{y}" width="26" height="16" fill="url(#{facing.value})" stroke="#222222"/>'
            yield f'<text x="{x + 34}" y="{y + 13}">{facing.value}</text>'
            x += 150
        if self._belt:
            yield f'<path d="M{x} {y + 8}h26" stroke="#c00000" stroke-width="2"/>'
            yield f'<text x="{x + 34}" y="{y + 13}">the belt</text>'
