"""The terminal's keys, on their shortest way to the session: not through a widget, not behind a picture.

Textual reads keys in a thread of its own and hands them to the loop that draws. Here they are looked at in that very
thread: while a session runs they are the runner's, however busy, or stuck, the drawing is.
"""

from __future__ import annotations

import os
import select
from codecs import getincrementaldecoder
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from textual import events
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.driver import Driver

if TYPE_CHECKING:
    from textual.message import Message

_LOOK_S = 0.1
_ESCAPE = "\x1b"
_CLICK = "click"
_UNREADABLE = "unreadable"


class Runner(Protocol):
    """Who hears of what is typed."""

    def typed(self, key: str) -> bool:
        """A key or a click; whether it was for the session, and for nobody else."""

    is_blind: bool
    """There is nothing to write to any more."""

    def terminal_gone(self) -> None:
        """There is nothing to read from any more."""


def attentive(runner: Runner) -> type[Driver]:
    """This platform's driver, with the runner's ear at it."""
    base: Any = App[None]().get_driver_class()

    class AttentiveDriver(base):  # type: ignore[misc]
        def process_message(self, message: Message) -> None:
            key = _key(message)
            if not (key and runner.typed(key)):
                super().process_message(message)

        def write(self, data: str) -> None:
            if not runner.is_blind:  # what is written to a closed terminal is never taken, and would be waited for
                super().write(data)

        def close(self) -> None:
            if not runner.is_blind:
                super().close()

        def run_input_thread(self) -> None:
            try:
                with suppress(OSError):  # the other end of a closed terminal
                    _read(self, runner)
            finally:  # whatever has happened here: no key is read any more
                if not self.exit_event.is_set():
                    runner.terminal_gone()

    return AttentiveDriver


def _read(driver: Any, runner: Runner) -> None:  # noqa: ANN401 - of which platform, is known late
    """Textual's own loop waits for what may follow an Escape; as a key of the runner's it stops at once."""
    parser, decode = XTermParser(False), getincrementaldecoder("utf-8")(errors="replace").decode
    while not driver.exit_event.is_set():
        if select.select([driver.fileno], [], [], _LOOK_S)[0]:
            data = os.read(driver.fileno, 4096)
            if not data:
                return
            text = decode(data)
            if text != _ESCAPE or not runner.typed("escape"):
                try:
                    messages = list(parser.feed(text))
                except Exception:  # noqa: BLE001 - what Textual cannot read was typed all the same
                    parser = XTermParser(False)
                    runner.typed(_UNREADABLE)
                    continue
                for message in messages:
                    driver.process_message(message)
        for message in parser.tick():
            driver.process_message(message)


def _key(message: Message) -> str:
    """What was typed or clicked; empty for everything else that a terminal tells."""
    match message:
        case events.Key():
            return message.key
        case events.MouseDown():
            return _CLICK
        case events.Paste():
            return "paste"
        case _:
            return ""
