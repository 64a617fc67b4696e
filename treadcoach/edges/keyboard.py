"""Keys of a terminal, one at a time, without Enter. Any key stops, except the few that are named."""

from __future__ import annotations

import asyncio
import os
import sys
import termios
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from treadcoach.events import Pressed
from treadcoach.front import KEYS

_LOCAL_FLAGS = 3  # the index in what tcgetattr gives
HELP = (
    "Enter: ready, p: pause, n: next, b: back, x: 30 s longer, -: slower, +: faster again, e: all of it 10 % easier; "
    "any other key stops"
)


def meaning(text: str) -> list[Pressed]:
    """What typed characters mean. A stop among them is all that counts."""
    pressed = [KEYS.get(character, Pressed.STOP) for character in text]
    return [Pressed.STOP] if Pressed.STOP in pressed else pressed


@contextmanager
def keys(press: Callable[[Pressed, str], None], gone: Callable[[], None]) -> Iterator[None]:
    """Report keys of standard input while the block runs, and that its terminal went away."""
    loop = asyncio.get_running_loop()
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)

    def readable() -> None:
        try:
            data = os.read(descriptor, 64)
        except OSError:
            data = b""
        if not data:
            loop.remove_reader(descriptor)
            gone()
        for what in meaning(data.decode(errors="replace")):
            press(what, "key")

    tty.setcbreak(descriptor)
    # Ctrl-C, Ctrl-Z and Ctrl-\\ become keys like any other: they stop the belt instead of this program.
    mode = termios.tcgetattr(descriptor)
    mode[_LOCAL_FLAGS] &= ~termios.ISIG
    termios.tcsetattr(descriptor, termios.TCSANOW, mode)
    loop.add_reader(descriptor, readable)
    try:
        yield
    finally:
        loop.remove_reader(descriptor)
        with suppress(termios.error):  # the terminal may be gone
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
