"""Which front a command gets, and the loop that runs behind it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

from treadcoach.edges.story import summarise
from treadcoach.front import Conclusion, Work
from treadcoach.output import Output
from treadcoach.plain import PlainFront, has_keys


def behind(
    work: Work,
    output: Output,
    loops: Callable[[], asyncio.AbstractEventLoop] | None,
    *,
    plain: bool,
    confirms: bool,
) -> int:
    """Do something behind a full screen where there is one, else behind plain lines.

    Args:
        work: What is done, to an exit code.
        output: The terminal, or what is there instead.
        loops: Makes the event loop on which it is done.
        plain: Lines, although there is a terminal.
        confirms: A simulated runner answers for everybody: no screen is waited for.
    """
    if plain or not has_screen(output):
        with asyncio.Runner(loop_factory=loops) as runner:
            return runner.run(work(PlainFront(output), output))
    from treadcoach.edges.tui.front import ScreenFront  # noqa: PLC0415 - only a screen needs its library

    def afterwards(conclusion: Conclusion) -> None:
        summarise(conclusion, output.say)

    front = ScreenFront(confirms=confirms, colour=output.colour, afterwards=afterwards)
    return front.run(work, output, loops)


def has_screen(output: Output) -> bool:
    """Whether there is a terminal to draw on, and nobody who wants lines."""
    dumb = os.environ.get("TERM", "dumb") in {"", "dumb"}
    return output.out.isatty() and has_keys() and not (dumb or output.json or output.quiet)
