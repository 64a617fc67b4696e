"""Between two threads: the screen lives in the main one, the session and its loop in another.

So a picture that takes long, or a screen that hangs, never holds up a stop: keys go straight from the terminal's
thread to the session's loop, snapshots the other way, and only the newest is drawn. When the screen ends for any
reason, the runner has lost their stop key, and that is a stop.
"""

from __future__ import annotations

import asyncio
import gc
import io
import math
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from treadcoach.chart import Point
from treadcoach.drive import Outcome
from treadcoach.edges.tui.app import CoachApp
from treadcoach.edges.tui.driver import Outlet, attentive
from treadcoach.edges.tui.frame import Frame
from treadcoach.edges.tui.keys import HELP, LEAVE, SILENT, meaning
from treadcoach.edges.tui.screens.arm import ArmScreen
from treadcoach.edges.tui.screens.health import HealthScreen
from treadcoach.edges.tui.screens.machine import MachineScreen
from treadcoach.edges.tui.screens.preflight import PreflightScreen
from treadcoach.edges.tui.screens.question import Question
from treadcoach.edges.tui.screens.summary import SummaryScreen
from treadcoach.edges.tui.strips import unknot
from treadcoach.errors import LinkError
from treadcoach.events import NoticeKind, Pressed, RawInput
from treadcoach.front import (
    HEEDED,
    IGNORED,
    Answers,
    Briefing,
    Choice,
    Conclusion,
    Listener,
    Scan,
    Work,
    forsake,
    heed,
)
from treadcoach.output import Output
from treadcoach.preflight import Plan

T = TypeVar("T")

# A screen that has not lived for this long is one that is lost.
STALLED_S = 2.0
# How long a screen that nobody has to answer is shown, in real seconds.
SHOWN_S = 3.0
STOPPED_BY_RUNNER = 4
# A thread that waits for Python's lock gets it this soon, even while a picture is being drawn; else after 5 ms.
SWITCH_S = 0.0001
# The collector comes after so many new objects, and to all that have outlived it a little more seldom: less than a
# millisecond each. A full collection is ours to call, this often, and takes some milliseconds.
OFTEN_AND_LITTLE = (700, 3, 1_000_000)
TIDY_S = 60.0


