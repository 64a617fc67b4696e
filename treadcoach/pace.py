"""Time: clocks that go on while the computer sleeps, and event loops that run at another rate.

The loops are for simulated machines only. `PacedLoop` is for a machine in this process: one clock for everything,
jumping from event to event, so a busy computer makes the show slower, never the belt unwatched. `ScaledLoop` is for
one in another process: the same wall clock as the machine's own, times the rate.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import FileDescriptorLike

_Ready = list[tuple[selectors.SelectorKey, int]]


class _PacedSelector(selectors.BaseSelector):
    """Waits ``rate`` times less than it is told to."""

    def __init__(self, rate: float) -> None:
        self._selector = selectors.DefaultSelector()
        self.rate = rate

    def select(self, timeout: float | None = None) -> _Ready:
        return self._selector.select(timeout / self.rate if timeout and timeout > 0 else timeout)

    def register(self, fileobj: FileDescriptorLike, events: int, data: Any = None) -> selectors.SelectorKey:  # noqa: ANN401
        return self._selector.register(fileobj, events, data)

    def unregister(self, fileobj: FileDescriptorLike) -> selectors.SelectorKey:
        return self._selector.unregister(fileobj)

    def modify(self, fileobj: FileDescriptorLike, events: int, data: Any = None) -> selectors.SelectorKey:  # noqa: ANN401
        return self._selector.modify(fileobj, events, data)

    def get_map(self) -> Mapping[FileDescriptorLike, selectors.SelectorKey]:
        return self._selector.get_map()

    def close(self) -> None:
        self._selector.close()


class _JumpingSelector(_PacedSelector):
    """Also says how much time has passed: what was waited for, not what it took."""

    now = 0.0

    def select(self, timeout: float | None = None) -> _Ready:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        began = time.monotonic()
        ready = super().select(timeout)
        passed = (time.monotonic() - began) * self.rate if ready else timeout
        self.now += min(timeout, passed)
        return ready


class PacedLoop(asyncio.SelectorEventLoop):
    """An event loop whose seconds take 1/``rate`` of a second; its clock begins at 0."""

    def __init__(self, rate: float) -> None:
        self._paced = _JumpingSelector(rate)
        super().__init__(self._paced)

    @property
    def rate(self) -> float:
        """How many of its seconds pass in one."""
        return self._paced.rate

    def accelerate(self, rate: float) -> None:
        """From now on ``rate`` seconds pass in one."""
        self._paced.rate = rate

    def time(self) -> float:
        """Seconds of this loop's own time."""
        return self._paced.now


class ScaledLoop(asyncio.SelectorEventLoop):
    """An event loop on the wall clock, until `accelerate` says how fast the machine at the other end lives."""

    def __init__(self) -> None:
        self._paced = _PacedSelector(1.0)
        self._real = self._scaled = time.monotonic()
        super().__init__(self._paced)

    def time(self) -> float:
        """Seconds of this loop's own time."""
        return self._scaled + (time.monotonic() - self._real) * self._paced.rate

    @property
    def rate(self) -> float:
        """How many of its seconds pass in one."""
        return self._paced.rate

    def accelerate(self, rate: float) -> None:
        """From now on ``rate`` seconds pass in one."""
        self._scaled, self._real = self.time(), time.monotonic()
        self._paced.rate = rate


# Two clocks that are read one after the other differ by this much without any sleep; no computer sleeps so short.
NOISE_S = 0.01


def boot_s() -> float:
    """Seconds since the computer was started, those that it slept included, where the system can tell them."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


def slept_s() -> float:
    """For how many of them it slept; less by what passed between the two readings."""
    if not hasattr(time, "CLOCK_BOOTTIME"):
        return 0.0
    return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)


class Naps:
    """Tells for how long the computer slept since that was last asked."""

    def __init__(self) -> None:
        self._slept_s = slept_s()

    def since(self) -> float:
        """Seconds, to the millisecond; 0.0 for what is only the clocks' noise."""
        nap = slept_s() - self._slept_s
        if nap < NOISE_S:
            return 0.0
        self._slept_s += nap
        return round(nap, 3)
