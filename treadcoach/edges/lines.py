"""A session as plain lines: for pipes, logs, screen readers and small terminals."""

from __future__ import annotations

from collections.abc import Callable

from treadcoach.drive import Outcome
from treadcoach.events import NoticeKind, RawInput, Snapshot, State
from treadcoach.motion import Speed
from treadcoach.program.quantities import clock
from treadcoach.safety.stopping import LADDER_S

# A line of numbers this often, in seconds of the session.
EVERY_S = 10.0
_MARKS = {
    NoticeKind.ASK: "?",
    NoticeKind.ALARM: "!!",
    NoticeKind.VERDICT: "!",
    NoticeKind.CHANGE: ">",
    NoticeKind.CUE: ">",
    NoticeKind.SEGMENT: "=",
    NoticeKind.BEEP: ".",
    NoticeKind.HEARTBEAT: "-",
}
_UNSEEN = "!! Still not seen to stop. Pull the safety key! When you see the belt at rest, press Enter."
_BOLD, _PLAIN = "\033[1m", "\033[0m"


class Lines:
    """Prints notices as they come and numbers now and then.

    Args:
        say: Prints one line.
        units: ``km/h`` or ``mph``.
        colour: Whether the terminal understands bold.
        quiet: Only what needs an answer or a reaction.
    """

    def __init__(
        self, say: Callable[[str], None], *, units: str = "km/h", colour: bool = False, quiet: bool = False
    ) -> None:
        self._say = say
        self._units = units
        self._colour = colour
        self._quiet = quiet
        self._next_at = 0.0
        self._remind_at: float | None = None

    def show(self, now: float, _raw: tuple[RawInput, ...], outcome: Outcome) -> None:
        """One step."""
        for notice in outcome.notices:
            loud = notice.kind in {NoticeKind.ASK, NoticeKind.ALARM, NoticeKind.VERDICT}
            if loud or not self._quiet:
                self._line(now, f"{_MARKS.get(notice.kind, '*'):<2} {notice.text}", bold=loud)
        self._remind(now, outcome.snapshot)
        if now >= self._next_at and not self._quiet:
            self._next_at = now + EVERY_S
            self._line(now, f"   {self._numbers(outcome.snapshot)}")

    def _remind(self, now: float, snapshot: Snapshot) -> None:
        """An alarm goes on until the belt was seen to stop, by the machine's word or by the runner's.

        A belt that reports rest is no alarm: right after a start the session only waits before it believes it.
        """
        if snapshot.state is not State.STOPPING or snapshot.observed_kmh == 0:
            self._remind_at = None
        elif self._remind_at is None:
            self._remind_at = now + LADDER_S
        elif now >= self._remind_at:
            self._remind_at = now + EVERY_S
            self._line(now, _UNSEEN, bold=True)

    def _line(self, now: float, text: str, *, bold: bool = False) -> None:
        text = f"{_BOLD}{text}{_PLAIN}" if bold and self._colour else text
        self._say(f"{clock(now):>7} {text}")

    def _numbers(self, snapshot: Snapshot) -> str:
        belt = "belt unknown" if snapshot.observed_kmh is None else f"belt {self._speed(snapshot.observed_kmh)}"
        parts = [snapshot.state.value.upper(), belt]
        if snapshot.facing:
            parts.append(f"facing {snapshot.facing.value}")
        if snapshot.state is State.RUNNING:
            parts.append(f"{clock(snapshot.segment_remaining_s)} left of {snapshot.segment}/{snapshot.segments}")
        if snapshot.heart_rate_bpm:
            parts.append(f"{snapshot.heart_rate_bpm} bpm")
        if snapshot.verdict != "pass":
            parts.append(f"{snapshot.verdict.upper()}: {', '.join(snapshot.reasons)}")
        return "  ".join(parts)

    def _speed(self, kmh: float) -> str:
        value = kmh if self._units == "km/h" else Speed.from_kmh(kmh).mph
        return f"{value:.1f} {self._units}"
