"""Where we are in the workout. Pure: inputs and the time come in, a wish for the belt and things to say come out.

The transitions are one table. Program time advances only while the belt runs on a segment; a boundary is chained
from the planned one before it, so that error never adds up. The coach wishes; whether a wish is granted is not its
business, and it is told only what the belt was seen to do.
"""

from __future__ import annotations

from typing import NamedTuple

from treadcoach.events import Notice, NoticeKind, Pressed, State
from treadcoach.motion import Facing, Movement, Setpoint, after
from treadcoach.program.quantities import clock
from treadcoach.program.timeline import Segment, Timeline
from treadcoach.safety.clearance import Ask, Intent
from treadcoach.safety.limits import Limits
from treadcoach.transitions import SAID, SAID_BESIDE, TRANSITIONS, Signal

# A change is announced this long before it comes; then a beep for each of the last three seconds.
ANNOUNCE_S = 5.0
BEEPS_S = (3.0, 2.0, 1.0)
COUNTDOWN_S = 5.0
# While somebody cannot see the screen, silence means that something is wrong: speak at least this often.
HEARTBEAT_S = 15.0
# At the end of a program the belt stays at its slowest this long before it stops.
LINGER_S = 10.0
# A runner who does not come back from a pause, or never says "ready", has left.
PATIENCE_S = 180.0
# A distance takes at most this share of its planned time.
DISTANCE_PATIENCE = 1.5
EXTENSION_S = 30.0
# Going back within the first seconds of a segment means the one before it.
BACK_S = 3.0


class Belt(NamedTuple):
    """What the coach is told of the belt."""

    rest_since: float | None
    """Since when it has been seen at rest with no stop under way."""
    is_moving: bool
    """It was seen to move after a start, and no stop has begun."""
    is_tilted: bool = False
    """Its deck is too steep to turn round on."""


