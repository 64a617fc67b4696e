"""One small function per hazard. Each looks at the situation and answers whether it holds now.

Whether a stop is soft (a ramp down) or hard (the stop ladder at once) is a property of the cause: one column here.
The gravest cause wins. To add a rule: a cause, a function, a line in RULES, and its test.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import NamedTuple

from treadcoach.safety import limits as limit
from treadcoach.safety.limits import CEILINGS, cannot_see_console
from treadcoach.safety.situation import Phase, Situation


class Gravity(IntEnum):
    """What a cause does; the order is the precedence."""

    PASS = 0
    LIMIT = 1
    """Less than was asked for is cleared."""
    HOLD = 2
    """Nothing faster is cleared."""
    STOP = 3
    """The belt is stopped, and stays stopped."""
    ALARM = 4
    """It was told to stop and did not."""


class Cause(NamedTuple):
    """Why the governor restricts."""

    code: str
    gravity: Gravity
    hard: bool
    says: str
    """To the runner, at two metres: short, and what to do."""
    by_runner: bool = False
    """The runner's own wish, not a fault."""


_HARD, _SOFT = True, False

# What is told to the governor
RUNNER_STOP = Cause("runner-stop", Gravity.STOP, _HARD, "Stopping.", by_runner=True)
CONSOLE_STOP = Cause("console-stop", Gravity.STOP, _HARD, "Stopped at the console.", by_runner=True)
STOPPED_ELSEWHERE = Cause("stopped-elsewhere", Gravity.STOP, _HARD, "Stopped by another program.", by_runner=True)
PROGRAM_ENDED = Cause("coach-stop", Gravity.STOP, _SOFT, "The session ends here.", by_runner=True)
SAFETY_KEY = Cause("safety-key", Gravity.STOP, _HARD, "The safety key was pulled.")
CONTROL_LOST = Cause("control-lost", Gravity.STOP, _HARD, "The machine took control away. Stopping.")
LINK_LOST = Cause("link-lost", Gravity.ALARM, _HARD, "Link lost! Feet to the side rails, pull the key.")
SUSPENDED = Cause("suspended", Gravity.STOP, _HARD, "The computer slept. Stopping.")
FAULT = Cause("fault", Gravity.STOP, _HARD, "A fault in this program. Stopping.")
DEADMAN = Cause("deadman", Gravity.STOP, _HARD, "Nobody watched the belt: the deadman stopped it.")
DEADMAN_LOST = Cause("deadman-lost", Gravity.STOP, _SOFT, "The deadman is gone. Slowing to a stop.")
START_REFUSED = Cause("start-refused", Gravity.STOP, _HARD, "The machine refuses to start.")
CONSOLE_OVERRIDE = Cause("console-override", Gravity.STOP, _HARD, "Somebody set a faster speed. Stopping.")

# What the governor concludes from a request
COACH_LOST = Cause("coach-lost", Gravity.STOP, _SOFT, "The coach failed. Slowing to a stop.")
OVER_CAP_REQUEST = Cause("over-cap-request", Gravity.STOP, _SOFT, "The coach asked for too much. Slowing to a stop.")
NOT_READY = Cause("not-ready", Gravity.HOLD, _SOFT, "Waiting for the belt to be at rest.")
TILTED = Cause("tilted", Gravity.HOLD, _SOFT, "The deck is too steep to start on: bring it down at the console.")
TOKEN_EXPIRED = Cause("token-expired", Gravity.HOLD, _SOFT, "Say again that you are ready.")

# What follows from how a stop goes
STOP_DISOBEYED = Cause(
    "stop-disobeyed",
    Gravity.ALARM,
    _HARD,
    "The belt does not stop! Hold the rails, feet to the side rails, pull the key.",
)
SLOWING_MISSED = Cause("slowing-missed", Gravity.STOP, _HARD, "The belt does not slow down. Stopping.")
MACHINE_REFUSES = Cause("machine-refuses", Gravity.STOP, _SOFT, "The machine refuses the speed. Slowing to a stop.")

# What follows from the situation
OLD_DATA = Cause("old-data", Gravity.HOLD, _SOFT, "No news from the belt: nothing gets faster.")
STALE = Cause("stale", Gravity.ALARM, _HARD, "The belt's speed is unknown! Feet to the side rails, pull the key.")
STALLED = Cause("stalled", Gravity.STOP, _HARD, "This program was too slow to watch the belt. Stopping.")
OVER_CEILING = Cause("over-ceiling", Gravity.STOP, _HARD, "The belt is far too fast. Stopping.")
OVER_CAP = Cause("over-cap", Gravity.STOP, _HARD, "The belt is above your cap. Stopping.")
OVERSPEED = Cause("overspeed", Gravity.STOP, _HARD, "The belt is faster than asked. Stopping.")
MILES = Cause("miles", Gravity.STOP, _HARD, "The machine's km/h are miles. Stopping.")
CONSOLE_FASTER = Cause("console-faster", Gravity.STOP, _HARD, "The belt was made faster. Stopping.")
FROZEN = Cause("frozen", Gravity.STOP, _HARD, "The machine repeats itself: its speed is unknown. Stopping.")
UNEXPECTED_MOTION = Cause(
    "unexpected-motion",
    Gravity.ALARM,
    _HARD,
    "The belt moves by itself! Feet to the side rails, pull the key.",
)
NEVER_STARTED = Cause("never-started", Gravity.STOP, _HARD, "The belt did not start. Stopping.")
STOPPED_ITSELF = Cause("stopped-itself", Gravity.STOP, _HARD, "The belt stopped by itself.")
STEEP = Cause("steep", Gravity.STOP, _SOFT, "The deck is too steep to go this way. Slowing to a stop.")
VOICE_LOST = Cause("voice-lost", Gravity.HOLD, _SOFT, "The voice is gone: nothing gets faster.")
VOICE_MISSED = Cause("voice-missed", Gravity.STOP, _SOFT, "The voice stays away. Slowing to a stop.")
CONSOLE_SLOWER = Cause("console-slower", Gravity.LIMIT, _SOFT, "Slowed at the console: it stays that slow.")


