"""What a key means while a session runs: any stops, except the few that are named."""

from __future__ import annotations

from treadcoach.events import Pressed
from treadcoach.front import KEYS

# Textual calls these by name, and the others as they are.
_NAMES = {"\r": "enter", "-": "minus", "+": "plus", "=": "equals_sign"}
_MEANINGS = {_NAMES.get(character, character): what for character, what in KEYS.items()}
HELP = "question_mark"
SILENT = {
    f"{side}_{name}" for side in ("left", "right") for name in ("shift", "control", "alt", "super", "hyper", "meta")
} | {"caps_lock", "num_lock", "scroll_lock", "iso_level3_shift", "iso_level5_shift"}
"""These say nothing by themselves; some terminals tell of them, and a `+` begins with one."""

LEAVE = {"ctrl+c", "ctrl+q"}
"""These stop as well, and then leave without a word."""

NAMED = (
    ("?", "help"),
    ("p", "pause"),
    ("n", "next"),
    ("b", "back"),
    ("x", "+30 s"),
    ("-", "slower"),
    ("+", "faster"),
    ("e", "easier"),
)
"""For the footer, which shows as many as fit."""


def meaning(key: str) -> Pressed:
    """What the runner says with a key or a click."""
    return _MEANINGS.get(key, Pressed.STOP)
