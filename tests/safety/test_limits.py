"""The safety envelope, held against the document's table once more, written out here by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadcoach.motion import Incline, Level, Movement, Passport, Speed
from treadcoach.safety.limits import CEILINGS, GAITS, LEVELS, _caps, cannot_see_console, resolve

PROVEN = Passport(unit_proven=True)
STRANGER = Passport()

# backward, sidestep, crossover, forward, rate up, rate down, step: km/h and km/h per second
TABLE = {
    Level.FIRST: (2.0, 0.0, 0.0, 5.0, 0.2, 0.3, 0.3),
    Level.NOVICE: (3.5, 1.5, 0.0, 6.0, 0.3, 0.5, 0.5),
    Level.INTERMEDIATE: (6.0, 2.0, 1.5, 10.0, 0.5, 0.8, 0.5),
    Level.ADVANCED: (8.0, 3.0, 2.0, 12.0, 0.8, 1.0, 0.5),
    Level.HARNESS: (10.0, 3.0, 2.0, 14.0, 0.8, 1.0, 0.5),
}


@pytest.mark.parametrize("level", Level)
def test_the_limits_of_a_level_are_those_of_the_envelope(level: Level) -> None:
    limits = LEVELS[level]
    caps = [limits.cap(m).kmh for m in (Movement.BACKWARD, Movement.SIDESTEP_LEFT, Movement.CROSSOVER_RIGHT)]
    rates = [limits.rate_up / 100, limits.rate_down / 100, limits.step / 100]
    assert (*caps, limits.cap(Movement.FORWARD).kmh, *rates) == TABLE[level]


def test_the_ceilings_are_those_of_the_envelope() -> None:
    assert {gait: speed.kmh for gait, speed in CEILINGS.items()} == {
        "forward": 16.0,
        "backward": 12.0,
        "sidestep": 4.0,
        "crossover": 3.0,
    }


@pytest.mark.parametrize(
    ("level", "speed", "steepest"),
    [
        (Level.FIRST, 1.0, 0),
        (Level.NOVICE, 3.5, 3),
        (Level.INTERMEDIATE, 4.5, 6),
        (Level.INTERMEDIATE, 4.51, 0),
        (Level.ADVANCED, 5.0, 10),
        (Level.ADVANCED, 5.01, 4),
        (Level.HARNESS, 10.0, 4),
    ],
)
def test_the_steepest_backward_depends_on_the_speed(level: Level, speed: float, steepest: float) -> None:
    assert LEVELS[level].steepest(Movement.BACKWARD, Speed.from_kmh(speed)) == Incline.from_percent(steepest)


def test_nobody_goes_sideways_uphill_and_forward_has_the_ceiling() -> None:
    assert LEVELS[Level.HARNESS].steepest(Movement.SIDESTEP_LEFT, Speed(100)) == 0
    assert LEVELS[Level.FIRST].steepest(Movement.FORWARD, Speed(100)) == 120


def test_turns_and_starts_are_longer_at_first() -> None:
    holds = [(limits.turn_hold_s, limits.turn_stand_s, limits.start_hold_s) for limits in LEVELS.values()]
    assert holds == [(20, 30, 10), (20, 30, 10), (15, 15, 5), (15, 15, 5), (15, 15, 5)]


@pytest.mark.parametrize(("at_console", "timeout", "patience"), [(False, 12, 20), (True, 40, 48)])
def test_a_belt_that_a_hand_starts_is_waited_for_longer(at_console: bool, timeout: float, patience: float) -> None:
    limits = resolve(Level.NOVICE, Passport(unit_proven=True, starts_at_console=at_console))
    assert (limits.start_timeout_s, limits.start_patience_s) == (timeout, patience)


def test_a_stand_has_no_speed() -> None:
    assert LEVELS[Level.HARNESS].cap(Movement.STAND) == 0


def test_an_unproven_unit_divides_everything_and_is_never_more_than_novice() -> None:
    limits = resolve(Level.HARNESS, STRANGER)
    assert limits.level is Level.NOVICE
    assert limits.cap(Movement.BACKWARD) == 217  # 3.5 / 1.61 = 2.17…
    assert (limits.rate_up, limits.rate_down, limits.step) == (18, 31, 31)


def test_a_level_below_novice_stays_below_on_a_stranger() -> None:
    assert resolve(Level.FIRST, STRANGER).cap(Movement.BACKWARD) == 124


@given(
    st.sampled_from(Level), st.dictionaries(st.sampled_from(GAITS), st.integers(0, 65535).map(Speed)), st.booleans()
)
def test_settings_lower_and_never_raise(level: Level, lowered: dict[str, Speed], proven: bool) -> None:
    limits = resolve(level, Passport(unit_proven=proven), lowered)
    for gait in GAITS:
        assert limits.caps[gait] <= LEVELS[level].caps[gait]
        assert limits.caps[gait] <= lowered.get(gait, Speed(65535))
        assert limits.caps[gait] <= CEILINGS[gait]


@pytest.mark.parametrize("movement", Movement)
def test_only_forward_sees_the_console(movement: Movement) -> None:
    assert cannot_see_console(movement) == (movement is not Movement.FORWARD)


def test_a_row_of_caps_is_in_the_order_of_the_gaits_and_whole() -> None:
    caps = _caps(forward=5.0, backward=2.0, sidestep=1.5, crossover=1.0)
    assert caps == {"forward": 500, "backward": 200, "sidestep": 150, "crossover": 100}
    assert all(type(cap) is Speed for cap in caps.values())


def test_no_level_however_it_is_written_gets_beyond_a_ceiling(monkeypatch: pytest.MonkeyPatch) -> None:
    wild = LEVELS[Level.ADVANCED]._replace(
        caps=dict.fromkeys(GAITS, Speed(9999)), rate_up=999, rate_down=999, step=999
    )
    monkeypatch.setitem(LEVELS, Level.ADVANCED, wild)
    found = resolve(Level.ADVANCED, PROVEN)
    assert found.caps == dict(CEILINGS)
    assert (found.rate_up, found.rate_down, found.step) == (100, 150, 50)


@pytest.mark.parametrize(("low", "high", "seconds"), [(80, 200, 4.0), (200, 80, 2.4), (200, 200, 0.0)])
def test_a_ramp_takes_as_long_as_the_rate_and_the_largest_step_say(low: int, high: int, seconds: float) -> None:
    assert LEVELS[Level.NOVICE].ramp_s(low, high) == seconds
