"""A whole session in virtual time: the drive against a wire, as a plain loop, faster than any clock.

The same step that runs a real belt. Knows no files and no simulator: it is given a wire and a runner by shape.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from treadcoach.drive import Drive, Outcome
from treadcoach.errors import UsageError
from treadcoach.events import Notified, Pressed, RawInput, Result, RunnerPressed, State, Woke, WriteFailed
from treadcoach.motion import Facing, Level, after
from treadcoach.preflight import Plan
from treadcoach.tally import Totals

# A belt that has not been seen to stop by then will not be.
PATIENCE_S = 60.0
# Nothing may take longer: three hours of program, and as much again for stands and turns.
MAXIMUM_S = 6 * 3600.0


class Frame(Protocol):
    """What arrives."""

    @property
    def uuid(self) -> int:
        """Of the characteristic."""

    @property
    def data(self) -> bytes:
        """Its value."""


class Wire(Protocol):
    """What carries bytes to a machine and back, at a given time."""

    @property
    def wake_at(self) -> float:
        """When something may arrive."""

    def advance(self, now: float) -> Sequence[Frame]:
        """Let time pass; what has arrived."""

    def write(self, data: bytes, now: float) -> int | None:
        """Write to the Control Point; the ATT error where it is refused."""


class Runner(Protocol):
    """Who answers "ready"."""

    goes_backward: bool

    def reaction_s(self) -> float:
        """How long an answer takes."""


class Somebody(NamedTuple):
    """Who is simulated."""

    age: int | None = None
    level: Level | None = None

    @property
    def maximum_bpm(self) -> int | None:
        """The maximum heart rate of that age: 208 less seven tenths of it (Tanaka 2001)."""
        return None if self.age is None else round(208 - 0.7 * self.age)

    @property
    def fitness_ml(self) -> float:
        """Oxygen uptake at that heart rate, ml per kg and minute, of somebody of that level; a plain assumption."""
        return _FITNESS_ML[self.level or Level.NOVICE]


_FITNESS_ML = {
    Level.FIRST: 28.0,
    Level.NOVICE: 35.0,
    Level.INTERMEDIATE: 42.0,
    Level.ADVANCED: 50.0,
    Level.HARNESS: 55.0,
}
_AGES = range(14, 101)


def somebody(text: str) -> Somebody:
    """Read ``age=62,level=first``.

    Raises:
        UsageError: it says something else.
    """
    found = Somebody()
    for part in text.split(","):
        key, _, value = (word.strip() for word in part.partition("="))
        if key == "age" and value.isdecimal() and int(value) in _AGES:
            found = found._replace(age=int(value))
        elif key == "level" and value in list(Level):
            found = found._replace(level=Level(value))
        else:
            wanted = f"age={_AGES[0]}…{_AGES[-1]} and level={'|'.join(Level)}, with a comma between them"
            raise UsageError(f"--runner {part.strip()!r} is nothing that can be said of a runner; write {wanted}")
    return found


class Ending(NamedTuple):
    """How it ended."""

    result: Result
    totals: Totals
    now: float


Watch = Callable[[float, tuple[RawInput, ...], Outcome], None]


def rehearse(plan: Plan, wire: Wire, runner: Runner, watch: Watch, *, maximum_bpm: int | None = None) -> Ending:
    """Run a plan from its first second to the standing belt.

    Args:
        plan: What to run; it has passed its pre-flight.
        wire: To a machine whose clock begins at 0 and whose characteristics are subscribed.
        runner: Confirms what has to be confirmed.
        watch: Is shown every step: its time, its inputs, its outcome.
        maximum_bpm: The runner's maximum heart rate, where it is known.
    """
    drive = Drive(plan, maximum_bpm=maximum_bpm)
    now = 0.0
    raw: tuple[RawInput, ...] = (Woke(),)
    answer_at: float | None = None
    stopping_since: float | None = None
    while True:
        outcome = drive.step(now, raw)
        failed = [code for write in outcome.writes if (code := wire.write(write.data, now)) is not None]
        watch(now, raw, outcome)
        if drive.result is not None:
            return Ending(drive.result, drive.totals(), now)
        stopping_since = (stopping_since if stopping_since is not None else now) if drive.is_stopping else None
        if (stopping_since is not None and now - stopping_since >= PATIENCE_S) or now >= MAXIMUM_S:
            return Ending(Result.STOP_NOT_CONFIRMED, drive.totals(), now)
        state = outcome.snapshot.state
        runner.goes_backward = outcome.snapshot.facing is Facing.BACKWARD
        if state is State.READY or (state is State.PAUSED and answer_at is None):
            answer_at = answer_at if answer_at is not None else after(now, runner.reaction_s())
        else:
            answer_at = None
        now, raw = _next(wire, outcome.wake_at, answer_at, failed, now)


def _next(
    wire: Wire, wake_at: float | None, answer_at: float | None, failed: list[int], now: float
) -> tuple[float, tuple[RawInput, ...]]:
    """The next moment at which something happens, and what."""
    if failed:
        return now, tuple(WriteFailed(code) for code in failed)
    times = [wire.wake_at, *(time for time in (wake_at, answer_at) if time is not None)]
    now = max(now, min(times))
    raw: list[RawInput] = [Notified(frame.uuid, frame.data) for frame in wire.advance(now)]
    if answer_at is not None and now >= answer_at:
        raw.append(RunnerPressed(Pressed.CONFIRM, "simulated runner"))
    return now, tuple(raw) or (Woke(),)
