from __future__ import annotations

import pytest

from treadmill_simulator.runner import Runner


@pytest.mark.parametrize(("kmh", "backward", "steps"), [(0.0, False, 0), (3.0, False, 106), (3.0, True, 116.6)])
def test_steps_are_quicker_backward_and_none_on_a_standing_belt(*, kmh: float, backward: bool, steps: float) -> None:
    runner = Runner()
    runner.turn(backward)
    assert round(runner.cadence(kmh), 1) == steps


def test_nobody_is_quicker_than_a_sprinter_on_a_belt_that_runs_away() -> None:
    assert Runner().cadence(40.0) == 230
