"""Somebody on the belt: a heart that follows the effort, and the seconds a person needs to answer.

Effort is the ACSM walking equation, a third more backward (Wright & Weyand 2001; Rasica 2020). Not medicine: it makes
the numbers on a screen move as they would.
"""

from __future__ import annotations

import random

_REST_BPM = 70.0
_LAG_S = 35.0
_BACKWARD_FACTOR = 1.35
_BACKWARD_CADENCE = 1.1
_QUICKEST = 230.0  # steps a minute: a sprinter's; faster belts throw people off
_REST_ML = 3.5
USUAL_BPM = 185.0  # the fastest that the heart beats of somebody whose age nobody has told


class Runner:
    """One simulated person; the same seed gives the same person.

    Args:
        seed: Of everything that varies.
        maximum_bpm: The fastest that this heart beats.
        fitness_ml: Oxygen uptake at that, ml per kg and minute.
    """

    def __init__(self, seed: int = 0, maximum_bpm: float = USUAL_BPM, fitness_ml: float = 42.0) -> None:
        self._maximum_bpm, self._fitness_ml = maximum_bpm, fitness_ml
        self._random = random.Random(f"runner {seed}")
        self._bpm = _REST_BPM
        self.goes_backward = False

    def turn(self, backward: bool) -> None:  # noqa: FBT001 - the only thing there is to say of a turn
        """Face the other way."""
        self.goes_backward = backward

    @property
    def heart_rate(self) -> int:
        """In beats a minute."""
        return round(self._bpm)

    def advance(self, seconds: float, speed_kmh: float, incline_percent: float) -> None:
        """Let time pass at a speed."""
        metres_per_minute = speed_kmh * 1000 / 60
        effort = metres_per_minute * (0.1 + 1.8 * incline_percent / 100)
        effort *= _BACKWARD_FACTOR if self.goes_backward else 1.0
        share = min(1.0, effort / (self._fitness_ml - _REST_ML))
        wanted = _REST_BPM + (self._maximum_bpm - _REST_BPM) * share
        self._bpm += (wanted - self._bpm) * min(1.0, seconds / _LAG_S)

    def cadence(self, speed_kmh: float) -> float:
        """Steps a minute at a speed; none on a standing belt. Backward steps are shorter and quicker."""
        if speed_kmh <= 0:
            return 0.0
        return min(_QUICKEST, (70.0 + 12.0 * speed_kmh) * (_BACKWARD_CADENCE if self.goes_backward else 1.0))

    def reaction_s(self) -> float:
        """How long it takes to get onto the rails and say "ready"."""
        return round(self._random.uniform(1.0, 3.0), 3)
