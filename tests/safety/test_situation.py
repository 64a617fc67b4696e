from __future__ import annotations

import pytest

from bench import Bench
from treadcoach.motion import COMMON_GRID, Incline, Level, Movement, Observation, Speed
from treadcoach.safety.limits import LEVELS
from treadcoach.safety.situation import Phase, Situation


@pytest.fixture
def moving() -> Situation:
    """Backward at 2.0 since the second 10, settled."""
    found = Situation(LEVELS[Level.NOVICE], COMMON_GRID, 0.0)
    found.starts(Movement.BACKWARD, 5.0, 5.0)
    found.phase = Phase.MOVING
    found.moving_since = 10.0
    found.aims(Speed(200), 10.0)
    return found


def see(found: Situation, speed: int, now: float, **fields: int) -> None:
    found.observe(Observation(Speed(speed), **fields), now)  # type: ignore[arg-type]


def test_rest_is_two_zeros_in_a_row() -> None:
    found = Situation(LEVELS[Level.NOVICE], COMMON_GRID, 0.0)
    see(found, 0, 1.0)
    assert not found.is_at_rest()
    see(found, 0, 2.0)
    assert found.rest_since == 2.0
    see(found, 0, 3.0)
    assert found.rest_since == 2.0
    see(found, 10, 4.0)
    assert not found.is_at_rest()


def test_a_lowered_target_explains_the_belt_for_a_while(moving: Situation) -> None:
    moving.aims(Speed(150), 20.0)
    moving.aims(Speed(100), 21.0)
    assert moving.tolerated(24.9) == 200
    assert moving.tolerated(25.0) == 150
    assert moving.tolerated(26.0) == 100


def test_a_doubtful_target_puts_the_one_before_back_and_is_tolerated(moving: Situation) -> None:
    moving.aims(Speed(230), 20.0)
    moving.doubts(Speed(200), 20.1)
    assert moving.target == 200
    assert moving.tolerated(20.1) == 230


def test_freshness_counts_from_the_last_record(moving: Situation) -> None:
    see(moving, 200, 20.0)
    assert moving.is_fresh(21.5)
    assert not moving.is_fresh(21.501)
    assert moving.age_s(23.0) == 3.0


def test_a_belt_slower_than_asked_for_two_records_was_slowed_by_somebody(moving: Situation) -> None:
    moving.aims(Speed(400), 11.0)
    see(moving, 400, 13.0)
    see(moving, 369, 15.0)
    assert moving.console_ceiling is None, "a heavy step"
    see(moving, 369, 16.0)
    assert moving.console_ceiling == 369
    assert moving.target == 369, "anything above it would be a rise"


def test_one_short_record_is_no_hand(moving: Situation) -> None:
    see(moving, 200, 13.0)
    see(moving, 150, 14.0)
    see(moving, 200, 15.0)
    see(moving, 150, 16.0)
    assert moving.console_ceiling is None


@pytest.mark.parametrize(("written_at", "crossed"), [(13.0, True), (14.9, True), (12.9, False)])
def test_a_target_since_the_belt_was_last_as_fast_as_asked_may_have_crossed_with_the_hand(
    moving: Situation, written_at: float, *, crossed: bool
) -> None:
    see(moving, 200, 13.0)
    moving.aims(Speed(220), written_at)
    see(moving, 150, 14.0)
    see(moving, 150, 15.0)
    assert moving.console_ceiling == 150
    assert moving.ceiling_is_unheard is crossed


def test_a_belt_that_is_faster_than_the_hand_wanted_it_is_noted(moving: Situation) -> None:
    moving.slowed_by_hand(Speed(150), 12.0)
    for speed, passed in ((180, False), (181, True), (150, False)):
        see(moving, speed, 13.0)
        assert moving.ceiling_is_passed is passed


@pytest.mark.parametrize(
    ("movement", "speed", "incline", "frames"),
    [
        (Movement.BACKWARD, 200, 35, 0),  # novice: up to 3 %, and half a percent is noise
        (Movement.BACKWARD, 200, 36, 2),
        (Movement.BACKWARD, 200, -5, 0),
        (Movement.BACKWARD, 200, -6, 2),
        (Movement.SIDESTEP_LEFT, 150, 5, 0),
        (Movement.SIDESTEP_LEFT, 150, 6, 2),
        (Movement.FORWARD, 200, 150, 0),  # whoever goes forward sees it
        (Movement.BACKWARD, 200, 400, 2),
        (Movement.BACKWARD, 200, 401, 0),  # no deck is that steep: it reports nothing
        (Movement.BACKWARD, 200, -150, 2),
        (Movement.BACKWARD, 200, -151, 0),
    ],
)
def test_a_deck_that_is_not_where_this_movement_may_be_is_counted(
    moving: Situation, movement: Movement, speed: int, incline: int, frames: int
) -> None:
    moving.movement = movement
    for at in (14.0, 15.0):
        see(moving, speed, at, incline=Incline(incline))
    assert moving.steep_frames == frames
    see(moving, speed, 16.0, incline=Incline(0))
    assert moving.steep_frames == 0