def old_data(s: Situation, now: float) -> bool:
    """H-05, H-06: nothing gets faster on old news."""
    return s.age_s(now) > limit.FRESH_S


def stale(s: Situation, now: float) -> bool:
    """H-05, H-06: a speed we do not know is a speed we stop."""
    return s.age_s(now) > limit.STALE_S


def stalled(s: Situation, _now: float) -> bool:
    """H-33: this step came so late that nobody watched the belt."""
    return s.lateness_s > limit.STALL_S


def over_ceiling(s: Situation, _now: float) -> bool:
    """H-11: one record above any speed that is ever allowed is enough."""
    return s.speed > CEILINGS["forward"]


def over_cap(s: Situation, _now: float) -> bool:
    """H-11: above the cap for this facing in two records."""
    return s.over_cap_frames >= 2  # noqa: PLR2004


def overspeed(s: Situation, now: float) -> bool:
    """H-11, H-12: faster than any target that could explain it, for too long."""
    return s.over_target_since is not None and now - s.over_target_since >= limit.OVERSPEED_S


def miles(s: Situation, _now: float) -> bool:
    """H-12: a settled belt whose speed is the target in another unit; seen while it is still slow."""
    return s.miles_frames >= 2  # noqa: PLR2004


def console_faster(s: Situation, _now: float) -> bool:
    """H-17: somebody who cannot see the console is being made faster from it."""
    return s.faster_frames >= 2 and cannot_see_console(s.movement)  # noqa: PLR2004


def frozen(s: Situation, now: float) -> bool:
    """H-10: the target moved and the report did not, or the machine's clock stands while its belt runs."""
    unmoved = s.diverged_at is not None and now - s.diverged_at > limit.FROZEN_S
    return unmoved or s.clock_is_frozen(now)


def unexpected_motion(s: Situation, _now: float) -> bool:
    """H-18, H-21: a belt that should rest moves."""
    return s.speed > limit.NOTICEABLE


def never_started(s: Situation, now: float) -> bool:
    """H-21, H-22: the machine said yes to Start and nothing came of it."""
    return s.started_at is not None and now - s.started_at > s.limits.start_timeout_s


def stopped_itself(s: Situation, _now: float) -> bool:
    """H-18: a belt that should move stands: a key, a console, a fuse. It is not started again."""
    return s.is_at_rest()


def steep(s: Situation, _now: float) -> bool:
    """H-30: the deck was tilted by somebody, further than this level allows for this movement, or downhill."""
    return s.steep_frames >= 2  # noqa: PLR2004


def voice_lost(s: Situation, _now: float) -> bool:
    """H-26: whoever is not told of a change does not get one upward."""
    return s.voice_lost_at is not None


def voice_missed(s: Situation, now: float) -> bool:
    """H-26: somebody who cannot see the screen is not carried on in silence."""
    is_gone = s.voice_lost_at is not None and now - s.voice_lost_at >= limit.VOICE_S
    return is_gone and cannot_see_console(s.movement)


def console_slower(s: Situation, _now: float) -> bool:
    """H-16: the console wins; its speed is the ceiling until the runner confirms a start again."""
    return s.console_ceiling is not None


Check = Callable[[Situation, float], bool]

_ALWAYS = ((STALE, stale), (STALLED, stalled), (OVER_CEILING, over_ceiling))
_ON_THE_BELT = (
    *_ALWAYS,
    (OVER_CAP, over_cap),
    (OVERSPEED, overspeed),
    (CONSOLE_FASTER, console_faster),
    (STOPPED_ITSELF, stopped_itself),
)

# Which rules are asked in which phase. While stopping there is nothing left to conclude: the ladder watches itself.
RULES: dict[Phase, tuple[tuple[Cause, Check], ...]] = {
    Phase.REST: ((UNEXPECTED_MOTION, unexpected_motion), (STALE, stale), (STALLED, stalled)),
    Phase.STARTING: (*_ALWAYS, (NEVER_STARTED, never_started)),
    Phase.MOVING: (
        *_ON_THE_BELT,
        (MILES, miles),
        (FROZEN, frozen),
        (STEEP, steep),
        (VOICE_MISSED, voice_missed),
        (OLD_DATA, old_data),
        (VOICE_LOST, voice_lost),
        (CONSOLE_SLOWER, console_slower),
    ),
    Phase.SLOWING: _ON_THE_BELT,
    Phase.STOPPING: (),
}
