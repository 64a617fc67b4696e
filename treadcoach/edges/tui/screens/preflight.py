"""The program before it runs: its picture, what it comes to, which caps bind, what this machine cannot do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static

from treadcoach.chart import planned
from treadcoach.edges.tui.panes.picture import Picture
from treadcoach.edges.tui.screens.question import Question
from treadcoach.front import Briefing
from treadcoach.motion import Movement
from treadcoach.program.quantities import clock
from treadcoach.words import in_units, speed


class PreflightScreen(Question[bool]):
    """Enter goes on."""

    BINDINGS: ClassVar = [Binding("enter", "go", "go on", priority=True)]

    def __init__(self, briefing: Briefing, units: str) -> None:
        super().__init__()
        self._briefing = briefing
        self._units = units

    def compose(self) -> ComposeResult:
        """From above."""
        profile = self._briefing.plan.profile
        refused = "" if self._briefing.plan.is_clear else "REFUSED: "
        yield Static(f"{refused}{profile.name}", id="title", markup=False)
        yield Picture(planned(self._briefing.plan.timeline), self._units)
        with VerticalScroll(can_focus=False):
            yield Static("\n".join(self._lines()), id="lines", markup=False)
        yield Static("Enter go on   q leave", classes="foot")

    def _lines(self) -> Iterator[str]:
        plan, flight = self._briefing.plan, self._briefing.flight
        for finding in self._briefing.findings:
            hint = f"; {finding.hint}" if finding.hint else ""
            yield f"! line {finding.line}: {in_units(finding.message + hint, self._units)}"
        if not plan.is_clear:
            yield "Nothing has moved, and nothing will."
            return
        if plan.profile.goal:
            yield plan.profile.goal
        backward = flight.sums["backward"].seconds
        yield (
            f"{clock(flight.duration_s)} in all, {clock(backward)} backward, "
            f"about {clock(flight.clock_s)} on the clock; {flight.turns} turns"
        )
        yield f"caps of the {plan.limits.level} level in force: {', '.join(self._caps())}"
        yield from self._briefing.remarks
        if not plan.machine.maximum_incline:
            yield "this machine cannot tilt its deck"

    def _caps(self) -> Iterator[str]:
        """The cap of each movement in the program, and whose it is."""
        seen: dict[Movement, str] = {}
        for leg in self._briefing.flight.legs:
            if not leg.segment.is_stand:
                words = f"{leg.segment.movement.words} {speed(leg.cap.kmh, self._units)} {self._units} ({leg.binds})"
                seen.setdefault(leg.segment.movement, words)
        yield from seen.values()

    def usual(self) -> bool | None:
        """It is what was asked for."""
        return True

    def action_go(self) -> None:
        """Go on."""
        self.answer(True)
