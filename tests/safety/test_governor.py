from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import BACKWARD, Bench
from treadcoach.motion import Incline, Level, Movement, Observation, Passport, Speed, SpeedGrid, Verb
from treadcoach.safety import rules
from treadcoach.safety.clearance import Ask, Intent
from treadcoach.safety.governor import Governor
from treadcoach.safety.limits import LEVELS, resolve
from treadcoach.safety.rules import Gravity

REST = Intent(Ask.REST)
HALT = Intent(Ask.HALT)


def test_nothing_is_sent_before_the_runner_says_so() -> None:
    bench = Bench()
    bench.run(120.0, REST)
    assert bench.sent == []


@pytest.mark.parametrize("rested", [0.0, 1.0, 4.9])
def test_no_start_before_the_belt_was_seen_at_rest_for_three_seconds(rested: float) -> None:
    bench = Bench()
    bench.run(rested, REST, step=0.1) if rested < 1 else bench.run(rested, REST)
    bench.review(bench.ready())
    assert (bench.verbs == [Verb.START]) == (rested == 4.9)


def test_a_start_needs_a_fresh_word_of_the_runner() -> None:
    bench = Bench()
    bench.run(15.0, REST)
    asked = Intent(Ask.START, BACKWARD, Speed(80))
    bench.review(asked)
    assert bench.codes == ["token-expired"]
    bench.ready()
    for _ in range(19):
        bench.now += 0.5
        bench.governor.observe(Observation(Speed(0)), bench.now)
    bench.governor.review(REST, bench.now + 0.001)
    assert rules.TOKEN_EXPIRED in bench.governor.review(asked, bench.now + 0.001).causes
    bench.review(asked)
    assert bench.verbs == [Verb.START]


def test_a_word_given_for_another_movement_or_before_it_was_asked_for_starts_nothing() -> None:
    bench = Bench()
    bench.run(5.0, REST)
    bench.governor.confirmed(bench.now)
    bench.review(Intent(Ask.START, BACKWARD, Speed(80)))
    assert bench.codes == ["token-expired"]
    bench.ready(Movement.FORWARD)
    bench.review(Intent(Ask.START, BACKWARD, Speed(80)))
    assert bench.codes == ["token-expired"]


def test_a_pause_takes_the_word_back_whatever_the_coach_goes_on_to_ask() -> None:
    bench = Bench()
    bench.run(5.0, REST)
    asked = bench.ready()
    bench.governor.paused(bench.now)
    bench.review(asked)
    assert bench.codes == ["token-expired"]
    assert bench.sent == []


def test_a_pause_brings_a_moving_belt_to_rest_whatever_the_coach_goes_on_to_ask() -> None:
    bench = Bench()
    bench.at(2.0)
    bench.governor.paused(bench.now)
    before = len(bench.targets)
    bench.run(15.0, bench.move(3.0))
    assert [target for _, target in bench.targets[before:]] == [150, 100, 80]
    assert bench.governor.rest_since is not None
    assert bench.governor.latched is None


def test_a_pause_while_the_belt_is_starting_stops_it_whatever_the_coach_goes_on_to_ask() -> None:
    bench = Bench()
    bench.run(5.0, REST)
    bench.review(bench.ready())
    assert bench.verbs == [Verb.START]
    bench.governor.paused(bench.now)
    bench.review(bench.move(1.0))
    assert bench.verbs == [Verb.START, Verb.STOP]


def test_a_word_is_good_for_one_start() -> None:
    bench = Bench()
    bench.at(1.0)
    bench.run(10.0, HALT)
    assert bench.governor.rest_since is not None
    bench.governor.review(REST, bench.now)
    bench.review(Intent(Ask.START, BACKWARD, Speed(80)))
    assert bench.codes == ["token-expired"]


def test_a_second_word_during_the_countdown_does_not_take_the_first_one_back() -> None:
    bench = Bench()
    bench.run(5.0, REST)
    asked = bench.ready()
    bench.run(2.0, REST)
    bench.governor.confirmed(bench.now)
    bench.review(asked)
    assert bench.verbs == [Verb.START]


def test_a_start_is_not_repeated() -> None:
    bench = Bench()
    bench.run(5.0, REST)
    asked = bench.ready()
    for _ in range(5):
        bench.review(asked)
    assert bench.verbs == [Verb.START]


def test_a_start_soon_after_another_waits() -> None:
    bench = Bench()
    bench.run(5.0, REST)
    bench.review(bench.ready())
    bench.run(0.4, bench.move(0.8), step=0.2)
    bench.run(4.0, HALT, step=0.2)
    assert bench.governor.rest_since is not None
    bench.review(bench.ready())
    assert bench.verbs[-1] is Verb.STOP
    assert bench.codes == ["not-ready"]


def test_a_start_on_old_news_waits() -> None:
    bench = Bench()
    bench.run(6.0, REST)
    bench.now += 1.6
    bench.review(bench.ready())
    assert bench.codes == ["not-ready"]


def test_a_machine_that_starts_fast_is_not_started() -> None:
    bench = Bench(grid=SpeedGrid(Speed(160), Speed(640), Speed(10)))
    bench.run(6.0, REST)
    bench.review(bench.ready())
    assert bench.codes == ["not-ready"]


def test_the_first_target_is_the_machines_minimum_and_is_held() -> None:
    bench = Bench()
    bench.start()
    began = bench.now
    bench.run(30.0, bench.move(2.0))
    targets = bench.targets
    assert targets[0] == (began, 80)
    assert targets[1][0] >= began + LEVELS[Level.NOVICE].start_hold_s


@pytest.mark.parametrize("level", Level)
def test_targets_rise_and_fall_within_the_rates_of_the_level(level: Level) -> None:
    limits = LEVELS[level]
    bench = Bench(limits)
    bench.at(limits.cap(BACKWARD).kmh)
    bench.run(60.0, bench.move(0.8))
    for (before, low), (after, high) in pairwise(bench.targets):
        assert after - before >= 1.0
        assert high - low <= min(limits.rate_up, limits.step)
        assert low - high <= min(limits.rate_down, limits.step)
    assert max(target for _, target in bench.targets) == limits.cap(BACKWARD)


def test_on_a_coarse_machine_one_increment_is_a_step_and_takes_its_time() -> None:
    bench = Bench(LEVELS[Level.FIRST], SpeedGrid(Speed(100), Speed(1600), Speed(50)))
    bench.at(2.0)
    bench.run(30.0, bench.move(1.0))
    for (before, low), (after, high) in pairwise(bench.targets):
        assert abs(high - low) == 50
        assert after - before >= (2.5 if high > low else 1.66)


def test_a_wish_between_two_settable_speeds_becomes_the_slower() -> None:
    bench = Bench(grid=SpeedGrid(Speed(96), Speed(643), Speed(32)))
    bench.start()
    bench.run(60.0, bench.move(2.0))
    assert bench.speed == 192


def test_a_wish_below_the_slowest_is_the_slowest() -> None:
    bench = Bench()
    bench.at(1.0)
    bench.run(10.0, bench.move(0.5))
    assert bench.speed == 80


def test_the_target_does_not_run_away_from_a_belt_that_lags() -> None:
    bench = Bench()
    bench.start()
    bench.reports = False
    for _ in range(60):
        bench.now += 1
        bench.governor.observe(Observation(Speed(80 + int(bench.now) % 2)), bench.now)
        bench.review(bench.move(3.5))
    assert max(target for _, target in bench.targets) <= 180 + 1


