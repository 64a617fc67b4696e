"""A first draft of a profile from a few wishes: text with comments, for somebody to go on with. Pure.

A warm-up forward, a turn, rounds of easy and work backward, rests where the level wants them, the way back. It aims
at the wished minutes; whether it may be run is for the pre-flight to say, as with any other profile.
"""

from __future__ import annotations

from typing import NamedTuple

from treadcoach.motion import Level
from treadcoach.program.quantities import clock
from treadcoach.safety.limits import LEVELS, Limits

# The belt rests this long between bouts; long enough to count as a rest.
_REST_STAND_S = 30
# Of the whole, for the warm-up, and as much for the way back; not shorter or longer than this.
_WARM_UP_SHARE, _WARM_UP_S = 0.15, (60, 240)


class Wishes(NamedTuple):
    """What somebody wants."""

    name: str
    level: Level
    goal: str
    minutes: float
    work_s: float
    rest_s: float
    units: str
    """``km/h`` or ``mph``."""


class _Speeds(NamedTuple):
    warm_up: str
    easy: str
    work: str
    way_back: str


# Well inside each level's caps, in the halves that every machine has.
_SPEEDS = {
    "km/h": {
        Level.FIRST: _Speeds("2.5", "1.0", "1.5", "2.0"),
        Level.NOVICE: _Speeds("3.0", "2.0", "3.0", "2.5"),
        Level.INTERMEDIATE: _Speeds("4.5", "3.0", "4.5", "3.0"),
        Level.ADVANCED: _Speeds("5.0", "3.0", "6.0", "3.0"),
        Level.HARNESS: _Speeds("5.0", "3.0", "7.0", "3.0"),
    },
    "mph": {
        Level.FIRST: _Speeds("1.5", "0.5", "1.0", "1.0"),
        Level.NOVICE: _Speeds("2.0", "1.0", "1.5", "1.5"),
        Level.INTERMEDIATE: _Speeds("3.0", "2.0", "3.0", "2.0"),
        Level.ADVANCED: _Speeds("3.0", "2.0", "4.0", "2.0"),
        Level.HARNESS: _Speeds("3.0", "2.5", "4.5", "2.0"),
    },
}
# Of the maximum heart rate, while working; guidance for somebody who wears a strap.
_BANDS = {
    Level.FIRST: "45-65 %",
    Level.NOVICE: "60-75 %",
    Level.INTERMEDIATE: "65-80 %",
    Level.ADVANCED: "75-90 %",
    Level.HARNESS: "75-90 %",
}
# What `treadcoach new` proposes: the shape of the shipped programs of that level.
PROPOSALS = {
    Level.FIRST: (8, "30 s / 30 s", "Learn where my feet go"),
    Level.NOVICE: (15, "30 s / 1 min", "First intervals"),
    Level.INTERMEDIATE: (24, "30 s / 90 s", "Toward running"),
    Level.ADVANCED: (30, "30 s / 1 min", "Short fast bursts"),
    Level.HARNESS: (30, "30 s / 1 min", "Short fast bursts, in a harness"),
}


class _Shape(NamedTuple):
    """How the rounds are laid out."""

    bouts: int
    rounds: int
    """In each bout."""
    warm_up_s: int
    way_back_s: int


