"""`make pictures`: the README's pictures, drawn by the program itself; a test holds them against what it draws."""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.text import Text
from test_screens import found, settle

from treadcoach.edges.tui.app import CoachApp
from treadcoach.edges.tui.frame import Frame
from treadcoach.events import State
from treadcoach.motion import Facing

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
SLIP = """\
profile: 1
name: My Intervals
level: novice
units: km/h
steps:
  - stand: 30 s
  - backward: 25
    for: 1 min
  - stand: 10 s
  - forwards: 3.0
    for: 2 min
"""


async def _screen(frame: Frame) -> str:
    app = CoachApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, frame)
        return app.export_screenshot()


def _error() -> str:
    """What `check` says of a program with two slips."""
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "intervals.yaml").write_text(SLIP)
        command = [sys.executable, "-m", "treadcoach", "check", "intervals.yaml"]
        environment = {**os.environ, "TREADCOACH_HOME": home}
        said = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=False)
    console = Console(record=True, file=io.StringIO(), width=100)
    console.print(Text("$ treadcoach check intervals.yaml\n" + said.stdout + said.stderr))
    return console.export_svg(title="treadcoach check")


def pictures() -> Iterator[tuple[str, str]]:
    """Their names and what they show."""
    yield "run.svg", asyncio.run(_screen(found(State.RUNNING, Facing.BACKWARD)))
    yield "turn.svg", asyncio.run(_screen(found(State.TURNING, Facing.BACKWARD)))
    yield "error.svg", _error()


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, drawn in pictures():
        (FOLDER / name).write_text(drawn)