def test_a_belt_faster_than_asked_is_not_asked_for_more() -> None:
    bench = Bench()
    bench.at(2.0, Movement.FORWARD)
    bench.sent.clear()
    bench.now += 1
    bench.governor.observe(Observation(Speed.from_kmh(2.4)), bench.now)
    bench.review(bench.move(3.0, Movement.FORWARD))
    assert bench.sent == []


def test_a_target_waits_for_the_answer_to_the_last_one() -> None:
    bench = Bench()
    bench.start()
    governor = bench.governor
    bench.run(20.0, bench.move(1.0))
    bench.now += 1
    governor.observe(Observation(bench.speed), bench.now)
    (first,) = governor.review(bench.move(2.0), bench.now).cleared
    bench.now += 1
    governor.observe(Observation(bench.speed), bench.now)
    assert governor.review(bench.move(2.0), bench.now).cleared == ()
    governor.answered(first.verb, bench.now, accepted=None)
    assert len(governor.review(bench.move(2.0), bench.now).cleared) == 1


def test_a_machine_that_refuses_three_targets_is_stopped_softly() -> None:
    bench = Bench()
    bench.at(1.5)
    for _ in range(4):
        bench.now += 1
        bench.governor.observe(Observation(bench.speed), bench.now)
        for cleared in bench.governor.review(bench.move(2.0), bench.now).cleared:
            bench.governor.answered(cleared.verb, bench.now, accepted=False)
    bench.run(60.0, bench.move(2.0))
    assert bench.governor.latched is rules.MACHINE_REFUSES
    assert bench.verbs[-1] is Verb.STOP


def test_a_refused_start_stops() -> None:
    bench = Bench()
    bench.run(5.0, REST)
    asked = bench.ready()
    bench.governor.review(asked, bench.now)
    bench.governor.answered(Verb.START, bench.now, accepted=False)
    assert bench.governor.latched is rules.START_REFUSED


# ---- requests that a sound coach does not make -------------------------------------------------------------


@pytest.mark.parametrize(
    "intent",
    [
        Bench.move(3.51),
        Bench.move(2.0, incline=3.1),
        Bench.move(2.0, incline=-0.1),
        Bench.move(2.0, Movement.FORWARD),
        Bench.move(1.5, Movement.CROSSOVER_LEFT),
        Intent(Ask.MOVE, BACKWARD, Speed(0)),
        Intent(Ask.MOVE, BACKWARD, Speed(65535)),
    ],
    ids=["over-cap", "steep", "downhill", "turned", "not-at-level", "zero", "wrapped"],
)
def test_a_request_beyond_the_limits_is_not_trimmed_but_ends_the_session(intent: Intent) -> None:
    bench = Bench()
    bench.at(2.0)
    bench.sent.clear()
    bench.run(60.0, intent)
    assert bench.governor.latched is rules.OVER_CAP_REQUEST
    assert max(target for _, target in bench.targets) < 200, "only downward from here"
    assert bench.verbs[-1] is Verb.STOP


def test_a_coach_that_fails_is_slowed_to_a_stop() -> None:
    bench = Bench()
    bench.at(2.0)
    bench.sent.clear()
    bench.run(60.0, None)
    assert bench.governor.latched is rules.COACH_LOST
    assert [target for _, target in bench.targets] == [150, 100, 80]
    assert bench.verbs[-1] is Verb.STOP


def test_a_coach_that_fails_at_rest_stops_all_the_same() -> None:
    bench = Bench()
    bench.run(5.0, None)
    assert bench.verbs[0] is Verb.STOP


# ---- stopping ----------------------------------------------------------------------------------------------


def test_a_planned_stop_goes_down_to_the_slowest_and_then_stops() -> None:
    bench = Bench()
    bench.at(2.0)
    bench.sent.clear()
    verdict = bench.run(20.0, HALT)
    assert bench.verbs == [Verb.SET_SPEED, Verb.SET_SPEED, Verb.SET_SPEED, Verb.STOP]
    assert verdict.gravity is Gravity.PASS
    assert bench.governor.latched is None
    assert bench.governor.rest_since is not None


def test_the_end_of_a_program_lingers_at_the_slowest() -> None:
    bench = Bench()
    bench.at(2.0)
    bench.sent.clear()
    bench.run(40.0, Intent(Ask.HALT, linger_s=10.0))
    (slowest_at, _), (stopped_at, _) = bench.sent[-2], bench.sent[-1]
    assert stopped_at - slowest_at >= 10.0


def test_a_belt_that_does_not_slow_down_is_stopped_hard() -> None:
    bench = Bench()
    bench.at(1.2, Movement.FORWARD)
    bench.sent.clear()
    for _ in range(60):
        bench.now += 0.5
        bench.governor.observe(Observation(Speed(120 + int(bench.now) % 2)), bench.now)
        bench.review(HALT)
        if bench.governor.latched:
            break
    assert bench.governor.latched is rules.SLOWING_MISSED
    assert bench.verbs[-1] is Verb.STOP


def test_a_stop_during_the_start_is_written_at_once() -> None:
    bench = Bench()
    bench.run(5.0, REST)
    bench.review(bench.ready())
    bench.review(HALT)
    assert bench.verbs == [Verb.START, Verb.STOP]


def test_a_soft_cause_during_the_start_is_a_stop_at_once() -> None:
    bench = Bench()
    bench.run(5.0, REST)
    bench.review(bench.ready())
    bench.review(None)
    assert bench.verbs == [Verb.START, Verb.STOP]


def test_the_zeros_of_a_countdown_do_not_end_a_stop() -> None:
    bench = Bench()
    bench.run(5.0, REST)
    bench.review(bench.ready())
    began = bench.now
    bench.running = False
    bench.governor.demand(rules.RUNNER_STOP, bench.now)
    while bench.governor.rest_since is None:
        bench.run(0.5, REST, step=0.5)
    assert bench.now >= began + 7.0


def test_a_belt_that_ignores_stop_is_an_alarm_within_three_seconds() -> None:
    bench = Bench()
    bench.at(2.0)
    bench.obeys_stop = False
    bench.sent.clear()
    bench.governor.demand(rules.RUNNER_STOP, bench.now)
    began = bench.now
    while rules.STOP_DISOBEYED.code not in ([] if bench.verdict is None else bench.codes):
        bench.run(0.1, REST, step=0.1)
    assert bench.now - began <= 3.0
    bench.run(12.0, REST, step=0.1)
    assert bench.verbs[:4] == [Verb.STOP, Verb.PAUSE, Verb.SET_SPEED, Verb.RESET], "the third made it slower"


def test_a_planned_stop_that_is_disobeyed_ends_the_session() -> None:
    bench = Bench()
    bench.at(1.0)
    bench.obeys_stop = False
    bench.run(30.0, HALT)
    assert bench.governor.latched is rules.STOP_DISOBEYED


def test_a_machine_that_wants_pause_first_is_not_an_alarm() -> None:
    bench = Bench(passport=Passport(unit_proven=True, pause_before_stop=True))
    bench.at(1.0)
    bench.sent.clear()
    bench.run(20.0, HALT)
    assert bench.verbs == [Verb.SET_SPEED, Verb.PAUSE, Verb.STOP]
    assert bench.governor.latched is None


