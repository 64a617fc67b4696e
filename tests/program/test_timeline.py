from __future__ import annotations

import pytest

from treadcoach.motion import Movement, Speed
from treadcoach.program.reader import load
from treadcoach.program.timeline import CLOSING_STAND_S, Timeline, compile_timeline

HEAD = "profile: 1\nname: Test\nlevel: novice\nunits: km/h\n"


def timeline(steps: str, head: str = HEAD, cap: int | None = None) -> Timeline:
    return compile_timeline(load(head + "steps:\n" + steps, "x.yaml"), None if cap is None else Speed(cap))


INTERVALS = """\
  - stand: 30 s
  - repeat: 2
    steps:
      - backward: 3.0
        for: 30 s
      - backward: 2.0
        for: 1 min
  - stand: 30 s
  - forward: 2.0
    for: 100 m
"""


def test_repeats_are_unrolled_and_every_segment_has_its_planned_place() -> None:
    found = timeline(INTERVALS)
    assert [(s.movement.value, s.start_s, s.end_s) for s in found.segments] == [
        ("stand", 0, 30),
        ("backward", 30, 60),
        ("backward", 60, 120),
        ("backward", 120, 150),
        ("backward", 150, 210),
        ("stand", 210, 240),
        ("forward", 240, 420),
        ("stand", 420, 450),
    ]
    assert [segment.position for segment in found.segments] == list(range(8))


def test_a_distance_is_planned_at_its_speed() -> None:
    assert timeline(INTERVALS).segments[6].duration_s == 180
    assert timeline(INTERVALS).segments[6].distance_m == 100


def test_a_program_without_a_closing_stand_gets_one() -> None:
    found = timeline(INTERVALS)
    assert found.segments[-1].is_stand
    assert found.segments[-1].duration_s == CLOSING_STAND_S
    assert timeline("  - forward: 2.0\n    for: 1 min\n  - stand: 10 s\n").segments[-1].duration_s == 10


def test_a_turn_is_a_stand_between_two_facings() -> None:
    found = timeline(INTERVALS)
    turns = [s.position for s in found.segments if s.is_stand and found.facing_changes_after(s.position)]
    assert turns == [5]


def test_a_ramp_is_a_straight_line() -> None:
    segment = timeline("  - backward: {from: 1.0, to: 2.0}\n    for: 1 min\n").segments[0]
    assert [segment.setpoint(f).speed for f in (0, 0.5, 1, 2)] == [100, 150, 200, 200]
    assert segment.peak == 200
    assert str(segment) == "backward 1 to 2.0 km/h"


GROUP = "profile: 1\nname: Group\nlevel: intermediate\nunits: km/h\nscaled_from_cap: 6.0\n"


@pytest.mark.parametrize(
    ("cap", "expected"), [(350, [100, 200, 250]), (600, [250, 350, 450]), (800, [250, 350, 450])]
)
def test_a_group_program_scales_down_to_each_runner_and_never_up(cap: int, expected: list[int]) -> None:
    steps = "".join(f"  - backward: {kmh}\n    for: 1 min\n" for kmh in (2.5, 3.5, 4.5))
    found = timeline(steps, GROUP, cap)
    assert [s.to_speed for s in found.segments if s.movement is Movement.BACKWARD] == expected


def test_an_empty_timeline_lasts_no_time() -> None:
    assert Timeline("none", ()).duration_s == 0
    found = timeline("  - forward: 2.0\n    for: 30 s\n  - stand: 30 s\n")
    assert found.next_moving(1) is None
    assert str(found.segments[1]) == "stand 0:30"
    assert (
        str(timeline("  - backward: 1.0\n    for: 1 min\n    incline: 2\n").segments[0]) == "backward 1.0 km/h at 2 %"
    )
