"""What is said, wished and written, word for word: a change of it has to be wanted.

`pytest tests/test_transcripts.py --approve` writes the transcripts anew; the difference is then read like code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from rig import Rig

from treadcoach.coach import Coach
from treadcoach.events import Pressed, State
from treadcoach.motion import Level
from treadcoach.program.reader import load
from treadcoach.program.timeline import compile_timeline
from treadcoach.safety.clearance import Ask, Belt
from treadcoach.safety.limits import LEVELS
from treadmill_simulator.characters import CHARACTERS

Approve = Callable[[str, str], None]

PROGRAM = """
profile: 1
name: Transcript
level: novice
units: km/h
steps:
  - stand: 10 s
    cue: Look around
  - forward: {from: 1.0, to: 3.0}
    for: 30 s
    cue: [Tall, Easy arms]
  - forward: 3.0
    for: 60 m
  - stand: 20 s
  - stand: 30 s
    cue: Hand on the rail
  - backward: 1.5
    for: 40 s
    cue: Small steps
  - backward: 2.5
    for: 25 s
    incline: 1
  - stand: 15 s
  - backward: 2.0
    for: 40 s
  - stand: 40 s
  - sidestep_left: 1.2
    for: 20 s
  - stand: 10 s
"""


class Table:
    """A coach, and a belt of two lines: it moves 3 s after it is wished to, and rests 4 s after."""

    def __init__(
        self, level: Level = Level.NOVICE, *, obeys: bool = True, console: bool = False, empty: bool = False
    ) -> None:
        text = PROGRAM.replace("units", "belt: empty\nunits") if empty else PROGRAM
        limits = LEVELS[level]._replace(starts_at_console=console)
        self.coach = Coach(compile_timeline(load(text, "transcript.yaml")), limits)
        self.obeys = obeys
        self.now = 0.0
        self.tilted = False
        self.lines: list[str] = []
        self._rest_since: float | None = None
        self._moves = False
        self._changes_at: float | None = 2.0
        self._will_move = False

    @property
    def belt(self) -> Belt:
        return Belt(self._rest_since, self._moves, self.tilted)

    def press(self, *keys: Pressed) -> None:
        for key in keys:
            self.lines.append(f"{self.now:8.3f} [{key}]")
            self.coach.press(key, self.belt, self.now)
            self.step()

    def step(self) -> None:
        coach, now = self.coach, self.now
        intent, notices = coach.step(self.belt, now)
        self.lines += [f"{now:8.3f}   {notice.kind}: {notice.text}" for notice in notices]
        wish = f"{intent.ask.value} {intent.movement} {intent.speed.kmh:g} {intent.incline.percent:g}"
        wish += f" {intent.linger_s:g}"
        left = "/".join(f"{seconds:.3f}" for seconds in coach.remaining_s(now))
        place = f"{coach.state} {coach.segment.position} {coach.facing} {coach.next_facing} {coach.cue} {coach.turns}"
        self.lines.append(f"{now:8.3f} {place}; wants {wish}; left {left}; wakes {coach.wake_at(now)}")
        self._follow(intent.ask)

    def _follow(self, ask: Ask) -> None:
        moves = ask in {Ask.START, Ask.MOVE}
        if self.obeys and moves != self._will_move:
            self._will_move = moves
            self._changes_at = round(self.now + (3.0 if moves else 4.0), 3)
            if not moves:
                self._moves = False
            else:
                self._rest_since = None

    def run(self, until: float | State, most: int = 60) -> None:
        """On to a time or a state."""
        for _ in range(most):
            if self.coach.state is until:
                return
            times = [at for at in (self.coach.wake_at(self.now), self._changes_at) if at is not None]
            at = min(times, default=None)
            if at is None or (isinstance(until, float) and at > until):
                break
            self.now = max(self.now, at)
            if self._changes_at is not None and self.now >= self._changes_at:
                self._changes_at = None
                self._moves, self._rest_since = self._will_move, None if self._will_move else self.now
            if self.coach.state is State.RUNNING:
                self.coach.went(5.0, self.now)
            self.step()
        if isinstance(until, float):
            self.now = until
            self.step()

    def go(self) -> None:
        """Say ready, and on until the belt runs."""
        self.run(State.READY)
        self.press(Pressed.CONFIRM)
        self.run(State.RUNNING)


def _plain(**options: bool) -> Table:
    table = Table(**options)  # type: ignore[arg-type]
    for _ in range(4):
        table.go()
        table.run(State.READY, 40)
    table.run(State.COMPLETED)
    return table


def _every_key_in_every_state() -> Iterator[Table]:
    for state in State:
        for key in Pressed:
            if key is Pressed.STOP or state in {State.STOPPED, State.STOPPING, State.COMPLETED}:
                continue
            table = Table()
            table.run(State.READY) if state is not State.WAITING else None
            if state not in {State.WAITING, State.STANDING, State.READY}:
                table.press(Pressed.CONFIRM)
            if state in {State.RUNNING, State.HALTING, State.PAUSED, State.TURNING}:
                table.run(State.RUNNING)
            if state in {State.HALTING, State.PAUSED}:
                table.run(30.0)
                table.press(Pressed.PAUSE)
            if state is State.STANDING:
                table = Table()
            table.run(state)
            table.lines = [f"--- {key} while {table.coach.state}"]
            table.press(key, key)
            table.run(table.now + 3.0)
            yield table


def _stops() -> Iterator[Table]:
    for state in (State.WAITING, State.STANDING, State.READY, State.RUNNING):
        table = Table()
        if state is State.RUNNING:
            table.go()
        table.run(state)
        table.lines = [f"--- stop while {table.coach.state}"]
        table.coach.stop(table.now)
        table.step()
        table.run(State.STOPPED)
        yield table


def _detours() -> Iterator[Table]:
    """Back early and late, extensions until there is no room, skips onto stands and hills, nobody who comes back."""
    table = Table()
    table.go()
    table.run(26.0)
    table.press(Pressed.BACK, Pressed.SKIP)
    table.run(table.now + 2.0)
    table.press(Pressed.BACK)
    table.run(table.now + 10.0)
    table.press(Pressed.BACK, *[Pressed.EXTEND] * 40)
    table.run(table.now + 20.0)
    table.press(Pressed.SKIP)
    table.tilted = True
    table.press(Pressed.SKIP)
    table.tilted = False
    table.press(Pressed.SKIP)
    table.run(State.TURNING)
    table.press(Pressed.SKIP)
    table.run(table.now + 5.0)
    table.press(Pressed.SKIP)
    table.go()
    table.press(Pressed.BACK, Pressed.PAUSE)
    table.run(State.PAUSED)
    table.run(table.now + 200.0)
    table.run(State.STOPPED)
    yield table
    table = Table(obeys=False)
    table.run(State.READY)
    table.press(Pressed.CONFIRM)
    table.run(60.0)
    yield table
    table = Table()
    table.run(State.READY)
    table.run(400.0)
    yield table


def text(*tables: Table) -> str:
    return "\n".join(line for table in tables for line in table.lines) + "\n"


def test_a_coach_word_for_word(approved: Approve) -> None:
    approved("coach.txt", text(_plain()))


def test_a_coach_of_an_empty_belt_that_starts_at_its_console(approved: Approve) -> None:
    approved("coach-beside.txt", text(_plain(empty=True, console=True)))


def test_every_key_in_every_state(approved: Approve) -> None:
    approved("coach-keys.txt", text(*_every_key_in_every_state()))


def test_a_coach_that_is_stopped(approved: Approve) -> None:
    approved("coach-stops.txt", text(*_stops()))


def test_a_coach_on_detours(approved: Approve) -> None:
    approved("coach-detours.txt", text(*_detours()))


# ---- whole sessions, down to the bytes ---------------------------------------------------------------------


def _session(character: str, script: tuple[tuple[float, Callable[[Rig], object]], ...], seed: int) -> list[str]:
    rig = Rig(character=character, seed=seed)
    for at, act in script:
        rig.run(at - rig.now)
        act(rig)
    rig.run(240 - rig.now)
    lines, reasons = [f"=== {character}"], tuple[str, ...]()
    for at, outcome in rig.trail:
        if (found := tuple(cause.code for cause in outcome.verdict.causes)) != reasons:
            reasons = found
            lines.append(f"{at:8.3f} {outcome.verdict.gravity.name.lower()} {' '.join(found)}")
        lines += [f"{at:8.3f} {write.data.hex(' ')}{' !' if write.urgent else ''}" for write in outcome.writes]
    return [*lines, f"{rig.now:8.3f} {rig.drive.result}"]


def _console(kmh: float) -> Callable[[Rig], object]:
    return lambda rig: rig.machine.console_speed(kmh)


SCRIPTS: dict[str, tuple[tuple[float, Callable[[Rig], object]], ...]] = {
    "plain": (),
    "stop": ((100.0, lambda rig: rig.press(Pressed.STOP)), (101.0, lambda rig: rig.press(Pressed.STOP))),
    "pause": ((60.0, lambda rig: rig.press(Pressed.PAUSE)), (90.0, lambda rig: rig.press(Pressed.CONFIRM))),
    "slower": ((110.0, _console(1.2)), (125.0, _console(1.0))),
    "faster": ((110.0, _console(3.4)),),
    "console-stop": ((110.0, lambda rig: rig.machine.console_stop()),),
    "silence": ((110.0, lambda rig: rig.faulty(rig.wire.dropping(), 6)),),
    "frozen": ((110.0, lambda rig: rig.faulty(rig.wire.frozen(), 6)),),
    "late": ((110.0, lambda rig: rig.faulty(rig.wire.delaying(1.7), 6)),),
    "lost": ((110.0, lambda rig: rig.lose_link()), (116.0, lambda rig: rig.restore_link())),
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_sessions_byte_for_byte(script: str, approved: Approve) -> None:
    lines = [line for name in CHARACTERS if _runs(name) for line in _session(name, SCRIPTS[script], 1)]
    approved(f"session-{script}.txt", "\n".join(lines) + "\n")


def _runs(character: str) -> bool:
    return character in {
        "well-behaved",
        "ignores-stop",
        "pause-first",
        "coarse",
        "freezes",
        "creeps",
        "remembers-speed",
        "takes-mph",
        "urevo",
        "omega-z",
    }
