"""Nothing is known of the belt: what to do, and no number that may be an old one."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from treadcoach.edges.tui.digits import blocks, scale
from treadcoach.edges.tui.frame import Frame
from treadcoach.edges.tui.screens.live import LiveScreen

_WHAT_TO_DO = ("PULL", "THE KEY")
SILENCE = "NO NEWS FROM THE SESSION. It may not hear your keys."
_KEYS = "Stay off the belt. When you see it at rest, press Enter."


class _Order(Static):
    """Letters as large as they can be."""

    def on_resize(self) -> None:
        """There is another area now."""
        width, height = self.size.width, self.size.height // len(_WHAT_TO_DO)
        size = min(scale(line, width, height) for line in _WHAT_TO_DO)
        self.update(Content("\n".join(row for line in _WHAT_TO_DO for row in blocks(line, size))))


class AlarmScreen(LiveScreen):
    """Words that can be read at two metres, on red.

    Args:
        why: What has happened.
    """

    def __init__(self, why: str = SILENCE) -> None:
        super().__init__()
        self._why = why

    def compose(self) -> ComposeResult:
        """From above."""
        yield _Order(markup=False)
        yield Static(self._why, id="why", markup=False)
        yield Static(_KEYS, markup=False)

    def draw(self, frame: Frame) -> None:
        """There is nothing to add."""
