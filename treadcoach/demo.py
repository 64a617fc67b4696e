"""`treadcoach demo`: what the coach does and what it refuses, on the embedded simulator, in under a minute.

Two things are staged, so that the careful part is seen at work: a program with a slip of the pen is refused before
anything moves, and for a moment no news comes from the belt, so that nothing gets faster.
"""

from __future__ import annotations

import asyncio

from treadcoach.app import Lossy, RunOptions, run_simulated
from treadcoach.drive import Outcome
from treadcoach.events import Notified, RawInput, State
from treadcoach.flight import look_ahead
from treadcoach.front import Briefing, Front
from treadcoach.ftms import treadmill_data
from treadcoach.motion import Facing, Machine
from treadcoach.output import Output
from treadcoach.pace import PacedLoop
from treadcoach.preflight import plan
from treadcoach.program.reader import load
from treadcoach.stage import Watch

PROFILE = "a-taste-of-retro"
RATE = 12.0
# While no news comes the show goes on slowly, so that it can be seen.
SLOW = 0.5
# One record in a second, and one is lost: the belt is silent for two, and 1.5 s are too many.
LOST_S = 1.4

_SLIP = """\
profile: 1
name: A slip of the pen
level: novice
units: km/h
steps:
  - stand: 30 s
  - forward: 3.0
    for: 1 min
  - stand: 30 s
  - backward: 25
    for: 1 min
"""


class Show:
    """What is staged."""

    def __init__(self) -> None:
        self._is_played = False

    async def open(self, front: Front, output: Output, machine: Machine) -> None:
        """A program that is refused."""
        refused = plan(load(_SLIP, "a-slip-of-the-pen.yaml"), None, machine)
        output.findings(refused.findings, _SLIP)
        output.say("Refused, with its place and a proposal; nothing has moved. Now one that is as it should be.")
        await front.approve(Briefing(refused, look_ahead(refused), refused.findings))

    def watch(self, wire: Lossy) -> Watch:
        """No news for a moment, in the first backward step."""

        def look(_now: float, raw: tuple[RawInput, ...], outcome: Outcome) -> None:
            has_news = any(
                isinstance(happened, Notified) and happened.uuid == treadmill_data.UUID for happened in raw
            )
            snapshot = outcome.snapshot
            backward = snapshot.state is State.RUNNING and snapshot.facing is Facing.BACKWARD
            if has_news and backward and snapshot.setpoint_kmh > (snapshot.observed_kmh or 0) and not self._is_played:
                self._is_played = True
                self._lose(wire)

        return look

    def _lose(self, wire: Lossy) -> None:
        loop = asyncio.get_running_loop()
        wire.drops = True
        pace = loop.rate if isinstance(loop, PacedLoop) else 1.0

        def back() -> None:
            wire.drops = False
            loop.call_later(1.0, _accelerate, loop, pace)

        _accelerate(loop, SLOW)
        loop.call_later(LOST_S, back)


def _accelerate(loop: asyncio.AbstractEventLoop, rate: float) -> None:
    if isinstance(loop, PacedLoop):
        loop.accelerate(rate)


def demo(output: Output) -> int:
    """The embedded simulator, accelerated; no questions asked."""
    output.say("A simulated treadmill, accelerated 12 times. Any key stops it.")
    options = RunOptions(PROFILE, "well-behaved", 1, None, RATE, confirms=True, journal=None, show=Show())
    return run_simulated(options, output)
