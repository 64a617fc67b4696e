"""All machines of a group on one screen, and one key that stops all of them."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.widgets import DataTable, Footer, Static

from treadcoach.edges.tui.app import THEME
from treadcoach.roster import COLUMNS, Roster, row

_REFRESH_S = 0.5

Tell = Callable[[str], None]


class GroupApp(App[None]):
    """See above.

    Args:
        roster: Whom to show; it is kept up to date by ``listen``.
        units: In which speeds are shown.
        place: Of the broker, for people.
        listen: Runs for as long as this screen does; tells what has to be said.
        stop_all: Stops everybody; what was done.
    """

    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #said { height: auto; padding: 0 1; }
    DataTable { height: 1fr; }
    """
    BINDINGS = [  # noqa: RUF012 - as Textual has it
        Binding("space", "stop_all", "STOP ALL", priority=True),
        Binding("q", "quit", "leave", priority=True),
    ]

    def __init__(
        self,
        roster: Roster,
        units: str,
        place: str,
        listen: Callable[[Tell], Coroutine[Any, Any, None]],
        stop_all: Callable[[], Awaitable[str]],
    ) -> None:
        super().__init__()
        self._roster = roster
        self._units = units
        self._place = place
        self._listen = listen
        self._stop_all = stop_all

    def compose(self) -> ComposeResult:
        """A table, what was last said, the keys."""
        yield Static(f"connecting to {self._place} …", id="said", markup=False)
        yield DataTable(cursor_type="none", zebra_stripes=True)
        yield Footer()

    def on_mount(self) -> None:
        """Begin."""
        self.register_theme(THEME)
        self.theme = THEME.name
        self.query_one(DataTable).add_columns(*COLUMNS)
        self.run_worker(self._listen(self.say))
        self.set_interval(_REFRESH_S, self.refresh_rows)

    def say(self, text: str) -> None:
        """One line above the table."""
        self.query_one("#said", Static).update(text)

    def refresh_rows(self) -> None:
        """Show what is known now."""
        table = self.query_one(DataTable)
        table.clear()
        at = time.monotonic()
        for _, member in sorted(self._roster.members.items()):
            # No stranger's markup is obeyed.
            cells = (cell.replace("[", "\\[") for cell in row(member, self._units, at))
            table.add_row(*cells, key=member.machine_id)

    async def action_stop_all(self) -> None:
        """Everybody's belt."""
        self.say("telling everybody to stop …")
        self.say(await self._stop_all())