def draft(wishes: Wishes, modeline: str) -> str:
    """A profile as text.

    Args:
        wishes: What it should be like.
        modeline: Its first line, by which an editor finds the schema.
    """
    speeds = _SPEEDS[wishes.units][wishes.level]
    limits = LEVELS[wishes.level]
    shape = _shape(wishes, limits)
    turn = f"{limits.turn_stand_s:g} s"
    lines = [
        modeline,
        f"# Drafted for the {wishes.level} level. Change anything, then run `treadcoach check` on it:",
        "# it says what the runner will feel, and everything that is not allowed.",
        "profile: 1",
        f"name: {wishes.name}",
        f"level: {wishes.level} # the lower of this and the runner's own counts",
        f"units: {wishes.units} # what a bare number of speed means",
        f"goal: {_quoted(wishes.goal)}",
        "steps:",
        "  - stand: 30 s # the belt rests; get ready",
        "    cue: Key clipped, cord tested, both hands near the rails",
        f"  - forward: {speeds.warm_up}",
        f"    for: {_time(shape.warm_up_s)}",
        "    cue: Stand tall, easy arms",
        f"  - stand: {turn} # turn round; facing changes only on a standing belt",
        "    cue: Turn on the rails; eyes on one point at head height",
        *_rounds(wishes, speeds, shape),
        f"  - stand: {turn} # turn back",
        "    cue: Turn on the rails, face the console",
        f"  - forward: {speeds.way_back}",
        f"    for: {_time(shape.way_back_s)}",
        "    cue: Easy walk",
        "  - stand: 30 s",
    ]
    return "\n".join(lines) + "\n"


def _rounds(wishes: Wishes, speeds: _Speeds, shape: _Shape) -> list[str]:
    """Easy, then work: after a start the easy part is the way to the speed."""
    body = [
        f"- backward: {speeds.easy} # easy; the way up from the start is part of it",
        f"  for: {_time(wishes.rest_s)}",
        "  cue: Small steps, ball of the foot first",
        f"- backward: {speeds.work} # work",
        f"  for: {_time(wishes.work_s)}",
        f"  heart_rate: {_BANDS[wishes.level]} # of the maximum; it only ever slows you down",
        "  cue: Quicker feet, same length",
    ]
    if shape.rounds > 1 or shape.bouts == 1:
        body = _repeated(shape.rounds, body)
    if shape.bouts > 1:
        rest = [f"- stand: {_REST_STAND_S} s # a rest between two bouts", "  cue: Breathe, shake your calves"]
        body = _repeated(shape.bouts, [*body, *rest])
    return [f"  {line}" for line in body]


def _repeated(times: int, body: list[str]) -> list[str]:
    return [f"- repeat: {times}", "  steps:", *(f"    {line}" for line in body)]


def _shape(wishes: Wishes, limits: Limits) -> _Shape:
    """As many rounds as fit into the time and the level's dose; what is left is walked forward."""
    total_s = wishes.minutes * 60
    shortest, longest = _WARM_UP_S
    walk_s = min(longest, max(shortest, round(total_s * _WARM_UP_SHARE / 10) * 10))
    round_s = wishes.work_s + wishes.rest_s
    dose = limits.dose
    rounds_in_a_bout = max(1, int(dose.bout_s // round_s))
    left_s = total_s - 60 - 2 * limits.turn_stand_s - 2 * walk_s
    rounds = max(1, int(min(left_s, dose.backward_s) // round_s))
    bouts = -(-rounds // rounds_in_a_bout)
    while bouts > 1 and rounds > 1 and rounds * round_s + bouts * _REST_STAND_S > left_s:
        rounds -= 1
        bouts = -(-rounds // rounds_in_a_bout)
    per_bout = rounds // bouts
    spent_s = bouts * per_bout * round_s + (bouts * _REST_STAND_S if bouts > 1 else 0)
    spare_s = max(0, left_s - spent_s)
    warm_up_s = walk_s + int(spare_s / 20) * 10  # in whole tens; the way back has what is left
    return _Shape(bouts, per_bout, warm_up_s, round(2 * walk_s + spare_s) - warm_up_s)


def _time(seconds: float) -> str:
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min" if minutes and not rest else f"{whole} s" if minutes < 2 else clock(whole)  # noqa: PLR2004


def _quoted(text: str) -> str:
    """A text that YAML reads as this text."""
    plain = text[:1].isalpha() and all(character.isalnum() or character in " ,.;/()-" for character in text)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return text if plain and text == text.strip() else f'"{escaped}"'
