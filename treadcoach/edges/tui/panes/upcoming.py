"""What comes next and when, and what to mind until then."""

from __future__ import annotations

from textual.content import Content

from treadcoach.edges.tui.frame import Frame
from treadcoach.edges.tui.panes.pane import Pane


class Upcoming(Pane):
    """One row, or two where there is room."""

    def drawn(self, frame: Frame) -> Content:
        """The next step; the author's word on form."""
        return Content("\n".join(filter(None, (frame.next_words, frame.cue))))
