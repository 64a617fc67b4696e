"""Which front a command gets, and the loop that runs behind it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple

from treadcoach.edges.story import summarise
from treadcoach.front import Conclusion, Front
from treadcoach.output import Output
from treadcoach.plain import PlainFront, has_keys

Work = Callable[[Front, Output], Coroutine[Any, Any, int]]
"""What is to be done in front of people, to an exit code."""


class Wishes(NamedTuple):
    """What somebody said of the front."""

    plain: bool = False
    """Lines, although there is a terminal."""
    confirms: bool = False
    """A simulated runner answers for everybody."""


def behind(work: Work, wishes: Wishes, output: Output, loops: Callable[[], asyncio.AbstractEventLoop] | None) -> int:
    """Do it behind a full screen where there is one, else behind plain lines."""
    if wishes.plain or not has_screen(output):
        with asyncio.Runner(loop_factory=loops) as runner:
            return runner.run(work(PlainFront(output, confirms=wishes.confirms), output))
    from treadcoach.edges.tui.front import ScreenFront  # noqa: PLC0415 - only a screen needs its library

    def afterwards(conclusion: Conclusion) -> None:
        summarise(conclusion, output.say)

    front = ScreenFront(confirms=wishes.confirms, colour=output.colour, afterwards=afterwards)
    return front.run(work, output, loops)


def has_screen(output: Output) -> bool:
    """Whether there is a terminal to draw on, and nobody who wants lines."""
    dumb = os.environ.get("TERM", "dumb") in {"", "dumb"}
    return output.out.isatty() and has_keys() and not (dumb or output.json or output.quiet)
