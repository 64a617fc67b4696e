"""What happened, told at the end: planned against happened, segment by segment, and the summary."""

from __future__ import annotations

from collections.abc import Callable

from treadcoach.drive import Outcome
from treadcoach.events import RawInput, Result, Snapshot, State
from treadcoach.front import Conclusion
from treadcoach.motion import Facing
from treadcoach.preflight import Plan
from treadcoach.program.quantities import clock
from treadcoach.words import counted

Say = Callable[[str], None]

_WORDS = {
    Result.COMPLETED: "completed: the belt was seen to stop",
    Result.STOPPED: "ended early: the belt was seen to stop",
    Result.SAFETY_STOP: "safety stop: the belt was seen to stop",
    Result.STOP_NOT_CONFIRMED: "STOP NOT CONFIRMED: the belt was not seen to stop. Keep off it and pull the key.",
}


_COUNTED = frozenset({State.RUNNING, State.STANDING, State.TURNING})


class Story:
    """Listens to a session, and tells it afterwards."""

    def __init__(self) -> None:
        self.snapshots: list[tuple[float, Snapshot]] = []
        """With their times."""
        self._verdicts: list[tuple[float, str]] = []

    def watch(self, now: float, _raw: tuple[RawInput, ...], outcome: Outcome) -> None:
        """One step."""
        self.snapshots.append((now, outcome.snapshot))
        said = ", ".join(cause.says for cause in outcome.verdict.causes)
        if said and (not self._verdicts or self._verdicts[-1][1] != said):
            self._verdicts.append((now, said))

    def tell(self, plan: Plan, say: Say) -> None:
        """Planned against happened."""
        say(f"{plan.profile.name}: {plan.limits.level} limits, {plan.machine.passport.name}")
        say("   from  planned happened   metres  fastest  bpm  what")
        for segment in plan.timeline.segments:
            during = [(at, s) for at, s in self.snapshots if s.segment == segment.position + 1]
            counted = [at for at, s in during if s.state in _COUNTED]
            if not counted:
                continue
            began = counted[0]
            end = next((at for at, _ in self.snapshots if at > counted[-1]), counted[-1])
            metres = during[-1][1].distance_m - during[0][1].distance_m
            fastest = max((s.observed_kmh or 0.0) for _, s in during)
            bpm = max((s.heart_rate_bpm or 0 for _, s in during), default=0) or ""
            figures = (
                f"{clock(segment.duration_s):>8} {clock(end - began):>8} {metres:>8.1f} {fastest:>8.1f} {bpm:>4}"
            )
            say(f"{clock(began):>7} {figures}  {segment}")
        say("happened: from the moving belt, or the resting one, to its end; waiting and slowing down are in between")
        for at, said in self._verdicts:
            say(f"{clock(at):>7} ! {said}")


def summarise(conclusion: Conclusion, say: Say) -> None:
    """The last words of a session."""
    ending, simulated = conclusion.ending, conclusion.plan.machine.passport.simulated
    say(f"\nSummary{' (simulated, counts toward nothing)' if simulated else ''}: {_WORDS[ending.result]}")
    for facing in Facing:
        seconds, metres = ending.totals.seconds[facing], ending.totals.metres[facing]
        if seconds:
            fastest = ending.totals.maximum_kmh[facing]
            say(f"  {facing.value:<9} {clock(seconds):>6}  {metres:7.1f} m  fastest {fastest:.1f} km/h")
    say(f"  {counted(ending.totals.turns, 'turn')}, {clock(ending.now)} in all")
    if conclusion.journal:
        say(f"  journal: {conclusion.journal}")
