"""A session on asyncio: one inbox, one pure step at a time, a writer that a stop overtakes, and the way out.

Owns the clock and the tasks, decides nothing. Leaving it for any reason, a crash of our own included, stops the belt
and says whether it was seen to stop.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from treadcoach.drive import Drive, Outcome
from treadcoach.errors import LinkError, LinkLostError, WireError
from treadcoach.events import (
    LinkLost,
    LinkRestored,
    Notified,
    Pressed,
    RawInput,
    Result,
    RunnerPressed,
    Suspended,
    Woke,
    WriteFailed,
)
from treadcoach.ftms import control_point, treadmill_data
from treadcoach.ftms.control_point import ControlPointRequest
from treadcoach.preflight import Plan
from treadcoach.rehearsal import PATIENCE_S, Ending
from treadcoach.treadmill import GattLink, Write, subscribe

# A write that takes longer means that the link is failing.
WRITE_TIMEOUT_S = 0.5
# When no write has been answered for so long since the first that was not, the link is up in name only; a new one
# is the only way for a stop. Where frames still come a machine may just answer late, and is given longer.
HOPELESS_S = 1.0
HOPELESS_HEARD_S = 5.0
# Between attempts to get a lost link back, to stop the belt.
RELINK_S = 1.0
RELINK_TIMEOUT_S = 10.0
# The four rungs of the ladder have been tried: from here on the runner's own eyes may end the waiting.
LADDER_S = 8.0
# After a crash of ours: how long plain stops are written while nobody has seen the belt stand.
LAST_STOP_S = 8.0
LAST_STOP_EVERY_S = 0.5

Watch = Callable[[float, tuple[RawInput, ...], Outcome], None]
_LAST_STOPS = (ControlPointRequest.stop(), ControlPointRequest.request_control(), ControlPointRequest.stop())


class Session:
    """One plan on one link.

    Args:
        plan: What to run; it has passed its pre-flight.
        link: An open link with everything subscribed.
        record: Is shown every step, for the journal; must not block and must not raise.
        screen: Is shown every step; if it raises, the runner has lost the screen, and that is a stop.
        maximum_bpm: The runner's maximum heart rate, where it is known.
        patience_s: A belt not seen to stop by then ends the session; ``None`` waits for the runner's word.
        watch_suspend: Whether to look for a computer that slept (on a real clock only).
    """

    def __init__(
        self,
        plan: Plan,
        link: GattLink,
        *,
        record: Watch,
        screen: Watch,
        maximum_bpm: int | None = None,
        patience_s: float | None = PATIENCE_S,
        watch_suspend: bool = False,
    ) -> None:
        self._link = link
        self._record = record
        self._screen = screen
        self._patience_s = patience_s
        self._began_at = asyncio.get_running_loop().time()
        self._drive = Drive(plan, maximum_bpm=maximum_bpm)
        self._inbox: list[RawInput] = [Woke()]
        self._arrived = asyncio.Event()
        self._outbox: deque[Write] = deque()
        self._queued = asyncio.Event()
        self._writing: asyncio.Task[None] | None = None
        self._writing_is_urgent = False
        self._link_lost = asyncio.Event()
        self._unanswered_since: float | None = None
        self._heard_since = False
        self._stopping_since: float | None = None
        self._acknowledged = False
        self._zeros = 0
        self._outcome: Outcome | None = None
        self._has_crashed = False
        self._slept_s = _slept_s() if watch_suspend else None
        link.listen(self.notified, self.lost)

    # ---- what happens --------------------------------------------------------------------------------------

    def submit(self, happened: RawInput) -> None:
        """Put something into the inbox."""
        self._inbox.append(happened)
        self._arrived.set()

    def notified(self, uuid: int, data: bytes) -> None:
        """A frame came in."""
        self._heard_since = True
        if self._has_crashed:
            self._look_for_rest(uuid, data)
        else:
            self.submit(Notified(uuid, data))

    def lost(self, reason: str) -> None:
        """The link ended."""
        self._link_lost.set()
        self.submit(LinkLost(reason))

    def press(self, what: Pressed, source: str) -> None:
        """The runner said something. While a stop goes on unseen, "ready" means "I see the belt at rest"."""
        if what is Pressed.CONFIRM and self._stopping_since is not None:
            # A machine that reports motion is believed longer than one that reports nothing.
            needed = PATIENCE_S if self._outcome and self._outcome.snapshot.observed_kmh else LADDER_S
            self._acknowledged = self._acknowledged or self._now() - self._stopping_since >= needed
        self.submit(RunnerPressed(what, source))

    # ---- the session ---------------------------------------------------------------------------------------

    async def run(self) -> Ending:
        """Run to the standing belt.

        Raises:
            Exception: a fault of ours, after the belt was stopped as well as is still possible.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                helpers = [
                    tasks.create_task(self._write_out(), name="writer"),
                    tasks.create_task(self._relink(), name="relink"),
                ]
                ending = await self._steps()
                for helper in helpers:
                    helper.cancel()
        except BaseException:
            await self._stop_at_any_price()
            raise
        return ending

    async def _steps(self) -> Ending:
        raw = self._take()
        while True:
            now = self._now()
            outcome = self._outcome = self._drive.step(now, raw)
            self._hand_over(outcome.writes)
            self._record(now, raw, outcome)
            self._show(now, raw, outcome)
            if (result := self._result(now)) is not None:
                return Ending(result, self._drive.totals(), now)
            raw = await self._next(outcome.wake_at)

    def _now(self) -> float:
        """Seconds since the session began, in whole milliseconds."""
        return round(asyncio.get_running_loop().time() - self._began_at, 3)

    async def _next(self, wake_at: float | None) -> tuple[RawInput, ...]:
        """What has happened, or that the time has come."""
        if not self._inbox:
            delay = None if wake_at is None else max(0.0, wake_at - self._now())
            with suppress(TimeoutError):
                async with asyncio.timeout(delay):
                    await self._arrived.wait()
        return self._take()

    def _take(self) -> tuple[RawInput, ...]:
        self._arrived.clear()
        inbox, self._inbox = self._inbox, []
        if self._slept_s is not None:
            before, self._slept_s = self._slept_s, _slept_s()
            if self._slept_s > before:
                inbox.insert(0, Suspended(round(self._slept_s - before, 3)))
        return tuple(inbox) or (Woke(),)

    def _show(self, now: float, raw: tuple[RawInput, ...], outcome: Outcome) -> None:
        try:
            self._screen(now, raw, outcome)
        except Exception:  # noqa: BLE001 - whatever ended the screen, the runner has lost it
            self._screen = _no_screen
            self.submit(RunnerPressed(Pressed.STOP, "the screen was lost"))

    def _result(self, now: float) -> Result | None:
        """How it ended, if it has."""
        if self._drive.result is not None:
            return self._drive.result
        if not self._drive.is_stopping:
            self._stopping_since = None
            return None
        self._stopping_since = now if self._stopping_since is None else self._stopping_since
        too_long = self._patience_s is not None and now - self._stopping_since >= self._patience_s
        return Result.STOP_NOT_CONFIRMED if too_long or self._acknowledged else None

    # ---- the link ------------------------------------------------------------------------------------------

    def _hand_over(self, writes: tuple[Write, ...]) -> None:
        """Give writes to the writer. An urgent one drops what waits, and cuts short what hangs and is not urgent.

        An urgent write that is under way is left alone: a stop that is pressed again and again must not keep the
        first one from arriving.
        """
        if any(write.urgent for write in writes):
            self._outbox = deque(write for write in self._outbox if write.urgent)
            if self._writing and not self._writing_is_urgent:
                self._writing.cancel()
        self._outbox.extend(write for write in writes if write not in self._outbox)
        if self._outbox:
            self._queued.set()

    async def _write_out(self) -> None:
        while True:
            await self._queued.wait()
            self._queued.clear()
            while self._outbox:
                write = self._outbox.popleft()
                self._writing_is_urgent = write.urgent
                self._writing = asyncio.create_task(self._write(write), name=f"write {write.verb}")
                await asyncio.wait({self._writing})
            self._writing = None

    async def _write(self, write: Write) -> None:
        try:
            async with asyncio.timeout(WRITE_TIMEOUT_S):
                code = await self._link.write(write.data)
        except LinkLostError as error:
            self.lost(str(error))
        except Exception:  # noqa: BLE001 - whatever a radio raises, the write was not made, and that is what counts
            self._went_unanswered()
        else:
            self._unanswered_since = None
            if code is not None:
                self.submit(WriteFailed(code))

    def _went_unanswered(self) -> None:
        now = self._now()
        if self._unanswered_since is None:
            self._unanswered_since, self._heard_since = now, False
        patience_s = HOPELESS_HEARD_S if self._heard_since else HOPELESS_S
        if now - self._unanswered_since >= patience_s:
            self.lost("the link carries nothing any more")
        else:
            self.submit(WriteFailed())

    async def _relink(self) -> None:
        """Get a lost link back, for one purpose: to stop the belt."""
        while True:
            await self._link_lost.wait()
            self._unanswered_since = None
            await asyncio.sleep(RELINK_S)
            with suppress(LinkError, TimeoutError):
                async with asyncio.timeout(RELINK_TIMEOUT_S):
                    await self._link.disconnect()  # a link that only looks up is in the way of a new one
                    await self._link.connect()
                    await self._link.subscribe(control_point.UUID)
                self._link_lost.clear()
                self.submit(LinkRestored())  # the stop goes out now; what is seen of the belt comes after it
                async with asyncio.timeout(RELINK_TIMEOUT_S):
                    await subscribe(self._link)

    async def _stop_at_any_price(self) -> None:
        """The way out after a crash: the plain stop, whoever else wants this to end."""
        stopping = asyncio.create_task(self._last_stop(), name="last stop")
        while not stopping.done():
            with suppress(asyncio.CancelledError):
                await asyncio.shield(stopping)

    async def _last_stop(self) -> None:
        """Plain stops, without anybody's permission, until the belt is seen standing."""
        self._has_crashed = True
        self._inbox.clear()
        self._outbox.clear()
        if self._writing:
            self._writing.cancel()
            await asyncio.wait({self._writing})
        loop = asyncio.get_running_loop()
        until = loop.time() + LAST_STOP_S
        while loop.time() < until and self._zeros < 2:  # noqa: PLR2004 - seen twice
            for request in _LAST_STOPS:
                with suppress(Exception):
                    async with asyncio.timeout(WRITE_TIMEOUT_S):
                        await self._link.write(request.to_bytes())
            await asyncio.sleep(LAST_STOP_EVERY_S)

    def _look_for_rest(self, uuid: int, data: bytes) -> None:
        if uuid != treadmill_data.UUID:
            return
        with suppress(WireError):
            speed = treadmill_data.TreadmillData.from_bytes(data).instantaneous_speed
            self._zeros = self._zeros + 1 if speed == 0 else 0


def _no_screen(_now: float, _raw: tuple[RawInput, ...], _outcome: Outcome) -> None:
    """Shows nothing."""


def _slept_s() -> float:
    """For how long this computer has been suspended since it was started, where the system can tell."""
    if not hasattr(time, "CLOCK_BOOTTIME"):
        return 0.0
    return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)
