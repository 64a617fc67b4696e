"""Every key in every state through a real terminal: what the session heard, and what reached the wire.

`make keys` presses all of them; the ordinary run a way to stop in each state, and in each state another.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from terminal import Terminal
from walks import START, STATES, STOP, furnish

CTRL_C, CTRL_Q = "\x03", "\x11"
STOPS = (
    " ",
    "\x1b",
    "\x1b[A",
    CTRL_C,
    "\x1b[<0;10;10M",
    "a",
    "ü",
    CTRL_Q,
    "\x7f",
    "\t",
    "\x1bOP",
    "P",
    "\x1b[57441;1:3u",  # which the parser chokes on
    "\x1b[200~1\r\x1b[201~",  # pasted
    "\x1b[200~",  # of which the end is missing
    "\x1b[1;2R",  # Shift and F3, or where the cursor is
    "\x1b[32;10;10M",  # clicks as older terminals tell of them
    "\x1b[M !!",
    "\x1b[G",  # which means nothing to Textual
    "\x1b[10~",  # … and this Enter
    "\udcc3",  # half a character
)
KEYS = {
    "p": "pause",
    "n": "skip",
    "b": "back",
    "x": "extend",
    "-": "slower",
    "+": "faster",
    "=": "faster",
    "e": "easier",
    "\r": "confirm",
    "?": None,
    "\x1b[57441u": None,  # Shift by itself, where a terminal tells of it
}
SLOWEST = "025000"
# What may follow a stop: its ladder, which has to ask for control where it was lost.
LADDER = {STOP, "0802", SLOWEST, "01", "00"}
AT_REST = {"standing", "ready", "countdown", "turning", "paused"}

sample = [(state, STOPS[number]) for number, state in enumerate(STATES)]
every_stop = [(state, key) for state in STATES for key in STOPS if (state, key) not in sample]
every_word = [(state, key) for state in STATES for key in KEYS]


def _run(home: Path) -> Terminal:
    return Terminal(furnish(home), "run", "short", "--simulate", "--rate", "6", "--mute")


def _stops(home: Path, state: str, key: str) -> None:
    with _run(home) as terminal:
        STATES[state](terminal)
        before, said_before = len(terminal.commands()), len(terminal.heard())
        terminal.type(key)
        terminal.until_line(type="summary")
        if key not in {CTRL_C, CTRL_Q}:
            terminal.until("Ended early")
            terminal.read(1.6)
            terminal.type("q")
        assert terminal.ends() == 4
        assert terminal.heard()[said_before] == (state, "stop")
        sent = terminal.commands()[before:]
        assert set(sent) <= LADDER
        assert state in AT_REST or sent[0] == STOP


@pytest.mark.parametrize(("state", "key"), sample)
def test_a_stop_stops_in_every_state(tmp_path: Path, state: str, key: str) -> None:
    _stops(tmp_path, state, key)


@pytest.mark.every_key
@pytest.mark.parametrize(("state", "key"), every_stop)
def test_every_key_and_click_that_has_no_name_stops(tmp_path: Path, state: str, key: str) -> None:
    _stops(tmp_path, state, key)


@pytest.mark.every_key
@pytest.mark.parametrize(("state", "key"), every_word)
def test_every_key_that_has_a_name_is_no_stop_and_starts_nothing_that_was_not_asked_for(
    tmp_path: Path, state: str, key: str
) -> None:
    with _run(tmp_path) as terminal:
        STATES[state](terminal)
        before = len(terminal.commands())
        said_before = len(terminal.heard())
        if key == "\r":
            terminal.confirm()
        else:
            terminal.type(key)
        terminal.read(1.2)
        said, sent = terminal.heard()[said_before:], terminal.commands()[before:]
        assert said == ([] if KEYS[key] is None else [(state, KEYS[key])])
        may_start = (state in {"ready", "paused"} and key == "\r") or (state == "countdown" and key != "p")
        assert may_start or START not in sent
        rests = state in {"halting", "stopping"} or (state in {"starting", "running"} and key in "pn")
        assert rests or STOP not in sent
        if rests:
            assert set(sent) <= LADDER
        if key == "p" and state in {"starting", "running"}:
            assert STOP in sent
        terminal.type(CTRL_C)
        assert terminal.ends() == 4
