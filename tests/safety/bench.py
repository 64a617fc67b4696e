"""A governor on a test bench: a belt of one line, no wire, no coach; the time is whatever the test says."""

from __future__ import annotations

from treadcoach.motion import COMMON_GRID, Incline, Level, Movement, Observation, Passport, Speed, SpeedGrid, Verb
from treadcoach.safety.clearance import Ask, Cleared, Intent, Verdict
from treadcoach.safety.governor import Governor
from treadcoach.safety.limits import LEVELS, Limits

BACKWARD = Movement.BACKWARD


class Bench:
    """Drives one governor; keeps everything it cleared, with its time."""

    def __init__(
        self,
        limits: Limits = LEVELS[Level.NOVICE],
        grid: SpeedGrid = COMMON_GRID,
        passport: Passport = Passport(unit_proven=True),  # noqa: B008 - an immutable value
    ) -> None:
        self.governor = Governor(limits, passport, grid)
        self.grid = grid
        self.now = 0.0
        self.speed = Speed(0)
        self.target = Speed(0)
        self.running = False
        self.obeys_stop = True
        self.reports = True
        self.answers = True
        self.sent: list[tuple[float, Cleared]] = []
        self.verdict: Verdict | None = None

    def review(self, intent: Intent | None) -> Verdict:
        """One review, obeyed and answered at once."""
        self.verdict = self.governor.review(intent, self.now)
        for cleared in self.verdict.cleared:
            self.sent.append((self.now, cleared))
            self._obey(cleared)
            self.governor.answered(cleared.verb, self.now, accepted=True if self.answers else None)
        return self.verdict

    def run(self, seconds: float, intent: Intent | None, step: float = 1.0) -> Verdict:
        """Let time pass with a record each step; the last verdict."""
        end = self.now + seconds
        verdict = self.review(intent)
        while self.now < end - 1e-9:
            self.now = round(self.now + step, 3)
            if self.running:
                self.speed = self.target
            if self.reports:
                self.governor.observe(Observation(self.speed), self.now)
            verdict = self.review(intent)
        return verdict

    def start(self, movement: Movement = BACKWARD) -> None:
        """From rest to a belt at its minimum."""
        self.run(5.0, Intent(Ask.REST))
        self.review(self.ready(movement))
        self.run(1.0, Intent(Ask.START, movement, self.grid.minimum))
        assert self.governor.is_moving

    def ready(self, movement: Movement = BACKWARD) -> Intent:
        """The runner is asked, and says that they are ready; the coach's wish that follows from it."""
        self.review(Intent(Ask.REST, movement))
        self.governor.confirmed(self.now)
        return Intent(Ask.START, movement, self.grid.minimum)

    def at(self, kmh: float, movement: Movement = BACKWARD) -> None:
        """From rest to a steady speed."""
        self.start(movement)
        self.run(60.0, self.move(kmh, movement))
        assert self.speed == Speed.from_kmh(kmh)

    @staticmethod
    def move(kmh: float, movement: Movement = BACKWARD, incline: float = 0.0) -> Intent:
        """The coach wants this."""
        return Intent(Ask.MOVE, movement, Speed.from_kmh(kmh), Incline.from_percent(incline))

    @property
    def verbs(self) -> list[Verb]:
        """What was sent, in order."""
        return [cleared.verb for _, cleared in self.sent]

    @property
    def targets(self) -> list[tuple[float, int]]:
        """Times and values of the targets sent."""
        return [(at, cleared.value or 0) for at, cleared in self.sent if cleared.verb is Verb.SET_SPEED]

    @property
    def codes(self) -> list[str]:
        """Of the last verdict."""
        assert self.verdict is not None
        return [cause.code for cause in self.verdict.causes]

    def _obey(self, cleared: Cleared) -> None:
        match cleared.verb:
            case Verb.START:
                self.running, self.target = True, self.grid.minimum
            case Verb.SET_SPEED:
                self.target = Speed(cleared.value or 0)
            case Verb.STOP | Verb.PAUSE | Verb.RESET if self.obeys_stop:
                self.running, self.target, self.speed = False, Speed(0), Speed(0)
