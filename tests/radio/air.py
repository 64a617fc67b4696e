"""What machines are put on in these tests, and a session on one of them."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from typing import Protocol, Self

import pytest

from treadcoach import passports
from treadcoach.drive import Outcome
from treadcoach.edges.ble import BleLink
from treadcoach.events import Notice, Pressed, RawInput, State
from treadcoach.link import prepare, read_all
from treadcoach.pace import ScaledLoop
from treadcoach.preflight import plan
from treadcoach.program.reader import load
from treadcoach.rehearsal import Ending
from treadcoach.session import Session
from treadmill_simulator.bluez import Bluez
from treadmill_simulator.characters import CHARACTERS
from treadmill_simulator.dbus import PrivateBus
from treadmill_simulator.machine import Machine
from treadmill_simulator.station import Peripheral, Station
from treadmill_simulator.switches import with_settings

BRIEF = """
profile: 1
name: Brief
level: novice
units: km/h
steps:
  - stand: 5 s
  - forward: 2.0
    for: 25 s
"""
# How fast a session goes on the real stack, which takes seconds of ours to make a link anew.
REAL_STACK_RATE = 2
ADDRESS = "F0:F1:F2:F3:F4:01"
BUS = "DBUS_SYSTEM_BUS_ADDRESS"


PRIVATE_BUS = pytest.param(
    "private-bus",
    marks=pytest.mark.skipif(shutil.which("dbus-daemon") is None, reason="needs the program dbus-daemon"),
)
# For what would take a quarter of an hour at the real stack's pace.
private_bus_only = pytest.mark.parametrize("air", [PRIVATE_BUS], indirect=True)


def machine(character: str = "well-behaved", *settings: str) -> Machine:
    return Machine(with_settings(CHARACTERS[character], settings), 1)


async def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for it; not for ever."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - belts have a speed, not an event
            await asyncio.sleep(0.2)


class Air(Protocol):
    """Where machines can be found."""

    name: str

    async def put(self, *machines: Peripheral) -> list[Station]:
        """Machines on the air; the first has `ADDRESS`."""


class PrivateAir:
    """The simulator's own private bus."""

    name = "private bus"

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **options: object) -> None:
        self._monkeypatch = monkeypatch
        self._options = options
        self._stack = AsyncExitStack()
        self.bluez: Bluez | None = None

    async def __aenter__(self) -> Self:
        await self._stack.__aenter__()
        self.address = await self._stack.enter_async_context(PrivateBus())
        self._monkeypatch.setenv(BUS, self.address)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def put(self, *machines: Peripheral) -> list[Station]:
        stations = [Station(m, f"F0:F1:F2:F3:F4:{n:02X}") for n, m in enumerate(machines, start=1)]
        self.bluez = await self._stack.enter_async_context(Bluez(self.address, stations, **self._options))  # type: ignore[arg-type]
        return stations


class Workout:
    """One session through real bleak; the runner confirms by itself after a second."""

    def __init__(self, text: str = BRIEF, *, confirms: bool = True, address: str = ADDRESS) -> None:
        self.link = BleLink(address)
        self.notices: list[tuple[float, Notice]] = []
        self.trail: list[tuple[float, Outcome]] = []
        self._text = text
        self._confirms = confirms
        self._script: list[tuple[Callable[[Outcome], bool], Callable[[], None]]] = []
        self._asked = False

    def once(self, condition: Callable[[Outcome], bool], act: Callable[[], None]) -> Self:
        """Do something the first time that something is so."""
        self._script.append((condition, act))
        return self

    async def run(self) -> Ending:
        """To its end."""
        await self.link.connect()
        loop = asyncio.get_running_loop()
        if isinstance(loop, ScaledLoop):
            loop.accelerate(REAL_STACK_RATE)
        try:
            identity = passports.identify(await read_all(self.link, passports.IDENTITY))
            known = passports.know(identity, self.link.name, None, simulated=await self.link.clock_rate() is not None)
            found = await prepare(self.link, known.passport)
            laid_out = plan(load(self._text, "test.yaml"), None, found)
            assert laid_out.is_clear, laid_out.findings
            self.session = Session(laid_out, self.link, record=self._record, screen=self._screen)
            return await self.session.run()
        finally:
            if isinstance(loop, ScaledLoop):
                loop.accelerate(1)
            await self.link.disconnect()

    def _record(self, now: float, _raw: tuple[RawInput, ...], outcome: Outcome) -> None:
        self.trail.append((now, outcome))
        self.notices += [(now, notice) for notice in outcome.notices]

    def _screen(self, _now: float, _raw: tuple[RawInput, ...], outcome: Outcome) -> None:
        asked = self._confirms and outcome.snapshot.state is State.READY
        if asked and not self._asked:
            loop = asyncio.get_running_loop()
            loop.call_later(1.0, self.session.press, Pressed.CONFIRM, "test")
        self._asked = asked
        due = [(condition, act) for condition, act in self._script if condition(outcome)]
        for item in due:
            self._script.remove(item)
            item[1]()


def moving(outcome: Outcome) -> bool:
    """The belt is seen to move, and is well under way."""
    return outcome.snapshot.state is State.RUNNING and (outcome.snapshot.observed_kmh or 0) > 1.0


def in_state(state: State) -> Callable[[Outcome], bool]:
    return lambda outcome: outcome.snapshot.state is state


def written(of: Machine) -> list[bytes]:
    """Everything that reached the control point."""
    return [data for _, data in of.received]


def before_stop(writes: Sequence[bytes]) -> int:
    """How many writes came before the first stop."""
    return next(i for i, data in enumerate(writes) if data[:1] == b"\x08")
