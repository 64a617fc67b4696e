"""The stop ladder: the next rung until the observed speed falls. Never gives up, and never starts a belt.

"Stop" is not a reliable verb: real machines refuse it while moving, want Pause first, answer "success" and go on. So
a stop is not a write but this: a rung, a look at the belt, the next rung. Default order: Stop, Pause (and Stop again
at the first standstill), slowest speed, Reset; then from the top.
"""

from __future__ import annotations

from treadcoach.motion import Passport, Speed, Verb, after
from treadcoach.safety.limits import NOTICEABLE

# After an answer the belt has this long to show that it falls: two records and a little.
VERIFY_S = 2.5
# Without an answer the next rung follows this long after the write: four rungs fit into eight seconds.
RUNG_S = 2.6
# … and this long, seconds, after it began every one of them has been tried.
LADDER_S = 8.0
# From then on they are repeated this often.
REPEAT_S = 2.0
# A rung that needs a new record waits for it in such steps.
WAIT_S = 0.2

_STOP_FIRST = (Verb.STOP, Verb.PAUSE, Verb.SET_SPEED, Verb.RESET)
_PAUSE_FIRST = (Verb.PAUSE, Verb.STOP, Verb.SET_SPEED, Verb.RESET)


class Ladder:
    """One stop, from its first rung to the standing belt."""

    def __init__(self, passport: Passport, now: float, believe_rest_at: float) -> None:
        self._order = _PAUSE_FIRST if passport.pause_before_stop else _STOP_FIRST
        self._believe_rest_at = believe_rest_at
        self._climbed = 0
        self._last: Verb | None = None
        self._peak = Speed(0)  # since the last look
        self._peak_before = Speed(0)  # between the two looks before
        self.creeps_down = False
        """The belt falls, if too slowly to be seen from one look to the next."""
        self._spoke_into_silence = False  # the last rung may never have arrived
        self._zeros = 0
        self.wake_at = now
        self.is_disobeyed = False
        """Whether the first rung was not enough."""
        self._pressed = False

    @property
    def has_stopped(self) -> bool:
        """Whether the last rung was Stop itself (after anything else it has to follow at the first standstill)."""
        return self._last is Verb.STOP

    def sees_rest(self, now: float) -> bool:
        """Whether the belt was seen standing twice since the first rung."""
        return self._climbed > 0 and self._zeros >= 2 and now >= self._believe_rest_at  # noqa: PLR2004

    def observe(self, speed: Speed) -> None:
        """A fresh speed; some belts run a little faster before they fall, so the fall counts from the peak.

        Of a machine that was silent it is also a sign that it hears again, and a belt that stood may move once more:
        in both cases Stop is written again at once.
        """
        if self._spoke_into_silence or (speed and self._zeros):
            self._spoke_into_silence = False
            self.press()
        self._peak = max(self._peak, speed)
        self._zeros = 0 if speed else self._zeros + 1

    @property
    def next_rung(self) -> Verb:
        """What comes next. Each round begins one rung later: who listens only now and then hears all of them."""
        return self._order[(self._climbed + self._climbed // len(self._order)) % len(self._order)]

    def wait(self, now: float) -> None:
        """Not yet, but soon."""
        self.wake_at = after(now, WAIT_S)

    def press(self) -> None:
        """The runner said stop once more: it is written once more, and the ladder goes on as it was going."""
        self._pressed = True

    def repeats(self) -> bool:
        """Whether a stop is to be written once more now."""
        pressed, self._pressed = self._pressed and self._climbed > 0, False
        return pressed

    def climb(self, now: float, speed: Speed, *, fresh: bool) -> Verb | None:
        """The next rung, when its time has come and ``speed`` has not fallen since the last one."""
        if now < self.wake_at:
            return None
        falls = speed <= self._peak - NOTICEABLE
        if self._climbed and fresh and (falls or not speed):
            self._peak_before, self._peak = self._peak, speed
            self.wake_at = after(now, VERIFY_S)
            return None
        self.creeps_down = fresh and speed <= self._peak_before - NOTICEABLE
        self._spoke_into_silence = not fresh
        rung = self._last = self.next_rung
        self.is_disobeyed = self.is_disobeyed or self._climbed > 0
        self._climbed += 1
        self._peak_before, self._peak = self._peak, speed
        self.wake_at = after(now, RUNG_S if self._climbed < len(self._order) else REPEAT_S)
        return rung

    def finish(self, now: float) -> Verb:
        """The belt stands after something else than Stop: Stop is what makes it final."""
        self._climbed = self._order.index(Verb.STOP) + 1
        self._last = Verb.STOP
        self.wake_at = after(now, RUNG_S)
        return Verb.STOP

    def answered(self, now: float, *, accepted: bool | None, stands: bool) -> None:
        """The machine answered the last rung.

        A refusal brings the next rung at once, unless the belt stands: then there was nothing to stop. Once every
        rung has been refused they are repeated in their own time. Without an answer it may never have arrived, and a
        belt that does not move yet may be about to: Stop is written once more.
        """
        if accepted:
            self.wake_at = min(self.wake_at, after(now, VERIFY_S))
        elif accepted is False and not stands and self._climbed < len(self._order):
            self.wake_at = min(self.wake_at, now)
        elif accepted is None and not stands:
            self.press()
