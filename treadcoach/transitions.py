"""The coach's states as one table: state → signal → next state. The README's diagram is drawn from it."""

from __future__ import annotations

from enum import Enum

from treadcoach.events import NoticeKind, State


class Signal(Enum):
    """What the coach concludes; together with the state it decides the next state."""

    STAND_BEGUN = "stand begun"
    TURN_BEGUN = "turn begun"
    MOVE_DUE = "movement due"
    CONFIRMED = "confirmed"
    COUNTED_DOWN = "counted down"
    BELT_MOVED = "belt moved"
    HALT_DUE = "standstill due"
    PAUSE_BEGUN = "pause begun"
    PAUSE_PRESSED = "pause pressed"
    PROGRAM_DONE = "program done"
    STOP_DEMANDED = "stop demanded"
    STOP_SEEN = "belt seen to stop"


_S, _X = State, Signal

# state → signal → next state. What is not here leaves the state as it is.
TRANSITIONS: dict[State, dict[Signal, State]] = {
    _S.WAITING: {_X.STAND_BEGUN: _S.STANDING, _X.TURN_BEGUN: _S.TURNING, _X.MOVE_DUE: _S.READY},
    _S.STANDING: {
        _X.STAND_BEGUN: _S.STANDING,
        _X.TURN_BEGUN: _S.TURNING,
        _X.MOVE_DUE: _S.READY,
        _X.PROGRAM_DONE: _S.COMPLETED,
    },
    _S.TURNING: {
        _X.STAND_BEGUN: _S.STANDING,
        _X.TURN_BEGUN: _S.TURNING,
        _X.MOVE_DUE: _S.READY,
        _X.PROGRAM_DONE: _S.COMPLETED,
    },
    _S.READY: {_X.CONFIRMED: _S.COUNTDOWN},
    _S.COUNTDOWN: {_X.COUNTED_DOWN: _S.STARTING, _X.PAUSE_PRESSED: _S.READY},
    _S.STARTING: {_X.BELT_MOVED: _S.RUNNING, _X.PAUSE_PRESSED: _S.HALTING},
    _S.RUNNING: {_X.HALT_DUE: _S.HALTING, _X.PAUSE_PRESSED: _S.HALTING},
    _S.HALTING: {
        _X.STAND_BEGUN: _S.STANDING,
        _X.TURN_BEGUN: _S.TURNING,
        _X.PAUSE_BEGUN: _S.PAUSED,
    },
    _S.PAUSED: {_X.CONFIRMED: _S.COUNTDOWN},
    _S.STOPPING: {_X.STOP_SEEN: _S.STOPPED},
    _S.STOPPED: {},
    _S.COMPLETED: {},
}
for _state in State:
    # A stop is legal everywhere; while stopping and at the end there is no further state for it to lead to.
    if _state not in {_S.STOPPING, _S.STOPPED, _S.COMPLETED}:
        TRANSITIONS[_state][_X.STOP_DEMANDED] = _S.STOPPING


# What the runner hears on entering a state.
SAID = {
    State.TURNING: (NoticeKind.STATE, "the belt stands: turn on the side rails, to go {movement} ({length})"),
    State.STANDING: (NoticeKind.STATE, "stand for {length}"),
    State.READY: (NoticeKind.ASK, "ready to go {movement}? Feet on the side rails, hand on a rail, then confirm"),
    State.PAUSED: (NoticeKind.ASK, "paused, the belt stands; confirm to go on {movement}"),
    State.COUNTDOWN: (NoticeKind.STATE, "starting in 5"),
    State.STARTING: (NoticeKind.STATE, "the belt starts: wait for it, then step on"),
    State.RUNNING: (NoticeKind.STATE, "the belt moves: step on"),
    State.HALTING: (NoticeKind.STATE, "slowing to a standstill: wait for the belt to stop"),
    State.STOPPING: (NoticeKind.STATE, "stopping: wait for the belt to stop, do not step back on"),
    State.STOPPED: (NoticeKind.STATE, "the belt was seen to stop"),
    State.COMPLETED: (NoticeKind.STATE, "done, the belt was seen to stop; take the safety key with you"),
}
# … and who stands beside a belt on which nobody is.
SAID_BESIDE = SAID | {
    State.READY: (
        NoticeKind.ASK,
        "ready to start the empty belt? Nobody on it, the safety key in your hand, then confirm",
    ),
    State.PAUSED: (NoticeKind.ASK, "paused, the belt stands; nobody on it, then confirm to go on"),
    State.STARTING: (NoticeKind.STATE, "the belt starts: stay beside it"),
    State.RUNNING: (NoticeKind.STATE, "the belt moves: stay beside it"),
    State.STOPPING: (NoticeKind.STATE, "stopping: stay beside the belt until it stands"),
    State.COMPLETED: (NoticeKind.STATE, "done, the belt was seen to stop"),
}


def diagram() -> str:
    """The table as a Mermaid state diagram. A stop leads from every state to `stopping`, and is left out of it."""
    lines = ["stateDiagram-v2", "    [*] --> waiting"]
    lines += [
        f"    {state.value} --> {following.value}: {signal.value}"
        for state, row in TRANSITIONS.items()
        for signal, following in row.items()
        if signal is not Signal.STOP_DEMANDED
    ]
    lines += [f"    {state.value} --> [*]" for state, row in TRANSITIONS.items() if not row]
    return "\n".join(lines)
