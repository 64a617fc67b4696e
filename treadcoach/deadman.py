"""The deadman: a second process that stops the belt when the first one stalls or dies.

It holds a link of its own to the machine and listens for the session's heartbeat. When that is too old, or the pipe
closes without a goodbye, it climbs the stop ladder until it has seen the belt at rest, also when the session is back.
It decides only to stop, and knows neither coach nor program, screen nor broker.

    in   one line of orders, then `beat` …, `goodbye`         out   `watching`, `beat` …, `acting`
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from treadcoach.climb import Climb
from treadcoach.errors import LinkLostError
from treadcoach.events import LinkLost, LinkRestored, Notified, RawInput, WriteFailed
from treadcoach.ftms import control_point, treadmill_data
from treadcoach.link import GattLink
from treadcoach.motion import Passport, Speed, SpeedGrid
from treadcoach.pace import boot_s
from treadcoach.rescue import LONELY_S, REOPEN_S, WRITE_TIMEOUT_S, Carriage, attempt, listen_again, reopen

# Nobody has watched the belt for this long. Real seconds, also where a simulated machine's clock runs faster.
SILENCE_S = 1.0
# A session shows this often that it is alive: often enough to be late now and then.
BEAT_S = 0.1

Tell = Callable[[str], None]

WATCHING, BEAT, ACTING, GOODBYE = "watching", "beat", "acting", "goodbye"


class Orders(NamedTuple):
    """Which belt to watch over, and what is known of it."""

    address: str
    adapter: str | None
    pause_before_stop: bool
    grid: tuple[int, int, int]

    def line(self) -> str:
        """As the first line of the conversation."""
        return json.dumps(self._asdict())

    @classmethod
    def of(cls, line: str) -> Orders:
        """From the first line of the conversation.

        Raises:
            ValueError: it is none.
            TypeError: it is none.
        """
        return cls(**json.loads(line))


class Deadman:
    """Watches one session, from its first heartbeat on.

    Args:
        orders: Which belt.
        link: To its machine, open; whoever else has one.
        say: Is told what the session has to know.
        warn: Is told what people have to know.
        clock: By which a heartbeat ages, in seconds.
    """

    def __init__(self, orders: Orders, link: GattLink, say: Tell, warn: Tell, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._link = link
        self._say = say
        self._warn = warn
        passport = Passport(pause_before_stop=orders.pause_before_stop)
        self._climb = Climb(passport, SpeedGrid(*map(Speed, orders.grid)), _now())
        self._inbox: list[RawInput] = []
        self._arrived = asyncio.Event()
        self._link_lost = asyncio.Event()
        self._carriage = Carriage()
        self._heard_at = _now()
        """When the machine last said anything, or its belt was to be stopped."""
        link.listen(self._notified, self._lost)

    async def watch(self, words: asyncio.StreamReader) -> str | None:
        """Listen to the session; why the belt has to be stopped; ``None``: there is nothing more to watch."""
        heard_at: float | None = None
        while True:
            left = None if heard_at is None else heard_at + SILENCE_S - self._clock()
            try:
                async with asyncio.timeout(left):
                    word = (await words.readline()).decode(errors="replace").strip()
            except TimeoutError:
                return "treadcoach has stalled"
            if word == GOODBYE or (not word and heard_at is None):
                return None
            if not word:
                return "treadcoach has died"
            heard_at = self._clock()
            self._say(BEAT)
            self._climb.step(_now(), self._take())

    async def stop(self, reason: str) -> bool:
        """Climb the ladder until the belt is seen at rest; whether it was."""
        self._say(ACTING)
        self._warn(f"{reason}: stopping the belt. If it does not stop, pull the safety key!")
        relinking = asyncio.create_task(self._relink(), name="relink")
        self._heard_at = _now()
        self._climb.begin(self._heard_at)
        while not self._climb.sees_rest and _now() - self._heard_at < LONELY_S:
            now = _now()
            for write in self._climb.step(now, self._take()):
                await self._write(write.data)
            await self._wait(self._climb.wake_at(now))
        relinking.cancel()
        rests = self._climb.sees_rest
        self._warn("the belt was seen to stop" if rests else "STOP NOT CONFIRMED: pull the safety key!")
        return rests

    # ---- the link ------------------------------------------------------------------------------------------

    def _notified(self, uuid: int, data: bytes) -> None:
        self._heard_at = _now()
        self._carriage.heard()
        self._submit(Notified(uuid, data))

    def _lost(self, reason: str) -> None:
        self._link_lost.set()
        self._submit(LinkLost(reason))

    def _submit(self, happened: RawInput) -> None:
        self._inbox.append(happened)
        self._arrived.set()

    def _take(self) -> tuple[RawInput, ...]:
        self._arrived.clear()
        inbox, self._inbox = self._inbox, []
        return tuple(inbox)

    async def _wait(self, wake_at: float | None) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(None if wake_at is None else max(0.0, wake_at - _now())):
                await self._arrived.wait()

    async def _write(self, data: bytes) -> None:
        try:
            async with asyncio.timeout(WRITE_TIMEOUT_S):
                code = await self._link.write(data)
        except LinkLostError as error:
            self._lost(str(error))
        except Exception:  # noqa: BLE001 - whatever a radio raises, the write was not made, and that is what counts
            if self._carriage.is_hopeless(_now(), stops=True):
                self._lost("the link carries nothing any more")
            else:
                self._submit(WriteFailed())
        else:
            self._carriage.answered()
            if code is not None:
                self._submit(WriteFailed(code))

    async def _relink(self) -> None:
        """Get a lost link back. Only once there is a belt to stop: before, that is the session's business."""
        while True:
            await self._link_lost.wait()
            with suppress(Exception):
                await reopen(self._link)
                self._carriage.answered()
                self._link_lost.clear()
                self._submit(LinkRestored())
                await listen_again(self._link, self._link_lost.is_set)
            await asyncio.sleep(REOPEN_S)


def _now() -> float:
    return round(asyncio.get_running_loop().time(), 3)


# ---- the process -------------------------------------------------------------------------------------------


def main() -> None:
    """Watch over the session at the other end of standard input and output."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGTSTP", "SIGPIPE"):
        # What is meant for the session ends the session, and thereby this.
        if number := getattr(signal, name, None):
            signal.signal(number, signal.SIG_IGN)
    code = asyncio.run(_serve())
    os._exit(code)


async def _serve() -> int:
    from treadcoach.edges.ble import BleLink  # noqa: PLC0415 - the radio's library is heavy, and only used here

    words = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(words), sys.stdin)
    orders = Orders.of((await words.readline()).decode())
    link = BleLink(orders.address, orders.adapter, joins=True)
    await link.connect()
    deadman = Deadman(orders, link, _say, _warn, boot_s)
    for uuid in (control_point.UUID, treadmill_data.UUID):
        await attempt(link, uuid)
    _say(WATCHING)
    reason = await deadman.watch(words)
    rests = reason is None or await deadman.stop(reason)
    await link.disconnect()
    # The end of the loop would end a link that the session still has.
    os._exit(0 if rests else 1)


def _say(word: str) -> None:
    with suppress(OSError):
        os.write(1, f"{word}\n".encode())


def _warn(text: str) -> None:
    with suppress(OSError):
        os.write(2, f"\a!! {text}\n".encode())


if __name__ == "__main__":
    main()
