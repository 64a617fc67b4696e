"""One step of a whole session without I/O: raw inputs in, bytes to write out, and everything a journal keeps.

Joins the engine to the treadmill. A session, a rehearsal and a replay run this very step, so they cannot differ.

    step(now, inputs):   frames become inputs → engine.step → cleared commands become bytes
"""

from __future__ import annotations

from typing import NamedTuple

from treadcoach.engine import Engine, Step
from treadcoach.errors import ProtocolMisuseError
from treadcoach.events import Failed, Input, Notice, RawInput, Result, Snapshot
from treadcoach.preflight import Plan
from treadcoach.program.timeline import Segment
from treadcoach.safety.clearance import Verdict
from treadcoach.tally import Totals
from treadcoach.treadmill import Treadmill, Write


class Outcome(NamedTuple):
    """What one step led to, down to the bytes."""

    writes: tuple[Write, ...]
    verdict: Verdict
    snapshot: Snapshot
    notices: tuple[Notice, ...]
    wake_at: float | None
    oddities: tuple[str, ...] = ()
    """What the machine sent and nobody here has asked for or understands."""
    following: Segment | None = None
    """What comes behind the current segment."""


class Drive:
    """One session of one plan on one machine."""

    def __init__(self, plan: Plan, *, maximum_bpm: int | None = None, now: float = 0.0) -> None:
        self._engine = Engine(plan, maximum_bpm=maximum_bpm, now=now)
        self._treadmill = Treadmill()

    @property
    def result(self) -> Result | None:
        """How the session ended; ``None`` while the belt has not been seen to stop for good."""
        return self._engine.result

    @property
    def is_stopping(self) -> bool:
        """Whether a stop is under way and not yet seen."""
        return self._engine.is_stopping

    def totals(self) -> Totals:
        """What was done so far."""
        return self._engine.tally.totals()

    def step(self, now: float, raw: tuple[RawInput, ...]) -> Outcome:
        """Take what has happened and answer; ``now`` is monotonic seconds, never less than before."""
        treadmill = self._treadmill
        inputs: list[Input] = []
        for happened in raw:
            inputs += treadmill.take(happened, now)
        inputs += treadmill.tick(now)
        step = self._engine.step(now, tuple(inputs))
        try:
            self._send(step, now)
        except ProtocolMisuseError:
            step = self._engine.step(now, (Failed("the encoder refused what the governor cleared"),))
            self._send(step, now)
        wishes = (step.wake_at, treadmill.deadline)
        wake_at = min((wish for wish in wishes if wish is not None), default=None)
        return Outcome(
            tuple(treadmill.writes()),
            step.verdict,
            step.snapshot,
            step.notices,
            wake_at,
            treadmill.oddities(),
            step.following,
        )

    def _send(self, step: Step, now: float) -> None:
        for cleared in step.cleared:
            self._treadmill.send(cleared, now)
