from __future__ import annotations

import pytest
from rig import Rig

from treadcoach.coach import Coach
from treadcoach.events import Failed, NoticeKind, Pressed, Result, State, Suspended
from treadcoach.motion import Movement, Speed, Verb
from treadcoach.safety.clearance import Ask, Cleared, Intent

STOP = b"\x08\x01"


def backward() -> Rig:
    return Rig().run_to(State.RUNNING, 4).run(15)


@pytest.mark.parametrize("method", ["step", "wanted", "wake_at", "remaining_s", "went"])
def test_a_coach_that_raises_is_a_coach_that_is_gone_and_the_belt_slows_to_a_stop(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = backward()

    def broken(*_: object) -> None:
        raise RuntimeError("a bug in the interesting part")

    monkeypatch.setattr(Coach, method, broken)
    rig.run()
    assert rig.drive.result is Result.SAFETY_STOP
    assert rig.reasons[0] == "coach-lost"
    assert rig.machine.belt.speed == 0
    assert rig.state is State.STOPPED


@pytest.mark.parametrize("when", [State.STANDING, State.RUNNING])
def test_a_coach_that_raises_on_a_key_does_not_take_the_stop_with_it(
    when: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = Rig().run_to(when)

    def broken(*_: object) -> None:
        raise RuntimeError("a bug in the interesting part")

    monkeypatch.setattr(Coach, "press", broken)
    rig.press(Pressed.PAUSE)
    outcome = rig.press(Pressed.STOP)
    assert STOP in [write.data for write in outcome.writes]
    assert rig.run().drive.result is not None


def test_a_coach_that_asks_for_too_much_is_taken_for_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = backward()
    monkeypatch.setattr(Coach, "_intent", lambda *_: Intent(Ask.MOVE, Movement.BACKWARD, Speed(1500)))
    rig.run()
    assert rig.drive.result is Result.SAFETY_STOP
    assert max(value for _, value in rig.targets) <= 350


def test_an_encoder_that_refuses_what_was_cleared_stops_the_belt(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = backward()
    forged = Cleared(Verb.SET_SPEED, 1500, movement=Movement.BACKWARD)
    governor = rig.drive._engine._governor
    honest = governor._move
    monkeypatch.setattr(governor, "_move", lambda *_: [forged])
    rig.advance()
    monkeypatch.setattr(governor, "_move", honest)
    assert "fault" in rig.reasons
    assert b"\x02\xdc\x05" not in rig.received
    assert rig.run().drive.result is Result.SAFETY_STOP


@pytest.mark.parametrize("part", [Failed("the screen"), Suspended(1.5)])
def test_a_failed_part_and_a_sleeping_computer_stop_the_belt(part: Failed | Suspended) -> None:
    rig = backward()
    outcome = rig.step(part)
    assert STOP in [write.data for write in outcome.writes]


def test_a_nap_of_less_than_a_second_does_not() -> None:
    rig = backward()
    assert rig.step(Suspended(0.9)).writes == ()


def test_a_restriction_is_said_once_when_it_begins() -> None:
    rig = backward()
    rig.machine.console_speed(1.0)
    rig.run(20)
    said = [notice.text for _, notice in rig.notices if notice.kind is NoticeKind.VERDICT]
    assert said == ["Slowed at the console: it stays that slow."]


def test_the_snapshot_says_unknown_rather_than_old() -> None:
    rig = backward()
    with rig.wire.dropping():
        rig.run(2)
    assert rig.outcome.snapshot.observed_kmh is None
    assert rig.outcome.snapshot.heart_rate_bpm is None


def test_no_moment_is_asked_for_twice_without_something_having_happened() -> None:
    """A step that asks for its own moment again would never let time pass."""
    rig = Rig()
    before = (-1.0, 0)
    while rig.drive.result is None:
        rig.advance()
        before = (rig.now, before[1] + 1 if rig.now == before[0] else 0)
        assert before[1] < 6
