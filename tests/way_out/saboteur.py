"""The command with a fault in it: `saboteur.py FAULT VALUE run …`. It comes with the second target on the wire.

When it comes, the moment (of the monotonic clock) is written into the file that SABOTAGE names.
"""

from __future__ import annotations

import asyncio
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from treadcoach import cli, coach, engine, pace, recording, session
from treadcoach.edges import journal, lines
from treadcoach.safety import governor


def block(seconds: str) -> None:
    """The whole process does nothing else."""
    asyncio.get_running_loop().call_soon(time.sleep, float(seconds))


def sleep(seconds: str) -> None:
    """The computer was suspended."""
    before = pace.slept_s
    pace.slept_s = lambda: before() + float(seconds)


def jump(seconds: str) -> None:
    """Somebody sets the wall clock."""
    wall = time.time
    time.time = lambda: wall() + float(seconds)


def fill(_: str) -> None:
    """Not one more byte fits on the disk."""
    written = max(path.stat().st_size for path in Path(os.environ["TREADCOACH_HOME"]).glob("journals/*"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (written, resource.RLIM_INFINITY))


def fail(where: str) -> None:
    """Something raises from now on."""
    owner, name = PLACES[where]

    def failing(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError(where)

    setattr(owner, name, failing)


PLACES: dict[str, tuple[Any, str]] = {
    "coach": (coach.Coach, "step"),
    "engine": (engine.Engine, "step"),
    "governor": (governor.Governor, "review"),
    "session": (session.Session, "_take"),
    "writer": (session.Session, "_write"),
    "recorder": (recording.Recorder, "step"),
    "journal": (journal.JournalFile, "write"),
    "screen": (lines.Lines, "show"),
}
FAULTS: dict[str, Callable[[str], None]] = {"block": block, "sleep": sleep, "jump": jump, "fill": fill, "fail": fail}


def main() -> None:
    fault, value = sys.argv[1:3]
    hand_over, targets = session.Session._hand_over, 0

    def watching(self: session.Session, writes: Any) -> None:
        nonlocal targets
        hand_over(self, writes)
        before, targets = targets, targets + sum(write.verb == "set_speed" for write in writes)
        if before < 2 <= targets:
            FAULTS[fault](value)
            Path(os.environ["SABOTAGE"]).write_text(repr(time.monotonic()))

    session.Session._hand_over = watching  # type: ignore[method-assign]
    sys.argv = ["treadcoach", *sys.argv[3:]]
    cli.main()


if __name__ == "__main__":
    main()
