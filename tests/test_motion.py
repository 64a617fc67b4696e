from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadcoach.motion import COMMON_GRID, Facing, Incline, Level, Movement, Speed, SpeedGrid, after


def test_every_tenth_is_rounded_and_never_truncated() -> None:
    assert [Speed.from_kmh(tenths / 10) for tenths in range(251)] == [tenths * 10 for tenths in range(251)]


@given(st.floats())
def test_every_float_is_a_speed_or_refused(kmh: float) -> None:
    try:
        speed = Speed.from_kmh(kmh)
    except ValueError:
        assert not 0 <= kmh <= 655.35
    else:
        assert 0 <= speed <= 65535
        assert abs(speed.kmh - kmh) <= 0.005000001


@pytest.mark.parametrize("percent", [float("nan"), float("inf"), 101, -101, True])
def test_what_is_no_incline_is_refused(percent: float) -> None:
    with pytest.raises(ValueError, match="not an incline"):
        Incline.from_percent(percent)


def test_quantities_show_themselves_as_people_read_them() -> None:
    assert [str(Speed(value)) for value in (350, 217, 6000, 0)] == ["3.5 km/h", "2.17 km/h", "60.0 km/h", "0.0 km/h"]
    assert [str(Incline(value)) for value in (20, 5, -10)] == ["2 %", "0.5 %", "-1 %"]
    assert Speed(322).mph == pytest.approx(2.0, abs=0.01)
    assert Incline(15).percent == 1.5


@given(st.integers(1, 200), st.integers(1, 200), st.integers(1, 100), st.integers(0, 3000))
def test_a_grid_never_rounds_up(minimum: int, width: int, increment: int, wanted: int) -> None:
    grid = SpeedGrid(Speed(minimum), Speed(minimum + width), Speed(increment))
    floor = grid.floor(wanted)
    if floor is None:
        assert wanted < minimum
        return
    assert floor <= wanted
    assert minimum <= floor <= grid.maximum
    assert (floor - minimum) % increment == 0
    ceil = grid.ceil(wanted)
    assert (ceil - minimum) % increment == 0
    assert ceil >= min(wanted, floor)
    assert grid.minimum <= ceil <= grid.maximum


def test_the_grid_of_miles() -> None:
    miles = SpeedGrid(Speed(96), Speed(643), Speed(32))
    assert miles.floor(200) == 192
    assert miles.floor(95) is None
    assert miles.ceil(10) == 96
    assert COMMON_GRID.floor(99999) == 1600


def test_every_movement_has_a_facing_except_the_stand() -> None:
    assert [movement for movement in Movement if movement.facing is None] == [Movement.STAND]
    assert Movement.CROSSOVER_LEFT.facing is Facing.LEFT
    assert Movement.SIDESTEP_RIGHT.words == "sidestep right"


def test_levels_are_in_order() -> None:
    assert [level.rank for level in Level] == [0, 1, 2, 3, 4]


def test_deadlines_are_whole_milliseconds() -> None:
    assert after(0.1, 0.2) == 0.3
    assert after(1.0004, 1) == 2.0
