"""What the full screen costs: `make bench-screen` (PRESSES=2000).

From a key in a real terminal to bytes at the link, while the screen is drawn as it always is, and while every picture
is drawn anew as fast as it can be; the share of a core and the memory of a session at rate 1; the time from the
command to the first picture.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import TextIO

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / folder) for folder in ("tests", "tests/tui", "tests/mqtt", "bench")]

from flood import megabytes
from safety import distribution  # type: ignore[attr-defined] # bench/safety.py, not tests/safety
from terminal import Terminal
from walks import PROFILE, running

SIZE = (120, 40)
LOADS = ("as it is", "redrawn without rest")
CALM_S = 20.0
STARTS = 5


def child(written: str, *, rests: bool) -> int:
    """The command, with every write's time on record, and perhaps a screen that never rests."""
    from treadcoach.app import RunOptions, run_simulated  # noqa: PLC0415 - only here, and before it is changed
    from treadcoach.edges.tui import app  # noqa: PLC0415
    from treadcoach.edges.tui.frame import Frame  # noqa: PLC0415
    from treadcoach.edges.tui.panes.pane import Pane  # noqa: PLC0415
    from treadcoach.output import Output  # noqa: PLC0415
    from treadmill_simulator.characters import CHARACTERS  # noqa: PLC0415
    from treadmill_simulator.link import InProcessLink  # noqa: PLC0415

    record = Path(written).open("w", buffering=1)  # noqa: SIM115 - for as long as the process lives
    write = InProcessLink.write

    async def timed(link: InProcessLink, data: bytes) -> int | None:
        record.write(f"{time.monotonic_ns()} {data.hex()}\n")
        return await write(link, data)

    draw = Pane.draw

    def restless(pane: Pane, frame: Frame) -> None:
        pane._last = None  # noqa: SLF001 - as if everything had changed
        draw(pane, frame)

    InProcessLink.write = timed  # type: ignore[method-assign, assignment]
    if not rests:
        Pane.draw = restless  # type: ignore[method-assign, assignment]
        app.TICK_S = 1 / 60  # as often as it draws at all
    # Its records stand still while it moves: a stop that never ends.
    CHARACTERS["well-behaved"] = CHARACTERS["freezes"]._replace(freezes_after_s=25.0)
    options = RunOptions("short", "well-behaved", 1, None, 8.0, confirms=False, journal=None, mute=True)
    return run_simulated(options, Output(sys.stdout, sys.stderr))


class Stopping(Terminal):
    """A session that is being stopped, for as long as it takes."""

    def __init__(self, home: Path, written: Path, load: str) -> None:
        self.command = [sys.executable, str(Path(__file__)), "--child", load, str(written)]
        super().__init__(home, size=SIZE)


def presses(count: int, load: str) -> None:
    """From a key to the bytes."""
    with tempfile.TemporaryDirectory() as folder:
        home, written, chance = _home(folder), Path(folder) / "written", random.Random(1)
        with Stopping(home, written, load) as terminal:
            running(terminal)
            terminal.until_state("stopping")
            terminal.drain()
            lines = written.open()
            found = []
            for _ in range(count):
                time.sleep(chance.uniform(0.02, 0.08))
                lines.read()
                began = time.monotonic_ns()
                terminal.type(" ")
                found.append(_written(lines, began))
            distribution(f"a key to bytes, {SIZE[0]}x{SIZE[1]} {load}", found)


def _written(lines: TextIO, began: int) -> float:
    """Seconds until a stop was written."""
    while True:
        for line in lines:
            at, _, data = line.partition(" ")
            if data == "0801\n" and int(at) >= began:
                return (int(at) - began) / 1e9
        if time.monotonic_ns() - began > 5e9:
            raise TimeoutError("no stop was written")
        time.sleep(0.0005)


def calm() -> None:
    """A session at rate 1."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Terminal(_home(folder), "run", "short", "--simulate", "--rate", "1", "--mute") as terminal,
    ):
        running(terminal)
        before = _cpu_s(terminal.process.pid)
        began = time.monotonic()
        while time.monotonic() - began < CALM_S:
            terminal.read(1.0)
        passed = time.monotonic() - began
        share = (_cpu_s(terminal.process.pid) - before) / passed
        print(f"a session at rate 1, 80x24: {share:.1%} of a core, {megabytes(terminal.process.pid):.0f} MB")


def first_pictures() -> None:
    """From the command to something that can be read."""
    found = []
    for _ in range(STARTS):
        with tempfile.TemporaryDirectory() as folder:
            began = time.monotonic()
            with Terminal(_home(folder), "run", "short", "--simulate") as terminal:
                terminal.until("training aid")
                found.append(time.monotonic() - began)
    distribution("the command to the first picture", found)


def _home(folder: str) -> Path:
    home = Path(folder)
    (home / "profiles").mkdir()
    (home / "profiles" / "short.yaml").write_text(PROFILE)
    return home


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        sys.exit(child(sys.argv[3], rests=sys.argv[2] == LOADS[0]))
    first_pictures()
    calm()
    for load in LOADS:
        presses(int(sys.argv[1]) if len(sys.argv) > 1 else 2000, load)
