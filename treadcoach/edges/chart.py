"""Speed over time as a chart of characters: what was asked and what the belt did, facing as letters."""

from __future__ import annotations

from typing import NamedTuple

from treadcoach.events import Snapshot
from treadcoach.program.quantities import clock
from treadcoach.program.timeline import Timeline

WIDTH, HEIGHT = 72, 10
_LETTERS = {"forward": "F", "backward": "B", "left": "L", "right": "R"}


class Point(NamedTuple):
    """One column's worth."""

    at_s: float
    kmh: float
    letter: str


def points(snapshots: list[tuple[float, Snapshot]]) -> list[Point]:
    """The belt's speed and the facing, over time."""
    return [
        Point(at, snapshot.observed_kmh or 0.0, _LETTERS.get(snapshot.facing or "", "."))
        for at, snapshot in snapshots
    ]


def planned(timeline: Timeline) -> list[Point]:
    """The speed and the facing that a program asks for, over time."""
    found, index = [], 0
    for number in range(WIDTH * 4 + 1):
        at = timeline.duration_s * number / (WIDTH * 4)
        while index + 1 < len(timeline.segments) and timeline.segments[index].end_s <= at:
            index += 1
        segment = timeline.segments[index]
        setpoint = segment.setpoint((at - segment.start_s) / segment.duration_s)
        found.append(Point(at, setpoint.speed.kmh, _LETTERS.get(segment.movement.facing or "", ".")))
    return found


def draw(series: list[Point]) -> str:
    """The chart, its axis and its letters; empty where nothing happened."""
    if not series:
        return ""
    end, top = series[-1].at_s or 1.0, max(point.kmh for point in series) or 1.0
    columns: list[Point | None] = [None] * WIDTH
    for point in series:
        column = min(WIDTH - 1, int(point.at_s / end * WIDTH))
        current = columns[column]
        if current is None or point.kmh > current.kmh:
            columns[column] = point
    rows = []
    for row in range(HEIGHT, 0, -1):
        cells = ("█" if column and column.kmh >= top * (row - 0.5) / HEIGHT else " " for column in columns)
        label = f"{top * row / HEIGHT:5.1f}" if row in {HEIGHT, HEIGHT // 2} else " " * 5
        rows.append(f"{label} |{''.join(cells).rstrip()}")
    letters = "".join(column.letter if column else " " for column in columns)
    rows.append(f" km/h |{letters.rstrip()}")
    rows.append(f"      0:00{clock(end):>{WIDTH - 3}}")
    return "\n".join(rows)
