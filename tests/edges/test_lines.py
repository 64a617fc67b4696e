from __future__ import annotations

import io
import time

import pytest
from rig import Rig

from treadcoach.edges.keyboard import meaning
from treadcoach.edges.lines import Lines
from treadcoach.edges.printer import STALLED_S, Printer
from treadcoach.events import Pressed, State


def told(**options: object) -> list[str]:
    said: list[str] = []
    lines = Lines(said.append, **options)  # type: ignore[arg-type]
    rig = Rig().run()
    for at, outcome in rig.trail:
        lines.show(at, (), outcome)
    return said


def test_a_session_is_told_from_its_first_stand_to_its_last() -> None:
    said = "\n".join(told())
    for words in (
        "stand for 0:10",
        "?  ready to go backward?",
        ".  3",
        ">  in 5 s: stand 0:30",
        "facing backward",
        "done",
    ):
        assert words in said


def test_quiet_says_only_what_needs_an_answer_or_a_reaction() -> None:
    assert all("?  " in line for line in told(quiet=True))


def test_miles_are_shown_to_those_who_want_them() -> None:
    assert "belt 1.2 mph" in "\n".join(told(units="mph"))


def test_questions_are_bold_where_the_terminal_can() -> None:
    assert any("\033[1m" in line for line in told(colour=True))
    assert not any("\033" in line for line in told())


def test_any_key_stops_except_the_few_that_are_named() -> None:
    assert meaning("q") == [Pressed.STOP]
    assert meaning("\x03") == [Pressed.STOP]
    assert meaning("\x1b[A") == [Pressed.STOP]
    assert meaning("p\n") == [Pressed.PAUSE, Pressed.CONFIRM]
    assert meaning("\n ") == [Pressed.STOP], "a stop among them is all that counts"


def test_what_is_printed_is_printed_in_order() -> None:
    out = io.StringIO()
    printer = Printer(out)
    for number in range(100):
        printer.line(str(number))
    printer.close()
    assert out.getvalue().split() == [str(number) for number in range(100)]


class Stuck(io.StringIO):
    def write(self, _text: str) -> int:
        time.sleep(60)
        return 0


def test_a_screen_that_takes_nothing_more_is_lost_and_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    printer = Printer(Stuck())
    began = time.monotonic()
    printer.line("x")
    while printer._waiting_since is None:
        time.sleep(0)
    monkeypatch.setattr("treadcoach.edges.printer.time.monotonic", lambda: began + STALLED_S + 61)
    with pytest.raises(BrokenPipeError):
        printer.line("y")


def test_a_screen_that_is_gone_is_lost() -> None:
    out = io.StringIO()
    out.close()
    printer = Printer(out)
    printer.line("x")
    while printer._problem is None:
        time.sleep(0)
    with pytest.raises(BrokenPipeError):
        printer.line("y")
    printer.close()


def test_an_alarm_goes_on_until_the_belt_was_seen_to_stop() -> None:
    said: list[str] = []
    lines = Lines(said.append, quiet=True)
    rig = Rig()
    for second in range(60):
        observed = 0.0 if second < 10 else 0.8 if second < 30 else None
        state = State.STOPPING if second < 55 else State.STOPPED
        snapshot = rig.outcome.snapshot._replace(state=state, observed_kmh=observed)
        lines.show(float(second), (), rig.outcome._replace(snapshot=snapshot, notices=()))
    assert [line.split()[0] for line in said] == ["0:18", "0:28", "0:38", "0:48"]
    assert all("Pull the safety key" in line and "press Enter" in line for line in said)
