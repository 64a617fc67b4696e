"""The way from the first screen to every state of a session, through a real terminal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from terminal import Terminal

PROFILE = """\
profile: 1
name: Short
level: novice
units: km/h
steps:
  - stand: 10 s
  - backward: 1.0
    for: 5 min
  - stand: 30 s
  - forward: 1.0
    for: 1 min
"""
STOP, START = "0801", "07"
QUICK = ("--simulate", "--rate", "16", "--mute")


def furnish(home: Path) -> Path:
    """A home with the program `short` in it."""
    (home / "profiles").mkdir()
    (home / "profiles" / "short.yaml").write_text(PROFILE)
    return home


def checked(terminal: Terminal) -> None:
    """The program was shown, and the checklist ticked."""
    terminal.until("Enter go on")
    terminal.type("\r")
    terminal.until("Before you step on")
    terminal.type("\r")
    terminal.until("Tick what is true")
    terminal.type("123")
    terminal.read(0.2)
    terminal.type("\r")


def standing(terminal: Terminal) -> None:
    """The program begins with ten seconds beside the belt."""
    checked(terminal)
    terminal.until_state("standing")


def armed(terminal: Terminal) -> None:
    """A belt that waits for the runner's word."""
    checked(terminal)
    terminal.until_state("ready")


Act = Callable[[Terminal], None]


def _then(before: Act, act: Act, state: str) -> Act:
    def walk(terminal: Terminal) -> None:
        before(terminal)
        act(terminal)
        terminal.until_state(state)

    return walk


def _typed(before: Act, key: str, state: str) -> Act:
    return _then(before, lambda terminal: terminal.type(key), state)


running = _then(armed, Terminal.confirm, "running")

STATES: dict[str, Act] = {
    "standing": standing,
    "ready": armed,
    "countdown": _then(armed, Terminal.confirm, "countdown"),
    "starting": _then(armed, Terminal.confirm, "starting"),
    "running": running,
    "halting": _typed(running, "n", "halting"),
    "turning": _typed(running, "n", "turning"),
    "paused": _typed(running, "p", "paused"),
    "stopping": _typed(running, " ", "stopping"),
}
