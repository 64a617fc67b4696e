"""The one huge number: how long this step still takes."""

from __future__ import annotations

from textual.content import Content

from treadcoach.edges.tui.digits import blocks, scale
from treadcoach.edges.tui.frame import Frame
from treadcoach.edges.tui.panes.pane import Pane

LAST_S = 3.0


class TimeLeft(Pane):
    """Fills whatever area it gets; inverse in the last three seconds."""

    def draw(self, frame: Frame) -> None:
        """As every pane, and the flash."""
        self.set_class(0 < frame.left_s <= LAST_S, "-last")
        super().draw(frame)

    def drawn(self, frame: Frame) -> Content:
        """Block digits."""
        text = frame.time_left
        return Content("\n".join(blocks(text, scale(text, self.size.width, self.size.height))))