class Coach:
    """Follows one timeline.

    Args:
        timeline: The program.
        limits: For how long a turn takes at this level; whether a speed is allowed is not for the coach to say.
    """

    def __init__(self, timeline: Timeline, limits: Limits) -> None:
        self._timeline = timeline
        self._limits = limits
        self._index = 0
        self._began_at = 0.0  # when the current segment began, as planned from the boundary before it
        self._extension_s = 0.0
        self._metres = 0.0
        self._added_s = 0.0  # by going back and extending
        self._pause_wanted = False
        self._since = 0.0  # when the state was entered
        self._said: set[float] = set()  # seconds before the end at which something was already said
        self._heartbeat_at = 0.0
        self._facing: Facing | None = None
        self._notices: list[Notice] = []
        self.state = State.WAITING
        self.cue: str | None = None
        self.turns = 0

    # ---- what others may know ------------------------------------------------------------------------------

    @property
    def segment(self) -> Segment:
        """The current segment."""
        return self._timeline.segments[self._index]

    @property
    def facing(self) -> Facing | None:
        """Which way the runner faces while the belt runs, down to its last metre; ``None`` at a standstill."""
        return self._facing if self.state in _ON_THE_BELT else None

    @property
    def next_facing(self) -> Facing | None:
        """Which way the next movement faces, the current segment included while it has not begun to move."""
        segment = self._timeline.next_moving(self._index + (self.state is State.RUNNING))
        return segment.movement.facing if segment else None

    def remaining_s(self, now: float) -> tuple[float, float]:
        """Seconds left: of the segment, and of the program. A stand counts once the belt rests."""
        if self.state is State.COMPLETED:
            return 0.0, 0.0
        done = now - self._began_at if self.state in _COUNTING else 0.0
        segment = max(0.0, self.segment.duration_s + self._extension_s - done)
        return segment, segment + self._timeline.duration_s - self.segment.end_s

    def wanted(self, now: float) -> Setpoint:
        """What the program says for this moment."""
        segment = self.segment
        if segment.distance_m is not None:
            return segment.setpoint(self._metres / segment.distance_m)
        return segment.setpoint((now - self._began_at) / (segment.duration_s + self._extension_s))

    def wake_at(self, now: float) -> float | None:
        """When the next thing is due, after the step at ``now``."""
        times: list[float] = []
        if self.state is State.RUNNING:
            end = self._end_at()
            times = [end, self._heartbeat_at, *(after(end, -before) for before in (ANNOUNCE_S, *BEEPS_S))]
        elif self.state in {State.STANDING, State.TURNING}:
            end = self._end_at()
            times = [end, after(end, -ANNOUNCE_S)]
        elif self.state is State.COUNTDOWN:
            times = [after(self._since, COUNTDOWN_S - before) for before in (*BEEPS_S, 0.0)]
        elif self.state is State.STARTING:
            times = [after(self._since, self._limits.start_patience_s)]
        elif self.state in {State.READY, State.PAUSED}:
            times = [after(self._since, PATIENCE_S)]
        return min((time for time in times if time > now), default=None)

    # ---- what happened -------------------------------------------------------------------------------------

    def press(self, what: Pressed, belt: Belt, now: float) -> None:
        """The runner said something other than stop."""
        match what:
            case Pressed.CONFIRM:
                self._signal(Signal.CONFIRMED, now)
            case Pressed.PAUSE:
                self._pause_wanted = self._pause_wanted or self.state in {State.STARTING, State.RUNNING}
                self._signal(Signal.PAUSE_PRESSED, now)
            case Pressed.SKIP:
                self._skip(belt, now)
            case Pressed.BACK if self.state is State.RUNNING:
                self._back(now)
            case Pressed.EXTEND if self.state is State.RUNNING:
                self._extend()
            case _:
                self._say(NoticeKind.SEGMENT, f"{what} means nothing while {self.state}")

    def stop(self, now: float) -> None:
        """The session ends here."""
        self._signal(Signal.STOP_DEMANDED, now)

    def went(self, metres: float) -> None:
        """The belt went this far since the last record."""
        if self.state is State.RUNNING:
            self._metres += metres

    def step(self, belt: Belt, now: float) -> tuple[Intent, list[Notice]]:
        """Follow the program up to now; the wish for the belt, and what is to be said."""
        if self.state is State.RUNNING:
            self._run(now)
        else:
            self._wait(belt, now)
        notices, self._notices = self._notices, []
        return self._intent(now), notices

    # ---- following the program -----------------------------------------------------------------------------

    def _end_at(self) -> float:
        hold = self._limits.turn_hold_s if self.state is State.TURNING and self._is_last_stand() else 0.0
        patience = DISTANCE_PATIENCE if self.segment.distance_m is not None else 1.0
        return after(self._began_at, max(hold, (self.segment.duration_s + self._extension_s) * patience))

    def _is_last_stand(self) -> bool:
        """Whether movement follows: several stands in a row are one standstill, and its end is what is held."""
        following = self._timeline.segments[self._index + 1 : self._index + 2]
        return not (following and following[0].is_stand)

    def _run(self, now: float) -> None:
        """On the belt: cross every boundary that has come, announce the next."""
        while self.state is State.RUNNING and self._segment_is_over(now):
            ended_at = now if self.segment.distance_m is not None else self._end_at()
            self._advance(ended_at, now)
        if self.state is State.RUNNING:
            self._announce(self._end_at(), now)
            self._keep_talking(now)

    def _segment_is_over(self, now: float) -> bool:
        if self.segment.distance_m is not None and self._metres >= self.segment.distance_m:
            return True
        if now < self._end_at():
            return False
        if self.segment.distance_m is not None:
            self._say(NoticeKind.SEGMENT, f"{self._metres:.0f} m of {self.segment.distance_m:.0f} m: time is up")
        return True

    def _advance(self, ended_at: float, now: float) -> None:
        """Go to the next segment, which begins where this one was planned to end."""
        self._enter(self._index + 1, ended_at)
        if self.segment.is_stand:
            self._signal(Signal.HALT_DUE, now)
        else:
            self._show_segment(now)

    def _enter(self, index: int, began_at: float) -> None:
        self._index = index
        self._began_at = began_at
        self._extension_s = 0.0
        self._metres = 0.0
        self._said.clear()

    def _wait(self, belt: Belt, now: float) -> None:
        """Off the belt, or on the way: what has come true since the last step?"""
        match self.state:
            case State.WAITING if belt.rest_since is not None:
                self._begin_standstill(now, now)
            case State.HALTING if belt.rest_since is not None:
                if self._pause_wanted:
                    self._signal(Signal.PAUSE_BEGUN, now)
                else:
                    self._begin_standstill(now, now)
            case State.STANDING | State.TURNING:
                self._stand(now)
            case State.COUNTDOWN:
                self._count_down(now)
            case State.STARTING if belt.is_moving:
                self._begin_running(now)
            case State.STOPPING if belt.rest_since is not None:
                self._signal(Signal.STOP_SEEN, now)
            case State.STARTING if now >= after(self._since, self._limits.start_patience_s):
                self._signal(Signal.STOP_DEMANDED, now)
            case State.READY | State.PAUSED if now >= after(self._since, PATIENCE_S):
                self._say(NoticeKind.STATE, f"nobody came back for {clock(PATIENCE_S)}")
                self._signal(Signal.STOP_DEMANDED, now)

    def _begin_standstill(self, began_at: float, now: float) -> None:
        """The belt rests at the beginning of the current segment."""
        self._began_at = began_at
        if not self.segment.is_stand:
            self._signal(Signal.MOVE_DUE, now)
        elif self._timeline.facing_changes_after(self._index):
            self._signal(Signal.TURN_BEGUN, now)
        else:
            self._signal(Signal.STAND_BEGUN, now)

    def _stand(self, now: float) -> None:
        end_at = self._end_at()
        if now < end_at:
            self._announce(end_at, now)
            return
        if self._index + 1 == len(self._timeline.segments):
            self._signal(Signal.PROGRAM_DONE, now)
            return
        if self.state is State.TURNING and self._is_last_stand():
            self.turns += 1
        self._enter(self._index + 1, end_at)
        self._begin_standstill(end_at, now)

    def _count_down(self, now: float) -> None:
        left = after(self._since, COUNTDOWN_S) - now
        if left <= 0:
            self._signal(Signal.COUNTED_DOWN, now)
        else:
            self._beep(left)

    def _begin_running(self, now: float) -> None:
        """The belt moves: program time goes on, from the beginning of the segment."""
        self._enter(self._index, now)
        self._signal(Signal.BELT_MOVED, now)
        self._show_segment(now)

    # ---- what the runner asks for --------------------------------------------------------------------------

    def _skip(self, belt: Belt, now: float) -> None:
        following = self._timeline.segments[self._index + 1 : self._index + 2]
        if self.state is State.RUNNING and belt.is_tilted and following and following[0].is_stand:
            self._say(NoticeKind.SEGMENT, "no skipping to a standstill on this incline")
        elif self.state is State.RUNNING:
            self._advance(now, now)
        elif self.state in {State.STANDING, State.TURNING} and belt.rest_since is not None:
            hold = self._limits.turn_hold_s if self.state is State.TURNING else 0.0
            spent = now - self._began_at
            self._extension_s = max(hold, spent) - self.segment.duration_s
        else:
            self._say(NoticeKind.SEGMENT, f"skip means nothing while {self.state}")

    def _back(self, now: float) -> None:
        """To the beginning of this segment, or of the one before where that faces the same way."""
        if not self._may_add(now - self._began_at):
            return
        index = self._index
        before = self._timeline.segments[index - 1] if index else None
        early = now - self._began_at < BACK_S
        if early and before and before.movement.facing is self.segment.movement.facing:
            index -= 1
        self._enter(index, now)
        self._show_segment(now)

    def _extend(self) -> None:
        """This segment takes a little longer."""
        if self._may_add(EXTENSION_S):
            self._extension_s += EXTENSION_S
            self._said.clear()
            self._say(NoticeKind.SEGMENT, f"{EXTENSION_S:g} s longer")

    def _may_add(self, seconds: float) -> bool:
        """Whether the session may become that much longer; how much one may hold is the level's."""
        segments = self._timeline.segments
        backward = sum(s.duration_s for s in segments if s.movement is Movement.BACKWARD)
        dose = self._limits.dose
        room = min(dose.backward_s - backward, dose.total_s - self._timeline.duration_s)
        if self._added_s + seconds > room:
            self._say(NoticeKind.SEGMENT, "no more than that in one session")
            return False
        self._added_s += seconds
        return True

    # ---- what is said --------------------------------------------------------------------------------------

    def _say(self, kind: NoticeKind, text: str) -> None:
        self._notices.append(Notice(kind, text))

    def _show_segment(self, now: float) -> None:
        self._say(NoticeKind.SEGMENT, f"{self.segment} for {self.segment.length}")
        self._heartbeat_at = after(now, HEARTBEAT_S)
        self.cue = self.segment.cues[0] if self.segment.cues else None
        for cue in self.segment.cues:
            self._say(NoticeKind.CUE, cue)

    def _announce(self, end_at: float, now: float) -> None:
        """Say what comes before it comes; then a beep a second."""
        left = end_at - now
        if left <= ANNOUNCE_S and ANNOUNCE_S not in self._said:
            self._said.add(ANNOUNCE_S)
            if self._index + 1 < len(self._timeline.segments):
                self._say(NoticeKind.CUE, f"in {left:.0f} s: {self._timeline.segments[self._index + 1]}")
        if self.state is State.RUNNING:
            self._beep(left)

    def _beep(self, left_s: float) -> None:
        """One beep, for the last of the seconds that have come since the one before."""
        due = [beep for beep in BEEPS_S if left_s <= beep and beep not in self._said]
        if due:
            self._said.update(due)
            self._say(NoticeKind.BEEP, f"{min(due):g}")

    def _keep_talking(self, now: float) -> None:
        if self.segment.movement is Movement.FORWARD:
            self._heartbeat_at = after(now, HEARTBEAT_S)
        elif now >= self._heartbeat_at:
            self._heartbeat_at = after(now, HEARTBEAT_S)
            self._say(NoticeKind.HEARTBEAT, f"{self.segment}, {clock(max(0.0, self._end_at() - now))} left")

    # ---- states --------------------------------------------------------------------------------------------

    def _signal(self, signal: Signal, now: float) -> None:
        """Take the transition that the table has for this signal, if it has one."""
        state = TRANSITIONS[self.state].get(signal)
        if state is None:
            return
        self.state = state
        self._since = now
        if state is State.RUNNING:
            self._pause_wanted = False
            self._facing = self.segment.movement.facing
        elif self.facing is None:
            self._facing = None
        if state is State.COUNTDOWN:
            self._said.clear()
        self._enter_words(state)

    def _enter_words(self, state: State) -> None:
        """What the runner hears on entering a state."""
        if state in SAID:
            kind, text = (SAID_BESIDE if self._timeline.is_empty else SAID)[state]
            following = self._timeline.next_moving(self._index)
            movement = following.movement.words if following else "on"
            self._say(kind, text.format(movement=movement, length=clock(self.segment.duration_s)))
        if state is State.STARTING and self._limits.starts_at_console:
            self._say(NoticeKind.ASK, "press Start on the treadmill's console, then hold the rails")
        if state in {State.TURNING, State.STANDING}:
            for cue in self.segment.cues:
                self._say(NoticeKind.CUE, cue)

    def _intent(self, now: float) -> Intent:
        match self.state:
            case State.RUNNING:
                wanted = self.wanted(now)
                return Intent(Ask.MOVE, wanted.movement, wanted.speed, wanted.incline)
            case State.STARTING:
                first = self.segment.setpoint(0.0)
                return Intent(Ask.START, first.movement, first.speed, first.incline)
            case State.HALTING:
                is_end = self._timeline.next_moving(self._index) is None
                return Intent(Ask.HALT, linger_s=LINGER_S if is_end and not self._pause_wanted else 0.0)
            case State.STOPPING:
                return Intent(Ask.STOP)
            case State.READY | State.PAUSED:
                return Intent(Ask.REST, self.segment.movement)
            case _:
                return Intent(Ask.REST)


_ON_THE_BELT = frozenset({State.RUNNING, State.HALTING, State.STOPPING})
_COUNTING = frozenset({State.RUNNING, State.STANDING, State.TURNING})
