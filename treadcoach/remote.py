"""What is obeyed of what comes over a network: `stop` and `pause`, fresh and well formed. All else is counted. Pure.

A stop here is the runner's stop. Nothing that starts a belt, or makes it faster, has a word.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from datetime import UTC, datetime
from enum import StrEnum

from treadcoach.events import Pressed

MAX_BYTES = 256
STALE_S = 2.0
# The same word again within this long is the same wish: a flood of stops is one stop, and then another.
AGAIN_S = 0.5

_WORDS = {"stop": Pressed.STOP, "pause": Pressed.PAUSE}


class Ignored(StrEnum):
    """Why something was not obeyed."""

    RETAINED = "retained"
    """The broker kept it: it is of another day."""
    OVERSIZED = "oversized"
    MALFORMED = "malformed"
    UNKNOWN = "unknown"
    """A word, but none of the two."""
    STALE = "stale"
    """It says itself that it is older than two seconds."""
    REPEATED = "repeated"


def meant(payload: bytes, *, retained: bool, now: datetime) -> Pressed | Ignored:
    """What a message asks for.

    Args:
        payload: `stop`, `pause`, or either as JSON, `{"command": …, "ts": …}`; `ts` is ISO 8601 with its offset, or
            seconds since 1970. A word of the future is taken: a stop is never the wrong side.
        retained: Whether the broker had kept it.
        now: By the wall clock.
    """
    if retained:
        return Ignored.RETAINED
    if len(payload) > MAX_BYTES:
        return Ignored.OVERSIZED
    try:
        text = payload.decode()
        word, sent_at = _from_json(text) if text.startswith("{") else (text, None)
    except (ValueError, TypeError, LookupError, ArithmeticError, OSError, RecursionError):
        return Ignored.MALFORMED
    if word not in _WORDS:
        return Ignored.UNKNOWN
    if sent_at is not None and (now - sent_at).total_seconds() > STALE_S:
        return Ignored.STALE
    return _WORDS[word]


class Gate:
    """Lets words through, each of them not too often; counts the rest."""

    def __init__(self) -> None:
        self.ignored: Counter[Ignored] = Counter()
        self._passed_at: dict[Pressed, float] = {}

    def judge(self, payload: bytes, *, retained: bool, now: datetime, at: float) -> Pressed | Ignored:
        """As `meant`; ``at`` is monotonic seconds."""
        found = meant(payload, retained=retained, now=now)
        if isinstance(found, Pressed):
            if at - self._passed_at.get(found, -math.inf) >= AGAIN_S:
                self._passed_at[found] = at
                return found
            found = Ignored.REPEATED
        self.ignored[found] += 1
        return found


def _from_json(text: str) -> tuple[str, datetime | None]:
    said = json.loads(text, object_pairs_hook=_without_twins)
    word, ts = said["command"], said.get("ts")
    if not isinstance(word, str):
        raise TypeError("a command is a word")
    return word, None if ts is None else _moment(ts)


def _without_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("the same key twice means nothing")
    return dict(pairs)


def moment_of(ts: str) -> datetime:
    """The moment that ISO 8601 with an offset means.

    Raises:
        ValueError: it is none.
    """
    moment = datetime.fromisoformat(ts)
    if moment.tzinfo is None:
        raise ValueError("a time without its offset is no moment")
    return moment


def _moment(ts: object) -> datetime:
    if isinstance(ts, str):
        return moment_of(ts)
    if isinstance(ts, bool) or not isinstance(ts, int | float) or not math.isfinite(ts):
        raise TypeError("neither a text nor a number")
    return datetime.fromtimestamp(ts, UTC)
