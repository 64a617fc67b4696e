"""The whole program as one row: what lies behind, what is to come, which way."""

from __future__ import annotations

from math import ceil

from textual.content import Content

from treadcoach.chart import COLOURS, words
from treadcoach.chart import planned as plan_of
from treadcoach.edges.tui.frame import Frame
from treadcoach.edges.tui.panes.pane import Pane
from treadcoach.program.quantities import clock


class ProgramBar(Pane):
    """Filled as far as it is done; each stretch by the word and the colour of its facing."""

    def drawn(self, frame: Frame) -> Content:
        """The bar, and what is left."""
        left = f" {clock(ceil(frame.program_left_s))} left"
        width = max(1, self.size.width - len(left))
        done = min(width, int(frame.done * width))
        cells = words(plan_of(frame.plan.timeline), width)
        parts = []
        for index, cell in enumerate(cells):
            colour = COLOURS[cell.facing] if cell.facing else "#8a8a8a"
            text = "━" if index < done and cell.text in {" ", "."} else "·" if cell.text == " " else cell.text
            text = "●" if index == done else text
            parts.append((text, f"bold {colour}" if index <= done else colour))
        return Content.assemble(*parts, left)
