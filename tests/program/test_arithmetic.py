from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadcoach.motion import Speed
from treadcoach.program.arithmetic import easier, faster, slower, step
from treadcoach.program.reader import load
from treadcoach.program.timeline import Timeline, compile_timeline

SLOWEST = Speed(50)
HEAD = "profile: 1\nname: A\nlevel: advanced\nunits: km/h\nsteps:\n"
TEXT = f"""{HEAD}  - stand: 30 s
  - backward: {{from: 2.0, to: 4.0}}
    for: 60 s
  - backward: 3.0
    for: 100 m
  - backward: 7.0
    for: 60 s
  - backward: 0.4
    for: 60 s
"""


def timeline(text: str = TEXT) -> Timeline:
    return compile_timeline(load(text, "a.yaml"))


def speeds(found: Timeline) -> list[tuple[int, int]]:
    return [(segment.from_speed, segment.to_speed) for segment in found.segments]


def test_easier_is_a_tenth_less_of_everything_that_comes_rounded_down() -> None:
    written = timeline()
    found = easier(written, 2, 90, written, SLOWEST)
    assert speeds(found) == [(0, 0), (200, 400), (270, 270), (630, 630), (40, 40), (0, 0)]
    assert speeds(easier(found, 3, 80, written, SLOWEST)) == [
        (0, 0),
        (200, 400),
        (270, 270),
        (560, 560),
        (40, 40),
        (0, 0),
    ]


def test_a_distance_takes_longer_and_what_follows_comes_later() -> None:
    written = timeline()
    found = easier(written, 0, 50, written, SLOWEST)
    assert [segment.duration_s for segment in written.segments[2:4]] == [120.0, 60.0]
    assert [segment.duration_s for segment in found.segments[2:4]] == [240.0, 60.0]
    assert [segment.start_s for segment in found.segments] == [0.0, 30.0, 90.0, 330.0, 390.0, 450.0]


@pytest.mark.parametrize(("position", "by"), [(1, 40), (2, 30), (3, 70), (4, 20)])
def test_a_step_is_a_tenth_of_the_speed_and_at_least_two_tenths_of_a_kilometre(position: int, by: int) -> None:
    assert step(timeline().segments[position]) == by


def test_slower_and_faster_change_one_segment_and_end_at_the_slowest_and_at_what_was_written() -> None:
    written = timeline()
    found = slower(written, 1, written, SLOWEST)
    assert speeds(found)[1] == (160, 360)
    assert speeds(found)[2:] == speeds(written)[2:]
    for _ in range(20):
        found = slower(found, 1, written, SLOWEST)
    assert speeds(found)[1] == (SLOWEST, SLOWEST)
    for _ in range(20):
        found = faster(found, 1, written, SLOWEST)
    assert found == written


def test_what_is_written_slower_than_the_slowest_stays() -> None:
    written = timeline()
    assert slower(written, 4, written, SLOWEST) == written
    assert slower(written, 0, written, SLOWEST) == written, "a stand"


def test_easier_does_not_make_faster_what_was_made_slower() -> None:
    written = timeline()
    found = slower(slower(written, 3, written, SLOWEST), 3, written, SLOWEST)
    assert speeds(easier(found, 0, 90, written, SLOWEST))[3] == (560, 560)


SHIPPED = [
    compile_timeline(load(path.read_text(), path.name))
    for path in sorted((Path(__file__).parents[2] / "profiles").glob("*.yaml"))
]


@given(st.sampled_from(SHIPPED), st.data())
def test_whatever_is_done_nothing_is_faster_than_written_and_everything_is_in_its_place(
    written: Timeline, data: st.DataObject
) -> None:
    found, percent = written, 100
    for _ in range(data.draw(st.integers(1, 8))):
        position = data.draw(st.integers(0, len(written.segments) - 1))
        match data.draw(st.sampled_from(["easier", "slower", "faster"])):
            case "easier":
                percent -= 5
                found = easier(found, position, percent, written, SLOWEST)
            case "slower":
                found = slower(found, position, written, SLOWEST)
            case "faster":
                found = faster(found, position, written, SLOWEST)
    now = 0.0
    for before, segment in zip(written.segments, found.segments, strict=True):
        assert segment.start_s == now
        now = segment.end_s
        for was, is_now in ((before.from_speed, segment.from_speed), (before.to_speed, segment.to_speed)):
            assert isinstance(is_now, Speed)
            assert min(was, SLOWEST) <= is_now <= was
        same = before._replace(start_s=0, duration_s=0, from_speed=Speed(0), to_speed=Speed(0))
        assert segment._replace(start_s=0, duration_s=0, from_speed=Speed(0), to_speed=Speed(0)) == same
        if segment.distance_m is None:
            assert segment.duration_s == before.duration_s
    assert found.gaps == written.gaps
