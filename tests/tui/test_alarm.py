"""What the screen shows when the session behind it fails or hangs: no number that was true once, and what to do."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from terminal import Terminal
from walks import furnish, running

SABOTEUR = Path(__file__).parent.parent / "way_out" / "saboteur.py"
FAILED = "treadcoach has failed"
SILENT = "NO NEWS FROM THE SESSION"
WORDS = "Stay off the belt. When you see it at rest, press Enter."


class Sabotaged(Terminal):
    """A run with a fault in it, which comes with the second target on the wire."""

    command = (sys.executable, str(SABOTEUR))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return furnish(tmp_path)


def sabotaged(home: Path, fault: str, value: str, character: str, rate: str) -> Sabotaged:
    arguments = ("run", "short", "--simulate", character, "--rate", rate, "--mute")
    return Sabotaged(home, fault, value, *arguments, variables={"SABOTAGE": str(home / "when")})


def test_a_session_that_has_failed_says_so_at_once_and_hears_who_sees_the_belt_at_rest(home: Path) -> None:
    with sabotaged(home, "fail", "governor", "ignores-stop", "16") as terminal:
        running(terminal)
        terminal.until(FAILED)
        assert WORDS in terminal.shown
        for _ in range(40):  # the belt runs on, and is said to: for a minute nobody's word counts against that
            terminal.read(0.5)
            terminal.type("\r")
            if terminal.process.poll() is not None:
                break
        assert terminal.ends() == 6
        assert "not seen to stop" in terminal.shown


def test_a_session_that_hangs_shows_no_old_number(home: Path) -> None:
    with sabotaged(home, "block", "4", "well-behaved", "16") as terminal:
        running(terminal)
        terminal.until(SILENT)
        assert WORDS in terminal.shown
        terminal.type(" ")
        terminal.until_line(type="summary")
        terminal.until("Ended early")
        terminal.read(1.7)
        terminal.type("q")
        assert terminal.ends() in {4, 5}
