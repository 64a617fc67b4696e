"""The terminal's keys, on their shortest way to the session: not through a widget, not behind a picture.

Textual reads keys in a thread of its own and hands them to the loop that draws. Here they are looked at in that very
thread: while a session runs they are the runner's, however busy, or stuck, the drawing is.
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from textual import events
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.driver import Driver

from treadcoach.edges.tui.sequences import ESCAPE, PASTE, Cutter, is_key, is_news

if TYPE_CHECKING:
    from textual.message import Message

_LOOK_S = 0.1
_UNREADABLE = "unreadable"


class Runner(Protocol):
    """Who hears of what is typed."""

    def typed(self, key: str) -> bool:
        """A key, or something that is the name of none. Whether it was for the session, and for nobody else."""

    outlet: Outlet | None
    """What is written to."""

    def terminal_gone(self) -> None:
        """There is nothing to read from any more."""


def attentive(runner: Runner) -> type[Driver]:
    """This platform's driver, with the runner's ear at it."""
    return type("AttentiveDriver", (_Attentive, App[None]().get_driver_class()), {"runner": runner})


class _Attentive:
    """What is different from any driver of Textual's; mixed into one."""

    runner: Runner
    _file: Any
    _app: Any
    fileno: int
    exit_event: Any

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - Textual's own
        super().__init__(*arguments, **options)
        self._file = self.runner.outlet = Outlet(self._file)
        self._mode: list[Any] | None = None

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[misc] # it is mixed into what has it
        self._mode = _mode_of(self.fileno)

    def _sigcont_application(self, *_: object) -> None:
        """Textual would begin anew, with a second thread at the keys: neither would hear all of them."""
        _set_mode(self.fileno, self._mode)
        self._app.refresh(layout=True)

    def _enable_bracketed_paste(self) -> None:
        """What is pasted is typed."""

    def process_message(self, message: Message) -> None:
        if not (isinstance(message, events.Key) and self.runner.typed(message.key)):
            super().process_message(message)  # type: ignore[misc] # as above

    def run_input_thread(self) -> None:
        try:
            with suppress(OSError):  # the other end of a closed terminal
                _Reader(self, self.runner).read()
        finally:  # whatever has happened here: no key is read any more
            if not self.exit_event.is_set():
                self.runner.terminal_gone()


class _Reader:
    """Reads the terminal until it ends. What comes is a key, news of the terminal's, or the runner's stop."""

    def __init__(self, driver: _Attentive, runner: Runner) -> None:
        self._driver = driver
        self._runner = runner
        self._cutter = Cutter()
        self._parser = XTermParser(False)

    def read(self) -> None:
        while not self._driver.exit_event.is_set():
            if select.select([self._driver.fileno], [], [], _LOOK_S)[0]:
                data = os.read(self._driver.fileno, 4096)
                if not data:
                    return
                pieces = self._cutter.cut(data)
                if self._cutter.begun == ESCAPE and self._runner.typed("escape"):  # what may follow is not waited for
                    self._cutter.rest()
            else:
                pieces = self._cutter.rest()
            for piece in pieces:
                self._take(piece)
            for message in self._parser.tick():
                self._driver.process_message(message)

    def _take(self, piece: str) -> None:
        is_runners = not (is_key(piece) or is_news(piece)) and self._runner.typed(_UNREADABLE)
        if is_runners or piece in PASTE:
            return
        try:
            messages = list(self._parser.feed(piece))
        except Exception:  # noqa: BLE001 - what Textual cannot read was typed all the same
            self._parser, messages = XTermParser(False), []
        for message in messages:
            self._driver.process_message(message)
        if is_key(piece) and not any(isinstance(message, events.Key) for message in messages):
            self._runner.typed(_UNREADABLE)


class Outlet:
    """A terminal's file, and for how long it has not taken what it was given.

    A closed one takes everything, for nobody: Textual's writer would end at it, and whoever then has something to be
    written would wait for ever.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._began_at: float | None = None

    @property
    def stuck_s(self) -> float:
        """Seconds since what is being written was begun; 0: nothing is."""
        began_at = self._began_at
        return 0.0 if began_at is None else time.monotonic() - began_at

    def write(self, text: str) -> int:
        """As of any file."""
        with self._taking():
            self._file.write(text)
        return len(text)

    def flush(self) -> None:
        """As of any file."""
        with self._taking():
            self._file.flush()

    @contextmanager
    def _taking(self) -> Iterator[None]:
        self._began_at = time.monotonic()
        try:
            with suppress(OSError):
                yield
        finally:
            self._began_at = None

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the file's own
        return getattr(self._file, name)


def _mode_of(fileno: int) -> list[Any] | None:
    """How a terminal hands over what is typed; ``None`` where there is no such thing."""
    with suppress(ImportError):
        import termios  # noqa: PLC0415 - there is none on Windows

        with suppress(termios.error):
            return termios.tcgetattr(fileno)
    return None


def _set_mode(fileno: int, mode: list[Any] | None) -> None:
    """A shell may have changed it while this program stood still."""
    if mode is not None:
        import termios  # noqa: PLC0415 - where there is a mode, there is this

        with suppress(termios.error):
            termios.tcsetattr(fileno, termios.TCSANOW, mode)
