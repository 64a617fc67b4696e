"""The runner's own numbers: heart, distance, incline."""

from __future__ import annotations

from textual.content import Content

from treadcoach.edges.tui.frame import Frame
from treadcoach.edges.tui.panes.pane import Pane


class Body(Pane):
    """A few short lines."""

    def drawn(self, frame: Frame) -> Content:
        """One a line; what is not known is not there."""
        incline = f"incline {frame.snapshot.incline_pct:g} %" if frame.snapshot.incline_pct else ""
        wanted = f"asked for {frame.wanted} {frame.units}" if frame.snapshot.setpoint_kmh else ""
        return Content("\n".join(filter(None, (frame.heart, frame.distance, incline, wanted))))