def test_what_a_speed_allows_of_the_deck_is_asked_of_the_belt_less_its_noise() -> None:
    moving = Situation(LEVELS[Level.INTERMEDIATE], COMMON_GRID, 0.0)
    moving.starts(Movement.BACKWARD, 5.0, 5.0)
    moving.phase = Phase.MOVING
    for speed, frames in ((480, 0), (481, 1)):
        see(moving, speed, 10.0, incline=Incline(60))
        assert moving.steep_frames == frames


def test_a_belt_slowed_twice_has_the_lower_ceiling(moving: Situation) -> None:
    for at, speed in ((15.0, 150), (16.0, 150), (21.0, 110), (22.0, 110)):
        see(moving, speed, at)
    assert moving.console_ceiling == 110


def test_a_belt_still_on_its_way_is_not_slow(moving: Situation) -> None:
    see(moving, 120, 12.0)
    see(moving, 150, 13.0)
    assert moving.console_ceiling is None


def test_a_start_forgets_the_console(moving: Situation) -> None:
    see(moving, 150, 15.0)
    see(moving, 150, 16.0)
    moving.starts(Movement.BACKWARD, 30.0, 5.0)
    assert moving.console_ceiling is None
    assert moving.tolerated(30.0) == COMMON_GRID.minimum


def test_a_report_that_does_not_move_although_the_target_did_is_noted(moving: Situation) -> None:
    see(moving, 200, 12.0)
    moving.aims(Speed(230), 13.0)
    assert moving.diverged_at is None
    moving.aims(Speed(260), 14.0)
    assert moving.diverged_at == 14.0
    see(moving, 210, 15.0)
    assert moving.diverged_at is None


def test_a_clock_that_ran_and_stands_is_frozen(moving: Situation) -> None:
    for second in range(10, 16):
        see(moving, 200, float(second), elapsed_s=second)
    for second in (16, 17):
        see(moving, 200, float(second), elapsed_s=15)
    assert not moving.clock_is_frozen(17.5)
    see(moving, 200, 18.0, elapsed_s=15)
    assert moving.clock_is_frozen(18.0)


def test_a_clock_that_never_ran_says_nothing(moving: Situation) -> None:
    for second in range(10, 30):
        see(moving, 200, float(second), elapsed_s=7)
    assert not moving.clock_is_frozen(30.0)


def test_a_clock_of_whole_seconds_in_a_fast_stream_is_not_frozen(moving: Situation) -> None:
    for tick in range(100, 300):
        see(moving, 200, tick / 10, elapsed_s=tick // 10)
        assert not moving.clock_is_frozen(tick / 10)


def test_the_machine_tells_its_incline(moving: Situation) -> None:
    see(moving, 200, 12.0, incline=20)
    assert moving.incline == 20


def test_noise_above_the_cap_is_none_and_a_hundredth_more_is() -> None:
    for speed, frames in ((380, 0), (381, 2)):
        bench = Bench()
        bench.at(3.5)
        for second in (1, 2):
            bench.governor.observe(Observation(Speed(speed)), bench.now + second)
        assert bench.governor._s.over_cap_frames == frames


def test_a_fast_belt_may_be_a_tenth_above_its_target() -> None:
    for speed, is_over in ((1100, False), (1101, True)):
        bench = Bench(limits=LEVELS[Level.ADVANCED])
        bench.at(10.0, Movement.FORWARD)
        bench.governor.observe(Observation(Speed(speed)), bench.now + 1)
        assert (bench.governor._s.over_target_since is not None) is is_over


def test_half_as_much_again_is_a_mile() -> None:
    for speed, frames in ((149, 0), (150, 1)):
        bench = Bench()
        bench.at(1.0)
        bench.governor.observe(Observation(Speed(speed)), bench.now + 5)
        assert bench.governor._s.miles_frames == frames


def test_a_standing_belt_is_no_ceiling() -> None:
    bench = Bench()
    bench.at(2.0)
    for second, speed in enumerate((150, 150, 0), 1):
        bench.governor.observe(Observation(Speed(speed)), bench.now + second)
    assert bench.governor._s.console_ceiling == 150


def test_a_fall_is_noticed_from_three_tenths_on() -> None:
    for speed, ceiling in ((171, None), (170, 170)):
        bench = Bench()
        bench.at(2.0)
        for second in (1, 2):
            bench.governor.observe(Observation(Speed(speed)), bench.now + second)
        assert bench.governor._s.console_ceiling == ceiling


@pytest.mark.parametrize(("lateness_s", "came_at"), [(0.25, 14.0), (0.251, 13.749), (0.9, 13.1)])
def test_a_record_that_comes_with_a_late_step_may_have_waited_as_long(
    moving: Situation, lateness_s: float, came_at: float
) -> None:
    see(moving, 200, 12.0)
    moving.lateness_s = lateness_s
    see(moving, 200, 14.0)
    assert moving.observed_at == came_at


def test_no_record_is_older_than_the_one_before_it(moving: Situation) -> None:
    see(moving, 200, 13.5)
    moving.lateness_s = 0.9
    see(moving, 200, 14.0)
    assert moving.observed_at == 13.5
