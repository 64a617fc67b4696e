"""The whole program as one row: what lies behind, what is to come, which way."""

from __future__ import annotations

from math import ceil

from textual.content import Content

from treadcoach.chart import Cell, colour_of, words
from treadcoach.chart import planned as plan_of
from treadcoach.edges.tui.frame import Frame
from treadcoach.edges.tui.panes.pane import Pane
from treadcoach.program.quantities import clock
from treadcoach.program.timeline import Timeline


class ProgramBar(Pane):
    """Filled as far as it is done; each stretch by the word and the colour of its facing."""

    def __init__(self) -> None:
        super().__init__()
        self._row: tuple[Timeline, list[Cell]] | None = None  # it is the same for a whole session

    def _words(self, timeline: Timeline, width: int) -> list[Cell]:
        if self._row is None or self._row[0] is not timeline or len(self._row[1]) != width:
            self._row = (timeline, words(plan_of(timeline), width))
        return self._row[1]

    def drawn(self, frame: Frame) -> Content:
        """The bar, and what is left."""
        left = f" {clock(ceil(frame.program_left_s))} left"
        width = max(1, self.size.width - len(left))
        done = min(width, int(frame.done * width))
        parts = []
        for index, cell in enumerate(self._words(frame.plan.timeline, width)):
            colour = colour_of(cell.facing)
            text = "━" if index < done and cell.text in {" ", "."} else "·" if cell.text == " " else cell.text
            style = f"bold {colour}" if index <= done else colour
            if index == done:
                text, style = ("●", style) if text in {"━", "·", "."} else (text, f"reverse {style}")
            parts.append((text, style))
        return Content.assemble(*parts, left)
