"""Everybody on one screen."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

from textual.widgets import DataTable, Static

from treadcoach.edges.tui.group import GroupApp
from treadcoach.roster import COLUMNS, Orders, Roster
from treadcoach.telemetry import Status

STATE = {"schema": 1, "session": "s", "state": "running", "program": "[red]Steady", "observed_kmh": 3.0, "ts": "1"}


class Desk:
    """Two machines, which stop when they are told."""

    def __init__(self, tell: Callable[[Status], None]) -> None:
        self.roster = Roster()
        self.orders: Orders | None = None
        self._tell = tell

    async def work(self) -> None:
        self._tell(Status("connected to [somewhere]"))
        for name in ("hall-2", "hall-1"):
            self.roster.hear(f"treadcoach/{name}/availability", b"online", retained=True, at=0)
            self._say(name, STATE)
        await asyncio.Event().wait()

    def stop_all(self) -> Orders:
        at = time.monotonic()
        self.orders = Orders(self.roster, at + 30)
        for name in self.orders.due(at, datetime.now(UTC))[:1]:
            self._say(name, {**STATE, "state": "stopped", "ts": "2"})
        self.orders.due(at, datetime.now(UTC))
        return self.orders

    def _say(self, name: str, state: dict[str, object]) -> None:
        payload = json.dumps(state).encode()
        self.roster.hear(f"treadcoach/{name}/state", payload, retained=False, at=time.monotonic())


def test_space_stops_everybody_and_it_is_said_who_was_not_seen_at_rest() -> None:
    async def look() -> tuple[list[list[object]], str, str]:
        app = GroupApp("km/h", "somewhere", Desk)
        async with app.run_test(size=(120, 12)) as pilot:
            await pilot.pause(1.2)
            table = app.query_one(DataTable)
            rows = [table.get_row_at(number) for number in range(table.row_count)]
            await pilot.press("space")
            await pilot.pause(0.1)
            line, orders = (str(app.query_one(name, Static).render()) for name in ("#line", "#orders"))
            await pilot.press("q")
        return rows, line, orders

    with asyncio.Runner() as runner:
        rows, line, orders = runner.run(look())
    first = dict(zip(COLUMNS, rows[0], strict=True))
    assert [row[0] for row in rows] == ["hall-1", "hall-2"]
    assert (first["phase"], first["belt"], first["program"]) == ("running", "3.0", "(red)Steady")
    assert line == "connected to [somewhere]"
    assert orders == "STOP: told 2, NOT YET SEEN AT REST: hall-1"
