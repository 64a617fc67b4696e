"""What all parts of a live screen have in common."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from treadcoach.edges.tui.frame import Frame


class Pane(Static):
    """Draws a frame into the area it is given."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._frame: Frame | None = None
        self._last: Content | None = None

    def draw(self, frame: Frame) -> None:
        """Show this; where nothing has changed, nothing is done."""
        self._frame = frame
        content = self.drawn(frame) if self.size.width else Content("")
        if self._last is None or not content.is_same(self._last):
            self._last = content
            self.update(content)

    def on_resize(self) -> None:
        """There is another area now."""
        if self._frame:
            self.draw(self._frame)

    def drawn(self, frame: Frame) -> Content:
        """What is to be seen."""
        raise NotImplementedError
