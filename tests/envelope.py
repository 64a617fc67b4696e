"""The tables of the safety envelope (safety.md 4.1), for an oracle that knows the document and not the program.

Speeds are 0.01 km/h.
"""

from typing import Final, NamedTuple

LEVELS: Final = ("first", "novice", "intermediate", "advanced", "harness")

# 4.1: maxima by level, then the ceiling in code. "None" in the table is a cap of 0.
_SIDESTEP, _CROSSOVER = (0, 150, 200, 300, 300, 400), (0, 0, 150, 200, 200, 300)
CAPS: Final = {
    "backward": (200, 350, 600, 800, 1000, 1200),
    "forward": (500, 600, 1000, 1200, 1400, 1600),
    "sidestep_left": _SIDESTEP,
    "sidestep_right": _SIDESTEP,
    "crossover_left": _CROSSOVER,
    "crossover_right": _CROSSOVER,
}
RATES: Final = (20, 30, 50, 80, 80)  # 4.1 rate up, in 0.01 km/h per second; H-03 says "per level": any movement
STEPS: Final = (30, 50, 50, 50, 50)  # 4.1 largest single step
CEILING: Final = 1600  # 4.1 and H-11: no movement at all may be faster


class Terms(NamedTuple):
    """What a session is held to: the runner's level, and the machine's proven unit and speed grid (0.01 km/h)."""

    level: str
    unit_proven: bool
    minimum: int
    maximum: int
    increment: int


def level_of(terms: Terms) -> int:
    """The column of 4.1; without a proven unit never above novice (3.6: no passport, novice level)."""
    level = LEVELS.index(terms.level)
    return level if terms.unit_proven else min(level, 1)


def cap_of(terms: Terms, movement: str) -> int:
    """The fastest target that these terms allow for a movement; 0 for a movement the table does not know."""
    row = CAPS.get(movement, (0,) * 6)
    cap = min(row[level_of(terms)], row[5])
    if movement == "backward" and terms.increment > 50:
        cap = min(cap, row[1])  # H-28: increment > 0.5, backward speeds above novice refused
    if not terms.unit_proven:
        cap = cap * 100 // 161  # H-12: unit unproven, all caps / 1.61
    return cap
