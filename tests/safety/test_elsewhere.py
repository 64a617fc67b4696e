"""Whoever stops the belt by another program has stopped this session too, wherever it stands."""

from __future__ import annotations

import pytest
from rig import SHORT, Rig

from treadcoach.events import Notified, Pressed, Result, State

POINT = 0x2AD9
START = b"\x07"
# What the machine says to a Stop of somebody else: taken, or refused because the belt stands already.
ANSWERS = (b"\x80\x08\x01", b"\x80\x08\x04", b"\x80\x00\x01")


def rig_in(state: State) -> Rig:
    if state is State.PAUSED:
        rig = Rig(SHORT).run_to(State.RUNNING).run(10)
        rig.press(Pressed.PAUSE)
        return rig.run_to(State.PAUSED).run(20)
    if state is State.READY:
        rig = Rig(SHORT, confirms=False)
        return rig.run_to(State.READY).run(20)
    return Rig(SHORT).run_to(state).run(1.5)


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda data: data.hex(" "))
@pytest.mark.parametrize(
    "state",
    [State.WAITING, State.STANDING, State.READY, State.COUNTDOWN, State.TURNING, State.PAUSED, State.RUNNING],
)
def test_a_stop_by_another_program_latches(state: State, answer: bytes) -> None:
    rig = rig_in(state) if state is not State.WAITING else Rig(SHORT)
    assert rig.state is state
    starts = rig.received.count(START)
    rig.step(Notified(POINT, answer))
    assert rig.state is State.STOPPING
    assert "stopped-elsewhere" in rig.reasons
    rig.confirms = True
    for _ in range(5):
        rig.press(Pressed.CONFIRM)
        rig.run(5)
    rig.run(60)
    assert rig.drive.result is Result.STOPPED
    assert rig.received.count(START) == starts
    assert rig.machine.belt.speed == 0


def test_what_another_program_asks_while_this_one_stops_is_no_reason_to_stop_again() -> None:
    """Two programs that stop one belt hear each other's answers; neither may go on because of the other."""
    rig = Rig(SHORT).run_to(State.RUNNING).run(10)
    rig.press(Pressed.STOP)
    before = len(rig.received)
    for _ in range(20):
        rig.step(Notified(POINT, b"\x80\x08\x01"))
    assert len(rig.received) - before <= 1
    assert rig.run(60).drive.result is Result.STOPPED
