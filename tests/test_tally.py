from __future__ import annotations

import pytest

from treadcoach.motion import Facing, Observation, Speed
from treadcoach.tally import Tally, zone


def test_metres_are_speed_times_time() -> None:
    tally = Tally()
    for second in range(11):
        tally.observe(Facing.BACKWARD, Observation(Speed(360)), float(second))
    assert tally.distance_m == pytest.approx(10.0)
    assert tally.backward_m == pytest.approx(10.0)
    assert tally.totals().seconds["backward"] == 10.0
    assert tally.totals().maximum_kmh["backward"] == 3.6


def test_nothing_is_invented_across_a_gap() -> None:
    tally = Tally()
    tally.observe(Facing.FORWARD, Observation(Speed(360)), 0.0)
    assert tally.observe(Facing.FORWARD, Observation(Speed(360)), 1.6) == 0.0
    assert tally.distance_m == 0.0


def test_a_standing_belt_counts_for_no_facing() -> None:
    tally = Tally()
    for second in range(5):
        tally.observe(Facing.FORWARD, Observation(Speed(0)), float(second))
        tally.observe(None, Observation(Speed(0)), second + 0.5)
    assert tally.totals().seconds["forward"] == 0.0


@pytest.mark.parametrize(
    ("bpm", "expected"), [(0, None), (None, None), (80, 0), (100, 1), (119, 1), (120, 2), (180, 5), (220, 5)]
)
def test_zones(bpm: int | None, expected: int | None) -> None:
    assert zone(bpm, 200) == expected


def test_time_in_zone_needs_a_maximum() -> None:
    for maximum, expected in ((200, {"3": 1.0}), (None, {})):
        tally = Tally(maximum)
        for second in range(2):
            tally.observe(Facing.BACKWARD, Observation(Speed(300), heart_rate_bpm=150), float(second))
        assert tally.totals().seconds_in_zone == expected
