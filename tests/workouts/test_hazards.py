"""Hazards of the safety analysis, each as one story through the bytes."""

from __future__ import annotations

import random

import pytest
from rig import SHORT, Rig, assert_within_envelope

from treadcoach.events import NoticeKind, Pressed, Result, State
from treadcoach.motion import Passport
from treadmill_simulator.characters import CHARACTERS

STOP, PAUSE, START = b"\x08\x01", b"\x08\x02", b"\x07"


def running_backward(**options: object) -> Rig:
    """Backward at 1.5 km/h for a while."""
    rig = Rig(**options).run_to(State.RUNNING, 4)  # type: ignore[arg-type]
    return rig.run(25)


def since(rig: Rig, moment: float) -> list[bytes]:
    """What reached the machine from a moment on."""
    return [data for at, data in rig.machine.received if at >= moment]


@pytest.mark.parametrize("state", [State.STANDING, State.READY, State.COUNTDOWN, State.STARTING, State.RUNNING])
@pytest.mark.parametrize("presses", [1, 3])
def test_the_runner_can_stop_in_every_state(state: State, presses: int) -> None:
    rig = Rig().run_to(state)
    before = len(rig.received)
    for _ in range(presses):
        outcome = rig.press(Pressed.STOP)
        assert STOP in [write.data for write in outcome.writes]
    rig.run()
    assert rig.drive.result is Result.STOPPED
    assert rig.machine.belt.speed == 0
    assert START not in rig.received[before:]


@pytest.mark.parametrize("state", [State.HALTING, State.TURNING, State.PAUSED])
def test_the_runner_can_stop_while_it_is_stopping_already(state: State) -> None:
    rig = running_backward()
    rig.press(Pressed.PAUSE)
    rig = rig if state is not State.TURNING else Rig()
    rig.run_to(state)
    outcome = rig.press(Pressed.STOP)
    assert STOP in [write.data for write in outcome.writes]
    assert rig.run().drive.result is Result.STOPPED


def test_h03_set_points_rise_within_the_rate_in_any_second_and_any_five() -> None:
    rig = Rig().run()
    rate = rig.plan.limits.rate_up
    for at, value in rig.targets:
        for seconds in (1.0, 5.0):
            later = [v for moment, v in rig.targets if at <= moment < at + seconds - 0.001]
            assert max(later) - value <= rate * seconds


def test_h05_silence_holds_then_stops() -> None:
    rig = running_backward()
    began = rig.now
    with rig.wire.dropping():
        rig.run(until=lambda r: "old-data" in r.reasons)
        assert rig.now - began <= 2.6
        rig.run(until=lambda r: "stale" in r.reasons)
        assert rig.now - began <= 4.1
        assert STOP in since(rig, began)
    rig.run()
    assert rig.drive.result is Result.SAFETY_STOP


def test_h06_a_link_that_is_up_and_silent_is_a_link_that_is_down() -> None:
    rig = running_backward()
    rig.faulty(rig.wire.frozen(), 10)
    assert "stale" in rig.reasons
    assert rig.run().drive.result is Result.SAFETY_STOP


def test_h05_h20_after_a_lost_link_the_first_words_are_request_control_and_stop() -> None:
    rig = running_backward()
    rig.lose_link()
    rig.run(5)
    assert rig.machine.belt.speed > 0, "the belt runs on: FTMS has no deadman"
    rig.restore_link()
    moment = rig.now
    rig.run()
    writes = since(rig, moment)
    assert writes[:2] == [b"\x00", STOP]
    assert not [data for data in writes if data[0] in {0x02, 0x07}]
    assert rig.drive.result is Result.SAFETY_STOP


def test_h16_the_console_wins() -> None:
    rig = running_backward()
    rig.machine.console_speed(1.0)
    rig.run(10)
    assert rig.reasons == ("console-slower",)
    moment = rig.now
    rig.run_to(State.TURNING)
    assert max([v for at, v in rig.targets if moment <= at], default=0) <= 100
    assert rig.run().drive.result is Result.COMPLETED