def test_stops_latch_and_nothing_resumes_them() -> None:
    bench = Bench()
    bench.at(2.0)
    bench.governor.demand(rules.RUNNER_STOP, bench.now)
    bench.run(10.0, bench.move(2.0))
    bench.sent.clear()
    bench.run(30.0, bench.ready())
    assert bench.sent == []
    assert bench.governor.latched is rules.RUNNER_STOP


def test_a_second_press_writes_stop_again_even_at_rest() -> None:
    bench = Bench()
    bench.run(5.0, REST)
    for _ in range(3):
        bench.sent.clear()
        bench.governor.demand(rules.RUNNER_STOP, bench.now)
        bench.review(REST)
        assert bench.verbs == [Verb.STOP]


def test_the_first_reason_stays_unless_a_graver_one_comes() -> None:
    bench = Bench()
    bench.at(2.0)
    bench.governor.demand(rules.FROZEN, bench.now)
    bench.governor.demand(rules.OVERSPEED, bench.now)
    assert bench.governor.latched is rules.FROZEN
    bench.governor.demand(rules.LINK_LOST, bench.now)
    assert bench.governor.latched is rules.LINK_LOST
    bench = Bench()
    bench.governor.demand(rules.RUNNER_STOP, 0.0)
    bench.governor.demand(rules.LINK_LOST, 0.0)
    assert bench.governor.latched is rules.RUNNER_STOP, "the runner ended it, whatever came after"


def test_a_new_link_begins_with_stop_and_only_a_stopped_session_has_one() -> None:
    bench = Bench()
    bench.at(2.0)
    bench.governor.link_restored(bench.now)
    bench.sent.clear()
    bench.review(bench.move(2.0))
    assert bench.sent == []
    bench.governor.demand(rules.LINK_LOST, bench.now)
    bench.run(1.0, REST, step=0.5)
    bench.sent.clear()
    bench.governor.link_restored(bench.now)
    bench.review(REST)
    assert bench.verbs == [Verb.STOP]


def test_a_belt_that_moves_after_the_end_is_stopped_again() -> None:
    bench = Bench()
    bench.at(2.0)
    bench.governor.demand(rules.RUNNER_STOP, bench.now)
    bench.run(10.0, REST)
    bench.sent.clear()
    bench.now += 1
    bench.governor.observe(Observation(Speed(100)), bench.now)
    bench.review(REST)
    assert bench.verbs == [Verb.STOP]


def test_a_halt_at_rest_and_a_rest_while_moving_are_what_they_mean() -> None:
    bench = Bench()
    bench.run(5.0, HALT)
    assert bench.sent == []
    bench.at(1.0)
    bench.run(10.0, REST)
    assert bench.verbs[-1] is Verb.STOP


def test_a_soft_cause_while_slowing_changes_nothing() -> None:
    bench = Bench()
    bench.at(3.0)
    bench.run(1.0, HALT)
    bench.governor.demand(rules.COACH_LOST, bench.now)
    bench.run(20.0, HALT)
    assert bench.governor.latched is rules.COACH_LOST
    assert bench.governor.rest_since is not None


def test_the_coach_may_end_the_session() -> None:
    bench = Bench()
    bench.at(2.0)
    bench.run(30.0, Intent(Ask.STOP))
    assert bench.governor.latched is rules.PROGRAM_ENDED


# ---- what the machine says ---------------------------------------------------------------------------------


def test_stopped_at_the_console_while_running_ends_the_session_and_our_own_echo_does_not() -> None:
    bench = Bench()
    bench.at(1.0)
    bench.run(1.0, HALT)
    bench.governor.stopped_at_machine(bench.now)
    assert bench.governor.latched is None
    bench = Bench()
    bench.at(1.0)
    bench.governor.stopped_at_machine(bench.now)
    assert bench.governor.latched is rules.CONSOLE_STOP


def test_a_faster_target_from_elsewhere_stops_and_the_echo_of_ours_does_not() -> None:
    bench = Bench()
    bench.governor.target_changed(Speed(900), bench.now)
    bench.at(2.0)
    bench.governor.target_changed(Speed(200), bench.now)
    bench.governor.target_changed(Speed(100), bench.now)
    assert bench.governor.latched is None
    bench.governor.target_changed(Speed(231), bench.now)
    assert bench.governor.latched is rules.CONSOLE_OVERRIDE


# ---- incline -----------------------------------------------------------------------------------------------


def test_the_incline_moves_in_steps_when_the_speed_has_been_quiet() -> None:
    bench = Bench()
    bench.at(2.0)
    bench.sent.clear()
    bench.run(30.0, bench.move(2.0, incline=3.0))
    steps = [(at, cleared.value) for at, cleared in bench.sent if cleared.verb is Verb.SET_INCLINE]
    assert [value for _, value in steps] == [10, 20, 30]
    assert all(later - earlier >= 3.0 for (earlier, _), (later, _) in pairwise(steps))


def test_the_incline_waits_for_the_speed() -> None:
    bench = Bench()
    bench.start()
    bench.run(60.0, bench.move(2.0, incline=3.0))
    speed_at = bench.targets[-1][0]
    incline_at = next(at for at, cleared in bench.sent if cleared.verb is Verb.SET_INCLINE)
    assert incline_at - speed_at >= 5.0, "and the last change of speed has been made"


def test_the_deck_does_not_move_at_speed() -> None:
    bench = Bench(LEVELS[Level.INTERMEDIATE])
    bench.at(6.0, Movement.FORWARD)
    bench.run(30.0, bench.move(6.0, Movement.FORWARD, incline=2.0))
    assert Verb.SET_INCLINE not in bench.verbs


# ---- time --------------------------------------------------------------------------------------------------


def test_the_next_review_is_wanted_when_something_can_change() -> None:
    bench = Bench()
    governor = bench.governor
    assert governor.wake_at(0.0) == 3.001
    bench.start()
    assert governor.wake_at(bench.now) == 7.501
    bench.run(1.0, bench.move(0.8))
    governor.demand(rules.RUNNER_STOP, bench.now)
    assert governor.is_stopping
    assert governor.wake_at(bench.now) == bench.now
    bench.run(10.0, REST)
    assert governor.wake_at(bench.now) is None


def test_a_start_wants_to_be_looked_at_when_it_has_failed() -> None:
    bench = Bench()
    bench.run(5.0, REST)
    bench.review(bench.ready())
    bench.now += 10
    bench.governor.observe(Observation(Speed(0)), bench.now)
    assert bench.governor.wake_at(bench.now) == 17.001


def test_slowing_wants_to_be_looked_at_for_the_next_step_down_and_when_the_lingering_ends() -> None:
    bench = Bench()
    bench.at(2.0)
    lingering = Intent(Ask.HALT, linger_s=10.0)
    bench.review(lingering)
    assert bench.governor.wake_at(bench.now) == bench.now + 1.0
    bench.run(12.0, lingering)
    assert bench.verbs[-1] is Verb.SET_SPEED
    assert bench.governor.wake_at(bench.now) == bench.now + 1.0


