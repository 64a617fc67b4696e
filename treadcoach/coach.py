"""Where we are in the workout. Pure: inputs and the time come in, a wish for the belt and things to say come out.

The transitions are one table. Program time advances only while the belt runs on a segment; a boundary is chained
from the planned one before it. The coach wishes, and is told only what the belt was seen to do.
"""

from __future__ import annotations

from treadcoach.announcer import ANNOUNCE_S, BEEPS_S, Announcer
from treadcoach.dose import Spent, allowance
from treadcoach.events import Notice, NoticeKind, Pressed, State
from treadcoach.motion import COMMON_GRID, STANDSTILL, Facing, Movement, Setpoint, Speed, after
from treadcoach.program.quantities import clock
from treadcoach.program.timeline import Segment, Timeline
from treadcoach.progress import Progress
from treadcoach.safety.clearance import Ask, Belt, Intent
from treadcoach.safety.limits import LINGER_S, Limits
from treadcoach.transitions import TRANSITIONS, Signal

COUNTDOWN_S = 5.0
# Whoever does not come back from a pause, or never says "ready", has left; but is called before.
PATIENCE_S, ARM_S, CALL_S = 180.0, 60.0, 15.0
EXTENSION_S = 30.0
# Going back within the first seconds of a segment means the one before it.
BACK_S = 3.0