def test_h17_a_faster_console_stops_somebody_who_cannot_see_it() -> None:
    rig = running_backward()
    rig.machine.console_speed(3.0)
    moment = rig.now
    rig.run(3)
    assert STOP in since(rig, moment)
    assert rig.run().drive.result is Result.SAFETY_STOP


def test_h18_stop_at_the_console_and_the_key_end_the_session() -> None:
    for act, result in (("console_stop", Result.STOPPED), ("pull_key", Result.SAFETY_STOP)):
        rig = running_backward()
        getattr(rig.machine, act)()
        moment = rig.now
        rig.run()
        assert rig.drive.result is result
        assert not [data for data in since(rig, moment) if data[0] in {0x02, 0x07}]


def test_h36_control_taken_away_stops() -> None:
    rig = running_backward()
    rig.machine.revoke_control()
    moment = rig.now
    rig.run()
    assert since(rig, moment)[:2] == [b"\x00", STOP]
    assert rig.drive.result is Result.SAFETY_STOP


def assert_a_pause_rewinds(rig: Rig, segment: int, whole_s: float) -> None:
    """Pause and go on: the belt rests, and the segment begins anew."""
    rig.press(Pressed.PAUSE)
    rig.run_to(State.PAUSED)
    assert rig.machine.belt.speed == 0
    assert rig.outcome.snapshot.segment_remaining_s == whole_s
    rig.run(10)
    rig.press(Pressed.CONFIRM)
    rig.run_to(State.RUNNING, segment)
    assert rig.outcome.snapshot.segment_remaining_s == pytest.approx(whole_s, abs=0.01)


def test_h19_a_pause_is_a_full_start_and_rewinds_the_segment() -> None:
    rig = Rig().run_to(State.RUNNING, 5).run(15)
    assert_a_pause_rewinds(rig, 5, 30)
    assert rig.targets[-1][1] == 80
    assert rig.run().drive.result is Result.COMPLETED


def test_h19_what_was_added_to_a_segment_outlives_a_pause() -> None:
    rig = Rig().run_to(State.RUNNING, 4).run(5)
    rig.press(Pressed.EXTEND)
    assert_a_pause_rewinds(rig, 4, 70)
    assert rig.run().drive.result is Result.COMPLETED


def test_h19_a_pause_of_three_minutes_ends_the_session() -> None:
    rig = running_backward()
    rig.press(Pressed.PAUSE)
    rig.run_to(State.PAUSED).run(185)
    assert rig.run().drive.result is Result.STOPPED


def test_h24_nobody_who_says_nothing_is_moved() -> None:
    rig = Rig(confirms=False).run()
    assert rig.drive.result is Result.STOPPED
    assert START not in rig.received


def test_h25_a_turn_takes_its_time_on_a_standing_belt() -> None:
    rig = Rig().run_to(State.TURNING)
    began = rig.now
    rig.press(Pressed.SKIP)
    rig.run_to(State.READY)
    assert rig.now - began >= rig.plan.limits.turn_hold_s


def test_h31_h33_a_program_that_did_not_run_for_a_second_stops_the_belt() -> None:
    rig = running_backward()
    rig.now = round((rig.outcome.wake_at or rig.now) + 1.01, 3)
    outcome = rig.step()
    assert "stalled" in outcome.snapshot.reasons
    assert STOP in [write.data for write in outcome.writes]


def test_h21_a_belt_that_begins_to_move_by_itself_is_an_alarm() -> None:
    rig = Rig().run_to(State.TURNING).run(5)
    rig.machine.belt.target = 2.0
    rig.run(3)
    assert "unexpected-motion" in rig.reasons
    assert NoticeKind.ALARM in {notice.kind for _, notice in rig.notices}


def test_h12_on_a_stranger_every_cap_is_divided() -> None:
    rig = Rig(SHORT.replace("2.5", "2.0"), passport=Passport("stranger")).run()
    assert rig.drive.result is Result.COMPLETED
    assert max(value for _, value in rig.targets) <= 217


