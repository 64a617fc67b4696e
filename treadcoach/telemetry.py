"""What a session tells a broker: payloads of JSON with units in their names. Knows no broker. Pure.

Each payload says which version of its schema it is (`schema`), when it was made (`ts`, UTC) and whether a simulated
machine speaks (`simulated`). Newer states replace older ones; an event happens once.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from treadcoach.drive import Outcome
from treadcoach.energy import Range, kilocalories, mets
from treadcoach.events import NoticeKind, Result, Snapshot, State
from treadcoach.motion import Facing, Incline, Movement, Speed
from treadcoach.safety.rules import Gravity
from treadcoach.tally import Totals

SCHEMA = 1
Payload = dict[str, Any]

# Ticks and "all is well" are for the runner's ears.
_UNTOLD = {NoticeKind.BEEP, NoticeKind.HEARTBEAT}
# Between two states a belt is taken to have gone on as it was, but not for longer than this.
_GAP_S = 3.0
_MOVEMENTS = {
    Facing.FORWARD: Movement.FORWARD,
    Facing.BACKWARD: Movement.BACKWARD,
    Facing.LEFT: Movement.SIDESTEP_LEFT,
    Facing.RIGHT: Movement.SIDESTEP_RIGHT,
}


def encode(payload: Payload) -> bytes:
    """As it goes out."""
    return json.dumps(payload, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


class Status(NamedTuple):
    """How a line to a broker is."""

    text: str
    is_fault: bool = False


class About(NamedTuple):
    """What all payloads of one session say."""

    session: str
    """When it began, UTC, ISO 8601."""
    machine: str
    program: str
    simulated: bool
    weight_kg: float | None = None
    """Of the runner; without it nothing is said of energy."""


class Report(NamedTuple):
    """What one step has to tell."""

    state: Payload
    events: tuple[Payload, ...]
    is_change: bool
    """It is worth telling before its time."""


class Reporter:
    """Makes payloads of steps.

    Args:
        about: The session.
    """

    def __init__(self, about: About) -> None:
        self._about = about
        self._head: Payload = {
            "session": about.session,
            "machine": about.machine,
            "program": about.program,
            "simulated": about.simulated,
        }
        self._place: tuple[object, ...] = ()
        self._at: float | None = None
        self._burnt = Range(0.0, 0.0)
        self._state: Payload | None = None

    def step(self, now: float, outcome: Outcome, ts: str) -> Report:
        """One step of the session; ``ts`` is the wall clock's UTC in ISO 8601."""
        snapshot = outcome.snapshot
        self._burn(now, snapshot)
        tripped = _is_tripped(outcome)
        place = (snapshot.state, snapshot.segment, snapshot.verdict, snapshot.reasons, tripped)
        is_change, self._place = place != self._place, place
        moves = None if snapshot.observed_kmh is None else snapshot.observed_kmh > 0
        state = {**self._envelope(ts), **snapshot._asdict(), "belt_moving": moves, "guard_tripped": tripped}
        if self._about.weight_kg:
            state["energy_low_kcal"], state["energy_high_kcal"] = map(round, self._burnt)
        told = [notice for notice in outcome.notices if notice.kind not in _UNTOLD]
        self._state = state
        events = tuple(
            {
                **self._envelope(ts),
                "kind": notice.kind.value,
                "text": notice.text,
                "state": snapshot.state.value,
                "segment": snapshot.segment,
            }
            for notice in told
        )
        return Report(state, events, is_change)

    def summary(self, result: Result, totals: Totals, ts: str) -> Payload:
        """How the session ended."""
        return {**self._envelope(ts), "result": result.value, **totals._asdict()}

    def last(self, result: Result, ts: str) -> Payload | None:
        """What stays behind: the last state, which a belt that was not seen to stop never leaves."""
        if self._state is None or result is Result.STOP_NOT_CONFIRMED:
            return self._state
        state = State.COMPLETED if result is Result.COMPLETED else State.STOPPED
        return {**self._state, "ts": ts, "state": state.value, "cue": None}

    def _envelope(self, ts: str) -> Payload:
        return {"schema": SCHEMA, "ts": ts, **self._head}

    def _burn(self, now: float, snapshot: Snapshot) -> None:
        """What was burnt since the last step, where the belt was seen to move."""
        before, self._at = self._at, now
        if not self._about.weight_kg or before is None or not snapshot.observed_kmh or snapshot.facing is None:
            return
        speed, incline = Speed.from_kmh(snapshot.observed_kmh), Incline(round(snapshot.incline_pct * 10))
        mean = mets(_MOVEMENTS[snapshot.facing], speed, incline)
        low, high = kilocalories(mean, min(now - before, _GAP_S), self._about.weight_kg)
        self._burnt = Range(self._burnt.low + low, self._burnt.high + high)


def _is_tripped(outcome: Outcome) -> bool:
    """Whether the governor stops the belt for a reason that is nobody's wish."""
    verdict = outcome.verdict
    return verdict.gravity >= Gravity.STOP and any(not cause.by_runner for cause in verdict.causes)
