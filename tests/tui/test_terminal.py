"""A session behind the full screen, through a real terminal, and what reached the wire."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from terminal import Terminal
from walks import PROFILE, QUICK, START, STATES, STOP, furnish, running

NO_RADIO = {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return furnish(tmp_path)


def test_the_few_keys_that_mean_something_else(home: Path) -> None:
    with Terminal(home, "run", "short", *QUICK) as terminal:
        running(terminal)
        for key in "xb-+=e":
            terminal.type(key)
            terminal.read(0.15)
        terminal.type("?")
        terminal.until("While a session runs")
        terminal.type("n")
        terminal.until_state("turning")
        assert terminal.presses() == ["confirm", "extend", "back", "slower", "faster", "faster", "easier", "skip"]
        terminal.type("?")
        terminal.until_state("ready")
        terminal.type("p")  # means nothing here, and starts nothing
        terminal.confirm()
        terminal.until_state("running", facing="forward")
        terminal.type("p")
        terminal.until_state("paused")
        terminal.until("PAUSED")
        starts = terminal.commands().count(START)
        terminal.confirm()
        terminal.until_state("running")
        assert terminal.commands().count(START) == starts + 1
        terminal.type("\x03")
        assert terminal.ends() == 4


def test_a_second_press_repeats_the_stop_and_resumes_nothing(home: Path) -> None:
    with Terminal(home, "run", "short", "--simulate", "ignores-stop", "--rate", "4", "--mute") as terminal:
        running(terminal)
        terminal.type(" ")
        terminal.until_state("stopping")
        before = len(terminal.commands())
        terminal.type("   ")
        terminal.read(0.5)
        assert terminal.presses().count("stop") == 4
        assert len(terminal.commands()) > before
        assert START not in terminal.commands()[before:]


@pytest.mark.parametrize("state", ["ready", "running"])
def test_a_window_that_is_closed_stops_the_belt(home: Path, state: str) -> None:
    with Terminal(home, "run", "short", *QUICK) as terminal:
        STATES[state](terminal)
        terminal.close()
        assert terminal.ends() == 4
        if state == "running":
            assert terminal.commands()[-1] == STOP
        assert terminal.journal()[-1]["result"] == "stopped"


def test_a_window_that_took_nothing_before_it_was_closed_holds_nobody_up(home: Path) -> None:
    """What waits to be written then is never taken: whoever waited for that would never end."""
    with Terminal(home, "run", "short", *QUICK) as terminal:
        running(terminal)
        terminal.ignore_until(type="summary")
        terminal.close()
        assert terminal.ends() == 4
        assert terminal.commands()[-1] == STOP


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGTSTP])
def test_a_signal_stops_the_belt(home: Path, number: signal.Signals) -> None:
    with Terminal(home, "run", "short", *QUICK) as terminal:
        running(terminal)
        terminal.signal(number)
        terminal.until_line(type="summary")
        if number not in {signal.SIGTERM, signal.SIGHUP}:
            terminal.until("Ended early")
            terminal.read(1.6)
            terminal.type("q")
        assert terminal.ends() == 4
        assert terminal.commands()[-1] == STOP


def test_a_program_that_was_halted_from_outside_goes_on_with_one_thread_at_the_keys(home: Path) -> None:
    with Terminal(home, "run", "short", *QUICK) as terminal:
        running(terminal)
        threads = Path(f"/proc/{terminal.process.pid}/task")
        before = len(list(threads.iterdir()))
        terminal.signal(signal.SIGCONT)
        terminal.read(0.5)
        assert len(list(threads.iterdir())) == before
        terminal.signal(signal.SIGTTIN)  # which halts whoever has not put it away
        terminal.type("z")
        terminal.until_line(type="summary")
        assert terminal.presses() == ["confirm", "stop"]


def test_a_paste_without_an_end_from_before_makes_nobody_deaf(home: Path) -> None:
    with Terminal(home, "run", "short", *QUICK) as terminal:
        terminal.type("\x1b[200~")
        running(terminal)
        terminal.type(" ")
        terminal.until_line(type="summary")
        assert terminal.presses() == ["confirm", "stop"]


def test_what_the_runner_says_afterwards_is_kept(home: Path) -> None:
    with Terminal(home, "run", "short", *QUICK) as terminal:
        running(terminal)
        terminal.read(0.5)  # or nothing has moved yet, and nothing is asked
        terminal.type(" ")
        terminal.until("How hard was it?")
        terminal.type("9")  # a key that was meant to stop a belt is no answer
        terminal.read(1.7)
        terminal.type("7\r10\r\r")
        assert terminal.ends() == 4
        answers = terminal.journal()[-1]
        assert (answers["type"], answers["effort"], answers["pain"], answers["stumbles"]) == ("answers", 7, 10, None)
        armed_line = next(line for line in terminal.journal() if line["type"] == "armed")
        assert len(armed_line["checked"]) == 3
        assert "ended early: the belt was seen to stop" in terminal.shown, (
            "the summary stays behind when the screen is gone"
        )


def test_leaving_before_anything_moves(home: Path) -> None:
    for keys in ("q", "\x03"):
        with Terminal(home, "run", "short", *QUICK) as terminal:
            terminal.until("Enter go on")
            terminal.type(keys)
            assert terminal.ends() == 4
            assert terminal.commands() == []


def test_a_program_that_may_not_run_is_told_when_the_screen_is_gone(home: Path) -> None:
    (home / "profiles" / "bad.yaml").write_text(PROFILE.replace("backward: 1.0", "backward: 60"))
    with Terminal(home, "run", "bad", *QUICK) as terminal:
        assert terminal.ends() == 2
        assert "did you mean 6.0?" in terminal.shown or "is above" in terminal.shown


def test_without_a_treadmill_the_simulator_can_be_chosen(home: Path) -> None:
    with Terminal(home, "run", "short", "--mute", variables=NO_RADIO) as terminal:
        terminal.until("Which treadmill?")
        terminal.type("s")
        terminal.until("Enter go on")
        terminal.type("q")
        assert terminal.ends() == 4


def test_lines_for_those_who_want_them_and_where_nothing_can_be_drawn(home: Path) -> None:
    for variables, flags in (({"TERM": "xterm"}, ("--no-tui",)), ({"TERM": "dumb"}, ())):
        with Terminal(home, "run", "short", *QUICK, *flags, variables=variables) as terminal:
            terminal.until("ready to go backward?")
            assert "\x1b[?1049h" not in terminal.shown
            terminal.type("q")
            assert terminal.ends() == 4


def test_a_terminal_that_takes_nothing_any_more_is_a_screen_that_is_lost(home: Path) -> None:
    with Terminal(home, "run", "short", *QUICK) as terminal:
        running(terminal)
        terminal.ignore_until(type="summary")
        assert terminal.commands()[-1] == STOP
        why = [line["source"] for line in terminal.journal() if line.get("what") == "stop"]
        assert why == ["the screen was lost"]
        terminal.until("How hard was it?")  # it takes everything again, and whoever is there is asked
        terminal.read(1.7)
        terminal.type("q")
        assert terminal.ends() == 4
