"""The governor: everything that may move a belt passes here, and only what it clears is ever sent.

It is asked once per step: what the coach wants (or nothing, when the coach failed) against what is observed. It
answers with a verdict; it never raises. Default is deny; a stop always passes; stops latch until the end of the
session; rates are shaped, a request above a cap is not trimmed but taken as proof that the coach is broken.
"""

from __future__ import annotations

from treadcoach.motion import (
    FLAT,
    STANDSTILL,
    Movement,
    Observation,
    Passport,
    Speed,
    SpeedGrid,
    Verb,
    after,
)
from treadcoach.safety import limits as limit
from treadcoach.safety import rules
from treadcoach.safety.clearance import Ask, Cleared, Intent, Verdict
from treadcoach.safety.limits import Limits
from treadcoach.safety.rules import RULES, Cause, Gravity
from treadcoach.safety.situation import Phase, Situation
from treadcoach.safety.steering import Order, Steering
from treadcoach.safety.stopping import Ladder

# A target that was refused this often in a row is refused for good.
MAXIMUM_REFUSALS = 3


class Governor:
    """Reviews one session's wishes against the belt.

    Args:
        limits: What bounds the runner.
        passport: What is known of the machine.
        grid: The speeds it can be set to.
        now: Monotonic seconds; silence is counted from here.
    """

    def __init__(self, limits: Limits, passport: Passport, grid: SpeedGrid, now: float = 0.0) -> None:
        self._limits = limits
        self._passport = passport
        self._grid = grid
        self._s = Situation(limits, grid, now)
        self._ladder = Ladder(passport, now, now)  # of the current stop, or of the last
        self._latched: Cause | None = None
        self._announced = Movement.STAND  # what the runner has been asked to get ready for
        # When they said that they are, and for what; good for one start.
        self._word: tuple[float, Movement] | None = None
        self._zero_at = float("-inf")  # when a standing belt was last reported
        self._slowing_until = now
        self._slowest_since: float | None = None
        self._linger_s = 0.0
        self._steering = Steering(limits, grid, self._s, now)

    # ---- what others may know ------------------------------------------------------------------------------

    @property
    def latched(self) -> Cause | None:
        """Why this session has ended; the first grave cause stays."""
        return self._latched

    @property
    def rest_since(self) -> float | None:
        """Since when the belt has been seen at rest, with no stop still under way; ``None`` while it has not."""
        return self._s.rest_since if self._s.phase is Phase.REST else None

    @property
    def is_moving(self) -> bool:
        """Whether a start has led to motion and no stop has begun."""
        return self._s.phase is Phase.MOVING

    @property
    def is_stopping(self) -> bool:
        """Whether the ladder is being climbed."""
        return self._s.phase is Phase.STOPPING

    @property
    def is_tilted(self) -> bool:
        """Whether the deck is too steep to turn round on, as far as anybody knows."""
        return not self._s.is_deck_within(limit.TURN_MAXIMUM_INCLINE)

    def wake_at(self, now: float) -> float | None:
        """When the next review is due after the one at ``now``, at the latest."""
        s = self._s
        if s.phase is Phase.STOPPING:
            return self._ladder.wake_at
        if self._latched and s.phase is Phase.REST:
            return None
        times = [after(s.observed_at, limit.STALE_S + 0.001)]
        if s.phase is Phase.STARTING and s.started_at is not None:
            times.append(after(s.started_at, self._limits.start_timeout_s + 0.001))
        elif s.phase is Phase.SLOWING:
            times += [self._slowing_until, self._steering.next_write_at]
            if self._slowest_since is not None:
                times.append(after(self._slowest_since, self._linger_s))
        elif s.phase is Phase.MOVING:
            times += [after(s.observed_at, limit.FRESH_S + 0.001), self._steering.next_write_at]
            if s.voice_lost_at is not None:
                times.append(after(s.voice_lost_at, limit.VOICE_S))
        return min((time for time in times if time > now), default=None)

    # ---- what happened -------------------------------------------------------------------------------------

    def observe(self, observation: Observation, now: float) -> None:
        """A record with a speed came in."""
        s = self._s
        if not observation.speed:
            if now <= self._zero_at and not s.speed:
                return  # one that came twice is one: rest is believed when it was seen twice
            self._zero_at = now
        if s.phase is Phase.STARTING and observation.speed:
            s.phase = Phase.MOVING
            s.moving_since = self._steering.next_write_at = now
        s.observe(observation, now)
        if s.phase is Phase.STOPPING:
            self._ladder.observe(s.speed)

    def look(self, now: float) -> None:
        """Between two records of one moment: what the first one proves is not forgotten because of the second."""
        s = self._s
        if self._latched is None or s.phase is Phase.SLOWING:
            for cause, holds in RULES[s.phase]:
                if cause.gravity >= Gravity.STOP and holds(s, now):
                    self.demand(cause, now)

    def answered(self, verb: Verb, now: float, *, accepted: bool | None) -> None:
        """The machine took or refused a command; ``None``: it said nothing in time, and its belt will tell."""
        s = self._s
        if s.phase is Phase.STOPPING:
            self._ladder.answered(now, accepted=accepted, stands=s.has_moved and not s.speed)
        elif verb is Verb.START and accepted is False and s.phase is Phase.STARTING:
            self.demand(rules.START_REFUSED, now)
        self._steering.answered(verb, now, accepted=accepted)

    def target_changed(self, speed: Speed, now: float) -> None:
        """The machine says that its target is now ``speed``; ours are echoed, and some stream their ramps."""
        s = self._s
        if s.phase not in {Phase.MOVING, Phase.SLOWING}:
            return
        if speed > s.tolerated(now) + limit.NOTICEABLE:
            self.demand(rules.CONSOLE_OVERRIDE, now)
        elif 0 < speed < min(s.speed, s.target) - limit.NOTICEABLE:
            if self._steering.may_be_echo(speed, now):
                self._steering.hold_until = after(now, limit.SUSPECT_S)  # the belt will tell
            else:
                crossed = now - s.target_at < limit.CROSSING_S
                s.slowed_by_hand(speed, now)
                s.ceiling_is_unheard = crossed

    def stopped_at_machine(self, now: float) -> None:
        """The machine says that it was stopped or paused; it also says so of our own stops.

        Of a standing belt it says nothing new, unless somebody has just said that it may start.
        """
        if self._s.phase in {Phase.STARTING, Phase.MOVING, Phase.SLOWING} or self._word is not None:
            self.demand(rules.CONSOLE_STOP, now)

    def confirmed(self, now: float) -> None:
        """The runner says "ready", to what they have been asked. It does not come through the coach."""
        if self._s.phase is Phase.REST and self._announced is not Movement.STAND:
            self._word = (now, self._announced)

    def paused(self, now: float) -> None:
        """The runner says pause: no word of before starts a belt, and one that moves comes to rest, asked or not."""
        self._word = None
        if self._s.phase is not Phase.REST:
            self._slow_down(now)

    def late(self, lateness_s: float) -> None:
        """This step came ``lateness_s`` after the moment that was asked for, or after something happened."""
        self._s.lateness_s = max(self._s.lateness_s, lateness_s)

    def voice_lost(self, now: float) -> None:
        """The runner hears nothing any more."""
        if self._s.voice_lost_at is None:
            self._s.voice_lost_at = now

    def voice_restored(self) -> None:
        """The runner hears again."""
        self._s.voice_lost_at = None

    def slept(self, seconds: float, now: float) -> None:
        """The clock stood still this long: what was last seen is that much older."""
        self._s.observed_at -= seconds
        if seconds > limit.SUSPEND_S:
            self.demand(rules.SUSPENDED, now)

    def may_have_started(self, now: float) -> None:
        """Somebody else may have started the belt at any moment up to now: a standing one may be counting down."""
        self._s.started_at, self._s.has_moved = now, self._s.speed > 0

    def link_restored(self, now: float) -> None:
        """A new link: whatever was sent on the old one may never have arrived. Stop from the first rung."""
        if self._latched:
            self._begin_ladder(now)

    def demand(self, cause: Cause, now: float) -> None:
        """Stop, and stay stopped. Always obeyed; a second one writes stop again, it never resumes."""
        if self._latched is None or (cause.gravity > self._latched.gravity and not self._latched.by_runner):
            self._latched = cause
        if cause.hard:
            if self._s.phase is not Phase.STOPPING:
                self._begin_ladder(now)
            elif cause is rules.RUNNER_STOP:
                self._ladder.press()
        else:
            self._slow_down(now)

    # ---- the review ----------------------------------------------------------------------------------------

    def review(self, intent: Intent | None, now: float) -> Verdict:
        """Answer the coach's wish; ``None``, or what is no wish at all, is a coach that failed."""
        intent = intent if intent is None or _is_wish(intent) else None
        self._announced = intent.movement if intent and intent.ask is Ask.REST else Movement.STAND
        causes = self._findings(intent, now)
        for cause in causes:
            if cause.gravity >= Gravity.STOP:
                self.demand(cause, now)
        self._s.lateness_s = 0.0
        cleared = self._act(intent, causes, now)
        if self._s.phase is Phase.STOPPING and self._ladder.is_disobeyed:
            causes.append(rules.STOP_DISOBEYED)
            if self._latched is None:
                self._latched = rules.STOP_DISOBEYED
        if self._latched and self._latched not in causes:
            causes.insert(0, self._latched)
        gravity = max((cause.gravity for cause in causes), default=Gravity.PASS)
        return Verdict(gravity, tuple(causes), tuple(cleared))

    def _findings(self, intent: Intent | None, now: float) -> list[Cause]:
        s = self._s
        if s.phase is Phase.STOPPING:
            return []
        if self._latched and s.phase is Phase.REST:
            return [rules.UNEXPECTED_MOTION] if rules.unexpected_motion(s, now) else []
        causes = [cause for cause, holds in RULES[s.phase] if holds(s, now)]
        if self._latched:
            return causes
        if intent is None:
            causes.append(rules.COACH_LOST)
        elif self._asks_too_much(intent):
            causes.append(rules.OVER_CAP_REQUEST)
        elif intent.ask is Ask.STOP:
            causes.append(rules.PROGRAM_ENDED)
        if s.refusals >= MAXIMUM_REFUSALS:
            causes.append(rules.MACHINE_REFUSES)
        return causes

    def _asks_too_much(self, intent: Intent) -> bool:
        if intent.ask not in {Ask.START, Ask.MOVE}:
            return False
        s = self._s
        turned = s.phase is Phase.MOVING and intent.movement.facing is not s.movement.facing
        steep = not FLAT <= intent.incline <= self._limits.steepest(intent.movement, intent.speed)
        return turned or steep or not 0 < intent.speed <= self._limits.cap(intent.movement)

    def _act(self, intent: Intent | None, causes: list[Cause], now: float) -> list[Cleared]:
        match self._s.phase:
            case Phase.REST:
                return self._start(intent, causes, now) if intent and intent.ask is Ask.START else []
            case Phase.STARTING:
                if intent and intent.ask in {Ask.HALT, Ask.REST}:
                    self._begin_ladder(now)
                    return self._climb(now)
                return []
            case Phase.MOVING:
                return self._move(intent, causes, now)
            case Phase.SLOWING:
                return self._slow(now)
            case _:
                return self._climb(now)

    def _start(self, intent: Intent, causes: list[Cause], now: float) -> list[Cleared]:
        """One Start, on a belt that was seen standing, on the runner's fresh word."""
        s = self._s
        seen = s.rest_since is not None and s.is_new(now)
        rested = seen and s.rest_since is not None and now - s.rest_since >= limit.REST_S
        again = s.started_at is not None and now - s.started_at < limit.START_AGAIN_S
        too_fast = self._grid.minimum > min(limit.START_MAXIMUM, self._limits.cap(intent.movement))
        tilted = self._is_tilted(intent.movement)
        if self._latched or not rested or again or too_fast or tilted:
            causes.append(rules.TILTED if tilted and rested else rules.NOT_READY)
            return []
        said_at, meant = self._word or (None, Movement.STAND)
        is_young = said_at is not None and now - said_at <= limit.TOKEN_LIFETIME_S - limit.CLEARED_FOR_S
        if not is_young or meant is not intent.movement:
            causes.append(rules.TOKEN_EXPIRED)
            return []
        if s.voice_lost_at is not None and limit.cannot_see_console(intent.movement):
            causes.append(rules.VOICE_LOST)
            return []
        self._word = None
        goes_on = s.movement.facing is intent.movement.facing
        s.starts(intent.movement, now, limit.RESUME_HOLD_S if goes_on else self._limits.start_hold_s)
        self._steering.begin()
        return [Cleared(Verb.START, movement=intent.movement)]

    def _is_tilted(self, movement: Movement) -> bool:
        """Whether the deck is too steep for this, or nearly flat as it must be, where the runner has turned round."""
        s = self._s
        steepest = self._limits.steepest(movement, self._grid.minimum)
        if s.movement.facing not in {None, movement.facing}:
            steepest = min(steepest, limit.TURN_MAXIMUM_INCLINE)
        return not s.is_deck_within(steepest)

    def _move(self, intent: Intent | None, causes: list[Cause], now: float) -> list[Cleared]:
        if intent is None or intent.ask in {Ask.HALT, Ask.REST}:
            self._slow_down(now, intent.linger_s if intent else 0.0)
            return self._slow(now)
        if intent.ask is not Ask.MOVE:
            if now - self._s.moving_since <= limit.STALL_S:
                return []  # a coach may not have noticed yet
            self.demand(rules.COACH_LOST, now)
            return self._slow(now)
        held = any(cause.gravity is Gravity.HOLD for cause in causes)
        return self._clear(self._steering.move(intent, now, held=held))

    def _clear(self, order: Order | None, *, urgent: bool = False) -> list[Cleared]:
        """What the steering has decided becomes what may be sent."""
        return [Cleared(order.verb, order.value, urgent, self._s.movement)] if order else []

    # ---- stopping ------------------------------------------------------------------------------------------

    def _slow_down(self, now: float, linger_s: float = 0.0) -> None:
        """Begin a soft stop: down to the slowest speed at the level's rate, then the ladder's first rung."""
        s = self._s
        if s.phase in {Phase.REST, Phase.STARTING}:
            self._begin_ladder(now)
        if s.phase is not Phase.MOVING:
            return
        s.phase = Phase.SLOWING
        self._linger_s = linger_s
        self._slowest_since = None
        self._slowing_until = after(now, self._steering.seconds_down(max(s.speed, s.target)) + 3.0 + linger_s)

    def _slow(self, now: float) -> list[Cleared]:
        s = self._s
        if now >= self._slowing_until:
            self.demand(rules.SLOWING_MISSED, now)
            return self._climb(now)
        slowest = self._grid.minimum
        if s.target > slowest and s.speed >= slowest - limit.NOTICEABLE:
            # Urgent: a step down does not wait until an older word has been answered.
            return self._clear(self._steering.slow_down(now), urgent=True)
        if self._slowest_since is None and s.speed <= slowest + limit.NOTICEABLE:
            self._slowest_since = now
        if self._slowest_since is None or now < after(self._slowest_since, self._linger_s):
            return []
        self._begin_ladder(now)
        return self._climb(now)

    def _begin_ladder(self, now: float) -> None:
        s = self._s
        if s.phase is Phase.REST and s.rest_since is None:
            self.may_have_started(now)  # nobody knows yet what this belt was doing
        # A belt in its start-up countdown shows zeros and moves all the same: those zeros are no rest yet.
        believe_rest_at = now
        if not s.has_moved and s.started_at is not None:
            believe_rest_at = max(after(s.started_at, limit.START_TIMEOUT_S), after(now, limit.COUNTDOWN_S))
        s.phase = Phase.STOPPING
        self._ladder = Ladder(self._passport, now, believe_rest_at)
        self._steering.begin()

    def _climb(self, now: float) -> list[Cleared]:
        s, ladder = self._s, self._ladder
        if ladder.repeats():
            return [Cleared(Verb.STOP, urgent=True)]
        fresh = s.is_fresh(now)
        if fresh and ladder.sees_rest(now):
            if ladder.has_stopped:
                s.phase = Phase.REST
                s.target = STANDSTILL
                return []
            return [Cleared(ladder.finish(now), urgent=True)]
        known = s.is_new(now)
        if ladder.next_rung is Verb.SET_SPEED and fresh and not known and now >= ladder.wake_at:
            ladder.wait(now)  # for a record that is new enough for it
            return []
        rung = ladder.climb(now, s.speed, fresh=fresh)
        if rung is Verb.SET_SPEED:
            # Only for a belt that runs on: to one that stands, or comes down by itself, a target is a new start.
            if known and s.speed > self._grid.minimum + limit.NOTICEABLE and not ladder.creeps_down:
                return self._clear(self._steering.aim(self._grid.minimum, now, urgent=True), urgent=True)
            rung = Verb.STOP
        return [Cleared(rung, urgent=True)] if rung else []


def _is_wish(intent: object) -> bool:
    """Whether a wish is what it says it is; a broken coach may ask for anything."""
    match intent:
        case Intent(Ask(), Movement(), int(), int(), float() | int() as linger_s):
            return 0 <= linger_s <= limit.LINGER_S
        case _:
            return False
