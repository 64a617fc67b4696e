"""The first screen, and what is beneath all others: what is being done, line by line."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Static

_TITLE = "treadcoach"
_WORD = "A training aid, not a safety device: the safety key is the last line. Ask a professional first."


class OpeningScreen(Screen[None]):
    """Shown while a machine is looked for."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[str] = []

    def compose(self) -> ComposeResult:
        """A title, a word, and lines."""
        yield Static(_TITLE, id="title")
        yield Static(_WORD, id="word")
        yield Static("", id="lines", markup=False)
        yield Static("q leave", classes="foot")

    def say(self, text: str) -> None:
        """One more line."""
        self._lines.append(text)
        self.query_one("#lines", Static).update("\n".join(self._lines[-12:]))