@given(st.lists(st.tuples(st.floats(0.0, 4.0), st.integers(0, 2000), st.sampled_from(Ask)), max_size=40))
def test_whatever_happens_a_stop_passes_in_the_same_review(history: list[tuple[float, int, Ask]]) -> None:
    governor = Governor(
        LEVELS[Level.NOVICE], Passport(unit_proven=True), SpeedGrid(Speed(80), Speed(1600), Speed(10))
    )
    now = 0.0
    for seconds, speed, ask in history:
        now = round(now + seconds, 3)
        governor.observe(Observation(Speed(speed)), now)
        governor.confirmed(now)
        governor.review(Intent(ask, BACKWARD, Speed(200)), now)
    governor.demand(rules.RUNNER_STOP, now)
    verbs = [cleared.verb for cleared in governor.review(Intent(Ask.MOVE, BACKWARD, Speed(200)), now).cleared]
    assert Verb.STOP in verbs
    assert Verb.START not in verbs


@given(st.lists(st.tuples(st.floats(0.01, 2.0), st.integers(0, 700), st.integers(0, 400)), min_size=5, max_size=80))
def test_no_history_makes_a_target_above_the_cap_or_a_step_too_large(history: list[tuple[float, int, int]]) -> None:
    limits = resolve(Level.NOVICE, Passport(unit_proven=True))
    bench = Bench(limits)
    bench.start()
    for seconds, speed, wish in history:
        bench.now = round(bench.now + seconds, 3)
        bench.governor.observe(Observation(Speed(speed)), bench.now)
        bench.review(Intent(Ask.MOVE, BACKWARD, Speed(wish)))
    for (before, low), (after, high) in pairwise(bench.targets):
        assert high <= limits.cap(BACKWARD)
        assert high - low <= limits.rate_up
        assert after - before >= 1.0 or high == 80


# ---- hands at the console ----------------------------------------------------------------------------------


def console(bench: Bench, kmh: float, intent: Intent, seconds: int) -> None:
    """Somebody holds the belt at a speed, whatever is asked of it."""
    for _ in range(seconds):
        bench.now += 1
        bench.governor.observe(Observation(Speed.from_kmh(kmh)), bench.now)
        bench.review(intent)


@pytest.mark.parametrize("kmh", [0.5, 1.0, 1.4])
def test_a_belt_slowed_on_its_way_up_is_not_taken_further_up(kmh: float) -> None:
    bench = Bench(LEVELS[Level.INTERMEDIATE])
    bench.start()
    bench.run(12.0, bench.move(5.0))
    reached = bench.targets[-1][1]
    assert reached > 200
    bench.sent.clear()
    console(bench, kmh, bench.move(5.0), 5)
    # The last step up may have crossed with the hand: only the slowest speed is surely no rise.
    assert [value for _, value in bench.targets] == ([] if kmh < 0.8 else [80])
    assert bench.codes == ["console-slower"]


@pytest.mark.parametrize("kmh", [0.5, 1.0, 1.4])
def test_a_belt_slowed_during_a_planned_stop_is_only_taken_down_from_there(kmh: float) -> None:
    bench = Bench(LEVELS[Level.INTERMEDIATE])
    bench.at(5.0)
    bench.run(1.0, HALT)
    before = bench.now
    for _ in range(20):
        bench.now += 1
        if bench.governor.is_stopping:
            break
        bench.governor.observe(Observation(Speed.from_kmh(kmh)), bench.now)
        verdict = bench.governor.review(HALT, bench.now)
        assert all((c.value or 0) <= kmh * 100 for c in verdict.cleared if bench.now > before + 2)
    assert bench.governor.is_stopping


def test_a_lower_target_that_is_not_ours_counts_at_once_and_an_echo_does_not() -> None:
    bench = Bench()
    bench.start()
    bench.run(14.0, bench.move(3.0))
    (_, before), (at, last) = bench.targets[-2:]
    assert at == bench.now, "just written"
    bench.speed = Speed(300)  # so that both would be lower than the belt
    bench.governor.observe(Observation(bench.speed), bench.now)
    for ours in (before, last):
        bench.governor.target_changed(Speed(ours), bench.now)
        assert bench.governor._s.console_ceiling is None, "an echo of ours"
    bench.governor.target_changed(Speed(105), bench.now)
    assert bench.governor._s.console_ceiling == 105


def test_a_target_that_was_ours_a_while_ago_is_a_hand_at_the_console() -> None:
    bench = Bench()
    bench.at(3.0)
    assert 200 in [value for _, value in bench.targets]
    bench.governor.target_changed(Speed(200), bench.now)
    assert bench.governor._s.console_ceiling == 200


def test_a_slower_wish_of_the_program_is_followed_below_the_console() -> None:
    bench = Bench()
    bench.at(3.0)
    console(bench, 2.0, bench.move(3.0), 5)
    bench.sent.clear()
    bench.speed = bench.target = Speed(200)
    bench.run(10.0, bench.move(1.0))
    assert [value for _, value in bench.targets] == [150, 100]


def test_stopped_at_the_console_during_a_planned_stop_ends_the_session() -> None:
    bench = Bench()
    bench.at(3.0)
    bench.run(1.0, HALT)
    bench.governor.stopped_at_machine(bench.now)
    assert bench.governor.latched is rules.CONSOLE_STOP


def test_a_belt_that_speeds_up_while_it_should_slow_down_is_stopped() -> None:
    bench = Bench()
    bench.at(1.0)
    bench.run(2.0, Intent(Ask.HALT, linger_s=10.0))
    console(bench, 3.0, Intent(Ask.HALT, linger_s=10.0), 3)
    assert bench.governor.latched in {rules.CONSOLE_FASTER, rules.OVERSPEED}


def test_a_target_whose_fate_is_unknown_is_not_the_base_of_the_next_step() -> None:
    bench = Bench(LEVELS[Level.FIRST])
    bench.start()
    bench.run(11.0, bench.move(0.8))
    for _ in range(3):
        bench.now += 1
        bench.governor.observe(Observation(Speed(80)), bench.now)
        for cleared in bench.governor.review(bench.move(2.0), bench.now).cleared:
            assert (cleared.value or 0) <= 100
            bench.governor.answered(cleared.verb, bench.now, accepted=None)


def test_a_first_word_that_was_lost_is_said_again_and_three_of_them_are_too_many() -> None:
    bench = Bench()
    bench.run(5.0, REST)
    bench.review(bench.ready())
    governor, said = bench.governor, []
    for step in range(1, 30):
        bench.now += 1.2
        governor.observe(Observation(Speed(min(80, 20 * step))), bench.now)  # it gets there by itself
        for cleared in bench.governor.review(bench.move(2.0), bench.now).cleared:
            said.append((cleared.verb, cleared.value))
            governor.answered(cleared.verb, bench.now + 1.2, accepted=None)
        if governor.latched:
            break
    assert said[:3] == [(Verb.SET_SPEED, 80)] * 3
    assert governor.latched is rules.MACHINE_REFUSES


def test_a_machine_that_never_answers_is_believed_by_its_belt() -> None:
    bench = Bench()
    bench.answers = False
    bench.start()
    for _ in range(60):
        bench.now += 1
        bench.governor.observe(Observation(bench.speed), bench.now)
        for cleared in bench.governor.review(bench.move(2.0), bench.now).cleared:
            bench.speed = Speed(cleared.value or 0)
            for _ in range(3):  # so long an answer is waited for
                bench.now += 1
                bench.governor.observe(Observation(bench.speed), bench.now)
            bench.governor.answered(cleared.verb, bench.now, accepted=None)
    assert bench.speed == 200


