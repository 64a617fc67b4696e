"""When "yes" is meant: it is one press, after the question. Pure.

A key that is held down, or leaned on, is heard again and again; whoever holds it has not read what is asked of them
meanwhile. A belt starts for a person who has.
"""

from __future__ import annotations

from math import inf

from treadcoach.motion import after

APART_S = 1.0
"""A keyboard repeats a held key sooner than this, the first time as well (after 0.25 to 1 s, by its settings)."""
REACTION_S = 1.0
"""Nobody hears a question, and answers it, sooner."""

ONCE_MORE = "let go for a second, then confirm once more"


class Presses:
    """Tells one press from a key that is held."""

    def __init__(self) -> None:
        self._pressed_at = -inf

    def is_fresh(self, now: float) -> bool:
        """Take a press, and say whether it is one of its own. One that is not goes on holding."""
        earliest, self._pressed_at = after(self._pressed_at, APART_S), now
        return now >= earliest


class Assent:
    """Tells the answer to the question of now from a press that was meant for an earlier one, or is held."""

    def __init__(self) -> None:
        self._presses = Presses()
        self._asked_at: float | None = None
        self._owes_a_word = False

    def ask(self, now: float) -> None:
        """A question begins."""
        self._asked_at = now
        self._owes_a_word = True

    def is_meant(self, now: float) -> bool:
        """Take a press, and say whether it is the answer. There is one to a question."""
        is_fresh = self._presses.is_fresh(now)
        if self._asked_at is None or not is_fresh or now < after(self._asked_at, REACTION_S):
            return False
        self._asked_at = None
        return True

    def is_puzzling(self) -> bool:
        """Whether somebody waits for what their press did, and has not been told: once to a question."""
        is_puzzling, self._owes_a_word = self._owes_a_word and self._asked_at is not None, False
        return is_puzzling
