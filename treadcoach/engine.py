"""One pure step: inputs → coach → governor → cleared commands, a snapshot, and when to be called next.

Nothing polls: a step runs when something has happened, or at the time the step before asked for. If the coach
raises, the governor is asked with no wish at all, which means stop.
"""

from __future__ import annotations

from typing import NamedTuple

from treadcoach import events
from treadcoach.assent import ONCE_MORE, Assent
from treadcoach.coach import Coach
from treadcoach.events import Input, Notice, NoticeKind, Pressed, Result, RunnerPressed, Snapshot, State
from treadcoach.motion import FLAT, STANDSTILL, Facing, Movement, Observation, Setpoint
from treadcoach.preflight import Plan
from treadcoach.program.timeline import Segment
from treadcoach.safety import rules
from treadcoach.safety.clearance import Belt, Cleared, Intent, Verdict
from treadcoach.safety.governor import Governor
from treadcoach.safety.limits import FRESH_S
from treadcoach.safety.rules import Cause, Gravity
from treadcoach.tally import Tally, zone


class Step(NamedTuple):
    """What one step led to."""

    verdict: Verdict
    snapshot: Snapshot
    notices: tuple[Notice, ...]
    wake_at: float | None
    """When to call again if nothing happens; ``None``: only when something does."""
    following: Segment | None = None
    """What comes behind the current segment, as the runner has made it slower or easier."""

    @property
    def cleared(self) -> tuple[Cleared, ...]:
        """The commands that may be sent now."""
        return self.verdict.cleared


class _View(NamedTuple):
    """What the coach shows of itself; kept, because a coach that failed cannot be asked again."""

    state: State = State.WAITING
    segment: int = 1
    facing: Facing | None = None
    next_facing: Facing | None = None
    wanted: Setpoint = Setpoint(Movement.STAND, STANDSTILL, FLAT)
    remaining_s: tuple[float, float] = (0.0, 0.0)
    cue: str | None = None
    following: Segment | None = None
    wake_at: float | None = None


