"""What the machine is doing, whoever asked for it: belt, deck, counters, safety key. Knows no bytes."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from treadmill_simulator.agenda import Agenda
from treadmill_simulator.belt import Belt
from treadmill_simulator.runner import Runner
from treadmill_simulator.switches import Character

_INCLINE_RATE = 0.5  # percent per second
_OVERSHOOT_S = 0.5  # how long a belt gains on Stop, where it does: real ones rise for less than a second
_STREAM_S = 0.3  # between the reports of a ramp, as the walking pads send them


class Motion(Enum):
    """What the machine is doing."""

    IDLE = "idle"
    COUNTDOWN = "countdown"
    RUNNING = "running"
    STOPPING = "stopping"


class Change(Enum):
    """What the outside may be told of."""

    COUNTDOWN = "countdown"
    STARTED = "started"
    STOPPING = "stopping"
    STOPPED = "stopped"
    RAMP = "ramp"
    """The belt's speed is on its way."""


class Totals(NamedTuple):
    """Counters since they last began."""

    distance_m: float = 0.0
    elapsed_s: float = 0.0
    climb_m: float = 0.0
    steps: float = 0.0


class Motor:
    """Belt and deck of one machine.

    Args:
        character: How it behaves.
        runner: Who is on the belt.
        agenda: Its time.
        tell: Is told of every change.
    """

    def __init__(self, character: Character, runner: Runner, agenda: Agenda, tell: Callable[[Change], None]) -> None:
        self._character = character
        self._runner = runner
        self._agenda = agenda
        self._tell = tell
        self.belt = Belt(character.ramp_up, character.ramp_down, character.creep)
        self.motion = Motion.IDLE
        self.is_paused = False
        self.key_is_in = True
        self.target_kmh = 0.0
        """True speed that was asked for last."""
        self.speed_before_stop_kmh = 0.0
        self.incline = 0.0
        self.target_incline = 0.0
        self.totals = Totals()
        self._streams = False

    def change(self, character: Character) -> None:
        """Behave differently from now on."""
        self._character = character
        self.belt.change(character.ramp_up, character.ramp_down, character.creep)

    # ---- what is asked of it -------------------------------------------------------------------------------

    def start(self) -> None:
        """Count down, then run."""
        self.is_paused = False
        if not self._character.keeps_counters:
            self.totals = Totals()
        self.motion = Motion.COUNTDOWN
        self._tell(Change.COUNTDOWN)
        self._agenda.later(self._character.countdown_s, self._begin)

    def aim(self, kmh: float) -> None:
        """A new target; a standing belt keeps it for later, or takes it for a start."""
        self.target_kmh = kmh
        if self.motion is Motion.RUNNING:
            self.belt.target = kmh
            self._stream()
        elif self.motion is Motion.IDLE and self.key_is_in and self._character.target_starts:
            self.start()

    def halt(self, *, pauses: bool = False) -> None:
        """Ramp to a standstill."""
        moves = self.belt.speed > 0
        self.is_paused = pauses
        self.speed_before_stop_kmh = self.belt.speed if moves else self.speed_before_stop_kmh
        self.motion = Motion.STOPPING if moves else Motion.IDLE
        if moves and self._character.overshoot_kmh and self.belt.target:
            self.belt.target = self.belt.speed + self._character.overshoot_kmh
            self._agenda.later(_OVERSHOOT_S, self._brake)
        else:
            self.belt.target = 0.0
        self._tell(Change.STOPPING)
        if moves:
            self._stream()
        else:
            self._tell(Change.STOPPED)

    def pull_key(self) -> None:
        """The motor is off, whatever else happens."""
        self.key_is_in = False
        self.halt()

    def move_by_itself(self, kmh: float) -> None:
        """The belt runs without having been asked."""
        self.motion = Motion.RUNNING
        self.target_kmh = self.belt.target = kmh

    # ---- time ----------------------------------------------------------------------------------------------

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        belt, before = self.belt, self.belt.distance_m
        belt.advance(seconds)
        if self.incline != self.target_incline:
            change = self.target_incline - self.incline
            self.incline += max(-_INCLINE_RATE * seconds, min(_INCLINE_RATE * seconds, change))
        self._count(seconds, belt.distance_m - before)
        self._runner.advance(seconds, belt.speed, self.incline)
        if self.motion is Motion.STOPPING and belt.speed <= 0:
            self.motion = Motion.IDLE
            self._tell(Change.STOPPED)

    def _count(self, seconds: float, metres: float) -> None:
        distance, elapsed, climb, steps = self.totals
        self.totals = Totals(
            distance + metres,
            elapsed + seconds if self.motion is Motion.RUNNING else elapsed,
            climb + metres * max(0.0, self.incline) / 100,
            steps + self._runner.cadence(self.belt.speed) * seconds / 60 if metres else steps,
        )

    def _begin(self) -> None:
        """The countdown is over, unless somebody stopped it."""
        if self.motion is not Motion.COUNTDOWN:
            return
        self.motion = Motion.RUNNING
        slowest = (self._character.start_kmh or self._character.minimum_kmh) * self._character.target_factor
        self.belt.target = max(slowest, self.target_kmh) if self._character.remembers_speed else slowest
        self._tell(Change.STARTED)
        self._stream()

    def _brake(self) -> None:
        if self.motion is Motion.STOPPING:
            self.belt.target = 0.0

    def _stream(self) -> None:
        """Say where the ramp is, now and then, on machines that do."""
        if self._character.status == "stream" and not self._streams:
            self._streams = True
            self._agenda.later(_STREAM_S, self._say_ramp)

    def _say_ramp(self) -> None:
        self._streams = False
        self._tell(Change.RAMP)
        if self.belt.speed != self.belt.target:
            self._stream()
