"""The keys that mean something else than stop."""

from __future__ import annotations

from textual.content import Content

from treadcoach.edges.tui.frame import Frame
from treadcoach.edges.tui.keys import NAMED
from treadcoach.edges.tui.panes.pane import Pane

STOP = "ANY KEY OR CLICK STOPS"
AGAIN = "ANY KEY WRITES THE STOP ONCE MORE"
_AT_REST = ("Enter", "I see the belt at rest")


class Footer(Pane):
    """One row."""

    def drawn(self, frame: Frame) -> Content:
        """As many as fit; the stop always."""
        first, others = (AGAIN, (_AT_REST,)) if frame.is_over else (STOP, NAMED)
        shown, width = [(f" {first} ", "reverse bold")], len(first) + 2
        for key, what in others:
            text = f"  {key} {what}"
            if width + len(text) > self.size.width:
                break
            shown.append((text, ""))
            width += len(text)
        return Content.assemble(*shown)