class ScreenFront:
    """The front of the full screen.

    Args:
        confirms: A simulated runner answers: screens that ask go on by themselves.
        colour: Whether to use any.
        afterwards: Says how it went, when the terminal is an ordinary one again.
    """

    def __init__(self, *, confirms: bool, colour: bool, afterwards: Callable[[Conclusion], None]) -> None:
        self._confirms = confirms
        self._afterwards = afterwards
        self._app = CoachApp(attentive(self), begin=self._begin, colour=colour)
        self._control = threading.Thread(target=self._run_control, name="control")
        self._work: Callable[[], int] = lambda: STOPPED_BY_RUNNER
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[int] | None = None
        self._code = STOPPED_BY_RUNNER
        self._error: BaseException | None = None
        self._conclusion: Conclusion | None = None
        self._complaints = io.StringIO()
        self._is_gone = False
        self.outlet: Outlet | None = None
        self._leaves = False
        # of the session that runs
        self._listener: Listener | None = None
        self._plan: Plan | None = None
        self._units = "km/h"
        self._warnings: dict[str, str] = {}
        self._said: dict[NoticeKind, str] = {}
        self._place: tuple[object, ...] = ()
        self._newest: tuple[Frame, float, float] | None = None  # when, and for how long no other is due
        self._is_drawing = False
        self._belt: list[Point] = []

    # ---- the main thread -----------------------------------------------------------------------------------

    def run(self, work: Work, output: Output, loops: Callable[[], asyncio.AbstractEventLoop] | None) -> int:
        """Do the work behind the screen; its exit code, when both have ended.

        Raises:
            BaseException: what the work has raised.
        """
        shown = output._replace(out=_Words(self.say), err=self._complaints)
        self._work = lambda: self._controlled(work, shown, loops)
        before, collects = sys.getswitchinterval(), gc.get_threshold()
        sys.setswitchinterval(SWITCH_S)
        try:
            with self._signals():
                self._app.run()
                self._screen_ended()
                if self._control.ident is not None:
                    self._control.join()
        finally:
            sys.setswitchinterval(before)
            gc.set_threshold(*collects)
        with suppress(OSError):  # how it ended counts, not whether that could be printed
            output.err.write(self._complaints.getvalue())
            if self._conclusion:
                self._afterwards(self._conclusion)
        if self._error is not None and not isinstance(self._error, asyncio.CancelledError):
            raise self._error
        return self._code

    def _begin(self) -> None:
        """The first picture is there."""
        self._take_signals()  # once more: the screen's library has taken some of them for itself
        _no_long_pauses()
        self._app.set_interval(TIDY_S, _tidy)
        self._control.start()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        before = self._take_signals()
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _take_signals(self) -> dict[signal.Signals, Any]:
        """From now on they mean what they mean to a session; who had them before."""
        before = {number: signal.signal(number, self._signalled) for number in HEEDED}
        return before | {number: signal.signal(number, signal.SIG_IGN) for number in IGNORED}

    def _signalled(self, number: int, _frame: object) -> None:
        found = signal.Signals(number)
        self._leaves = self._leaves or found.name in {"SIGTERM", "SIGHUP"}
        self._reach(self._listener, heed, found)

    def _screen_ended(self) -> None:
        self._is_gone = True
        if self._control.is_alive():
            self._forsake("the screen was lost")

    # ---- from any thread -----------------------------------------------------------------------------------

    def typed(self, key: str) -> bool:
        """See `driver.Runner`; called from the terminal's thread."""
        listener = self._listener
        if key in LEAVE:
            self._leaves = True
        elif listener is None or key == HELP:
            return False
        elif key in SILENT:
            return True
        self._reach(listener, _press, meaning(key))
        return True

    def terminal_gone(self) -> None:
        """See `driver.Runner`."""
        self._forsake("the terminal went away")

    def _forsake(self, why: str) -> None:
        """Nobody is there any more."""
        self._leaves = True
        self._reach(self._listener, forsake, why)

    def _reach(self, listener: Listener | None, word: Callable[[Listener, Any], None], about: object) -> None:
        """Say something to a session; where there is none, nothing moves, and the work ends."""
        with suppress(RuntimeError):  # its loop has just ended
            if self._loop is None or self._task is None:
                return
            if listener is not None:
                self._loop.call_soon_threadsafe(word, listener, about)
            else:
                self._loop.call_soon_threadsafe(self._task.cancel)

    def _post(self, call: Callable[..., object], *arguments: object) -> None:
        """Have something done in the screen's thread."""
        if not self._is_gone:
            self._app.call_later(call, *arguments)

    # ---- the control thread --------------------------------------------------------------------------------

    def _run_control(self) -> None:
        try:
            self._code = self._work()
        except BaseException as error:  # noqa: BLE001 - raised again in the main thread
            self._error = error
        finally:
            self._post(self._app.exit)

    def _controlled(self, work: Work, output: Output, loops: Callable[[], asyncio.AbstractEventLoop] | None) -> int:
        async def main() -> int:
            self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
            return await work(self, output)

        with asyncio.Runner(loop_factory=loops) as runner:
            return runner.run(main())

    def dress(self, theme: str, units: str) -> None:
        """See `Front`."""
        self._units = units
        self._post(self._app.dress, theme)

    def say(self, text: str) -> None:
        """See `Front`."""
        self._post(self._app.say, text)

    def data(self, line: str) -> None:
        """Nobody reads along."""

    def alarm(self, text: str) -> None:
        """See `Front`."""
        self._newest = None  # nothing that was known of the belt is known any more
        self._post(self._app.alarm, text)
        if self._is_gone:
            with suppress(OSError, ValueError):
                print(f"!! {text}", file=sys.__stderr__, flush=True)

    def warn(self, text: str, about: str) -> None:
        """See `Front`."""
        self._warnings[about] = text
        if text:
            self.say(text)

    @property
    def _warning(self) -> str:
        return "; ".join(filter(None, self._warnings.values()))

    def bell(self) -> None:
        """See `Front`."""
        self._post(self._app.bell)

    def show(self, now: float, _raw: tuple[RawInput, ...], outcome: Outcome) -> None:
        """See `Front`.

        Raises:
            BrokenPipeError: the screen has ended, or stands.
        """
        if self._is_gone:
            raise BrokenPipeError("the screen has ended")
        if time.monotonic() - self._app.alive_at > STALLED_S:
            raise BrokenPipeError("nothing has been drawn for two seconds")
        if self.outlet and self.outlet.stuck_s > STALLED_S:
            raise BrokenPipeError("the terminal has taken nothing for two seconds")
        snapshot = outcome.snapshot
        place = (snapshot.state, snapshot.segment)
        if place != self._place:
            self._place = place
            self._said = {kind: text for kind, text in self._said.items() if kind is NoticeKind.ALARM}
        self._said.update({notice.kind: notice.text for notice in outcome.notices})
        if self._plan:
            frame = Frame(
                self._plan, snapshot, outcome.following, dict(self._said), self._units, warning=self._warning
            )
            due_s = math.inf if outcome.wake_at is None else outcome.wake_at - now
            self._newest = (frame, time.monotonic(), due_s)
        if not self._belt or now - self._belt[-1].at_s >= 1:
            self._belt.append(Point(now, snapshot.observed_kmh or 0.0, snapshot.facing))
        if not self._is_drawing:
            self._is_drawing = True
            self._post(self._draw)

    def frame(self) -> Frame | None:
        """The newest picture, as old as it is; for the screen's thread."""
        if self._newest is None:
            return None
        frame, at, due_s = self._newest
        rate, age_s = getattr(self._loop, "rate", 1.0), time.monotonic() - at
        return frame._replace(age_s=age_s * rate, overdue_s=age_s - due_s / rate)

    async def _draw(self) -> None:
        self._is_drawing = False
        if frame := self.frame():
            await self._app.draw(frame)

    @contextmanager
    def attend(self, listener: Listener, plan: Plan, keys: str | None) -> Iterator[None]:  # noqa: ARG002
        """See `Front`."""
        self._plan, self._said, self._place, self._newest, self._belt = plan, {}, (), None, []
        self._app.source = self.frame
        self._listener = listener
        try:
            yield
        finally:
            self._listener = None
            self._app.source = lambda: None

    # ---- questions -----------------------------------------------------------------------------------------

    async def choose(self, scan: Scan) -> str | None:
        """See `Front`."""
        found: Sequence[Choice] = ()
        problem = ""
        while True:
            try:
                found, problem = await scan(), ""
            except LinkError as error:
                problem = str(error)
            chosen = await self._ask(MachineScreen(tuple(found), problem))
            if chosen != MachineScreen.AGAIN:
                return chosen

    async def is_unwell(self, conditions: Sequence[str], question: str) -> str | None:
        """See `Front`."""
        answer = await self._ask(HealthScreen(tuple(conditions), question))
        if answer is None:
            raise asyncio.CancelledError
        return answer

    async def approve(self, briefing: Briefing) -> bool:
        """See `Front`."""
        goes_on = await self._ask(PreflightScreen(briefing, self._units))
        return bool(goes_on)

    async def arm(self) -> tuple[str, ...] | None:
        """See `Front`."""
        return await self._ask(ArmScreen())

    async def conclude(self, conclusion: Conclusion) -> Answers | None:
        """See `Front`."""
        self._conclusion = conclusion
        if self._leaves or self._is_gone:
            return None
        return await self._ask(SummaryScreen(conclusion, self._belt, self._units))

    async def _ask(self, question: Question[T]) -> T | None:
        """Show a screen until it is answered; ``None``: the runner would rather leave."""
        future: Future[T | None] = Future()
        question.ask(future, SHOWN_S if self._confirms else None)
        self._post(self._app.place, question)
        return await asyncio.wrap_future(future)


def _press(listener: Listener, what: Pressed) -> None:
    listener.press(what, "key")


def _no_long_pauses() -> None:
    """A full collection of garbage stops every thread for a tenth of a second, a key's as well.

    What is there now stays, and is not looked through any more; what comes is, and seldom, for there is little of it.
    """
    unknot()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*OFTEN_AND_LITTLE)


def _tidy() -> None:
    """A timer of Textual's cannot call a built-in itself."""
    gc.collect()


class _Words(io.StringIO):
    """Lines that are written here are said."""

    def __init__(self, say: Callable[[str], None]) -> None:
        super().__init__()
        self._say = say

    def write(self, text: str) -> int:
        if text.strip():
            self._say(text.rstrip("\n"))
        return len(text)
