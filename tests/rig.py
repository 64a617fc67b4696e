"""A drive and a simulated machine joined back to back, stepped by a for loop: a whole session without a clock."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import pairwise
from pathlib import Path

from treadcoach.drive import Drive, Outcome
from treadcoach.events import (
    LinkLost,
    LinkRestored,
    Notice,
    Notified,
    Pressed,
    RawInput,
    RunnerPressed,
    State,
    Woke,
    WriteFailed,
)
from treadcoach.link import SUBSCRIPTIONS
from treadcoach.motion import Passport
from treadcoach.preflight import Plan, plan
from treadcoach.program.reader import load
from treadcoach.treadmill import CAPABILITIES, machine_of
from treadmill_simulator.characters import CHARACTERS
from treadmill_simulator.link import Wire
from treadmill_simulator.machine import Machine as SimulatedMachine
from treadmill_simulator.switches import Character

PROFILES = Path(__file__).parent.parent / "profiles"

SHORT = """
profile: 1
name: Short
level: novice
units: km/h
steps:
  - stand: 10 s
  - forward: 2.0
    for: 40 s
  - stand: 30 s
  - backward: 1.5
    for: 40 s
  - backward: 2.5
    for: 30 s
  - stand: 30 s
  - forward: 2.0
    for: 40 s
  - stand: 10 s
"""


def plan_of(text: str, wire: Wire, passport: Passport | None = None, *, rehearses: bool = False) -> Plan:
    """A program laid out for the machine at the end of a wire; a rehearsal may be longer than a session."""
    found = passport or wire.machine.character.passport
    machine = machine_of(found, {uuid: wire.read(uuid) for uuid in CAPABILITIES})
    laid_out = plan(load(text, "test.yaml"), None, machine)
    assert {finding.code for finding in laid_out.findings} <= ({"dose"} if rehearses else set()), laid_out.findings
    return laid_out


class Rig:
    """One session. The runner confirms by itself after two seconds unless told not to."""

    def __init__(
        self,
        text: str = SHORT,
        character: str | Character = "well-behaved",
        *,
        seed: int = 1,
        passport: Passport | None = None,
        confirms: bool = True,
        rehearses: bool = False,
    ) -> None:
        found = character if isinstance(character, Character) else CHARACTERS[character]
        self.machine = SimulatedMachine(found, seed)
        self.wire = Wire(self.machine)
        for uuid in SUBSCRIPTIONS:
            self.wire.subscribe(uuid)
        self.plan = plan_of(text, self.wire, passport, rehearses=rehearses)
        self.drive = Drive(self.plan)
        self.now = 0.0
        self.confirms = confirms
        self.notices: list[tuple[float, Notice]] = []
        self.trail: list[tuple[float, Outcome]] = []
        self._failed: list[int] = []
        self._ready_since: float | None = None
        self.outcome = self.step(Woke())

    @property
    def state(self) -> State:
        """Where the session is."""
        return self.outcome.snapshot.state

    @property
    def reasons(self) -> tuple[str, ...]:
        """What the governor restricts now."""
        return self.outcome.snapshot.reasons

    @property
    def received(self) -> list[bytes]:
        """Every Control Point write that reached the machine."""
        return [data for _, data in self.machine.received]

    @property
    def targets(self) -> list[tuple[float, int]]:
        """Times and values of the speeds that reached the machine."""
        return [(at, data[1] | data[2] << 8) for at, data in self.machine.received if data[0] == 0x02]

    def step(self, *raw: RawInput) -> Outcome:
        """One step now."""
        self.outcome = self.drive.step(self.now, raw)
        self._failed = [c for w in self.outcome.writes if (c := self.wire.write(w.data, self.now)) is not None]
        self.notices += [(self.now, notice) for notice in self.outcome.notices]
        self.trail.append((self.now, self.outcome))
        return self.outcome

    def press(self, what: Pressed) -> Outcome:
        """The runner says something now."""
        return self.step(RunnerPressed(what))

    def advance(self) -> None:
        """To the next moment at which something happens."""
        if self._failed:
            self.step(*(WriteFailed(code) for code in self._failed))
            return
        times = [self.wire.wake_at, *([self.outcome.wake_at] if self.outcome.wake_at is not None else [])]
        self.now = max(self.now, min(times))
        raw: list[RawInput] = [Notified(frame.uuid, frame.data) for frame in self.wire.advance(self.now)]
        if self._has_answer():
            raw.append(RunnerPressed(Pressed.CONFIRM))
        self.step(*raw or (Woke(),))

    def _has_answer(self) -> bool:
        ready = self.confirms and self.state is State.READY
        self._ready_since = (self._ready_since if self._ready_since is not None else self.now) if ready else None
        return self._ready_since is not None and self.now - self._ready_since >= 2.0

    def run(self, seconds: float = 7200.0, until: Callable[[Rig], bool] | None = None) -> Rig:
        """On to the end, or for a while, or until something is so."""
        end = self.now + seconds
        while self.now < end and self.drive.result is None and not (until and until(self)):
            self.advance()
        return self

    def run_to(self, state: State, segment: int | None = None) -> Rig:
        """On to a state (and a segment, the first is 1); fails when it does not come."""
        self.run(until=lambda rig: rig.state is state and segment in {None, rig.outcome.snapshot.segment})
        assert self.state is state
        return self

    def faulty(self, fault: AbstractContextManager[None], seconds: float) -> Rig:
        """On for a while with a fault on the wire."""
        with fault:
            self.run(seconds)
        return self

    def lose_link(self) -> None:
        """The link ends now."""
        self.wire.lose(self.now)
        self.step(LinkLost("test"))

    def restore_link(self) -> None:
        """There is a new link now."""
        self.wire.restore()
        for uuid in SUBSCRIPTIONS:
            self.wire.subscribe(uuid)
        self.step(LinkRestored())


def assert_within_envelope(rig: Rig) -> None:
    """What the machine was told, held against the limits by somebody who reads only bytes and facings."""
    limits = rig.plan.limits
    facings = [(at, outcome.snapshot.facing) for at, outcome in rig.trail]
    caps = {"forward": limits.caps["forward"], "backward": limits.caps["backward"]}
    for at, value in rig.targets:
        facing = next((f for moment, f in reversed(facings) if moment <= at), None)
        cap = caps.get(facing or "", max(limits.caps["sidestep"], limits.caps["crossover"]))
        assert value <= (cap if facing else min(limits.caps["backward"], 100)), (at, value, facing)
    for (before, low), (after, high) in pairwise(rig.targets):
        if high > low:
            assert high - low <= max(limits.step, rig.plan.machine.grid.increment)
            assert after - before >= 0.999
