"""What the governor holds against the wish, when it does."""

from __future__ import annotations

from textual.content import Content

from treadcoach.edges.tui.frame import Frame
from treadcoach.edges.tui.panes.pane import Pane


class VerdictLine(Pane):
    """There only when there is something to say."""

    def draw(self, frame: Frame) -> None:
        """As every pane; and shown or not."""
        self.display = bool(frame.verdict)
        self.set_class(frame.is_alarm, "-alarm")
        super().draw(frame)

    def drawn(self, frame: Frame) -> Content:
        """In words."""
        return Content(frame.verdict)
