"""A session on asyncio: one inbox, one pure step at a time, a writer that a stop overtakes, and the way out.

Owns the clock and the tasks, decides nothing. Leaving it for any reason, a crash of our own included, stops the belt
and says so where it was not seen to stop.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from treadcoach import pace
from treadcoach.assent import Presses
from treadcoach.deadman import BEAT_S
from treadcoach.drive import Drive, Outcome
from treadcoach.errors import LinkLostError, StopNotConfirmedError
from treadcoach.events import (
    DeadmanActed,
    DeadmanLost,
    LinkLost,
    LinkRestored,
    Notified,
    Pressed,
    RawInput,
    Result,
    RunnerPressed,
    Stalled,
    State,
    Suspended,
    Woke,
    WriteFailed,
)
from treadcoach.link import GattLink
from treadcoach.motion import Verb
from treadcoach.preflight import Plan
from treadcoach.rehearsal import PATIENCE_S, Ending
from treadcoach.rescue import (
    LONELY_S,
    REOPEN_S,
    WRITE_TIMEOUT_S,
    Carriage,
    PlainStops,
    is_word_taken,
    listen_again,
    reopen,
)
from treadcoach.safety.limits import CLEARED_FOR_S, LATE_S, STALL_S
from treadcoach.treadmill import Write

# What stops a belt, and what nothing that still asks for motion may stand in front of.
_STOPS = {Verb.STOP.value, Verb.PAUSE.value, Verb.RESET.value}
_MOTION = {Verb.START.value, Verb.SET_SPEED.value, Verb.SET_INCLINE.value}


class Deadman(Protocol):
    """Whoever watches that this session is alive."""

    def listen(self, submit: Callable[[DeadmanActed | DeadmanLost], None]) -> None:
        """Report that it has acted, or that it is gone, through this."""

    def beat(self) -> None:
        """This session is alive."""

    def goodbye(self) -> None:
        """The belt stands: there is nothing left to watch."""


Watch = Callable[[float, tuple[RawInput, ...], Outcome], None]


class Session:
    """One plan on one link.

    Args:
        plan: What to run; it has passed its pre-flight.
        link: An open link with everything subscribed.
        record: Is shown every step, for the journal; must not block and must not raise.
        screen: Is shown every step; the first time it raises, the runner has lost the screen, and that is a stop.
        alarm: Is told what people have to know when there is no screen to rely on any more.
        maximum_bpm: The runner's maximum heart rate, where it is known.
        patience_s: A belt not seen to stop by then ends the session; ``None`` never does: only the runner's word.
        deadman: Whoever stops the belt when this session stalls or dies.
        watch_suspend: Whether to look for a computer that slept (on a real clock only).
    """

    def __init__(
        self,
        plan: Plan,
        link: GattLink,
        *,
        record: Watch,
        screen: Watch,
        alarm: Callable[[str], None] = lambda _text: None,
        maximum_bpm: int | None = None,
        patience_s: float | None = PATIENCE_S,
        deadman: Deadman | None = None,
        watch_suspend: bool = False,
    ) -> None:
        self._link = link
        self._record = record
        self._screen = screen
        self._alarm = alarm
        self._patience_s = patience_s
        self._deadman = deadman
        self._began_at = asyncio.get_running_loop().time()
        self._drive = Drive(plan, maximum_bpm=maximum_bpm)
        self._inbox: list[RawInput] = [Woke()]
        self._arrived = asyncio.Event()
        self._outbox: deque[Write] = deque()
        self._handed_over_at = 0.0  # when the newest came into the outbox
        self._writing: asyncio.Task[None] | None = None
        self._written: Write | None = None
        self._link_lost = asyncio.Event()
        self._carriage = Carriage()
        self._stopping_since: float | None = None
        self._presses = Presses()
        self._acknowledged = False
        self._has_lost_screen = False
        self._outcome: Outcome | None = None
        self._rescue: PlainStops | None = None
        self._awake_at = (0.0, 0.0)  # when something was last waited for and came: the loop's seconds, real seconds
        self._stalled_s = 0.0
        self._naps = pace.Naps() if watch_suspend else None
        link.listen(self.notified, self.lost)
        if deadman:
            deadman.listen(self.submit)

    # ---- what happens --------------------------------------------------------------------------------------

    def submit(self, happened: RawInput) -> None:
        """Put something into the inbox."""
        self._inbox.append(happened)
        self._arrived.set()

    def notified(self, uuid: int, data: bytes) -> None:
        """A frame came in."""
        self._carriage.heard()
        self.submit(Notified(uuid, data))

    def lost(self, reason: str) -> None:
        """The link ended."""
        self._link_lost.set()
        self.submit(LinkLost(reason))

    def press(self, what: Pressed, source: str) -> None:
        """The runner said something. While a stop goes on unseen, "ready" means "I see the belt at rest"."""
        if what is Pressed.CONFIRM and self._presses.is_fresh(self._now()):
            self._acknowledge()
        self.submit(RunnerPressed(what, source))

    def _acknowledge(self) -> None:
        """Somebody sees the belt at rest, and says so: once, with a press of its own."""
        if self._rescue:
            self._rescue.acknowledge()
        shown = self._outcome.snapshot if self._outcome else None
        if self._stopping_since is not None and shown and shown.state is State.STOPPING:
            taken = is_word_taken(self._now() - self._stopping_since, moves=bool(shown.observed_kmh))
            self._acknowledged = self._acknowledged or taken

    def leave_alone(self, patience_s: float = LONELY_S) -> None:
        """Nobody is there any more who could say that the belt stands: wait no longer than this for it."""
        self._patience_s = patience_s if self._patience_s is None else min(self._patience_s, patience_s)

    # ---- the session ---------------------------------------------------------------------------------------

    async def run(self) -> Ending:
        """Run to the standing belt.

        Raises:
            StopNotConfirmedError: a fault of ours, after which the belt was not seen to stop.
            Exception: a fault of ours; the belt was seen to stop.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                relinking = tasks.create_task(self._relink(), name="relink")
                ending = await self._steps()
                relinking.cancel()
                self._outbox.clear()
        except BaseException as error:
            self._alarm("treadcoach has failed. If the belt does not stop, pull the safety key")
            stopped = await self._stop_at_any_price()
            self._dismiss(stopped or (self._rescue is not None and self._rescue.is_acknowledged))
            if not stopped:
                fault = error.exceptions[0] if isinstance(error, BaseExceptionGroup) else error
                message = f"after a fault of ours ({type(fault).__name__}: {fault}) the belt was not seen to stop"
                raise StopNotConfirmedError(message) from error
            raise
        self._dismiss(ending.result is not Result.STOP_NOT_CONFIRMED or self._acknowledged)
        return ending

    def _beat(self) -> bool:
        """Show that this session is alive; whether anybody watches."""
        if self._deadman:
            self._deadman.beat()
        return self._deadman is not None

    def _dismiss(self, at_rest: bool) -> None:  # noqa: FBT001 - what there is to know
        """Let the deadman go, when the belt stands; otherwise it goes on where we end."""
        if self._deadman and at_rest:
            self._deadman.goodbye()

    async def _steps(self) -> Ending:
        self._awake_at = (self._now(), time.monotonic())
        raw = self._take()
        while True:
            now = self._now()
            outcome = self._outcome = self._drive.step(now, raw)
            self._beat()
            self._hand_over(outcome.writes)
            if outcome.writes:
                await asyncio.sleep(0)  # on its way, before it is written down and shown
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
        while not self._inbox:
            delay = None if wake_at is None else max(0.0, wake_at - self._now())
            if self._beat():
                delay = BEAT_S if delay is None else min(delay, BEAT_S)
            with suppress(TimeoutError):
                async with asyncio.timeout(delay):
                    await self._arrived.wait()
            self._notice_a_stall(delay)
            if wake_at is not None and self._now() >= wake_at:
                break
        return self._take()

    def _notice_a_stall(self, delay: float | None) -> None:
        """Longer than was to be waited since the last time: nobody took in what happened in between."""
        before, self._awake_at = self._awake_at, (self._now(), time.monotonic())
        if delay is not None:
            passed_s, real_s = (now - then for now, then in zip(self._awake_at, before, strict=True))
            # Where a simulated clock runs faster, the computer's hiccups are no stalls of that size.
            self._stalled_s = max(self._stalled_s, round(min(passed_s - delay, max(real_s, STALL_S)), 3))

    def _take(self) -> tuple[RawInput, ...]:
        self._arrived.clear()
        inbox, self._inbox = self._inbox, []
        if self._naps and (nap := self._naps.since()):
            inbox.insert(0, Suspended(nap))
        if self._stalled_s > LATE_S:
            inbox.insert(0, Stalled(self._stalled_s))
        self._stalled_s = 0.0
        return tuple(inbox) or (Woke(),)

    def _show(self, now: float, raw: tuple[RawInput, ...], outcome: Outcome) -> None:
        try:
            self._screen(now, raw, outcome)
        except Exception:  # noqa: BLE001 - whatever ended the screen, the runner has lost it; others are shown on
            if not self._has_lost_screen:
                self._has_lost_screen = True
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
        """Give writes to the writer. What they outrank is dropped where it waits, and cut short where it hangs.

        A stop that is under way is left alone: one that is pressed again and again must not keep the first one from
        arriving.
        """
        if any(write.urgent for write in writes):
            stops = any(write.verb in _STOPS for write in writes)

            def is_outranked(write: Write) -> bool:
                return not write.urgent or (stops and write.verb in _MOTION)

            self._outbox = deque(write for write in self._outbox if not is_outranked(write))
            if self._writing and self._written and is_outranked(self._written):
                self._writing.cancel()
        if new := [write for write in writes if write not in self._outbox]:
            self._handed_over_at = pace.boot_s()
            self._outbox.extend(new)
        if not self._writing:
            self._write_next()

    def _write_next(self, _before: asyncio.Task[None] | None = None) -> None:
        """One write at a time: the next begins at the end of the one before it, however that was."""
        self._writing = self._written = None
        if self._outbox:
            self._written = self._outbox.popleft()
            self._writing = asyncio.create_task(self._write(self._written), name=f"write {self._written.verb}")
            self._writing.add_done_callback(self._write_next)

    async def _write(self, write: Write) -> None:
        if write.verb in _MOTION and pace.boot_s() - self._handed_over_at > CLEARED_FOR_S:
            # Real seconds, with sleep: this program has stalled, and its deadman may have stopped the belt by now.
            self.submit(WriteFailed())
            return
        try:
            async with asyncio.timeout(WRITE_TIMEOUT_S):
                code = await self._link.write(write.data)
        except LinkLostError as error:
            self.lost(str(error))
        except Exception:  # noqa: BLE001 - whatever a radio raises, the write was not made, and that is what counts
            self._went_unanswered(write)
        else:
            self._carriage.answered()
            if code is not None:
                self.submit(WriteFailed(code))

    def _went_unanswered(self, write: Write) -> None:
        if self._carriage.is_hopeless(self._now(), stops=write.urgent):
            self.lost("the link carries nothing any more")
        else:
            self.submit(WriteFailed())

    async def _relink(self) -> None:
        """Get a lost link back, for one purpose: to stop the belt."""
        while True:
            await self._link_lost.wait()
            self._carriage.answered()
            with suppress(Exception):  # whatever a radio raises: there is still a belt to stop
                await reopen(self._link)
                self._link_lost.clear()
                self.submit(LinkRestored())  # the stop goes out now; what is seen of the belt comes after it
                await listen_again(self._link, self._link_lost.is_set)
            await asyncio.sleep(REOPEN_S)

    async def _stop_at_any_price(self) -> bool:
        """The way out after a crash, whoever else wants this to end; whether the belt was seen to stop."""
        self._outbox.clear()
        if self._writing:
            self._writing.cancel()
        self._rescue = PlainStops(self._link, is_lost=self._link_lost.is_set(), patience_s=self._patience_s)
        stopping = asyncio.create_task(self._rescue.run(), name="plain stops")
        while not stopping.done():
            with suppress(asyncio.CancelledError):
                await asyncio.shield(stopping)
        return stopping.result()
