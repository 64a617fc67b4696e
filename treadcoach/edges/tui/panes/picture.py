"""A program, or what became of it, as bars of speed over time."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from treadcoach.chart import Cell, Point, cells, colour_of, words
from treadcoach.program.quantities import clock
from treadcoach.words import speed

_LABEL = 7


class Picture(Static):
    """Drawn for the area there is. No pane: it shows no session, but a series."""

    def __init__(self, series: list[Point], units: str) -> None:
        super().__init__(markup=False)
        self._series = series
        self._units = units

    def on_resize(self) -> None:
        """There is another area now."""
        width, height = self.size.width - _LABEL, self.size.height - 2
        if self._series and width > 0 and height > 0:
            self.update(self._picture(width, height))

    def _picture(self, width: int, height: int) -> Content:
        top = max(point.kmh for point in self._series)
        rows: list[Content] = []
        for number, row in enumerate(cells(self._series, width, height)):
            label = f"{speed(top, self._units):>5} " if number == 0 else " " * 6
            rows.append(Content.assemble(f"{label}│", *_styled(row)))
        rows.append(Content.assemble(f"{self._units:>5} └", *_styled(words(self._series, width))))
        end = clock(self._series[-1].at_s)
        rows.append(Content(f"{' ' * _LABEL}0:00{end:>{max(0, width - 4)}}"))
        return Content("\n").join(rows)


def _styled(row: list[Cell]) -> list[tuple[str, str]]:
    return [(cell.text, colour_of(cell.facing)) for cell in row]
