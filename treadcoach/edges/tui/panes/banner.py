"""Which way to face: a word, an arrow and a colour, across the whole width."""

from __future__ import annotations

from textual.content import Content

from treadcoach.edges.tui.frame import Frame
from treadcoach.edges.tui.panes.pane import Pane


class Banner(Pane):
    """One row; its colour is the facing's."""

    def drawn(self, frame: Frame) -> Content:
        """The movement in the middle, the place in the program at its sides."""
        width, middle = self.size.width, frame.facing_words
        snapshot = frame.snapshot
        left = f" {snapshot.segment}/{snapshot.segments} {frame.plan.profile.name}"
        right = "SIMULATED " if frame.plan.machine.passport.simulated else ""
        side = (width - len(middle)) // 2
        if side < len(right) + 1:
            return Content(f"{middle:^{width}}")
        left = left if len(left) < side else f"{left[: max(0, side - 2)]}…" if side > 8 else ""  # noqa: PLR2004
        return Content(f"{left:<{side}}{middle}{right:>{width - side - len(middle)}}")
