"""All machines of a group on one screen, and one key that stops all of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.widgets import DataTable, Footer, Static

from treadcoach.edges.tui.app import THEME
from treadcoach.roster import COLUMNS, Orders, Roster, row
from treadcoach.telemetry import Status

_REFRESH_S = 0.5

Tell = Callable[[Status], None]


class Desk(Protocol):
    """Whoever hears the machines, and tells them to stop."""

    roster: Roster
    orders: Orders | None

    async def work(self) -> None:
        """For ever."""

    def stop_all(self) -> Orders:
        """Begin to."""


class GroupApp(App[None]):
    """See above.

    Args:
        units: In which speeds are shown.
        place: Of the broker, for people.
        open_desk: Makes the desk; what it has to say of its line is told.
    """

    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #line, #orders { height: 1; padding: 0 1; }
    #orders { text-style: bold; }
    DataTable { height: 1fr; }
    """
    BINDINGS = [  # noqa: RUF012 - as Textual has it
        Binding("space", "stop_all", "STOP ALL", priority=True),
        Binding("q", "quit", "leave", priority=True),
    ]

    def __init__(self, units: str, place: str, open_desk: Callable[[Tell], Desk]) -> None:
        super().__init__()
        self._units = units
        self._place = place
        self._open_desk = open_desk
        self._desk: Desk | None = None

    def compose(self) -> ComposeResult:
        """How the line is, a table, what became of an order, the keys."""
        yield Static(f"connecting to {self._place} …", id="line", markup=False)
        yield DataTable(cursor_type="none", zebra_stripes=True)
        yield Static("", id="orders", markup=False)
        yield Footer()

    def on_mount(self) -> None:
        """Begin."""
        self.register_theme(THEME)
        self.theme = THEME.name
        self.query_one(DataTable).add_columns(*COLUMNS)
        self._desk = self._open_desk(lambda status: self.query_one("#line", Static).update(status.text))
        self.run_worker(self._desk.work())
        self.set_interval(_REFRESH_S, self.refresh_rows)

    def refresh_rows(self) -> None:
        """Show what is known now."""
        if self._desk is None:
            return
        table = self.query_one(DataTable)
        table.clear()
        at, now = time.monotonic(), datetime.now(UTC)
        for _, member in sorted(self._desk.roster.members.items()):
            table.add_row(*row(member, self._units, at, now), key=member.machine_id)
        self.query_one("#orders", Static).update(_become_of(self._desk.orders))

    def action_stop_all(self) -> None:
        """Everybody's belt."""
        if self._desk:
            self._desk.stop_all()
            self.refresh_rows()


def _become_of(orders: Orders | None) -> str:
    if orders is None:
        return ""
    if not orders.told:
        return "STOP: nobody could be told yet"
    if orders.waiting:
        return f"STOP: told {len(orders.told)}, NOT YET SEEN AT REST: {', '.join(orders.waiting)}"
    return f"STOP: all {len(orders.told)} were seen at rest"