@pytest.mark.parametrize(("seconds", "believed"), [(1.999, False), (2.0, True)])
def test_a_target_that_could_not_be_written_is_not_believed_because_of_the_belt(
    *, seconds: float, believed: bool
) -> None:
    bench = Bench()
    bench.at(2.0)
    governor, now = bench.governor, bench.now + 1
    governor.observe(Observation(Speed(200)), now)
    assert [cleared.value for cleared in governor.review(bench.move(3.0), now).cleared] == [230]
    governor.observe(Observation(Speed(231)), now + 1)  # a belt that creeps
    governor.answered(Verb.SET_SPEED, now + seconds, accepted=None)
    assert governor._steering._in_force == (230 if believed else 200)


def test_a_deck_too_steep_for_what_comes_is_not_started_on() -> None:
    bench = Bench()
    bench.run(4.0, REST)
    bench.now += 1
    bench.governor.observe(Observation(Speed(0), incline=Incline(36)), bench.now)
    bench.review(bench.ready())
    assert bench.codes == ["tilted"]


def test_the_rung_that_sets_a_speed_is_a_stop_on_a_belt_last_seen_standing() -> None:
    bench = Bench()
    bench.run(5.0, REST)
    bench.governor.demand(rules.LINK_LOST, bench.now)
    for _ in range(100):
        bench.now = round(bench.now + 0.5, 3)
        bench.review(REST)
    assert Verb.SET_SPEED not in bench.verbs
    assert bench.verbs.count(Verb.STOP) > 3


def test_a_belt_on_its_way_up_does_not_rise_after_the_word_to_slow_down() -> None:
    bench = Bench(LEVELS[Level.INTERMEDIATE])
    bench.start()
    bench.run(8.0, bench.move(6.0))
    bench.now += 1
    lagging = Speed(bench.target - 70)
    bench.governor.observe(Observation(lagging), bench.now)
    (first,) = bench.governor.review(HALT, bench.now).cleared
    assert (first.value or 0) <= lagging


def test_nothing_gets_faster_on_a_deck_that_is_too_steep_for_it() -> None:
    bench = Bench(LEVELS[Level.ADVANCED])
    bench.at(4.0)
    bench.sent.clear()
    deck = 100
    for _ in range(60):
        bench.now += 1
        deck -= 2
        bench.governor.observe(Observation(bench.speed, incline=Incline(max(deck, 40))), bench.now)
        bench.review(bench.move(7.0, incline=4.0))
        bench.speed = bench.target
        if bench.speed > 500:
            assert deck <= 45
    assert bench.speed > 500


def test_zeros_are_not_believed_while_somebody_elses_start_may_be_counting_down() -> None:
    bench = Bench()
    bench.run(5.0, None)
    governor = Governor(LEVELS[Level.FIRST], Passport(), bench.grid, bench.now)
    bench.governor = governor
    governor.may_have_started(bench.now)
    governor.demand(rules.DEADMAN, bench.now)
    bench.run(6.0, None)
    assert governor.rest_since is None
    bench.run(12.0, None)
    assert governor.rest_since is not None
    assert bench.verbs[0] is Verb.STOP
    assert Verb.START not in bench.verbs


def test_a_standing_belt_that_is_told_twice_in_one_moment_is_told_once() -> None:
    bench = Bench()
    bench.now = 1.0
    bench.governor.observe(Observation(Speed(0)), bench.now)
    bench.governor.observe(Observation(Speed(0)), bench.now)
    assert bench.governor.rest_since is None
    bench.governor.observe(Observation(Speed(0)), 1.1)
    assert bench.governor.rest_since == 1.1


def test_a_glitch_between_two_zeros_of_one_moment_is_not_the_last_that_is_known() -> None:
    bench = Bench()
    bench.now = 1.0
    bench.governor.demand(rules.NEVER_STARTED, bench.now)
    for speed in (0, 9000, 0):
        bench.governor.observe(Observation(Speed(speed)), bench.now)
    assert bench.governor._s.speed == 0
    bench.run(9.0, None)
    assert Verb.SET_SPEED not in bench.verbs, "a standing belt is not told to go slowly"


def test_a_target_that_was_lost_while_the_belt_came_down_is_not_counted_on() -> None:
    bench = Bench()
    bench.at(2.5)
    bench.run(1.0, bench.move(1.0))
    assert (bench.speed, bench.target) == (Speed(200), Speed(150))
    governor, now = bench.governor, bench.now + 1
    governor.observe(Observation(Speed(190)), now)  # on its way down
    (rise,) = governor.review(bench.move(3.0), now).cleared
    assert rise.value == 180
    governor.answered(Verb.SET_SPEED, now + 0.5, accepted=None)
    for step in range(1, 5):
        governor.observe(Observation(Speed(150)), now + step)
        cleared = governor.review(bench.move(3.0), now + step).cleared
        if cleared:
            break
    assert cleared[0].value == 180, "from what the belt was asked before, not from what may never have arrived"


def test_a_nap_makes_the_last_record_older() -> None:
    bench = Bench()
    bench.at(2.0)
    bench.now += 1.4
    bench.governor.slept(0.2, bench.now)
    bench.review(bench.move(2.0))
    assert bench.codes == ["old-data"]


def test_a_deck_that_reports_what_no_deck_can_is_not_moved_and_not_started_on() -> None:
    bench = Bench()
    bench.at(2.0)
    bench.run(6.0, bench.move(2.0))
    for incline in (9722, -30):
        bench.sent.clear()
        bench.now += 1
        bench.governor.observe(Observation(bench.speed, incline=Incline(incline)), bench.now)
        bench.review(bench.move(2.0))
        assert bench.sent == []
    bench = Bench()
    bench.run(5.0, REST)
    asked = bench.ready()
    bench.governor.observe(Observation(Speed(0), incline=Incline(-10)), bench.now + 0.5)
    bench.now += 0.5
    bench.review(asked)
    assert bench.codes == ["tilted"]


def test_a_belt_that_falls_through_a_speed_set_by_hand_is_not_asked_to_rise_to_it() -> None:
    bench = Bench()
    bench.at(3.0)
    bench.governor.target_changed(Speed(130), bench.now)
    bench.run(1.0, HALT)
    bench.target = Speed(80)
    asked = [bench.governor._s.target]
    for kmh in (2.0, 1.27, 1.0, 0.9):
        bench.now += 1
        bench.governor.observe(Observation(Speed.from_kmh(kmh)), bench.now)
        bench.governor.review(HALT, bench.now)
        asked.append(bench.governor._s.target)
    assert asked == sorted(asked, reverse=True)


def test_what_two_records_prove_is_not_forgotten_because_of_a_third_in_the_same_moment() -> None:
    bench = Bench()
    bench.at(3.5)
    for kmh in (3.9, 3.9, 3.5):
        bench.governor.look(bench.now)
        bench.governor.observe(Observation(Speed.from_kmh(kmh)), bench.now)
    assert bench.governor.latched is rules.OVER_CAP
    bench.governor.look(bench.now)
    assert bench.review(bench.move(3.5)).cleared[0].verb is Verb.STOP


