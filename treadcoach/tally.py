"""What was done: seconds and metres per facing, turns, maxima, time in zones. From fresh observations alone.

Metres are speed times time between two records; across a gap nothing is invented.
"""

from __future__ import annotations

from typing import NamedTuple

from treadcoach.motion import Facing, Observation, Speed

# Speed times time is believed between records that are this near; the freshness limit of the governor.
GAP_S = 1.5
_SECONDS_PER_HOUR = 3600
# Shares of the maximum heart rate where zones 1 to 5 begin.
ZONES = (50, 60, 70, 80, 90)


def zone(heart_rate_bpm: int | None, maximum_bpm: int | None) -> int | None:
    """The heart-rate zone, 1 to 5; 0 is below all of them; ``None`` where either number is unknown."""
    if not heart_rate_bpm or not maximum_bpm:
        return None
    return sum(heart_rate_bpm * 100 >= share * maximum_bpm for share in ZONES)


class Totals(NamedTuple):
    """What the summary holds."""

    seconds: dict[str, float]
    metres: dict[str, float]
    maximum_kmh: dict[str, float]
    seconds_in_zone: dict[str, float]
    turns: int


class Tally:
    """Adds up one session."""

    def __init__(self, maximum_bpm: int | None = None) -> None:
        self._maximum_bpm = maximum_bpm
        self._seconds = dict.fromkeys(Facing, 0.0)
        self._metres = dict.fromkeys(Facing, 0.0)
        self._fastest = dict.fromkeys(Facing, Speed(0))
        self._zones: dict[int, float] = {}
        self._before: tuple[float, Speed] | None = None
        self.distance_m = 0.0
        self.turns = 0

    @property
    def backward_m(self) -> float:
        """Metres gone backward."""
        return self._metres[Facing.BACKWARD]

    def observe(self, facing: Facing | None, observation: Observation, now: float) -> float:
        """Take one record; the metres since the last one."""
        before, self._before = self._before, (now, observation.speed)
        if before is None or now - before[0] > GAP_S:
            return 0.0
        seconds = now - before[0]
        metres = (before[1] + observation.speed) / 2 / 100 / _SECONDS_PER_HOUR * 1000 * seconds
        self.distance_m += metres
        if facing is not None and (before[1] or observation.speed):
            self._seconds[facing] += seconds
            self._metres[facing] += metres
            self._fastest[facing] = max(self._fastest[facing], observation.speed)
        current = zone(observation.heart_rate_bpm, self._maximum_bpm)
        if current is not None:
            self._zones[current] = self._zones.get(current, 0.0) + seconds
        return metres

    def totals(self) -> Totals:
        """The sums, rounded as a summary shows them."""
        return Totals(
            seconds={facing.value: round(value, 1) for facing, value in self._seconds.items()},
            metres={facing.value: round(value, 1) for facing, value in self._metres.items()},
            maximum_kmh={facing.value: value.kmh for facing, value in self._fastest.items()},
            seconds_in_zone={str(number): round(value, 1) for number, value in sorted(self._zones.items())},
            turns=self.turns,
        )
