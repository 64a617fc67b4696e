"""What is drawn is freed when it is drawn over, without the collector, for which every key would have to wait."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import asyncio, gc, sys
from rig import SHORT, Rig
from textual.strip import Strip
from treadcoach.edges.tui.app import CoachApp
from treadcoach.edges.tui.frame import Frame
from treadcoach.edges.tui.strips import unknot
if sys.argv[1] == "unknotted":
    unknot()

async def main():
    rig = Rig(SHORT).run(70.0)
    app = CoachApp()
    async with app.run_test(size=(80, 24)) as pilot:
        for number in range(40):
            if number == 20:
                gc.collect()
                gc.disable()
                gc.set_debug(gc.DEBUG_SAVEALL)
            snapshot = rig.outcome.snapshot._replace(segment_remaining_s=90.0 - number, observed_kmh=number / 10)
            await app.draw(Frame(rig.plan, snapshot, rig.outcome.following, {}))
            await pilot.pause()
        gc.collect()
        print(sum(isinstance(found, Strip) for found in gc.garbage))

asyncio.run(main())
"""


def garbage(how: str) -> int:
    """How many lines of twenty pictures were left to the collector."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, how],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent.parent,
    )
    return int(done.stdout.splitlines()[-1])


def test_no_line_is_left_to_the_collector() -> None:
    assert garbage("unknotted") == 0
    assert garbage("as it comes") > 100, "Textual frees them itself: strips.py has become needless"
