"""Named machines: the well-behaved one, and misbehaviours that real ones have shown. Data only."""

from __future__ import annotations

from typing import NamedTuple

from treadcoach.motion import Passport, Speed, SpeedGrid


class Character(NamedTuple):
    """How one machine behaves. Rates are km/h per second, times seconds."""

    name: str
    about: str
    minimum_kmh: float = 0.8
    maximum_kmh: float = 16.0
    increment_kmh: float = 0.1
    maximum_incline_percent: float = 12.0
    countdown_s: float = 3.1
    """From Start to the first motion, as measured on walking pads."""
    rate_up: float = 0.8
    rate_down: float = 0.8
    period_s: float = 1.0
    """Between Treadmill Data records."""
    jitter_s: float = 0.03
    latency_s: float = 0.05
    """From a write to its indication."""
    ignores_stop: bool = False
    """Stop and Pause are answered with success and do nothing."""
    stop_needs_pause: bool = False
    """Stop is refused while the belt moves; Pause works."""
    start_toggles: bool = False
    """Start on a running belt pauses it."""
    takes_mph: bool = False
    """A target in the km/h field is taken as miles per hour; the report is honest."""
    remembers_speed: bool = False
    """Start goes straight back to the last target."""
    freezes_after_s: float | None = None
    """After the belt has run this long the records repeat the last one."""
    creep: float = 0.0
    """km/h per second that the belt gains by itself while it runs."""

    @property
    def grid(self) -> SpeedGrid:
        """The settable speeds."""
        numbers = (self.minimum_kmh, self.maximum_kmh, self.increment_kmh)
        return SpeedGrid(*map(Speed.from_kmh, numbers))

    @property
    def passport(self) -> Passport:
        """What a careful check of this machine with nobody on it would have found.

        It finds what a machine does to Stop; it does not find what only shows later, or was hidden from the check.
        """
        return Passport(
            name=f"simulated {self.name}",
            unit_proven=True,
            pause_before_stop=self.stop_needs_pause,
            simulated=True,
        )


CHARACTERS = {
    character.name: character
    for character in (
        Character("well-behaved", "does what the specification says"),
        Character("ignores-stop", "answers Stop with success and keeps running", ignores_stop=True),
        Character("pause-first", "refuses Stop while moving; wants Pause before it", stop_needs_pause=True),
        Character("start-toggles", "takes Start on a running belt as pause", start_toggles=True),
        Character("takes-mph", "takes the km/h of a target as miles", takes_mph=True),
        Character("remembers-speed", "goes straight back to the old speed on Start", remembers_speed=True),
        Character("freezes", "repeats its last record after two minutes of running", freezes_after_s=120.0),
        Character("creeps", "gains speed by itself", creep=0.02),
        Character("coarse", "can be set in steps of 0.5 km/h only", minimum_kmh=1.0, increment_kmh=0.5),
    )
}