class Engine:
    """One session of one program.

    Args:
        plan: A program that has passed its pre-flight.
        maximum_bpm: The runner's maximum heart rate, where it is known.
        now: Monotonic seconds at the session's beginning.
    """

    def __init__(self, plan: Plan, *, maximum_bpm: int | None = None, now: float = 0.0) -> None:
        self._coach = Coach(plan.timeline, plan.limits, plan.machine.grid.minimum)
        self._coach_failed = False
        self._view = _View()
        self._governor = Governor(plan.limits, plan.machine.passport, plan.machine.grid, now)
        self._segments = len(plan.timeline.segments)
        self._maximum_bpm = maximum_bpm
        self._tally = Tally(maximum_bpm)
        self._observation: Observation | None = None
        self._observed_at = now
        self._began_at = now
        self._wake_at: float | None = None
        self._assent = Assent()
        self._said: tuple[str, ...] = ()
        self._notices: list[Notice] = []

    @property
    def result(self) -> Result | None:
        """How the session ended; ``None`` while it has not: the belt must have been seen to stop."""
        if self._governor.rest_since is None:
            return None
        latched = self._governor.latched
        if latched is not None:
            return Result.STOPPED if latched.by_runner else Result.SAFETY_STOP
        return Result.COMPLETED if self._view.state is State.COMPLETED else None

    @property
    def is_stopping(self) -> bool:
        """Whether the stop ladder is being climbed."""
        return self._governor.is_stopping

    @property
    def tally(self) -> Tally:
        """What was done so far."""
        self._tally.turns = self._coach.turns
        return self._tally

    def step(self, now: float, inputs: tuple[Input, ...]) -> Step:
        """Take what has happened, in order, and answer.

        Args:
            now: Monotonic seconds, never less than before.
            inputs: Everything since the last step; may be empty.
        """
        if self._wake_at is not None:
            self._governor.late(now - self._wake_at)
        seen = False
        for happened in inputs:
            if type(happened) is events.Observed:
                if seen:
                    self._governor.look(now)
                seen = True
            self._take(happened, now)
        verdict = self._governor.review(self._ask_coach(now), now)
        if self._look(verdict, now):
            again = self._governor.review(None, now)
            verdict = again._replace(cleared=verdict.cleared + again.cleared)
        self._speak(verdict)
        self._wake_at = self._next(now)
        notices, self._notices = self._notices, []
        return Step(verdict, self._snapshot(verdict, now), tuple(notices), self._wake_at, self._view.following)

    # ---- inputs --------------------------------------------------------------------------------------------

    def _take(self, happened: Input, now: float) -> None:  # noqa: C901 - one case an input
        """One input, to everyone whom it concerns. A stop goes to the governor itself, whatever the coach does."""
        governor = self._governor
        match happened:
            case events.Observed(observation):
                self._observe(observation, now)
            case RunnerPressed(Pressed.STOP, _):
                governor.demand(rules.RUNNER_STOP, now)
            case RunnerPressed(what, _):
                self._press(what, now)
            case events.Answered(verb, accepted):
                governor.answered(verb, now, accepted=accepted)
            case events.TargetChanged(speed):
                governor.target_changed(speed, now)
            case events.MachineStopped():
                governor.stopped_at_machine(now)
            case events.LinkRestored():
                governor.link_restored(now)
            case events.VoiceLost():
                governor.voice_lost(now)
            case events.VoiceRestored():
                governor.voice_restored()
            case events.Stalled(gap_s):
                governor.late(gap_s)
            case events.Suspended(gap_s):
                governor.slept(gap_s, now)
            case _ if cause := _DEMANDS.get(type(happened)):
                governor.demand(cause, now)

    def _observe(self, observation: Observation, now: float) -> None:
        self._observation = observation
        self._observed_at = now
        self._governor.observe(observation, now)
        metres = self._tally.observe(self._view.facing, observation, now)
        try:
            self._coach.went(metres, now)
        except Exception:  # noqa: BLE001 - as in _ask_coach
            self._coach_failed = True

    def _press(self, what: Pressed, now: float) -> None:
        if what is Pressed.CONFIRM:
            if not self._assent.is_meant(now):
                if self._assent.is_puzzling():
                    self._notices.append(Notice(NoticeKind.ASK, ONCE_MORE))
                return
            self._governor.confirmed(now)
        if what is Pressed.PAUSE:
            self._governor.paused(now)
        try:
            self._coach.press(what, self._belt(), now)
        except Exception:  # noqa: BLE001 - whatever goes wrong in the coach, the governor hears that it went wrong
            self._coach_failed = True

    def _belt(self) -> Belt:
        return Belt(self._governor.rest_since, self._governor.is_moving, self._governor.is_tilted)

    def _ask_coach(self, now: float) -> Intent | None:
        if self._coach_failed:
            return None
        try:
            intent, notices = self._coach.step(self._belt(), now)
            self._notices += notices
        except Exception:  # noqa: BLE001 - a bug in the interesting part must not silence the careful part
            self._coach_failed = True
            return None
        return intent

    # ---- outputs -------------------------------------------------------------------------------------------

    def _speak(self, verdict: Verdict) -> None:
        """Say what the governor restricts, once, when it begins."""
        codes = tuple(cause.code for cause in verdict.causes)
        for cause in verdict.causes:
            if cause.code not in self._said:
                alarm = cause.gravity is Gravity.ALARM
                self._notices.append(Notice(NoticeKind.ALARM if alarm else NoticeKind.VERDICT, cause.says))
        self._said = codes

    def _look(self, verdict: Verdict, now: float) -> bool:
        """Tell the coach of a stop, and see where it is; whether it has failed only now."""
        had_failed, state = self._coach_failed, self._view.state
        try:
            if not self._coach_failed:
                self._view = self._coach_view(verdict, now)
        except Exception:  # noqa: BLE001 - as in _ask_coach
            self._coach_failed = True
        if self._coach_failed:
            at_rest = self._governor.rest_since is not None
            ended = State.STOPPED if at_rest else State.STOPPING
            self._view = self._view._replace(state=ended, wanted=_View().wanted, wake_at=None)
        if self._view.state is not state and self._view.state.asks:
            self._assent.ask(now)
        return self._coach_failed and not had_failed

    def _coach_view(self, verdict: Verdict, now: float) -> _View:
        coach = self._coach
        if verdict.gravity >= Gravity.STOP:
            coach.stop(now)
        running = coach.state is State.RUNNING
        return _View(
            state=coach.state,
            segment=coach.segment.position + 1,
            facing=coach.facing,
            next_facing=coach.next_facing,
            wanted=coach.wanted(now) if running else Setpoint(coach.segment.movement, STANDSTILL, FLAT),
            remaining_s=coach.remaining_s(now),
            cue=coach.cue,
            following=coach.following,
            wake_at=coach.wake_at(now),
        )

    def _next(self, now: float) -> float | None:
        wishes = (self._governor.wake_at(now), self._view.wake_at)
        return min((wish for wish in wishes if wish is not None), default=None)

    def _snapshot(self, verdict: Verdict, now: float) -> Snapshot:
        view, observation, tally = self._view, self._observation, self._tally
        fresh = observation is not None and now - self._observed_at <= FRESH_S
        bpm = observation.heart_rate_bpm if observation and fresh else None
        deck = observation.incline if observation and fresh else None
        return Snapshot(
            state=view.state,
            segment=view.segment,
            segments=self._segments,
            facing=view.facing,
            next_facing=view.next_facing,
            setpoint_kmh=view.wanted.speed.kmh,
            observed_kmh=observation.speed.kmh if observation and fresh else None,
            incline_pct=(view.wanted.incline if deck is None else deck).percent,
            distance_m=round(tally.distance_m, 1),
            backward_m=round(tally.backward_m, 1),
            elapsed_s=round(now - self._began_at, 3),
            segment_remaining_s=round(view.remaining_s[0], 3),
            program_remaining_s=round(view.remaining_s[1], 3),
            heart_rate_bpm=bpm,
            zone=zone(bpm, self._maximum_bpm),
            verdict=verdict.gravity.name.lower(),
            reasons=tuple(cause.code for cause in verdict.causes),
            cue=view.cue,
        )


_DEMANDS: dict[type, Cause] = {
    events.StoppedElsewhere: rules.STOPPED_ELSEWHERE,
    events.SafetyKeyPulled: rules.SAFETY_KEY,
    events.ControlLost: rules.CONTROL_LOST,
    events.LinkLost: rules.LINK_LOST,
    events.DeadmanActed: rules.DEADMAN,
    events.DeadmanLost: rules.DEADMAN_LOST,
    events.Failed: rules.FAULT,
}
