"""What every foreign client is asked to do, one step at a time: it says what it found, and waits for a go."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping

STEP_S = 25.0


async def perform(steps: Mapping[str, Callable[[], Awaitable[object]]]) -> None:
    """One line of JSON a step: ``step``, ``said`` (what the client claims), ``trouble`` (what it raised)."""
    for name, act in steps.items():
        await asyncio.to_thread(sys.stdin.readline)
        said, trouble = None, None
        try:
            async with asyncio.timeout(STEP_S):
                said = await act()
        except Exception as error:  # noqa: BLE001 - whatever a foreign library raises is what is to be told
            trouble = type(error).__name__
        print(json.dumps({"step": name, "said": said, "trouble": trouble}), flush=True)


async def until(condition: Callable[[], bool]) -> bool:
    """Wait for it, as long as a step may take."""
    while not condition():  # noqa: ASYNC110 - foreign libraries have attributes, not events
        await asyncio.sleep(0.05)
    return True


def near(value: float | None, wanted: float) -> bool:
    """Within what one count of a foreign codec may lose."""
    return value is not None and abs(value - wanted) < 0.06