def test_what_a_record_proves_while_the_belt_slows_is_not_forgotten_either() -> None:
    bench = Bench()
    bench.at(3.5)
    bench.governor.demand(rules.PROGRAM_ENDED, bench.now)
    for kmh in (58.9, 3.5):
        bench.governor.observe(Observation(Speed.from_kmh(kmh)), bench.now)
        bench.governor.look(bench.now)
    assert bench.review(bench.move(3.5)).cleared[0].verb is Verb.STOP
    bench.governor.look(bench.now)
    assert bench.governor.latched is rules.PROGRAM_ENDED, "the runner's own wish stays the reason"


def test_a_target_that_was_written_late_is_not_followed_soon() -> None:
    bench = Bench()
    bench.at(1.0)
    bench.now += 1
    governor, now = bench.governor, bench.now
    governor.observe(Observation(bench.speed), now)
    assert [cleared.value for cleared in governor.review(bench.move(2.0), now).cleared] == [130]
    governor.answered(Verb.SET_SPEED, now + 0.9, accepted=True)
    governor.observe(Observation(Speed(110)), now + 1)
    assert governor.review(bench.move(2.0), now + 1.0).cleared == ()
    governor.observe(Observation(Speed(130)), now + 1.9)
    assert [cleared.value for cleared in governor.review(bench.move(2.0), now + 1.9).cleared] == [160]


def test_the_deck_does_not_rise_under_a_belt_that_is_faster_than_it_was_asked_to_be() -> None:
    bench = Bench(limits=LEVELS[Level.INTERMEDIATE])
    bench.at(4.4)
    bench.run(6.0, bench.move(4.4))
    bench.sent.clear()
    bench.now += 1
    bench.governor.observe(Observation(Speed(460)), bench.now)
    bench.review(bench.move(4.4, incline=2))
    assert bench.sent == []
    bench.now += 1
    bench.governor.observe(Observation(Speed(440)), bench.now)
    bench.review(bench.move(4.4, incline=2))
    assert bench.verbs == [Verb.SET_INCLINE]


def test_a_first_target_that_was_refused_is_asked_for_again_before_anything_faster() -> None:
    bench = Bench()
    bench.start()
    governor = bench.governor
    (first,) = governor.review(bench.move(2.0), bench.now).cleared
    governor.answered(Verb.SET_SPEED, bench.now, accepted=False)
    for _ in range(12):
        bench.now += 1
        governor.observe(Observation(Speed(80)), bench.now)
        cleared = governor.review(bench.move(2.0), bench.now).cleared
        if cleared:
            break
    assert [first.value, cleared[0].value] == [80, 80]
    governor.answered(Verb.SET_SPEED, bench.now, accepted=True)
    bench.now += 12
    governor.observe(Observation(Speed(80)), bench.now)
    assert [cleared.value for cleared in governor.review(bench.move(2.0), bench.now).cleared] == [110]


@pytest.mark.parametrize(
    ("told", "ends", "ceiling"),
    [
        (230, False, None),
        (231, True, None),
        (0, False, None),
        (170, False, None),
        (169, False, 169),
        (1, False, 1),
    ],
)
def test_a_target_told_by_the_machine_counts_where_it_differs_by_more_than_noise(
    told: int, ends: bool, ceiling: int | None
) -> None:
    bench = Bench()
    bench.at(2.0)
    bench.run(6.0, bench.move(2.0))
    bench.governor.target_changed(Speed(told), bench.now)
    assert (bench.governor.latched is rules.CONSOLE_OVERRIDE) == ends
    assert bench.governor._s.console_ceiling == ceiling


def test_a_ceiling_set_by_hand_only_falls() -> None:
    bench = Bench()
    bench.at(3.0)
    for told, ceiling in ((200, 200), (150, 150), (180, 150)):
        bench.governor._s.slowed_by_hand(Speed(told), bench.now)
        assert bench.governor._s.console_ceiling == ceiling


def test_a_belt_that_does_not_slow_down_is_stopped_three_seconds_after_it_should_have() -> None:
    bench = Bench()
    bench.at(2.0)
    governor, began = bench.governor, bench.now
    governor.review(HALT, began)
    for step in range(1, 14):
        governor.observe(Observation(Speed(130)), began + step / 2)
        governor.review(HALT, began + step / 2)
    assert not governor.is_stopping
    governor.observe(Observation(Speed(130)), began + 7)
    governor.review(HALT, began + 7)
    assert governor.latched is rules.SLOWING_MISSED


def test_a_soft_stop_of_a_slow_belt_does_not_linger() -> None:
    bench = Bench()
    bench.at(0.8)
    bench.governor.demand(rules.DEADMAN_LOST, bench.now)
    assert [cleared.verb for cleared in bench.governor.review(bench.move(0.8), bench.now).cleared] == [Verb.STOP]


def test_a_belt_that_lingers_is_looked_at_before_its_records_are_stale() -> None:
    bench = Bench()
    bench.at(0.8)
    bench.governor.review(HALT._replace(linger_s=10.0), bench.now)
    assert bench.governor.wake_at(bench.now) == round(bench.now + 3.001, 3)
    assert bench.governor.wake_at(bench.now + 1000) is None


def test_a_step_down_that_the_belt_does_not_show_is_not_counted_on() -> None:
    bench = Bench()
    bench.at(2.0)
    governor, now = bench.governor, bench.now + 1
    governor.observe(Observation(Speed(200)), now)
    assert [cleared.value for cleared in governor.review(bench.move(1.0), now).cleared] == [150]
    governor.observe(Observation(Speed(175)), now + 3)
    governor.answered(Verb.SET_SPEED, now + 3, accepted=None)
    assert governor._s.target == 200, "in the middle is not nearer"
    governor.review(bench.move(1.0), now + 3)
    assert governor._s.target == 150
    governor.observe(Observation(Speed(174)), now + 6)
    governor.answered(Verb.SET_SPEED, now + 6, accepted=None)
    assert governor._s.target == 150


def test_a_slowing_does_not_wait_for_answers_and_does_not_listen_to_refusals() -> None:
    bench = Bench()
    bench.at(2.0)
    governor, now = bench.governor, bench.now + 1
    governor.observe(Observation(Speed(200)), now)
    (first,) = governor.review(HALT, now).cleared
    governor.answered(Verb.SET_SPEED, now, accepted=False)
    governor.observe(Observation(Speed(200)), now + 1)
    (second,) = governor.review(HALT, now + 1).cleared
    assert [(first.value, first.urgent), (second.value, second.urgent)] == [(150, True), (100, True)]


# ---- what an attacker tried --------------------------------------------------------------------------------


def stopping(speed: int, grid_minimum: int = 80) -> Bench:
    """A belt at a speed, a stop that nobody obeys."""
    bench = Bench(LEVELS[Level.INTERMEDIATE], SpeedGrid(Speed(grid_minimum), Speed(1600), Speed(10)))
    bench.start()
    bench.obeys_stop = False
    bench.speed = bench.target = Speed(speed)
    bench.governor.observe(Observation(bench.speed), bench.now)
    bench.sent.clear()
    bench.governor.demand(rules.RUNNER_STOP, bench.now)
    return bench


def climb(bench: Bench, speeds: list[int | None]) -> list[Verb]:
    """A record each second (or none); what was written."""
    bench.review(None)
    for speed in speeds:
        bench.now += 1
        if speed is not None:
            bench.governor.observe(Observation(Speed(speed)), bench.now)
        for cleared in bench.governor.review(None, bench.now).cleared:
            bench.sent.append((bench.now, cleared))
    return bench.verbs


