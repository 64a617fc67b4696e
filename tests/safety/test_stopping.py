from __future__ import annotations

from treadcoach.motion import Passport, Speed, Verb
from treadcoach.safety.stopping import RUNG_S, VERIFY_S, Ladder

FAST = Speed(600)


def ladder(*, pause_first: bool = False) -> Ladder:
    return Ladder(Passport(pause_before_stop=pause_first), 0.0, believe_rest_at=0.0)


def climb_until(found: Ladder, until: float, speed: Speed) -> list[tuple[float, Verb]]:
    """Every rung up to a time, on a belt that keeps its speed and says so."""
    rungs = []
    now = 0.0
    while now <= until:
        found.observe(speed)
        if rung := found.climb(now, speed, fresh=True):
            rungs.append((now, rung))
        now = round(now + 0.1, 3)
    return rungs


def test_the_first_rung_is_written_at_once() -> None:
    assert ladder().climb(0.0, FAST, fresh=True) is Verb.STOP


def test_four_rungs_are_tried_within_eight_seconds_on_a_belt_that_ignores_them() -> None:
    rungs = climb_until(ladder(), 8.0, FAST)
    assert [verb for _, verb in rungs] == [Verb.STOP, Verb.PAUSE, Verb.SET_SPEED, Verb.RESET]


def test_it_never_gives_up_and_never_starts() -> None:
    rungs = climb_until(ladder(), 120.0, FAST)
    assert rungs[-1][0] > 117
    assert {verb for _, verb in rungs} == {Verb.STOP, Verb.PAUSE, Verb.SET_SPEED, Verb.RESET}


def test_a_belt_that_falls_is_not_climbed_after() -> None:
    found = ladder()
    found.climb(0.0, FAST, fresh=True)
    for second in range(1, 20):
        speed = Speed(max(0, 600 - 31 * second))
        found.observe(speed)
        assert found.climb(float(second), speed, fresh=True) is None
    assert not found.is_disobeyed


def test_a_belt_that_first_rises_falls_from_its_peak() -> None:
    found = ladder()
    found.climb(0.0, Speed(100), fresh=True)
    for at, kmh in ((0.5, 1.6), (1.0, 1.5), (2.0, 1.3), (2.6, 1.15)):
        found.observe(Speed.from_kmh(kmh))
        assert found.climb(at, Speed.from_kmh(kmh), fresh=True) is None


def test_old_news_of_a_fall_is_no_news() -> None:
    found = ladder()
    found.climb(0.0, FAST, fresh=True)
    found.observe(Speed(300))
    assert found.climb(RUNG_S, Speed(300), fresh=False) is Verb.PAUSE


def test_a_refusal_brings_the_next_rung_at_once() -> None:
    found = ladder()
    found.climb(0.0, FAST, fresh=True)
    found.answered(0.1, accepted=False, stands=False)
    assert found.climb(0.1, FAST, fresh=True) is Verb.PAUSE
    assert found.is_disobeyed


def test_a_machine_that_refuses_every_rung_is_not_asked_without_end_in_one_moment() -> None:
    found = ladder()
    rungs = 0
    while found.climb(1.0, FAST, fresh=True):
        rungs += 1
        found.answered(1.0, accepted=False, stands=False)
    assert rungs == 4


def test_a_refusal_by_a_standing_belt_is_no_disobedience() -> None:
    found = ladder()
    found.climb(0.0, Speed(0), fresh=True)
    found.answered(0.1, accepted=False, stands=True)
    assert found.climb(0.1, Speed(0), fresh=True) is None
    assert found.climb(RUNG_S, Speed(0), fresh=True) is None


def test_an_answer_brings_the_look_at_the_belt_forward_and_silence_changes_nothing() -> None:
    found = ladder()
    found.climb(0.0, FAST, fresh=True)
    found.answered(0.05, accepted=True, stands=False)
    assert found.wake_at == 0.05 + VERIFY_S
    found.answered(1.0, accepted=None, stands=False)
    assert found.wake_at == 0.05 + VERIFY_S


def test_a_machine_that_wants_pause_first_gets_it_and_stop_at_the_standstill() -> None:
    found = ladder(pause_first=True)
    assert found.climb(0.0, FAST, fresh=True) is Verb.PAUSE
    assert not found.has_stopped
    found.observe(Speed(0))
    found.observe(Speed(0))
    assert found.sees_rest(3.0)
    assert found.finish(3.0) is Verb.STOP
    assert found.has_stopped
    assert not found.is_disobeyed


def test_rest_is_two_zeros_after_the_first_rung() -> None:
    found = ladder()
    found.observe(Speed(0))
    found.observe(Speed(0))
    assert not found.sees_rest(0.0), "nothing was written yet"
    found.climb(0.0, Speed(0), fresh=True)
    assert found.sees_rest(0.1)
    found.observe(Speed(10))
    found.observe(Speed(0))
    assert not found.sees_rest(1.0)


def test_zeros_of_a_countdown_are_not_believed() -> None:
    found = Ladder(Passport(), 0.0, believe_rest_at=7.0)
    found.climb(0.0, Speed(0), fresh=True)
    found.observe(Speed(0))
    found.observe(Speed(0))
    assert not found.sees_rest(6.9)
    assert found.sees_rest(7.0)


def test_a_machine_that_is_heard_again_hears_stop_again_at_once() -> None:
    found = ladder()
    found.climb(0.0, FAST, fresh=True)
    found.observe(FAST)
    assert not found.repeats()
    found.climb(RUNG_S, FAST, fresh=False)
    found.observe(FAST)
    assert found.repeats()
    found.observe(FAST)
    assert not found.repeats(), "once"


def test_a_belt_that_stood_and_moves_again_is_told_at_once() -> None:
    found = ladder()
    found.climb(0.0, FAST, fresh=True)
    for speed, told in ((FAST, False), (Speed(0), False), (FAST, True), (FAST, False)):
        found.observe(speed)
        assert found.repeats() is told


def test_another_press_writes_stop_again_and_leaves_the_ladder_as_it_is() -> None:
    found = ladder()
    assert not found.repeats()
    found.climb(0.0, FAST, fresh=True)
    wake_at = found.wake_at
    found.press()
    assert found.repeats()
    assert not found.repeats()
    assert found.wake_at == wake_at
