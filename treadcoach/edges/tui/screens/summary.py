"""How it went, and what the runner says of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.widgets import Static

from treadcoach.chart import Point
from treadcoach.edges.tui.panes.picture import Picture
from treadcoach.edges.tui.screens.question import Question
from treadcoach.events import Result
from treadcoach.front import Answers, Conclusion
from treadcoach.motion import Facing
from treadcoach.program.quantities import clock
from treadcoach.words import counted, speed

# Keys that were meant to stop a belt are no answers.
DEAF_S = 1.5

_WORDS = {
    Result.COMPLETED: "Done. The belt was seen to stop; take the safety key with you.",
    Result.STOPPED: "Ended early. The belt was seen to stop.",
    Result.SAFETY_STOP: "Safety stop. The belt was seen to stop.",
    Result.STOP_NOT_CONFIRMED: "STOP NOT CONFIRMED: the belt was not seen to stop. Keep off it and pull the key.",
}


class _Item(NamedTuple):
    name: str
    words: str
    least: int
    most: int


_ITEMS = (
    _Item("effort", "How hard was it?  1 nothing at all, 10 all there is", 1, 10),
    _Item("pain", "Pain?  0 none, 10 the worst", 0, 10),
    _Item("stumbles", "How often did you stumble?", 0, 99),
)


class SummaryScreen(Question[Answers]):
    """Digits answer, Enter goes to the next and at last leaves; what is left empty stays unsaid."""

    BINDINGS: ClassVar = []

    def __init__(self, conclusion: Conclusion, belt: list[Point], units: str) -> None:
        super().__init__()
        self._conclusion = conclusion
        self._belt = belt
        self._units = units
        asks = conclusion.asks and conclusion.has_moved
        self._typed: list[str] = [""] * len(_ITEMS) if asks else []
        self._at = 0
        self._is_deaf = True
        self._hint = ""

    def compose(self) -> ComposeResult:
        """From above."""
        conclusion = self._conclusion
        yield Static(f"{conclusion.plan.profile.name}: {_WORDS[conclusion.ending.result]}", id="title", markup=False)
        yield Static("\n".join(self._figures()), id="figures", markup=False)
        if conclusion.has_moved:
            yield Picture(self._belt, self._units)
        yield Static("", id="lines", markup=False)
        yield Static("", classes="foot")

    def on_mount(self) -> None:
        """Show it; listen a little later."""
        super().on_mount()
        self._show()
        self.set_timer(DEAF_S, self._listen)

    def _listen(self) -> None:
        self._is_deaf = False

    def _figures(self) -> Iterator[str]:
        ending, totals = self._conclusion.ending, self._conclusion.ending.totals
        for facing in Facing:
            if totals.seconds[facing]:
                fastest = f"fastest {speed(totals.maximum_kmh[facing], self._units)} {self._units}"
                length = f"{clock(totals.seconds[facing]):>6} {totals.metres[facing]:8.1f} m"
                yield f"{facing.value:<9} {length}  {fastest}"
        simulated = (
            "; simulated, it counts toward nothing" if self._conclusion.plan.machine.passport.simulated else ""
        )
        yield f"{counted(totals.turns, 'turn')}, {clock(ending.now)} in all{simulated}"
        if self._conclusion.journal:
            yield f"journal: {self._conclusion.journal}"

    def _show(self) -> None:
        rows = []
        for index, (item, typed) in enumerate(zip(_ITEMS, self._typed, strict=False)):
            mark = ">" if index == self._at else " "
            rows.append(f"{mark} {item.words:<52} {typed or '_'}")
        self.query_one("#lines", Static).update("\n".join(rows))
        keys = "digits answer   Backspace take back   Enter next   q leave" if self._typed else "Enter leave"
        self.query_one(".foot", Static).update(self._hint or keys)
        self._hint = ""

    def on_key(self, event: events.Key) -> None:
        """Digits, Backspace, arrows, Enter."""
        event.stop()
        if self._is_deaf:
            return
        if event.key == "enter":
            self._at += 1
            if self._at >= len(self._typed):
                self.answer(self.answers())
                return
        elif self._typed:
            self._edit(event)
        self._show()

    def _edit(self, event: events.Key) -> None:
        if event.key == "backspace":
            self._typed[self._at] = ""
        elif event.key in {"up", "down"}:
            self._at = max(0, min(len(self._typed) - 1, self._at + (1 if event.key == "down" else -1)))
        elif event.character and event.character.isdecimal():
            item, both = _ITEMS[self._at], self._typed[self._at] + event.character
            number = next((n for n in (both, event.character) if item.least <= int(n) <= item.most), None)
            self._typed[self._at] = str(int(number)) if number else self._typed[self._at]
            self._hint = "" if number else f"{item.least} to {item.most}, please"

    def answers(self) -> Answers | None:
        """What was said; ``None`` where nothing was."""
        said = [int(typed) if typed else None for typed in self._typed]
        return Answers(*said) if any(value is not None for value in said) else None

    def usual(self) -> Answers | None:
        """A simulated runner has no opinion."""
        return None

    def action_leave(self) -> None:
        """What was said until now counts."""
        if not self._is_deaf:
            self.answer(self.answers())
