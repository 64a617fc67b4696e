"""Pictures: what is faster is higher, which way is told three times, and the SVG is whole."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from rig import Rig

from treadcoach import chart
from treadcoach.chart import COLOURS, PATTERNS, Point
from treadcoach.motion import Facing, Machine
from treadcoach.preflight import plan
from treadcoach.program.reader import load

PROFILES = Path(__file__).parent.parent / "profiles"


def planned(name: str) -> list[Point]:
    text = (PROFILES / f"{name}.yaml").read_text()
    return chart.planned(plan(load(text, name), None, Machine()).timeline)


def test_a_chart_shows_speeds_and_facings() -> None:
    rig = Rig().run()
    drawn = chart.draw(chart.points([(at, outcome.snapshot) for at, outcome in rig.trail]))
    assert "2.5 |" in drawn
    assert "backward" in drawn
    assert "▓▓▓▓" in drawn
    assert max(len(line) for line in drawn.splitlines()) <= 80
    assert chart.draw([]) == ""


def test_the_bars_are_as_high_as_the_speeds() -> None:
    series = [Point(0.0, 4.0, Facing.FORWARD), Point(1.0, 2.0, Facing.BACKWARD), Point(2.0, 0.0, None)]
    rows = ["".join(cell.text for cell in row) for row in chart.cells(series, 3, 4)]
    assert rows == ["█  ", "█  ", "█▓ ", "█▓ "]
    halves = ["".join(cell.text for cell in row) for row in chart.cells(series, 3, 1)]
    assert halves == ["█▄ "]


def test_what_moves_at_all_is_seen() -> None:
    series = [Point(0.0, 8.0, Facing.FORWARD), Point(1.0, 0.1, Facing.LEFT)]
    assert [cell.text for cell in chart.cells(series, 2, 4)[-1]] == ["█", "▄"]


@pytest.mark.parametrize("facing", list(Facing))
def test_every_facing_has_a_colour_a_pattern_and_a_word_of_its_own(facing: Facing) -> None:
    others = set(Facing) - {facing}
    assert COLOURS[facing] not in {COLOURS[other] for other in others}
    assert PATTERNS[facing] not in {PATTERNS[other] for other in others}
    row = chart.words([Point(0.0, 2.0, facing), Point(9.0, 2.0, facing)], 20)
    assert "".join(cell.text for cell in row).strip() == facing.value


def test_colour_is_only_added() -> None:
    series = planned("side-to-side")
    plain, coloured = chart.draw(series), chart.draw(series, colour=True)
    for code in (94, 93, 96, 95, 0):
        coloured = coloured.replace(f"\033[{code}m", "")
    assert coloured == plain


def test_the_svg_stands_alone_and_tells_the_facings_by_pattern_and_by_word() -> None:
    series = planned("side-to-side")
    text = chart.svg("A & B <i>", series, [Point(0.0, 0.0, None), Point(60.0, 3.0, Facing.FORWARD)])
    root = ET.fromstring(text)  # noqa: S314 - our own
    name = "{http://www.w3.org/2000/svg}"
    assert root.findtext(f"{name}title") == "A & B <i>"
    words = [element.text for element in root.iter(f"{name}text")]
    assert {"forward", "backward", "left", "right", "the belt", "4.5"} <= set(words)
    fills = {element.get("fill") for element in root.iter(f"{name}polygon")}
    assert fills == {f"url(#{facing.value})" for facing in Facing}
    assert {element.get("id") for element in root.iter(f"{name}pattern")} == set(Facing)
    assert "http" not in text.replace("http://www.w3.org/2000/svg", ""), "nothing is fetched"


def test_areas_lie_where_their_segments_do() -> None:
    root = ET.fromstring(chart.svg("x", planned("first-steps-back")))  # noqa: S314 - our own
    areas = list(root.iter("{http://www.w3.org/2000/svg}polygon"))
    xs = [[float(pair.split(",")[0]) for pair in (area.get("points") or "").split()] for area in areas]
    assert len(areas) == 5
    assert all(max(before) <= min(after) + 1 for before, after in pairwise(xs))