@pytest.mark.parametrize(
    ("speeds", "third"),
    [
        ([300] * 8, Verb.SET_SPEED),  # it runs on
        ([111] * 8, Verb.SET_SPEED),
        ([110] * 8, Verb.STOP),  # the slowest there is, or nearly
        ([300 - 9 * second for second in range(1, 9)], Verb.STOP),  # it comes down by itself, slowly
        ([None] * 8, Verb.STOP),  # nobody knows
        ([300, 300, 300, None, None, None, None, None], Verb.STOP),
    ],
)
def test_the_rung_that_sets_a_speed_is_for_belts_that_run_on(speeds: list[int | None], third: Verb) -> None:
    verbs = climb(stopping(300 if speeds[0] is None else speeds[0]), speeds)
    assert verbs[2:3] == [third]
    assert (Verb.SET_SPEED in verbs) == (third is Verb.SET_SPEED)


def test_a_machine_that_was_silent_hears_stop_as_soon_as_it_is_heard() -> None:
    bench = stopping(300)
    verbs = climb(bench, [300, None, None, None, None, 300])
    assert verbs == [Verb.STOP, Verb.PAUSE, Verb.STOP]
    assert bench.sent[-1][0] == bench.now


def test_a_stop_before_the_belt_was_ever_seen_at_rest_does_not_believe_the_zeros_of_a_countdown() -> None:
    """Somebody else, another process say, may have started it a moment ago."""
    bench = Bench()
    bench.governor.demand(rules.RUNNER_STOP, bench.now)
    bench.run(11.0, None)
    assert bench.governor.is_stopping
    assert bench.governor.rest_since is None
    bench.run(1.5, None, step=0.5)
    assert bench.governor.rest_since is not None


def test_a_stop_of_a_belt_that_was_seen_at_rest_is_soon_over() -> None:
    bench = Bench()
    bench.run(5.0, REST)
    bench.governor.demand(rules.RUNNER_STOP, bench.now)
    bench.run(2.0, None)
    assert bench.governor.rest_since is not None


def test_a_stop_at_the_console_takes_the_runners_word_back_and_ends_the_session() -> None:
    bench = Bench()
    bench.run(5.0, REST)
    asked = bench.ready()
    bench.governor.stopped_at_machine(bench.now)
    assert bench.governor.latched is rules.CONSOLE_STOP
    bench.run(10.0, asked)
    assert Verb.START not in bench.verbs


def test_a_machine_that_tells_of_a_stop_while_nobody_has_said_anything_tells_nothing_new() -> None:
    bench = Bench()
    bench.run(5.0, REST)
    bench.governor.stopped_at_machine(bench.now)
    assert bench.governor.latched is None


@pytest.mark.parametrize("speed", [None, "2.0", float("nan"), 2.0])
@pytest.mark.parametrize("field", ["speed", "incline"])
def test_a_wish_that_is_no_number_is_too_much_and_raises_nothing(field: str, speed: object) -> None:
    bench = Bench()
    bench.start()
    bench.review(bench.move(2.0)._replace(**{field: speed}))  # type: ignore[arg-type]
    assert bench.governor.latched is rules.COACH_LOST


@pytest.mark.parametrize(
    "wish",
    ["move", None, object(), (), REST._replace(ask="rest"), REST._replace(linger_s=11.0)],  # type: ignore[arg-type]
)
def test_what_is_no_wish_at_all_is_a_coach_that_is_gone(wish: object) -> None:
    bench = Bench()
    bench.start()
    bench.review(wish)  # type: ignore[arg-type]
    assert bench.governor.latched is rules.COACH_LOST


@pytest.mark.parametrize(("seconds", "lost"), [(1.0, False), (2.0, True)])
def test_a_coach_that_goes_on_asking_for_a_start_of_a_moving_belt_is_gone(seconds: float, *, lost: bool) -> None:
    bench = Bench()
    bench.start()
    bench.run(seconds, Intent(Ask.START, BACKWARD, Speed(80)))
    assert (bench.governor.latched is rules.COACH_LOST) is lost


@pytest.mark.parametrize(("minimum", "starts"), [(90, True), (100, False)])
def test_a_machine_whose_slowest_is_above_the_cap_is_not_started(minimum: int, *, starts: bool) -> None:
    limits = resolve(Level.NOVICE, Passport())
    assert limits.cap(Movement.SIDESTEP_LEFT) == 93
    bench = Bench(limits, SpeedGrid(Speed(minimum), Speed(1600), Speed(10)), Passport())
    bench.run(5.0, REST)
    bench.review(bench.ready(Movement.SIDESTEP_LEFT))
    assert (Verb.START in bench.verbs) is starts


def rested(bench: Bench, incline: int) -> None:
    """The belt comes to rest with its deck somewhere."""
    bench.run(40.0, HALT)
    for _ in range(5):
        bench.now += 1
        bench.governor.observe(Observation(Speed(0), incline=Incline(incline)), bench.now)
        bench.review(REST)
    bench.sent.clear()


@pytest.mark.parametrize(
    ("movement", "incline", "starts"),
    [
        (BACKWARD, 60, True),  # a pause on the slope that the program is on
        (BACKWARD, 65, True),  # which its report may be off by
        (BACKWARD, 66, False),
        (BACKWARD, -5, True),
        (BACKWARD, -6, False),
        (Movement.FORWARD, 20, True),  # a turn
        (Movement.FORWARD, 25, True),
        (Movement.FORWARD, 26, False),
    ],
)
def test_a_start_on_a_slope_is_for_whoever_does_not_turn(movement: Movement, incline: int, *, starts: bool) -> None:
    bench = Bench(LEVELS[Level.INTERMEDIATE])
    bench.at(3.0)
    rested(bench, incline)
    assert bench.governor.is_tilted is not (-5 <= incline <= 25)
    bench.review(bench.ready(movement))
    assert (Verb.START in bench.verbs) is starts


@pytest.mark.parametrize(("movement", "hold_s"), [(BACKWARD, 10), (Movement.FORWARD, 5)])
def test_a_start_that_goes_on_as_before_is_slow_for_ten_seconds(movement: Movement, hold_s: int) -> None:
    bench = Bench(LEVELS[Level.INTERMEDIATE])
    bench.at(3.0)
    rested(bench, 0)
    bench.review(bench.ready(movement))
    bench.run(30.0, bench.move(3.0, movement))
    first, second = bench.targets[:2]
    assert second[0] - first[0] == hold_s


@pytest.mark.parametrize(("accepted", "believed"), [(True, 20), (False, 30), (None, 30)])
def test_a_deck_that_did_not_obey_is_where_it_was(*, accepted: bool | None, believed: int) -> None:
    bench = Bench()
    bench.at(2.0)
    bench.run(10.0, bench.move(2.0))
    bench.governor._s.incline = Incline(30)
    cleared = bench.governor.review(bench.move(2.0), bench.now).cleared
    assert [c.value for c in cleared] == [20]
    bench.governor.answered(Verb.SET_INCLINE, bench.now, accepted=accepted)
    assert bench.governor._s.incline == believed