def test_skip_back_and_extend_stay_within_the_envelope() -> None:
    rig = Rig().run_to(State.RUNNING, 4).run(12)
    rig.press(Pressed.EXTEND)
    assert rig.outcome.snapshot.segment_remaining_s == pytest.approx(58, abs=0.5)
    rig.press(Pressed.SKIP)
    assert rig.outcome.snapshot.segment == 5
    rig.run(1)
    rig.press(Pressed.BACK)
    assert rig.outcome.snapshot.segment == 4
    rig.run()
    assert rig.drive.result is Result.COMPLETED
    assert_within_envelope(rig)


def test_a_doubled_and_a_late_stream_change_nothing() -> None:
    rig = running_backward()
    rig.faulty(rig.wire.duplicating(), 10).faulty(rig.wire.delaying(0.4), 10)
    assert rig.reasons == ()
    assert rig.run().drive.result is Result.COMPLETED


@pytest.mark.parametrize("seed", range(150))
def test_whatever_happens_the_belt_stays_in_its_envelope_and_the_session_ends(seed: int) -> None:
    """A short campaign: random keys, console hands, wire faults and machines; the seed is the test's own."""
    chance = random.Random(seed)
    rig = Rig(character=chance.choice(["well-behaved", "pause-first", "start-toggles", "coarse"]), seed=seed)
    wire = rig.wire
    faults = [wire.dropping(), wire.duplicating(), wire.frozen(), wire.delaying(chance.uniform(0, 3))]
    keys = [Pressed.PAUSE, Pressed.CONFIRM, Pressed.SKIP, Pressed.BACK, Pressed.EXTEND]
    stopped_at: float | None = None
    for _ in range(12):
        rig.run(chance.expovariate(1 / 20))
        match chance.randrange(8):
            case 0 | 1 | 2:
                rig.press(chance.choice(keys))
            case 3 if faults:
                rig.faulty(faults.pop(chance.randrange(len(faults))), chance.uniform(0.1, 2.5))
            case 4:
                rig.machine.console_speed(chance.choice([0.8, 1.0, 1.5]))
            case 5 if chance.random() < 0.3:
                rig.press(Pressed.STOP)
                stopped_at = stopped_at if stopped_at is not None else rig.now
    rig.run()
    assert rig.drive.result is not None
    assert rig.machine.belt.speed == 0
    assert_within_envelope(rig)
    if stopped_at is not None:
        assert START not in since(rig, stopped_at)


def test_h21_a_belt_that_moves_before_start_was_written_is_not_started() -> None:
    # Still busy with Request Control, which was asked five seconds before.
    rig = Rig(character=CHARACTERS["well-behaved"]._replace(latency_s=5.4, period_s=0.2)).run_to(State.STARTING)
    assert START in [write.data for write in rig.outcome.writes]
    assert rig.received == [b"\x00"]
    rig.machine.belt.target = 1.0
    rig.run()
    assert START not in rig.received
    assert rig.drive.result is Result.SAFETY_STOP


def test_a_stop_during_a_long_countdown_waits_until_the_belt_can_no_longer_begin() -> None:
    slow = CHARACTERS["well-behaved"]._replace(countdown_s=9.0, ignores_stop=True, period_s=0.2)
    rig = Rig(character=slow).run_to(State.STARTING).run(1)
    rig.press(Pressed.STOP)
    rig.run(30)
    assert rig.machine.belt.speed == 0
    assert rig.machine.motion.value == "idle"


def test_pausing_twice_is_pausing_once() -> None:
    rig = running_backward()
    rig.press(Pressed.PAUSE)
    rig.run(1)
    rig.press(Pressed.PAUSE)
    rig.run_to(State.PAUSED)


def test_a_stop_works_after_control_was_lost_in_silence() -> None:
    slow = CHARACTERS["well-behaved"]._replace(latency_s=1.4)
    rig = Rig(character=slow).run_to(State.RUNNING, 2).run(20)
    rig.machine._has_control = False
    rig.press(Pressed.STOP)
    rig.run(30)
    assert rig.machine.belt.speed == 0
    assert rig.drive.result is Result.STOPPED


def test_extending_is_bounded_by_what_a_session_may_hold() -> None:
    rig = running_backward()
    for _ in range(100):
        rig.press(Pressed.EXTEND)
    rig.run()
    assert rig.drive.totals().seconds["backward"] <= rig.plan.limits.dose.backward_s + 30
