"""The session's end of its deadman: starts the second process, shows it that this one lives, hears what it does."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from treadcoach.deadman import ACTING, BEAT, GOODBYE, WATCHING, Orders
from treadcoach.errors import LinkError
from treadcoach.events import DeadmanActed, DeadmanLost

# Starting Python, finding the machine and subscribing takes two seconds on a slow computer.
START_S = 30.0
# So many heartbeats without an echo, and nobody hears them: three seconds at ten a second. Counted, so that a stall
# of our own is not taken for one of the deadman's.
UNHEARD = 30
END_S = 5.0


class Heartbeat:
    """One deadman for one session.

    Use as an asynchronous context manager. Leaving it without `goodbye` leaves the belt to the deadman.

    Args:
        orders: Which belt it is for.
    """

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._process: Process | None = None
        self._listening: asyncio.Task[None] | None = None
        self._submit: Callable[[DeadmanActed | DeadmanLost], None] | None = None
        self._unheard = 0
        self._is_over = False

    async def __aenter__(self) -> Self:
        """Start it, and wait until it watches.

        Raises:
            LinkError: it cannot; nothing should be moved without it.
        """
        command = (sys.executable, "-P", "-m", "treadcoach.deadman")
        self._process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, start_new_session=True
        )
        self._send(self._orders.line())
        try:
            async with asyncio.timeout(START_S):
                word = await self._hear()
        except TimeoutError:
            word = ""
        if word != WATCHING:
            self._process.kill()
            raise LinkError("the second process that would stop the belt if this one failed did not come up")
        self._listening = asyncio.create_task(self._listen(), name="deadman")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the pipe: without a goodbye before, the deadman acts."""
        if self._listening:
            self._listening.cancel()
        if self._process is None or self._process.stdin is None:
            return
        self._process.stdin.close()
        if self._is_over:
            with suppress(TimeoutError):
                async with asyncio.timeout(END_S):
                    await self._process.wait()

    def listen(self, submit: Callable[[DeadmanActed | DeadmanLost], None]) -> None:
        """Report that it has acted, or that it is gone, through this."""
        self._submit = submit

    def beat(self) -> None:
        """This session is alive."""
        self._unheard += 1
        if self._unheard == UNHEARD:
            self._report(DeadmanLost())
        self._send(BEAT)

    def goodbye(self) -> None:
        """The belt stands: there is nothing left to watch."""
        self._is_over = True
        self._send(GOODBYE)

    def _send(self, word: str) -> None:
        if self._process and self._process.stdin and not self._process.stdin.is_closing():
            self._process.stdin.write(f"{word}\n".encode())

    async def _hear(self) -> str:
        stream = self._process.stdout if self._process else None
        return (await stream.readline()).decode().strip() if stream else ""

    async def _listen(self) -> None:
        while word := await self._hear():
            self._unheard = 0
            if word == ACTING:
                self._report(DeadmanActed())
        self._report(DeadmanLost())

    def _report(self, happened: DeadmanActed | DeadmanLost) -> None:
        if self._submit and not self._is_over:
            self._submit(happened)
