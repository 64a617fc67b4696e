"""What is asked once, before anybody steps onto a real belt."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static

from treadcoach.edges.tui.screens.question import Question


class HealthScreen(Question[str]):
    """Yes or no."""

    BINDINGS: ClassVar = [Binding("y", "say('yes')", "yes"), Binding("n", "say('no')", "no")]

    def __init__(self, conditions: tuple[str, ...], question: str) -> None:
        super().__init__()
        self._conditions = conditions
        self._question = question

    def compose(self) -> ComposeResult:
        """The list, and the question."""
        yield Static("Ask a professional first if there is", id="title")
        with VerticalScroll():
            yield Static("\n".join(f"- {condition}" for condition in self._conditions), markup=False)
        yield Static(self._question, id="problem", markup=False)
        yield Static("y yes   n no   q leave", classes="foot")

    def usual(self) -> str | None:
        """Never asked of a simulated runner."""
        return None

    def action_say(self, word: str) -> None:
        """The answer."""
        self.answer(word)
