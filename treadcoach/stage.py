"""Everything around a live session: journal, lines, keys, signals, and a simulated runner's answers.

Decides nothing: hands what happens to the session, and what it shows to people.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from treadcoach.drive import Outcome
from treadcoach.edges.journal import JournalFile
from treadcoach.edges.lines import Lines
from treadcoach.edges.printer import Printer
from treadcoach.edges.story import summarise
from treadcoach.errors import UsageError
from treadcoach.events import Pressed, RawInput, State
from treadcoach.motion import Facing
from treadcoach.output import Output
from treadcoach.recording import Header, Line, Recorder, encode
from treadcoach.rehearsal import Ending
from treadcoach.rescue import LONELY_S
from treadcoach.session import Session


class Answerer:
    """A simulated runner at the rails: confirms every start after the time a person takes.

    Args:
        session: Where to say it.
        reaction_s: How long this time.
        turn: Is told whether the runner goes backward now.
    """

    def __init__(self, session: Session, reaction_s: Callable[[], float], turn: Callable[[bool], None]) -> None:
        self._session = session
        self._reaction_s = reaction_s
        self._turn = turn
        self._is_answering = False

    def watch(self, _now: float, _raw: tuple[RawInput, ...], outcome: Outcome) -> None:
        """One step."""
        self._turn(outcome.snapshot.facing is Facing.BACKWARD)
        asked = outcome.snapshot.state is State.READY
        if asked and not self._is_answering:
            loop = asyncio.get_running_loop()
            loop.call_later(self._reaction_s(), self._session.press, Pressed.CONFIRM, "simulated runner")
        self._is_answering = asked


class Stage:
    """The journal and the lines of one session.

    Args:
        header: The journal's first line.
        path: Of a new journal.
        output: Where words go.
        units: In which people see speeds.
        opening: What has to be said of this session before it begins, line by line.
        must_record: Somebody asked for this very journal: without it there is no session.
    """

    def __init__(
        self, header: Header, path: Path, output: Output, units: str, *, opening: list[str], must_record: bool = False
    ) -> None:
        self._output = output
        self._must_record = must_record
        self._file = self._open(path)
        self._lines: list[Line] = []
        self._recorder = Recorder(self._emit)
        self._printer = Printer(output.out)
        self._screen = Lines(self._printer.line, units=units, colour=output.colour, quiet=output.quiet)
        self._told_problem = False
        self.also: Callable[[float, tuple[RawInput, ...], Outcome], None] | None = None
        """Is shown every step as well."""
        self._recorder.begin(header)
        self._is_simulated = header.plan.machine.passport.simulated
        for line in opening:
            self.say(line)

    def say(self, text: str) -> None:
        """Words for people, in order with the session's own."""
        if not self._output.json and not self._output.quiet:
            self._printer.line(text)

    def alarm(self, text: str) -> None:
        """What has to be said although there may be nobody left to read it."""
        with contextlib.suppress(BrokenPipeError):
            self._printer.line(encode({"alarm": text}) if self._output.json else f"!! {text}")

    def record(self, now: float, raw: tuple[RawInput, ...], outcome: Outcome) -> None:
        """One step, for the journal."""
        self._recorder.step(now, raw, outcome)

    def screen(self, now: float, raw: tuple[RawInput, ...], outcome: Outcome) -> None:
        """One step, for the runner."""
        if self.also:
            self.also(now, raw, outcome)
        self._print_json()
        if not self._output.json:
            self._screen.show(now, raw, outcome)
        if self._file and self._file.problem and not self._told_problem:
            self._told_problem = True
            self.alarm(f"{self._file.problem}; the session goes on without it")

    def end(self, ending: Ending) -> None:
        """The last line, and the summary."""
        self._recorder.end(ending.now, ending.result, ending.totals)
        if self._file:
            self._file.close()
        with contextlib.suppress(OSError):  # how it ended counts, not whether that could be printed
            self._print_json()
            self._printer.close()
            path = str(self._file.path) if self._file else None
            summarise(ending, path, self._output.say, simulated=self._is_simulated)

    def _open(self, path: Path) -> JournalFile | None:
        try:
            return JournalFile(path)
        except OSError as error:
            if self._must_record:
                raise UsageError(f"the journal {path} cannot be written: {error.strerror}") from None
            print(f"! the journal {path} cannot be written: {error.strerror}", file=self._output.err)
            return None

    def _emit(self, line: Line) -> None:
        if self._file:
            self._file.write(line)
        if self._output.json:
            self._lines.append(line)

    def _print_json(self) -> None:
        lines, self._lines = self._lines, []
        for line in lines:
            self._printer.line(encode(line))


@contextlib.contextmanager
def signals(session: Session) -> Iterator[None]:
    """Ctrl-C, a closed terminal and a polite kill are the runner's stop while the block runs.

    A terminal that wants to halt a program because it reads or writes in the background does not halt this one.
    """
    loop = asyncio.get_running_loop()

    def caught(number: signal.Signals) -> None:
        session.press(Pressed.STOP, number.name)
        if number.name in {"SIGTERM", "SIGHUP"}:
            session.leave_alone(LONELY_S)

    numbers = _existing("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGTSTP")
    for number in numbers:
        loop.add_signal_handler(number, caught, number)
    before = [(number, signal.signal(number, signal.SIG_IGN)) for number in _existing("SIGTTIN", "SIGTTOU")]
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
        for number, handler in before:
            signal.signal(number, handler)


def _existing(*names: str) -> list[signal.Signals]:
    """The signals that this system has."""
    return [getattr(signal, name) for name in names if hasattr(signal, name)]


def has_keys() -> bool:
    """Whether there is a terminal whose keys are ours: not that of a program in the background."""
    if not sys.stdin or not sys.stdin.isatty():
        return False
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (AttributeError, OSError):
        return True  # where there is no background


@contextlib.contextmanager
def keys(session: Session, stage: Stage, meaning: str | None) -> Iterator[None]:
    """Keys of the terminal are the runner's while the block runs; ``meaning`` is what is said of them."""
    from treadcoach.edges import keyboard  # noqa: PLC0415 - only a terminal has keys, and not every system has termios

    def gone() -> None:
        session.press(Pressed.STOP, "the terminal went away")
        session.leave_alone(LONELY_S)

    stage.say(f"Keys: {meaning or keyboard.HELP}")
    with keyboard.keys(session.press, gone):
        yield
