"""What the governor knows: what was ordered, what was observed, and how long each disagreement has lasted.

Belief comes from observation alone: an acknowledgement is not belief, and neither is a link that is up. Pure
bookkeeping; `rules` draws the conclusions.
"""

from __future__ import annotations

from enum import Enum

from treadcoach.motion import FLAT, STANDSTILL, Incline, Movement, Observation, Speed, SpeedGrid, after
from treadcoach.safety import limits as limit
from treadcoach.safety.limits import Limits


class Phase(Enum):
    """What the belt is doing on our order."""

    REST = "rest"
    STARTING = "starting"
    MOVING = "moving"
    SLOWING = "slowing"
    STOPPING = "stopping"


class Situation:
    """Orders and observations of one link. Speeds are 0.01 km/h, times seconds of the monotonic clock."""

    __slots__ = (
        "_clock_advances",
        "_clock_at",
        "_clock_frames",
        "_clock_s",
        "_former",
        "_moving_frames",
        "_reached",
        "_slower_since",
        "_target_when_reported",
        "below_target_frames",
        "ceiling_is_passed",
        "ceiling_is_unheard",
        "console_ceiling",
        "diverged_at",
        "faster_frames",
        "grid",
        "has_moved",
        "incline",
        "incline_changed_at",
        "incline_reported_at",
        "lateness_s",
        "limits",
        "miles_frames",
        "movement",
        "moving_since",
        "observed_at",
        "over_cap_frames",
        "over_target_since",
        "phase",
        "refusals",
        "rest_since",
        "speed",
        "start_hold_s",
        "started_at",
        "steep_frames",
        "target",
        "target_at",
        "voice_lost_at",
        "zeros",
    )

    def __init__(self, limits: Limits, grid: SpeedGrid, now: float) -> None:
        self.limits = limits
        self.grid = grid
        self.phase = Phase.REST
        self.movement = Movement.STAND
        # orders
        self.target = STANDSTILL
        self.target_at = now
        self._former: list[tuple[Speed, float]] = []  # lowered targets that still explain the belt, and until when
        self.incline: Incline | None = None  # unknown until set or reported
        self.incline_changed_at = now
        self.incline_reported_at = float("-inf")
        self.started_at: float | None = None
        self.has_moved = True  # since the last start, if there was one
        self._moving_frames = 0
        self.moving_since = now
        self.start_hold_s = limits.start_hold_s
        self.refusals = 0
        # observations
        self.observed_at = now  # of the last record with a speed; silence is counted from the first moment
        self.speed = STANDSTILL
        self.zeros = 0
        self.rest_since: float | None = None
        self.lateness_s = 0.0
        self.voice_lost_at: float | None = None
        """Since when the runner hears nothing."""
        # disagreements
        self.over_cap_frames = 0
        self.over_target_since: float | None = None
        self.faster_frames = 0
        self.below_target_frames = 0
        self.miles_frames = 0
        self.steep_frames = 0
        self.diverged_at: float | None = None
        self.console_ceiling: Speed | None = None
        self.ceiling_is_unheard = False
        """A target of ours may have crossed with the hand that lowered the belt."""
        self.ceiling_is_passed = False
        """The belt is faster than that hand wanted it."""
        self._target_when_reported = STANDSTILL
        self._slower_since = now  # when it was not yet seen to be slower than asked for
        self._reached = STANDSTILL  # how fast the belt has become, as far as that was asked for
        self._clock_s: int | None = None
        self._clock_at = now
        self._clock_frames = 0
        self._clock_advances = 0

    # ---- orders --------------------------------------------------------------------------------------------

    def starts(self, movement: Movement, now: float, hold_s: float) -> None:
        """A start was cleared: nothing is wanted yet but the machine's own minimum, for ``hold_s``."""
        self.phase = Phase.STARTING
        self.movement = movement
        self.started_at = now
        self.has_moved = False
        self.start_hold_s = hold_s
        self._moving_frames = self.refusals = 0
        self._reached = STANDSTILL
        self.console_ceiling, self.ceiling_is_unheard, self.ceiling_is_passed = None, False, False
        self._aim(self.grid.minimum, now)
        self._former.clear()
        self._clock_advances = 0

    def aims(self, target: Speed, now: float) -> None:
        """A target was cleared."""
        self._aim(target, now)

    def doubts(self, target: Speed, now: float) -> None:
        """Whether the last target is in force is unknown: count on the one before, tolerate both."""
        self._aim(target, now)

    def slowed_by_hand(self, speed: Speed, now: float) -> None:
        """Somebody made the belt slower at the console: nothing above that is asked for until the next start."""
        self.console_ceiling = speed if self.console_ceiling is None else min(speed, self.console_ceiling)
        # What the machine now aims at, at most: anything above it would be a rise.
        self._aim(min(self.target, self.console_ceiling), now)
        self._target_when_reported, self.diverged_at = self.target, None  # and its report agrees with that
        self.below_target_frames = 0

    def _aim(self, target: Speed, now: float) -> None:
        if target < self.target:
            self._former.append((self.target, after(now, limit.TARGET_MEMORY_S)))
            self._reached = min(self._reached, target)
        self.target = target
        self.target_at = now
        if self.diverged_at is None and abs(target - self._target_when_reported) >= limit.FROZEN_TARGET_MOVE:
            self.diverged_at = now

    def tolerated(self, now: float) -> Speed:
        """The highest target that still explains what the belt does."""
        while self._former and self._former[0][1] <= now:
            del self._former[0]
        return max([self.target, *(speed for speed, _ in self._former)]) if self._former else self.target

    # ---- observations --------------------------------------------------------------------------------------

    def observe(self, observation: Observation, now: float) -> None:
        """A record with a speed came in."""
        speed = observation.speed
        # What comes with a late step may have waited as long as the step.
        came_at = now if self.lateness_s <= limit.LATE_S else after(now, -self.lateness_s)
        unseen_since, self.observed_at = self.observed_at, max(self.observed_at, came_at)
        self._moving_frames = self._moving_frames + 1 if speed else 0
        self.has_moved = self.has_moved or self._moving_frames >= 2  # noqa: PLR2004 - one record can be a glitch
        if speed != self.speed:
            self.diverged_at = None
            self._target_when_reported = self.target
        self.speed = speed
        self._note_rest(speed, now)
        self._note_clock(observation.elapsed_s, now)
        if observation.incline is not None:
            self.incline, self.incline_reported_at = observation.incline, now
        if self.phase in {Phase.MOVING, Phase.SLOWING}:
            self._note_disagreement(speed, now, unseen_since)
            self._note_deck(observation.incline)

    def _note_rest(self, speed: Speed, now: float) -> None:
        if speed:
            self.zeros = 0
            self.rest_since = None
            return
        self.zeros += 1
        if self.zeros == 2:  # noqa: PLR2004 - one zero can be a glitch, two are a standing belt
            self.rest_since = now

    def _note_clock(self, elapsed_s: int | None, now: float) -> None:
        """The machine's own clock tells a live record from a repeated one."""
        if elapsed_s is None:
            return
        if elapsed_s != self._clock_s or not self.speed:
            self._clock_advances += elapsed_s != self._clock_s
            self._clock_s, self._clock_at, self._clock_frames = elapsed_s, now, 0
        else:
            self._clock_frames += 1

    def _note_deck(self, incline: Incline | None) -> None:
        """Somebody who goes forward sees what the console does with the deck."""
        if incline is None or self.movement is Movement.FORWARD or not limit.DECKS[0] <= incline <= limit.DECKS[1]:
            return
        steepest = self.limits.steepest(self.movement, max(0, self.speed - limit.NOTICEABLE))
        allowed = FLAT - limit.INCLINE_NOISE <= incline <= steepest + limit.INCLINE_NOISE
        self.steep_frames = 0 if allowed else self.steep_frames + 1

    def _note_disagreement(self, speed: Speed, now: float, unseen_since: float) -> None:
        tolerated = self.tolerated(now)
        over_cap = speed > self.limits.cap(self.movement) + limit.NOTICEABLE
        self.over_cap_frames = self.over_cap_frames + 1 if over_cap else 0
        margin = max(limit.OVERSPEED_MARGIN, tolerated * limit.OVERSPEED_PERCENT // 100)
        if speed <= tolerated + margin:
            self.over_target_since = None
        elif self.over_target_since is None:
            self.over_target_since = now
        self.faster_frames = self.faster_frames + 1 if speed > tolerated + limit.NOTICEABLE else 0
        self._note_console(speed, now, unseen_since)

    def _note_console(self, speed: Speed, now: float, unseen_since: float) -> None:
        """A belt slower than it was asked to be, and slower than it was, is being slowed by somebody.

        On the way up a belt does not fall, and on the way down it does not fall below its target: so what it has
        reached, as far as that was asked for, is its floor, whether or not it has settled.
        """
        settled = now - self.target_at >= limit.SETTLED_S
        in_miles = settled and speed * 100 >= self.target * limit.MILES_PERCENT
        self.miles_frames = self.miles_frames + 1 if in_miles else 0
        if self.console_ceiling is not None:
            if 0 < speed < self.console_ceiling:
                self.slowed_by_hand(speed, now)
            self.ceiling_is_passed = speed > self.console_ceiling + limit.NOTICEABLE
            return
        self._reached = max(self._reached, min(speed, self.target))
        slower = speed <= min(self.target, self._reached) - limit.NOTICEABLE
        if not slower:
            self.below_target_frames = 0
            return
        if not self.below_target_frames:
            self._slower_since = unseen_since
        self.below_target_frames += 1
        if self.below_target_frames >= 2 and speed:  # noqa: PLR2004 - one record can be a glitch
            crossed = self.target_at >= self._slower_since
            self.slowed_by_hand(speed, now)
            self.ceiling_is_unheard = crossed

    # ---- conclusions about time ----------------------------------------------------------------------------

    @property
    def deck(self) -> Incline:
        """Where the deck is, as far as anybody knows; one that was never set or reported is flat."""
        return FLAT if self.incline is None else self.incline

    def is_deck_within(self, steepest: Incline) -> bool:
        """Whether the deck, as far as it is known, lies between flat and that, but for the noise of its report."""
        return FLAT - limit.INCLINE_NOISE <= self.deck <= steepest + limit.INCLINE_NOISE

    def age_s(self, now: float) -> float:
        """How old the last observed speed is."""
        return now - self.observed_at

    def is_new(self, now: float) -> bool:
        """Whether it may still be believed when what is cleared on it has waited to be written."""
        return now - self.observed_at <= limit.FRESH_S - limit.CLEARED_FOR_S

    def is_fresh(self, now: float) -> bool:
        """Whether the last observed speed may be believed."""
        return now - self.observed_at <= limit.FRESH_S

    def is_at_rest(self) -> bool:
        """Whether the belt was seen standing; how lately is another question."""
        return self.rest_since is not None

    def clock_is_frozen(self, now: float) -> bool:
        """Whether the machine's clock was seen running in this bout and has stopped while its belt runs."""
        return (
            self._clock_frames >= limit.CLOCK_FROZEN_RECORDS
            and self._clock_advances > limit.CLOCK_FROZEN_RECORDS
            and now - self._clock_at >= limit.CLOCK_FROZEN_S
        )
