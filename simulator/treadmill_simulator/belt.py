"""The physics of a belt: a target becomes a speed over time. Exact for any step, so time may pass in any portions."""

from __future__ import annotations


class Belt:
    """A belt with a motor. Speeds are km/h, rates km/h per second.

    Args:
        rate_up: How fast it gets faster.
        rate_down: How fast it gets slower, on a lower target or a stop.
        creep: How fast the true speed drifts above the target while it runs; 0 on a sound machine.
    """

    def __init__(self, rate_up: float, rate_down: float, creep: float = 0.0) -> None:
        self._rate_up = rate_up
        self._rate_down = rate_down
        self._creep = creep
        self._drift = 0.0
        self.target = 0.0
        self.speed = 0.0
        self.distance_m = 0.0

    def change(self, rate_up: float, rate_down: float, creep: float) -> None:
        """Behave differently from now on."""
        self._rate_up, self._rate_down, self._creep = rate_up, rate_down, creep

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        if not self.target:
            self._drift = 0.0
        elif self._creep:
            self._drift += self._creep * seconds
        target = self.target + self._drift
        if target != self.speed:
            seconds = self._approach(target, seconds)
        self.distance_m += self.speed / 3.6 * seconds

    def _approach(self, target: float, seconds: float) -> float:
        """Change speed toward ``target``; the seconds left once it is reached."""
        rate = self._rate_up if target > self.speed else self._rate_down
        needed = abs(target - self.speed) / rate
        if needed <= seconds:
            self.distance_m += (self.speed + target) / 2 / 3.6 * needed
            self.speed = target
            return seconds - needed
        before = self.speed
        self.speed += rate * seconds if target > before else -rate * seconds
        self.distance_m += (before + self.speed) / 2 / 3.6 * seconds
        return 0.0
