from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadmill_simulator.belt import Belt


def test_it_reaches_its_target_at_its_rate() -> None:
    belt = Belt(0.5, 1.0)
    belt.target = 3.0
    belt.advance(2.0)
    assert belt.speed == pytest.approx(1.0)
    belt.advance(10.0)
    assert belt.speed == 3.0
    belt.target = 0.0
    belt.advance(1.5)
    assert belt.speed == pytest.approx(1.5)


def test_distance_is_the_integral() -> None:
    belt = Belt(1.0, 1.0)
    belt.target = 3.6
    belt.advance(3.6)
    belt.advance(10.0)
    assert belt.distance_m == pytest.approx(1.8 + 10.0)


@given(st.lists(st.floats(0.001, 3.0), min_size=1, max_size=50))
def test_time_may_pass_in_any_portions(portions: list[float]) -> None:
    whole, parts = Belt(0.8, 0.8), Belt(0.8, 0.8)
    whole.target = parts.target = 6.0
    whole.advance(sum(portions))
    for portion in portions:
        parts.advance(portion)
    assert parts.speed == pytest.approx(whole.speed)
    assert parts.distance_m == pytest.approx(whole.distance_m)


def test_a_belt_that_creeps_gains_only_while_it_runs() -> None:
    belt = Belt(0.8, 0.8, creep=0.1)
    belt.advance(100.0)
    assert belt.speed == 0.0
    belt.target = 1.0
    for _ in range(100):
        belt.advance(0.1)
    assert belt.speed == pytest.approx(2.0, abs=0.01)
    belt.target = 0.0
    belt.advance(60.0)
    assert belt.speed == 0.0
