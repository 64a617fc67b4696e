"""What a key means while a session runs: any stops, except the few that are named."""

from __future__ import annotations

from treadcoach.events import Pressed

KEYS = {
    "enter": Pressed.CONFIRM,
    "p": Pressed.PAUSE,
    "n": Pressed.SKIP,
    "b": Pressed.BACK,
    "x": Pressed.EXTEND,
    "minus": Pressed.SLOWER,
    "plus": Pressed.FASTER,
    "equals_sign": Pressed.FASTER,  # the same key without Shift
    "e": Pressed.EASIER,
}
HELP = "question_mark"
LEAVE = {"ctrl+c", "ctrl+q"}
"""These stop as well, and then leave without a word."""

NAMED = (
    ("any key", "STOP"),
    ("p", "pause"),
    ("n", "next"),
    ("b", "back"),
    ("x", "+30 s"),
    ("-", "slower"),
    ("+", "faster"),
    ("e", "easier"),
    ("?", "help"),
)
"""For the footer."""


def meaning(key: str) -> Pressed:
    """What the runner says with a key or a click."""
    return KEYS.get(key, Pressed.STOP)
