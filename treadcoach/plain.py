"""The front of plain lines: for pipes, logs, screen readers, small terminals, and whoever asks for it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Iterator, Sequence

from treadcoach.drive import Outcome
from treadcoach.edges.lines import Lines
from treadcoach.edges.printer import Printer
from treadcoach.edges.story import summarise
from treadcoach.errors import UsageError
from treadcoach.events import RawInput
from treadcoach.front import HEEDED, IGNORED, Answers, Briefing, Conclusion, Listener, Scan, forsake, heed
from treadcoach.output import Output
from treadcoach.preflight import Plan
from treadcoach.recording import encode

_BELL = "\a"


ADD_YES = "; add --yes to let a simulated runner do it"


class PlainFront:
    """Lines on standard output; keys from a terminal, where there is one.

    Args:
        output: Where words go.
    """

    def __init__(self, output: Output) -> None:
        self._output = output
        self._units = "km/h"
        self._printer: Printer | None = None
        self._lines: Lines | None = None

    def dress(self, theme: str, units: str) -> None:  # noqa: ARG002 - lines have no theme
        """In what speeds are shown."""
        self._units = units

    def say(self, text: str) -> None:
        """Words for people; with --json they would be in the way."""
        if self._printer is None:
            self._output.say(text)
        elif not self._output.json and not self._output.quiet:
            self._printer.line(text)

    def data(self, line: str) -> None:
        """A line for programs."""
        if self._output.json:
            (self._printer.line if self._printer else print)(line)

    def alarm(self, text: str) -> None:
        """What has to be said although there may be nobody left to read it."""
        with contextlib.suppress(BrokenPipeError):
            if self._printer:
                self._printer.line(encode({"alarm": text}) if self._output.json else f"!! {text}")

    def warn(self, text: str, about: str) -> None:  # noqa: ARG002 - a line stays
        """As loud as an alarm: a line is a line."""
        if text:
            self.alarm(text)

    def bell(self) -> None:
        """Ring, where there is a terminal that can."""
        if self._printer and not self._output.json and self._output.out.isatty():
            self._printer.line(_BELL, end="")

    def show(self, now: float, raw: tuple[RawInput, ...], outcome: Outcome) -> None:
        """One step."""
        if self._lines and not self._output.json:
            self._lines.show(now, raw, outcome)

    @contextlib.contextmanager
    def attend(self, listener: Listener, plan: Plan, keys: str | None) -> Iterator[None]:  # noqa: ARG002
        """Lines, keys and signals for one session."""
        output, printer = self._output, self._open()
        self._lines = Lines(printer.line, units=self._units, colour=output.colour, quiet=output.quiet)
        with _signals(listener), self._keys(listener, keys) if has_keys() else contextlib.nullcontext():
            yield

    def _open(self) -> Printer:
        """From now on nothing that is said is waited for; that nobody reads it is a matter of the session."""
        self._printer = self._printer or Printer(self._output.out)
        return self._printer

    async def choose(self, scan: Scan) -> str | None:  # noqa: ARG002
        """Nobody chooses from lines.

        Raises:
            UsageError: always.
        """
        raise UsageError("which treadmill? --machine ADDRESS (`treadcoach scan` finds it), or --simulate for none")

    async def is_unwell(self, conditions: Sequence[str], question: str) -> str | None:
        """Ask on the terminal.

        Raises:
            UsageError: there is nobody who could answer.
        """
        self._output.say("Before your first run: ask a professional first if there is")
        for condition in conditions:
            self._output.say(f"  - {condition}")
        try:
            return await asyncio.to_thread(input, question)
        except EOFError:
            raise UsageError("the questions about your health need an answer before anything moves") from None

    async def approve(self, briefing: Briefing) -> bool:
        """What there is to know; whoever types `run` has approved."""
        if not briefing.plan.is_clear:
            return False  # its findings have been told
        self._open()
        profile, limits, machine = briefing.plan.profile, briefing.plan.limits, briefing.plan.machine
        self.say(f"{profile.name}: {limits.level} limits, {machine.passport.name}")
        for remark in briefing.remarks:
            self.say(remark)
        return True

    async def arm(self) -> tuple[str, ...] | None:
        """Nobody ticks a list on lines: the words of every start say what has to be true."""
        return ()

    async def conclude(self, conclusion: Conclusion) -> Answers | None:
        """The summary, when every line before it is out."""
        if self._printer:
            self._printer.close()
            self._printer = None
        with contextlib.suppress(OSError):  # how it ended counts, not whether that could be printed
            summarise(conclusion, self._output.say)
        return None

    @contextlib.contextmanager
    def _keys(self, listener: Listener, meaning: str | None) -> Iterator[None]:
        from treadcoach.edges import keyboard  # noqa: PLC0415 - not every system has termios

        self.say(f"Keys: {meaning or keyboard.HELP}")
        with keyboard.keys(listener.press, lambda: forsake(listener, "the terminal went away")):
            yield


@contextlib.contextmanager
def _signals(listener: Listener) -> Iterator[None]:
    """Ctrl-C, a closed terminal and a polite kill are the runner's stop while the block runs."""
    loop = asyncio.get_running_loop()
    for number in HEEDED:
        loop.add_signal_handler(number, heed, listener, number)
    before = [(number, signal.signal(number, signal.SIG_IGN)) for number in IGNORED]
    try:
        yield
    finally:
        for number in HEEDED:
            loop.remove_signal_handler(number)
        for number, handler in before:
            signal.signal(number, handler)


def need_keys(hint: str = "") -> None:
    """Every start is confirmed by somebody.

    Raises:
        UsageError: there is no terminal to do it at; ``hint`` is what else there is.
    """
    if not has_keys():
        raise UsageError(f"there is no terminal to confirm each start at{hint}")


def has_keys() -> bool:
    """Whether there is a terminal whose keys are ours: not that of a program in the background."""
    if not sys.stdin or not sys.stdin.isatty():
        return False
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (AttributeError, OSError):
        return True  # where there is no background