@pytest.mark.parametrize(("accepted", "believed"), [(True, 10), (False, 0), (None, 10)])
def test_a_deck_that_may_have_risen_counts_as_risen(*, accepted: bool | None, believed: int) -> None:
    bench = Bench()
    bench.at(2.0)
    bench.run(10.0, bench.move(2.0))
    assert [c.value for c in bench.governor.review(bench.move(2.0, incline=1.0), bench.now).cleared] == [10]
    bench.governor.answered(Verb.SET_INCLINE, bench.now, accepted=accepted)
    assert bench.governor._s.incline == believed


def test_a_deck_that_has_reported_where_it_is_since_is_there_whatever_it_answers() -> None:
    bench = Bench()
    bench.at(2.0)
    bench.run(10.0, bench.move(2.0))
    bench.governor.review(bench.move(2.0, incline=1.0), bench.now)
    bench.governor.observe(Observation(Speed(200), incline=Incline(8)), bench.now + 1)
    bench.governor.answered(Verb.SET_INCLINE, bench.now + 1, accepted=False)
    assert bench.governor._s.incline == 8


@pytest.mark.parametrize("incline", [40, -10])
def test_a_deck_that_somebody_tilts_under_a_backward_runner_ends_the_session_softly(incline: int) -> None:
    bench = Bench()
    bench.at(2.0)
    for _ in range(2):
        assert bench.governor.latched is None
        bench.now += 1
        bench.governor.observe(Observation(Speed(200), incline=Incline(incline)), bench.now)
        bench.review(bench.move(2.0))
    assert bench.governor.latched is rules.STEEP
    assert not bench.governor.is_stopping, "softly"


def test_speed_does_not_rise_while_the_deck_is_still_coming_down() -> None:
    bench = Bench(LEVELS[Level.INTERMEDIATE])
    bench.at(4.0)
    bench.run(10.0, bench.move(4.0))
    s = bench.governor._s
    s.incline = Incline(10)
    bench.review(bench.move(4.5))
    bench.run(8.0, bench.move(4.5))
    assert bench.verbs[-1] is Verb.SET_INCLINE
    asked_at = bench.sent[-1][0]
    bench.run(3.0, bench.move(6.0))
    rises = [at for at, value in bench.targets if at >= asked_at and value > 450]
    assert rises[0] == asked_at + 3.0


def test_a_target_that_crossed_with_a_hand_is_written_over_once() -> None:
    bench = Bench(LEVELS[Level.INTERMEDIATE])
    bench.start()
    bench.run(12.0, bench.move(5.0))
    bench.sent.clear()
    console(bench, 1.4, bench.move(5.0), 5)
    assert [value for _, value in bench.targets] == [80]


def test_a_belt_that_does_not_follow_a_hand_is_told_what_it_wanted() -> None:
    bench = Bench(LEVELS[Level.INTERMEDIATE])
    bench.at(3.0)
    bench.run(5.0, bench.move(3.0))
    told_at = bench.now
    bench.governor.target_changed(Speed(200), bench.now)
    bench.sent.clear()
    bench.run(6.0, bench.move(3.0))
    assert bench.targets == [(told_at + 3, 200)], "it is given its time, and told once"
    assert bench.governor.latched is None


def test_a_word_at_the_console_that_may_have_crossed_with_ours_is_answered_with_the_slowest() -> None:
    bench = Bench(LEVELS[Level.INTERMEDIATE])
    bench.start()
    bench.run(10.0, bench.move(5.0))
    bench.sent.clear()
    bench.governor.target_changed(Speed(90), bench.now)
    bench.run(2.0, bench.move(5.0))
    assert [value for _, value in bench.targets] == [80]


def test_an_echo_that_comes_late_holds_and_proves_nothing() -> None:
    bench = Bench(LEVELS[Level.INTERMEDIATE])
    bench.start()
    bench.run(12.0, bench.move(6.0))
    ours = bench.targets[-3][1]
    bench.sent.clear()
    bench.governor.target_changed(Speed(ours), bench.now)
    bench.run(2.0, bench.move(6.0))
    assert bench.targets == [], "nothing gets faster until two records have shown that nobody slows it"
    assert bench.governor._s.console_ceiling is None
    bench.run(3.0, bench.move(6.0))
    assert bench.targets


@pytest.mark.parametrize(
    ("level", "proven", "increment", "kmh"),
    [
        (Level.FIRST, False, 10, 3.0),
        (Level.FIRST, True, 20, 5.0),
        (Level.NOVICE, True, 30, 6.0),
        (Level.FIRST, True, 50, 5.0),
    ],
)
def test_a_planned_stop_has_the_time_that_its_steps_take_on_this_grid(
    level: Level, proven: bool, increment: int, kmh: float
) -> None:
    passport = Passport(unit_proven=proven)
    minimum = max(80, increment)
    grid = SpeedGrid(Speed(minimum), Speed(1600), Speed(increment))
    bench = Bench(resolve(level, passport), grid, passport)
    bench.start(Movement.FORWARD)
    bench.run(90.0, bench.move(kmh, Movement.FORWARD))
    bench.sent.clear()
    bench.run(60.0, HALT)
    assert bench.governor.latched is None
    assert bench.verbs[-1] is Verb.STOP


@pytest.mark.parametrize("period_s", [1.0, 1.2, 1.3, 1.4])
def test_the_rung_that_sets_a_speed_waits_for_a_record_that_is_new_enough(period_s: float) -> None:
    for offset in range(14):
        bench = stopping(300)
        bench.review(None)
        began, next_at, wrote = bench.now, round(bench.now + offset / 10, 3), []
        while bench.now < began + 9:
            bench.now = round(bench.now + 0.1, 3)
            if bench.now >= next_at:
                bench.governor.observe(Observation(Speed(300)), bench.now)
                next_at = round(next_at + period_s, 3)
            wrote += [(bench.now - began, c.verb) for c in bench.governor.review(None, bench.now).cleared]
        assert min(at for at, verb in wrote if verb is Verb.SET_SPEED) <= 6.7


@pytest.mark.parametrize(("seconds", "stops"), [(1.0, False), (1.001, True)])
def test_a_sleep_ages_what_was_seen_and_a_long_one_stops(seconds: float, *, stops: bool) -> None:
    bench = Bench()
    bench.at(2.0)
    seen_at = bench.governor._s.observed_at
    bench.governor.slept(seconds, bench.now)
    assert bench.governor._s.observed_at == seen_at - seconds
    assert (bench.governor.latched is rules.SUSPENDED) is stops


def test_a_start_forgets_what_a_hand_did_before() -> None:
    bench = Bench()
    bench.start()
    s = bench.governor._s
    s.ceiling_is_unheard = s.ceiling_is_passed = True
    s.starts(BACKWARD, bench.now, 10.0)
    assert (s.ceiling_is_unheard, s.ceiling_is_passed) == (False, False)


@pytest.mark.parametrize(
    ("told", "seconds", "is_echo"),
    [
        (200, 1.0, True),
        (230, 1.0, True),
        (215, 1.0, True),
        (199, 1.0, False),
        (231, 1.0, False),
        (200, 3.0, True),
        (200, 3.1, False),
    ],
)
def test_an_echo_is_a_target_of_ours_or_on_the_way_to_it_and_not_old(
    told: int, seconds: float, *, is_echo: bool
) -> None:
    bench = Bench()
    steering = bench.governor._steering
    bench.governor._s.target = Speed(200)
    steering.aim(Speed(230), 10.0)
    assert steering.may_be_echo(Speed(told), 10.0 + seconds) is is_echo
