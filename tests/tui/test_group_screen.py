"""Everybody on one screen."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable

from textual.widgets import DataTable, Static

from treadcoach.edges.tui.group import GroupApp
from treadcoach.roster import Roster

STATE = {"schema": 1, "state": "running", "program": "[red]Steady[/red]", "observed_kmh": 3.0, "setpoint_kmh": 3.5}


def test_space_stops_everybody_and_no_name_is_markup() -> None:
    roster, stopped = Roster(), []

    async def listen(tell: Callable[[str], None]) -> None:
        tell("connected to [somewhere]")
        for name in ("hall-2", "hall-1"):
            roster.hear(f"treadcoach/{name}/availability", b"online", retained=True, at=0)
            state = json.dumps(STATE).encode()
            roster.hear(f"treadcoach/{name}/state", state, retained=False, at=time.monotonic())
        await asyncio.Event().wait()

    async def stop_all() -> str:
        stopped.append(len(roster.online))
        return "2 machines told to stop"

    async def look() -> tuple[list[list[object]], str]:
        app = GroupApp(roster, "km/h", "somewhere", listen, stop_all)
        async with app.run_test(size=(100, 12)) as pilot:
            await pilot.pause(1.2)
            table = app.query_one(DataTable)
            rows = [table.get_row_at(number) for number in range(table.row_count)]
            await pilot.press("space")
            await pilot.pause()
            said = str(app.query_one("#said", Static).render())
            await pilot.press("q")
        return rows, said

    with asyncio.Runner() as runner:
        rows, said = runner.run(look())
    assert [row[0] for row in rows] == ["hall-1", "hall-2"]
    assert rows[0][1] == r"\[red]Steady\[/red]"
    assert rows[0][2:5] == ["running", "3.0", "3.5"]
    assert stopped == [2]
    assert said == "2 machines told to stop"
