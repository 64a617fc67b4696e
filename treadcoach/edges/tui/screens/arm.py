"""The checklist before the belt may be started, and the word that arms it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from treadcoach.edges.tui.screens.question import Question
from treadcoach.front import CHECKLIST

_WORD = "Nothing moves yet: every start waits for your word."


class ArmScreen(Question[tuple[str, ...]]):
    """Each line is ticked by its number, or the next by Space; Enter goes on when all are."""

    BINDINGS: ClassVar = [
        Binding("enter", "go", "arm", priority=True),
        Binding("space", "tick", "tick the next"),
        *(Binding(str(number), f"tick({number})") for number in range(1, len(CHECKLIST) + 1)),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._ticked: set[int] = set()

    def compose(self) -> ComposeResult:
        """From above."""
        yield Static("Before you step on", id="title")
        yield Static("", id="lines", markup=False)
        yield Static("", id="problem", markup=False)
        yield Static("1 2 3 or Space tick   Enter arm   q leave", classes="foot")

    def on_mount(self) -> None:
        """Show the list."""
        super().on_mount()
        self._show("")

    def _show(self, problem: str) -> None:
        lines = [
            f"[{'x' if number in self._ticked else ' '}] {number}  {text}" for number, text in enumerate(CHECKLIST, 1)
        ]
        self.query_one("#lines", Static).update("\n".join([*lines, "", _WORD]))
        self.query_one("#problem", Static).update(problem)

    def usual(self) -> tuple[str, ...] | None:
        """Nobody stands on a simulated belt."""
        return ()

    def action_tick(self, number: int = 0) -> None:
        """Tick, or take back."""
        number = number or next((n for n in range(1, len(CHECKLIST) + 1) if n not in self._ticked), 0)
        if number:
            self._ticked ^= {number}
        self._show("")

    def action_go(self) -> None:
        """Arm, when everything is true."""
        if len(self._ticked) == len(CHECKLIST):
            self.answer(CHECKLIST)
        else:
            self._show("Tick what is true; what is not, make true first.")
