"""The second number: how fast the belt is, and how fast it will be."""

from __future__ import annotations

from itertools import zip_longest

from textual.content import Content

from treadcoach.edges.tui.digits import blocks, scale
from treadcoach.edges.tui.frame import Frame
from treadcoach.edges.tui.panes.pane import Pane

_GAP = 3
# What comes next is smaller than what is.
_SHARE = 0.6
_LEAST_WIDTH = 30
_LABEL = "← belt now"


class Belt(Pane):
    """Block digits now, smaller ones for what comes, where there is room for them."""

    def drawn(self, frame: Frame) -> Content:
        """Now, an arrow, next; the unit below the smaller number."""
        width, height = self.size
        after = frame.after if width >= _LEAST_WIDTH else ""
        size = scale(frame.belt, width, height)
        while size > 1 and after and self._width(frame.belt, size) + self._next_width(after, size) > width:
            size -= 1
        now = blocks(frame.belt, size)
        if not after or size < 2 or self._width(frame.belt, size) + self._next_width(after, size) > width:  # noqa: PLR2004
            return self._beside(now, [frame.units, *([f"→ {after}"] if after else [])])
        return self._beside(now, [*blocks(after, self._smaller(size)), f"→ next, {frame.units}"])

    def _beside(self, left: list[str], right: list[str]) -> Content:
        above = [""] * (len(left) - len(right))
        if above and self.size.width >= _LEAST_WIDTH:
            above[0] = _LABEL
        rows = zip_longest(left, [*above, *right], fillvalue="")
        return Content("\n".join(f"{a:<{len(left[0])}}{' ' * _GAP}{b}".rstrip() for a, b in rows))

    def _smaller(self, size: int) -> int:
        return max(1, int(size * _SHARE))

    def _width(self, text: str, size: int) -> int:
        return len(blocks(text, size)[0])

    def _next_width(self, text: str, size: int) -> int:
        return _GAP + max(self._width(text, self._smaller(size)), len("→ next, km/h"))
