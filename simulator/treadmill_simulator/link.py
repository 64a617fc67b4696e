"""Ways to a machine in this process: a `Wire` for a plain loop, and an `InProcessLink` for asyncio. With faults.

A fault is a property of the wire, switched on for a while:

    with wire.dropping(): …      frames of the machine get lost
    with wire.delaying(0.7): …   they come late
    with wire.duplicating(): …   they come twice
    with wire.frozen(): …        the link looks up and carries nothing, either way
    wire.lose()                  it ends
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from treadcoach.errors import LinkError, LinkLostError
from treadcoach.motion import after
from treadmill_simulator.gatt import Frame
from treadmill_simulator.machine import Machine


class Wire:
    """Carries writes to a machine and frames from it; the time is an argument."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.is_up = True
        self.drops = False
        self.copies = 1
        self.delay_s = 0.0
        self.is_frozen = False
        self._under_way: list[tuple[float, int, Frame]] = []
        self._order = 0

    @property
    def wake_at(self) -> float:
        """When something may arrive, at the earliest."""
        arrival = self._under_way[0][0] if self._under_way else self.machine.wake_at
        return min(arrival, self.machine.wake_at)

    def read(self, uuid: int) -> bytes | None:
        """A readable characteristic; ``None`` where the machine has none of it."""
        return self.machine.read(uuid)

    def subscribe(self, uuid: int) -> None:
        """Let frames of a characteristic come."""
        self.machine.subscribe(uuid)

    def write(self, data: bytes, now: float) -> int | None:
        """Write to the Control Point; the ATT error where it is refused."""
        if self.is_frozen or not self.is_up:
            return None
        return self.machine.write(data, now)

    def advance(self, now: float) -> list[Frame]:
        """Let time pass; the frames that have arrived."""
        if not self._under_way and now < self.machine.wake_at:
            return []
        self.machine.advance(now)
        for frame in self.machine.frames():
            self._carry(frame, now)
        arrived = []
        while self._under_way and self._under_way[0][0] <= now:
            arrived.append(heapq.heappop(self._under_way)[2])
        return arrived

    def lose(self, now: float) -> None:
        """End the link; the machine is left to itself."""
        self.is_up = False
        self._under_way.clear()
        self.machine.disconnected(now)

    def restore(self) -> None:
        """A new link to the same machine; nothing is subscribed on it."""
        self.is_up = True

    def _carry(self, frame: Frame, now: float) -> None:
        if self.drops or self.is_frozen or not self.is_up:
            return
        for _ in range(self.copies):
            self._order += 1
            heapq.heappush(self._under_way, (after(now, self.delay_s), self._order, frame))

    @contextmanager
    def dropping(self) -> Iterator[None]:
        """Frames get lost."""
        self.drops = True
        try:
            yield
        finally:
            self.drops = False

    @contextmanager
    def delaying(self, seconds: float) -> Iterator[None]:
        """Frames come late."""
        self.delay_s = seconds
        try:
            yield
        finally:
            self.delay_s = 0.0

    @contextmanager
    def duplicating(self) -> Iterator[None]:
        """Frames come twice."""
        self.copies = 2
        try:
            yield
        finally:
            self.copies = 1

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Nothing passes, either way, and nobody is told."""
        self.is_frozen = True
        try:
            yield
        finally:
            self.is_frozen = False


class InProcessLink:
    """A `Wire` on the running event loop's clock, as sessions want their links."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self._notify: Callable[[int, bytes], None] | None = None
        self._lost: Callable[[str], None] | None = None
        self._pump: asyncio.Task[None] | None = None
        self._written = asyncio.Event()

    def listen(self, notify: Callable[[int, bytes], None], lost: Callable[[str], None]) -> None:
        """Report frames and the link's end through these."""
        self._notify, self._lost = notify, lost

    async def connect(self) -> None:
        """Open the link."""
        if self._pump:
            self._pump.cancel()
        self.wire.restore()
        self._pump = asyncio.create_task(self._carry_frames(), name="simulated machine")

    async def read(self, uuid: int) -> bytes:
        """Read a characteristic."""
        self._check()
        data = self.wire.read(uuid)
        if data is None:
            raise LinkError(f"the machine has no characteristic {uuid:#06x}")
        return data

    async def subscribe(self, uuid: int) -> None:
        """Let frames of a characteristic come."""
        self._check()
        self.wire.subscribe(uuid)

    async def write(self, data: bytes) -> int | None:
        """Write to the Control Point."""
        self._check()
        code = self.wire.write(data, _now())
        self._written.set()
        return code

    async def disconnect(self, *, for_all: bool = False) -> None:  # noqa: ARG002 - there is nobody else
        """Close the link."""
        if self._pump:
            self._pump.cancel()
            with suppress(asyncio.CancelledError):
                await self._pump
        self.wire.lose(_now())

    def lose(self, reason: str) -> None:
        """The link ends by itself."""
        self.wire.lose(_now())
        if self._pump:
            self._pump.cancel()
        if self._lost:
            self._lost(reason)

    def _check(self) -> None:
        if not self.wire.is_up:
            raise LinkLostError("the link is down")

    async def _carry_frames(self) -> None:
        """Hand over frames when they are due; a write may make one due earlier."""
        while True:
            self._written.clear()
            now = _now()
            for frame in self.wire.advance(now):
                if self._notify:
                    self._notify(frame.uuid, frame.data)
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, self.wire.wake_at - now)):
                    await self._written.wait()


def _now() -> float:
    """The running loop's clock, in whole milliseconds."""
    return round(asyncio.get_running_loop().time(), 3)
