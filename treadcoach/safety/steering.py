"""Steering: what a moving belt may be asked for next, one step at a time, up, down or tilted.

Decides how far and when, never whether: that is the governor's. A step up needs everything to speak for it, a step
down nothing; the deck moves only when the speed is quiet.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from treadcoach.motion import FLAT, STANDSTILL, Incline, Speed, SpeedGrid, Verb, after
from treadcoach.safety import limits as limit
from treadcoach.safety.clearance import Intent
from treadcoach.safety.limits import Limits
from treadcoach.safety.situation import Situation

# A belt has reached its target when its report is off by no more than this.
_REACHED = 5


class Order(NamedTuple):
    """One word to the belt, which the governor has still to clear."""

    verb: Verb
    value: int
    """0.01 km/h or 0.1 %."""


class Steering:
    """The steps of one session.

    Args:
        limits: How large a step, and how often.
        grid: The speeds that the machine can be set to.
        situation: What is ordered and observed; a step is noted there.
        now: Monotonic seconds.
    """

    def __init__(self, limits: Limits, grid: SpeedGrid, situation: Situation, now: float) -> None:
        self._limits = limits
        self._grid = grid
        self._s = situation
        # The newest targets, what was in force before each, and when: a machine may tell of them later.
        self._sent: deque[tuple[int, int, float]] = deque(maxlen=4)
        self._before = STANDSTILL  # the target before the last one
        # The lowest target that may be in force: a word without an answer was heard or was not. Nothing that is
        # asked for as less may be more than this, and nothing that is more begins above it.
        self._lowest = self._lowest_before = grid.minimum
        self._speed_before = STANDSTILL  # of the belt, when the last target was cleared
        self._first_is_due = False  # the first target of a bout was refused, or was lost
        self._answers = False  # the machine has ever answered anything: where it does not, a word was lost
        self._incline_before = FLAT  # of the deck, when the last incline was cleared
        self._incline_asked: Incline | None = None  # the last that was cleared
        self._pending: Verb | None = None  # a target or incline that is not answered yet
        # When the last word about the speed, and about the deck, was answered. It may have waited before it was
        # written, so that quiet counts from the answer.
        self._speed_answered_at = self._deck_answered_at = now
        self.hold_until = now
        """Nothing gets faster before."""
        self.next_write_at = now
        """When the next target may be written."""

    def begin(self) -> None:
        """A start or a stop: nothing that was asked before counts any more."""
        self._pending, self._first_is_due = None, False
        self._lowest = self._grid.minimum

    def may_be_echo(self, speed: Speed, now: float) -> bool:
        """Whether a machine that tells this target may just repeat one of ours, or be on its way to it."""
        return any(
            min(before, target) <= speed <= max(before, target) and now - at <= limit.ECHO_S
            for target, before, at in self._sent
        )

    def seconds_down(self, speed: int) -> float:
        """How long it takes from this speed to the slowest, in the steps that the machine's grid has."""
        increment = self._grid.increment
        step = max(increment, min(self._limits.rate_down, self._limits.step) // increment * increment)
        return speed / step * max(limit.WRITE_INTERVAL_S, step / self._limits.rate_down)

    def answered(self, verb: Verb, now: float, *, accepted: bool | None) -> None:
        """The machine took or refused the last step, or (``None``) said nothing in time."""
        s = self._s
        self._answers = self._answers or accepted is not None
        if verb is not self._pending:
            return
        self._pending = None
        if verb is not Verb.SET_SPEED:
            self._deck_answered_at = now
            self._tilted(accepted=accepted)
            return
        self._speed_answered_at = now
        failed = now - s.target_at < limit.UNANSWERED_S  # nobody has waited that shortly: it could not be written
        # The first word of a bout: a belt goes there by itself, and shows nothing.
        must_be_said_again = self._answers and s.target == self._before == self._grid.minimum
        if accepted or (accepted is None and not failed and not must_be_said_again and self._shows()):
            s.refusals, self._lowest = 0, s.target
            if now - s.target_at > limit.LATE_ANSWER_S:  # it was written late: the next one counts from here
                self.next_write_at = max(self.next_write_at, after(now, limit.WRITE_INTERVAL_S))
            return
        s.refusals += 1
        if accepted is False:
            self._lowest = self._lowest_before
        self._first_is_due = must_be_said_again
        console = s.console_ceiling
        s.doubts(self._before if console is None else min(self._before, console), now)

    def _tilted(self, *, accepted: bool | None) -> None:
        """The deck's answer: one that was refused has not moved; where there is none, count on the steeper."""
        s = self._s
        if s.incline is None or accepted or s.incline_reported_at > s.incline_changed_at:
            return  # what it reports is where it is
        s.incline = self._incline_before if accepted is False else max(s.incline, self._incline_before)

    def _shows(self) -> bool:
        """Whether the belt follows the last target, about which the machine has said nothing.

        A belt that is still coming down, or follows an older word, may be near a higher target that never arrived:
        only one that has reached it, and has become faster since it was first asked for, follows it.
        """
        s = self._s
        if s.target < self._before:
            return abs(s.speed - s.target) < abs(s.speed - self._before)
        return s.speed >= s.target - _REACHED and s.speed > self._speed_before

    def move(self, intent: Intent, now: float, *, held: bool) -> Order | None:
        """The next step toward a wish; ``held``: not upward."""
        s = self._s
        # One zero may be a glitch, and the next record will tell: nothing is asked of a belt that may be standing.
        if self._pending or now < self.next_write_at or s.zeros:
            return None
        s.movement = intent.movement
        if s.console_ceiling is not None and (ceiling := self._ceiling(s.console_ceiling, now)):
            return self.aim(ceiling, now)
        if s.target_at < s.moving_since or self._first_is_due:
            self._first_is_due = False
            return self.aim(self._grid.minimum, now)  # the first word to a belt that has just begun to move
        wanted = self._grid.floor(intent.speed) or self._grid.minimum
        if wanted < s.target and not s.below_target_frames:
            return self._step_down(wanted, now)
        if wanted > self._in_force and s.console_ceiling is None and (up := self._step_up(wanted, now, held=held)):
            return up
        # The deck rises only when the speed is where it should be; it comes down whenever it may.
        may_rise = wanted <= self._in_force or s.console_ceiling is not None
        return self._tilt(intent.incline if may_rise else min(intent.incline, s.deck), now)

    def _ceiling(self, console: Speed, now: float) -> Speed | None:
        """What has to be said of a hand at the console: nothing, unless the belt may not follow it.

        Where the hand's word may have crossed with ours, only the slowest speed is surely no rise.
        """
        s = self._s
        unheard, s.ceiling_is_unheard = s.ceiling_is_unheard, False
        if unheard and s.speed > self._grid.minimum:
            return self._grid.minimum
        ceiling = self._grid.floor(console) or self._grid.minimum
        ignored = s.ceiling_is_passed and now - s.target_at >= limit.SUSPECT_S
        return min(ceiling, self._in_force) if ignored and ceiling <= s.target else None

    def slow_down(self, now: float) -> Order | None:
        """The next step toward the slowest speed, whatever else is on its way; at once where that is a step up.

        What is urgent overtakes what waits, in the client and in the session, and cuts short what hangs.
        """
        rises = self._pending is Verb.SET_SPEED and self._s.target > self._in_force
        due = now >= self.next_write_at or rises
        return self._step_down(self._grid.minimum, now, urgent=True) if due else None

    def aim(self, target: Speed, now: float, *, urgent: bool = False) -> Order:
        """Ask for a speed; what is urgent waits for no answer, and none is waited for."""
        s = self._s
        rises = target > self._in_force
        change = target - self._in_force if rises else s.target - target
        rate = self._limits.rate_up if rises else self._limits.rate_down
        self.next_write_at = after(now, max(limit.WRITE_INTERVAL_S, change / rate))
        if not self._sent or target != self._sent[-1][0]:  # asked once more, it counts from when it was asked first
            self._speed_before = s.speed
        self._before = s.target
        self._lowest_before, self._lowest = self._lowest, min(self._lowest, target)
        self._sent.append((target, self._before, now))
        s.aims(target, now)
        self._pending = None if urgent else Verb.SET_SPEED
        return Order(Verb.SET_SPEED, target)

    def _step_up(self, wanted: Speed, now: float, *, held: bool) -> Order | None:
        """One step toward something faster, where everything speaks for it."""
        s = self._s
        # A belt that is already faster than asked, or is being slowed by somebody, is not asked for more.
        held = held or s.faster_frames > 0 or s.below_target_frames > 0 or now < self.hold_until
        if held or not s.is_new(now) or now < after(s.moving_since, s.start_hold_s):
            return None
        step = min(self._limits.rate_up, self._limits.step)
        base = self._in_force
        target = self._coarse(self._grid.floor(min(wanted, base + step)) or base, base, +1)
        # The deck comes down first, and is given its time, whatever was asked of it.
        deck = s.deck
        if now - self._deck_answered_at < limit.INCLINE_INTERVAL_S:
            deck = max(deck, self._incline_before)
        steepest = self._limits.steepest(s.movement, target)
        is_ours = self._incline_asked is not None and self._incline_asked > steepest  # no noise: we have asked for it
        too_steep = deck > (steepest if is_ours else steepest + limit.INCLINE_NOISE)
        return None if too_steep or target - s.speed > limit.MAXIMUM_LAG else self.aim(target, now)

    def _step_down(self, wanted: Speed, now: float, *, urgent: bool = False) -> Order:
        """One step toward something slower; never a word that a belt slower than that would follow upward."""
        s = self._s
        step = min(self._limits.rate_down, self._limits.step)
        target = self._coarse(max(wanted, self._grid.ceil(s.target - step)), s.target, -1)
        # A belt still on its way up stops rising with this very word, wherever the steps would have taken it.
        target = min(target, self._grid.floor(s.speed) or s.target, self._in_force)
        return self.aim(target, now, urgent=urgent)

    @property
    def _in_force(self) -> Speed:
        """The lowest target that the machine may have now; a hand at its console has set one as well."""
        console = self._s.console_ceiling
        lowest = min(self._s.target, self._lowest)
        return lowest if console is None else min(lowest, self._grid.floor(console) or self._grid.minimum)

    def _coarse(self, target: Speed, base: Speed, direction: int) -> Speed:
        """Where a whole step from ``base`` is smaller than the machine's increment, one increment is the step."""
        return target if target != base else Speed(target + direction * self._grid.increment)

    def _tilt(self, desired: Incline, now: float) -> Order | None:
        """One step of incline, when the speed has been quiet."""
        s = self._s
        current = s.deck
        quiet = now - self._speed_answered_at >= limit.INCLINE_AFTER_SPEED_S and s.is_fresh(now)
        # What differs by its noise is there; but for what a last step of ours has left.
        is_there = abs(desired - current) <= limit.INCLINE_NOISE and self._incline_asked in {None, desired}
        if is_there or not quiet or s.speed > limit.INCLINE_MAXIMUM_SPEED:
            return None
        if not FLAT <= current <= limit.CEILING_INCLINE:
            return None  # no deck of ours stands there: a step from it would be a word as wild as the report
        if now - self._deck_answered_at < limit.INCLINE_INTERVAL_S:
            return None
        change = max(-limit.INCLINE_STEP, min(limit.INCLINE_STEP, desired - current))
        if change > 0 and current + change > self._limits.steepest(s.movement, max(s.speed, s.target)):
            return None  # the belt itself is too fast for that, whatever it was asked for
        self._incline_before = current
        s.incline = self._incline_asked = Incline(current + change)
        s.incline_changed_at = now
        self._pending = Verb.SET_INCLINE
        return Order(Verb.SET_INCLINE, s.incline)
