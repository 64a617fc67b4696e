"""`make edits`: every edit of one character of every shipped program, and what becomes of it.

It is refused, or what it says is inside the envelope as the oracle knows it. Nothing else, and no exception.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from envelope import CEILING, Terms, cap_of

from treadcoach.errors import ProfileError
from treadcoach.motion import Machine
from treadcoach.preflight import Plan, plan
from treadcoach.program.reader import load

PROFILES = sorted((Path(__file__).parent.parent / "profiles").glob("*.yaml"))
DIGITS = "0123456789.-"
OTHERS = " :#{}[]&*!|>'\"%@,\n\teExnkmhis\0\ufeff"


def edits(text: str, places: Iterator[int] | range, characters: str) -> Iterator[str]:
    """Each place left out, replaced and added to."""
    for at in places:
        yield text[:at] + text[at + 1 :]
        for character in characters:
            yield text[:at] + character + text[at:]
            if text[at] != character:
                yield text[:at] + character + text[at + 1 :]


def outcome(text: str) -> str:
    """``refused``, ``inside``, or what is wrong with it."""
    try:
        laid_out = plan(load(text, "edited.yaml"), None, Machine())
    except ProfileError:
        return "refused"
    if not laid_out.is_clear:
        return "refused"
    return inside(laid_out) or "inside"


def inside(laid_out: Plan) -> str | None:
    """What of a plan is outside the envelope, if anything is."""
    grid = laid_out.machine.grid
    terms = Terms(str(laid_out.limits.level), True, grid.minimum, grid.maximum, grid.increment)
    for segment in laid_out.timeline.segments:
        cap = 0 if segment.is_stand else cap_of(terms, str(segment.movement))
        if segment.peak > min(cap, CEILING):
            return f"{segment} is above {cap}"
    return None


def _all_of(path: Path) -> Counter[str]:
    text = path.read_text()
    return Counter(outcome(edited) for edited in edits(text, range(len(text)), DIGITS + OTHERS))


def main() -> int:
    found: Counter[str] = Counter()
    with ProcessPoolExecutor() as processes:
        for path, counted in zip(PROFILES, processes.map(_all_of, PROFILES), strict=True):
            print(f"{path.name}: {dict(counted)}", flush=True)
            found += counted
    return 0 if set(found) <= {"refused", "inside"} else 1


if __name__ == "__main__":
    sys.exit(main())
