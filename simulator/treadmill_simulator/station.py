"""A machine on the air: one machine, one clock, at most one link. Whoever carries the bytes stands on the other side.

A bus and a radio differ in how bytes travel; what they need of a machine is the same, and is here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol

from treadcoach.errors import UsageError
from treadmill_simulator.gatt import Advertisement, Frame, Service
from treadmill_simulator.log import Event, WireLog

UNLIKELY_ERROR = 0x0E
"""The ATT error for what nothing else is said of."""
_FOREVER_S = 3600.0


class Peripheral(Protocol):
    """What can be on the air: a simulated machine, or a recording of a real one."""

    mtu: int
    rate: float

    @property
    def advertisement(self) -> Advertisement:
        """What is sent while nobody is connected."""

    @property
    def services(self) -> tuple[Service, ...]:
        """Everything that a client can discover."""

    @property
    def closes_link(self) -> bool:
        """Whether it has had enough of this link."""

    @property
    def confirms_after_s(self) -> float:
        """How long after its answer a write is confirmed."""

    @property
    def wake_at(self) -> float:
        """When something is due."""

    def read(self, uuid: int) -> bytes | None:
        """A readable value."""

    def connected(self, now: float) -> None:
        """A client has come."""

    def disconnected(self, now: float) -> None:
        """The link ended."""

    def subscribe(self, uuid: int, now: float | None = None) -> None:
        """Let frames of a characteristic come."""

    def unsubscribe(self, uuid: int) -> None:
        """No more of them."""

    def write(self, data: bytes, now: float, uuid: int) -> int | None:
        """A write; the ATT error where it is refused."""

    def advance(self, now: float) -> None:
        """Let time pass."""

    def frames(self) -> list[Frame]:
        """What has gone out since the last call."""


class Station:
    """One machine on the air.

    Args:
        machine: Which one.
        address: Six octets with colons.
        rate: How many of its seconds pass in one.
        log: Where everything on the wire is written down.
    """

    def __init__(self, machine: Peripheral, address: str, rate: float = 1.0, log: WireLog | None = None) -> None:
        self.machine = machine
        self.address = address
        self.rate = rate
        machine.rate = rate
        self.is_on_air = True
        self.is_connected = False
        self.linked_at: float | None = None
        """When a client came for the first time, on the machine's clock."""
        self.silent_until = 0.0
        """Until then the link looks up and carries nothing, either way."""
        self.on_frame: Callable[[int, bytes], None] = _nowhere
        self.on_closed: Callable[[], None] = _nothing
        self._log = log or WireLog(None)
        self._began_at = asyncio.get_running_loop().time()
        self._changed = asyncio.Event()
        self._ended = asyncio.Event()

    @property
    def now(self) -> float:
        """The machine's clock: seconds since it was switched on, in whole milliseconds."""
        return round((asyncio.get_running_loop().time() - self._began_at) * self.rate, 3)

    @property
    def advertises(self) -> bool:
        """Whether it can be found: a machine takes one client at a time."""
        return self.is_on_air and not self.is_connected

    # ---- the client's side ---------------------------------------------------------------------------------

    def connect(self) -> bool:
        """A client comes; whether it is let in."""
        if not self.is_on_air:
            return False
        if not self.is_connected:
            self.is_connected = True
            self._ended = asyncio.Event()
            self.machine.connected(self.now)
            self.linked_at = self.now if self.linked_at is None else self.linked_at
            self._note("event", "connect")
            self.wake()
        return True

    def close(self, reason: str = "disconnect") -> None:
        """The link ends."""
        if not self.is_connected:
            return
        self.is_connected = False
        self._ended.set()
        self.machine.disconnected(self.now)
        self.machine.frames()
        self._note("event", reason)
        self.on_closed()
        self.wake()

    def read(self, uuid: int) -> bytes | None:
        """A readable value; ``None`` where there is none."""
        self.machine.advance(self.now)
        value = self.machine.read(uuid)
        if value is not None:
            self._note("tx", "read", uuid, value)
        return value

    def subscribe(self, uuid: int, *, on: bool) -> None:
        """A client configures a characteristic."""
        self._note("rx", "subscribe" if on else "unsubscribe", uuid)
        if on:
            self.machine.subscribe(uuid, self.now)
        else:
            self.machine.unsubscribe(uuid)
        self.wake()

    async def write(self, uuid: int, data: bytes) -> int | None:
        """A client writes; the ATT error where it is refused. Returns when the write is confirmed.

        In silence it hangs, and is lost with its link.
        """
        self._note("rx", "write", uuid, data)
        if self.now < self.silent_until:
            await self._ended.wait()
            return UNLIKELY_ERROR
        code = self.machine.write(data, self.now, uuid)
        if self.machine.confirms_after_s:
            self._carry()
            await asyncio.sleep(self.machine.confirms_after_s / self.rate)
        self.wake()
        return code

    # ---- time ----------------------------------------------------------------------------------------------

    def wake(self) -> None:
        """Something has changed: what is due is to be looked up again."""
        self._changed.set()

    async def run(self) -> None:
        """Carry frames as they become due, for ever."""
        while True:
            self._changed.clear()
            self.machine.advance(self.now)
            self._carry()
            if self.is_connected and self.machine.closes_link:
                self.close("closed by the machine")
            delay = max(0.0, self.machine.wake_at - self.now) / self.rate
            with suppress(TimeoutError):
                async with asyncio.timeout(min(delay, _FOREVER_S)):
                    await self._changed.wait()

    def _carry(self) -> None:
        silent = self.now < self.silent_until
        for uuid, data in self.machine.frames():
            if self.is_connected and not silent:
                self._note("tx", "notify", uuid, data)
                self.on_frame(uuid, data)

    def _note(self, direction: str, kind: str, uuid: int | None = None, data: bytes | None = None) -> None:
        self._log.line(self.now, self.address, Event(direction, kind, uuid, data))


def only(stations: Sequence[Station]) -> Station:
    """The one machine that an adapter can be.

    Raises:
        UsageError: there are several.
    """
    if len(stations) != 1:
        raise UsageError("one adapter is one machine: start the simulator once for each, or use --bus")
    return stations[0]


def _nowhere(_uuid: int, _data: bytes) -> None:
    """Nobody listens."""


def _nothing() -> None:
    """Nobody cares."""