class Coach:
    """Follows one timeline.

    Args:
        timeline: The program.
        limits: For how long a turn takes at this level; whether a speed is allowed is not for the coach to say.
        slowest: The slowest that the belt can be.
    """

    def __init__(self, timeline: Timeline, limits: Limits, slowest: Speed = COMMON_GRID.minimum) -> None:
        self._progress = Progress(timeline, slowest)
        self._limits = limits
        self._calm_until = 0.0  # nobody is made faster before they have heard of it
        self._calm_speed = STANDSTILL
        self._spent = Spent()
        self._most = allowance(limits, timeline)
        self._counted_at = 0.0
        self._pause_wanted = False
        self._since = 0.0  # when the state was entered
        self._facing: Facing | None = None
        self._announcer = Announcer(timeline.is_empty, limits.starts_at_console)
        self.state = State.WAITING
        self.turns = 0

    # ---- what others may know ------------------------------------------------------------------------------

    @property
    def segment(self) -> Segment:
        """The current segment."""
        return self._progress.segment

    @property
    def following(self) -> Segment | None:
        """The segment behind it, as the runner has made it."""
        return self._progress.following

    @property
    def cue(self) -> str | None:
        """The form cue of the segment that runs, or ran last."""
        return self._announcer.cue

    @property
    def facing(self) -> Facing | None:
        """Which way the runner faces while the belt runs, down to its last metre; ``None`` at a standstill."""
        return self._facing if self.state in _ON_THE_BELT else None

    @property
    def next_facing(self) -> Facing | None:
        """Which way the next movement faces, the current segment included while it has not begun to move."""
        segment = self._progress.next_moving(self.state is State.RUNNING)
        return segment.movement.facing if segment else None

    def remaining_s(self, now: float) -> tuple[float, float]:
        """Seconds left: of the segment, and of the program. A stand counts once the belt rests."""
        if self.state is State.COMPLETED:
            return 0.0, 0.0
        return self._progress.left_s(now, counts=self.state in _COUNTING)

    def wanted(self, now: float) -> Setpoint:
        """What the program says for this moment."""
        return self._progress.wanted(now)

    def wake_at(self, now: float) -> float | None:
        """When the next thing is due, after the step at ``now``."""
        times: list[float] = []
        if self.state is State.RUNNING:
            end = self._progress.expected_end_at()
            times = [self._end_at(), self._calm_until, self._announcer.heartbeat_at]
            times += [after(end, -before) for before in (ANNOUNCE_S, *BEEPS_S)]
        elif self.state in {State.STANDING, State.TURNING}:
            end = self._end_at()
            times = [end, after(end, -ANNOUNCE_S)]
        elif self.state is State.COUNTDOWN:
            times = [after(self._since, COUNTDOWN_S - before) for before in (*BEEPS_S, 0.0)]
        elif self.state is State.STARTING:
            times = [after(self._since, self._limits.start_patience_s)]
        elif self.state in _ASKING:
            end = after(self._since, _ASKING[self.state])
            times = [after(end, -CALL_S), end]
        return min((time for time in times if time > now), default=None)

    # ---- what happened -------------------------------------------------------------------------------------

    def press(self, what: Pressed, belt: Belt, now: float) -> None:
        """The runner said something other than stop."""
        match what:
            case Pressed.CONFIRM:
                self._signal(Signal.CONFIRMED, now)
            case Pressed.PAUSE:
                self._pause(now)
            case Pressed.SKIP:
                self._skip(belt, now)
            case Pressed.BACK if self.state is State.RUNNING:
                self._back(now)
            case Pressed.EXTEND if self.state is State.RUNNING:
                self._extend(now)
            case Pressed.SLOWER | Pressed.FASTER if self.state is State.RUNNING:
                self._pace(what, now)
            case Pressed.EASIER if self.state not in _OVER:
                self._ease(now)
            case _:
                self._say(NoticeKind.SEGMENT, f"{what} means nothing while {self.state}")

    def stop(self, now: float) -> None:
        """The session ends here."""
        self._signal(Signal.STOP_DEMANDED, now)

    def went(self, metres: float, now: float) -> None:
        """The belt went this far since the last record."""
        if self.state is State.RUNNING:
            self._progress.went(metres, now)

    def step(self, belt: Belt, now: float) -> tuple[Intent, list[Notice]]:
        """Follow the program up to now; the wish for the belt, and what is to be said."""
        self._count(now)
        if self.state is State.RUNNING:
            self._run(now)
        else:
            self._wait(belt, now)
        return self._intent(now), self._announcer.take()

    # ---- following the program -----------------------------------------------------------------------------

    def _end_at(self) -> float:
        return self._progress.end_at(self._hold_s())

    def _hold_s(self) -> float:
        """How long this standstill lasts at the least."""
        return self._limits.turn_hold_s if self.state is State.TURNING and self._progress.is_last_stand else 0.0

    def _count(self, now: float) -> None:
        """What has passed since the last step counts toward the session's dose."""
        seconds, self._counted_at = now - self._counted_at, now
        if self.state in _COUNTING:
            self._spent.add(self.segment.movement, self.segment.peak, seconds)
        elif self.state is State.HALTING and self._facing is Facing.BACKWARD:
            self._spent.add(Movement.BACKWARD, STANDSTILL, seconds)
        else:
            self._spent.rest(seconds)

    def _run(self, now: float) -> None:
        """On the belt: cross every boundary that has come, announce the next."""
        while self.state is State.RUNNING and self._segment_is_over(now):
            ended_at = now if self.segment.distance_m is not None else self._end_at()
            self._advance(ended_at, now)
        if self.state is State.RUNNING:
            self._mind_the_dose(now)
        if self.state is State.RUNNING:
            left_s = self._progress.expected_end_at() - now
            self._announcer.announce(left_s, self._progress.following, now)
            self._announcer.beep(left_s)
            self._announcer.keep_talking(self.segment, left_s, now)

    def _mind_the_dose(self, now: float) -> None:
        """What becomes more than this level allows becomes a rest, or the end."""
        backward = self.segment.movement is Movement.BACKWARD
        passed = [excess for excess in self._spent.over(self._most) if backward or not excess.is_backward]
        for excess in passed:
            self._say(NoticeKind.SEGMENT, f"{clock(excess.reached_s)} {excess.what}: that is enough")
        if any(excess.ends for excess in passed):
            self._signal(Signal.STOP_DEMANDED, now)
        while passed and self.state is State.RUNNING and self.segment.movement is Movement.BACKWARD:
            self._advance(now, now)

    def _segment_is_over(self, now: float) -> bool:
        if self._progress.has_gone_far_enough:
            return True
        if now < self._end_at():
            return False
        if self.segment.distance_m is not None:
            gone = f"{self._progress.metres:.0f} m of {self.segment.distance_m:.0f} m"
            self._say(NoticeKind.SEGMENT, f"{gone}: time is up")
        return True

    def _advance(self, ended_at: float, now: float) -> None:
        """Go to the next segment, which begins where this one was planned to end."""
        self._change(self._progress.index + 1, ended_at, now)
        if self.segment.is_stand:
            self._signal(Signal.HALT_DUE, now)
        else:
            self._announcer.show(self.segment, now)

    def _change(self, index: int, began_at: float, now: float) -> None:
        """To another segment while the belt runs: nobody is made faster who has not heard of it in time."""
        speed = self.wanted(now).speed
        told_at = self._announcer.announced_at if index == self._progress.index + 1 else None
        self._progress.enter(index, began_at)
        self._announcer.begin()
        self._calm_speed = speed if now >= self._calm_until else min(speed, self._calm_speed)
        self._calm_until = after(now if told_at is None else told_at, ANNOUNCE_S)
        if self.segment.setpoint(0.0).speed > speed and now < self._calm_until and told_at is None:
            self._say(NoticeKind.CHANGE, f"in {ANNOUNCE_S:g} s: {self.segment}")

    def _wait(self, belt: Belt, now: float) -> None:
        """Off the belt, or on the way: what has come true since the last step?"""
        match self.state:
            case State.WAITING if belt.rest_since is not None:
                self._begin_standstill(belt, now, now)
            case State.HALTING if belt.rest_since is not None:
                if self._pause_wanted:
                    self._signal(Signal.PAUSE_BEGUN, now)
                else:
                    self._begin_standstill(belt, now, now)
            case State.STANDING | State.TURNING:
                self._stand(belt, now)
            case State.COUNTDOWN:
                self._count_down(now)
            case State.STARTING if belt.is_moving:
                self._begin_running(now)
            case State.STOPPING if belt.rest_since is not None:
                self._signal(Signal.STOP_SEEN, now)
            case State.STARTING if now >= after(self._since, self._limits.start_patience_s):
                self._signal(Signal.STOP_DEMANDED, now)
            case State.READY | State.PAUSED:
                self._be_patient(now)

    def _begin_standstill(self, belt: Belt, began_at: float, now: float) -> None:
        """The belt rests at the beginning of the current segment."""
        self._progress.began_at = began_at
        if self.segment.movement is Movement.BACKWARD and self._spent.ends(self._most):
            self._say(NoticeKind.STATE, "enough backward for one session")
            self._signal(Signal.STOP_DEMANDED, now)
        elif not self.segment.is_stand:
            self._signal(Signal.MOVE_DUE, now)
        elif not self._progress.is_turn:
            self._signal(Signal.STAND_BEGUN, now)
        elif belt.is_tilted:
            self._say(NoticeKind.STATE, "the deck is still tilted: nobody turns round on it")
            self._signal(Signal.STOP_DEMANDED, now)
        else:
            self._signal(Signal.TURN_BEGUN, now)

    def _stand(self, belt: Belt, now: float) -> None:
        end_at = self._end_at()
        if now < end_at:
            self._announcer.announce(end_at - now, self._progress.following, now)
            return
        if self._progress.is_at_end:
            self._signal(Signal.PROGRAM_DONE, now)
            return
        if self.state is State.TURNING and self._progress.is_last_stand:
            self.turns += 1
        self._progress.enter(self._progress.index + 1, end_at)
        self._begin_standstill(belt, end_at, now)

    def _count_down(self, now: float) -> None:
        left = after(self._since, COUNTDOWN_S) - now
        if left <= 0:
            self._signal(Signal.COUNTED_DOWN, now)
        else:
            self._announcer.beep(left)

    def _be_patient(self, now: float) -> None:
        left = after(self._since, _ASKING[self.state]) - now
        if left <= 0:
            self._say(NoticeKind.STATE, f"nobody came for {clock(_ASKING[self.state])}")
            self._signal(Signal.STOP_DEMANDED, now)
        elif left <= CALL_S:
            self._announcer.call(left, now)

    def _begin_running(self, now: float) -> None:
        """The belt moves: program time goes on, from the beginning of the segment, with what was added to it."""
        self._progress.begin(now)
        self._signal(Signal.BELT_MOVED, now)
        self._announcer.show(self.segment, now)

    # ---- what the runner asks for --------------------------------------------------------------------------

    def _pause(self, now: float) -> None:
        """The belt comes to rest; the segment will begin anew."""
        if Signal.PAUSE_PRESSED not in TRANSITIONS[self.state]:
            self._say(NoticeKind.SEGMENT, f"pause means nothing while {self.state}")
        self._pause_wanted = self._pause_wanted or self.state in {State.STARTING, State.RUNNING}
        self._signal(Signal.PAUSE_PRESSED, now)

    def _skip(self, belt: Belt, now: float) -> None:
        progress, following = self._progress, self._progress.following
        if self.state is State.RUNNING and belt.is_tilted and following and following.is_stand:
            self._say(NoticeKind.SEGMENT, "no skipping to a standstill on this incline")
        elif self.state is State.RUNNING:
            self._advance(now, now)
        elif self.state in {State.STANDING, State.TURNING} and belt.rest_since is not None:
            least_s = max(self._hold_s(), now - progress.began_at) - self.segment.duration_s
            progress.extension_s = min(progress.extension_s, least_s)
        else:
            self._say(NoticeKind.SEGMENT, f"skip means nothing while {self.state}")

    def _back(self, now: float) -> None:
        """To the beginning of this segment, or of the one before where that faces the same way."""
        index = self._progress.index
        before = self._progress.timeline.segments[index - 1] if index else None
        early = now - self._progress.began_at < BACK_S
        if early and before and before.movement.facing is self.segment.movement.facing:
            index -= 1
        if self._may_go_on(index, 0.0):
            self._change(index, now, now)
            self._announcer.show(self.segment, now)

    def _extend(self, now: float) -> None:
        """This segment takes a little longer."""
        progress = self._progress
        if self._may_go_on(progress.index, now - progress.began_at - progress.extension_s - EXTENSION_S):
            progress.extension_s += EXTENSION_S
            self._announcer.begin()
            self._say(NoticeKind.SEGMENT, f"{EXTENSION_S:g} s longer")

    def _pace(self, what: Pressed, now: float) -> None:
        """This segment a step slower, or faster again: not beyond what the program says."""
        changed = self._progress.slower(now) if what is Pressed.SLOWER else self._progress.faster(now)
        self._announcer.begin()  # a distance ends at another time now
        limit = "it gets no slower" if what is Pressed.SLOWER else "that is what the program says"
        self._say(NoticeKind.SEGMENT, f"{what}: {self.segment}" if changed else limit)

    def _ease(self, now: float) -> None:
        """Everything is easier today."""
        changed = self._progress.easier(now)
        self._announcer.begin()
        what = f"easier: {self._progress.percent} % of the program's speed from here on"
        self._say(NoticeKind.SEGMENT, what if changed else "it gets no easier")

    def _may_go_on(self, index: int, done_s: float) -> bool:
        """Whether the level's dose holds what is left, from a segment on of which so much is done."""
        if self._spent.holds(self._progress.timeline.segments[index:], done_s, self._most):
            return True
        self._say(NoticeKind.SEGMENT, "no more than that in one session")
        return False

    def _say(self, kind: NoticeKind, text: str) -> None:
        self._announcer.say(kind, text)

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
        self._announcer.begin()
        self._announcer.enter(state, self.segment, self._progress.next_moving())

    def _intent(self, now: float) -> Intent:
        match self.state:
            case State.RUNNING:
                wanted = self.wanted(now)
                speed = wanted.speed if now >= self._calm_until else min(wanted.speed, self._calm_speed)
                return Intent(Ask.MOVE, wanted.movement, speed, wanted.incline)
            case State.STARTING:
                first = self.segment.setpoint(0.0)
                return Intent(Ask.START, first.movement, first.speed, first.incline)
            case State.HALTING:
                is_end = self._progress.next_moving() is None
                return Intent(Ask.HALT, linger_s=LINGER_S if is_end and not self._pause_wanted else 0.0)
            case State.STOPPING:
                return Intent(Ask.STOP)
            case State.READY | State.PAUSED:
                return Intent(Ask.REST, self.segment.movement)
            case _:
                return Intent(Ask.REST)


_OVER = frozenset({State.STOPPING, State.STOPPED, State.COMPLETED})
_ON_THE_BELT = frozenset({State.RUNNING, State.HALTING, State.STOPPING})
_ASKING = {State.READY: ARM_S, State.PAUSED: PATIENCE_S}
_COUNTING = frozenset({State.RUNNING, State.STANDING, State.TURNING})
