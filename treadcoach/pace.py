"""An event loop whose time runs at another rate, for simulated machines only.

Everything on such a loop (timers, timeouts, the simulated machine) sees one clock that goes ``rate`` times as fast
and jumps from event to event, so a busy computer makes the show slower, never the belt unwatched.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import FileDescriptorLike


class _PacedSelector(selectors.BaseSelector):
    """Waits ``rate`` times less than it is told to, and says how much time has passed."""

    def __init__(self, rate: float) -> None:
        self._selector = selectors.DefaultSelector()
        self._rate = rate
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0:
            return self._selector.select(timeout)
        began = time.monotonic()
        ready = self._selector.select(timeout / self._rate)
        passed = (time.monotonic() - began) * self._rate if ready else timeout
        self.now += min(timeout, passed)
        return ready

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


class PacedLoop(asyncio.SelectorEventLoop):
    """An event loop whose seconds take 1/``rate`` of a second; its clock begins at 0."""

    def __init__(self, rate: float) -> None:
        self._paced = _PacedSelector(rate)
        super().__init__(self._paced)

    def time(self) -> float:
        """Seconds of this loop's own time."""
        return self._paced.now
