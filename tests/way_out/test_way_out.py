"""However a session ends, the belt stops: the simulator in one process, the session and its deadman in two others.

What counts is what arrived on the wire, and when. Times are real seconds, whatever the machine's clock does.
"""

from __future__ import annotations

import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from air import ADDRESS
from desk import Desk

pytestmark = pytest.mark.skipif(shutil.which("dbus-daemon") is None, reason="needs the program dbus-daemon")

RUN = ("run", "brief.yaml", "--machine", ADDRESS, "--yes")
SABOTEUR = str(Path(__file__).with_name("saboteur.py"))
# The machine's clock: quick enough for a test, and slow enough that a busy computer is not taken for a stall.
RATE = 4.0


@contextmanager
def at_the_desk(folder: Path, rate: float = RATE) -> Iterator[Desk]:
    with Desk(folder, rate=rate) as found:
        found.environment["SABOTAGE"] = str(folder / "sabotage")
        yield found


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with at_the_desk(tmp_path) as found:
        yield found


def deadman_of(process: subprocess.Popen[str]) -> int:
    """The process that watches over a session."""
    found = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=True)
    return int(found.stdout)


def running(desk: Desk) -> subprocess.Popen[str]:
    """A session whose belt moves."""
    process = desk.start(*RUN)
    desk.wait_for("02 ")
    return process


def sabotaged(desk: Desk, fault: str, value: str = "0") -> tuple[subprocess.Popen[str], float]:
    """A session into which a fault has come, and when it came."""
    process = desk.start(fault, value, *RUN, program=(SABOTEUR,))
    moment = Path(desk.environment["SABOTAGE"])
    for _ in range(12000):
        if moment.exists() and (text := moment.read_text()):
            return process, float(text)
        time.sleep(0.005)
    raise AssertionError("the fault never came")


def after_the_stop(desk: Desk) -> list[str]:
    written = desk.written()
    return written[written.index("08 01") :]


def assert_at_rest(desk: Desk) -> None:
    """The belt stands, and nothing but stops came after the first one."""
    for _ in range(100):
        desk.hands("show")
        if "idle, 0.00 km/h" in desk.simulator.stdout.readline():
            break
        time.sleep(0.2)
    else:
        raise AssertionError("the belt still moves")
    assert {data[:2] for data in after_the_stop(desk)} <= {"00", "01", "08"}


# ---- the session is told to end ----------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_is_the_runners_stop(desk: Desk, number: signal.Signals) -> None:
    process = running(desk)
    sent_at = time.monotonic()
    process.send_signal(number)
    assert desk.stopped_at(sent_at) - sent_at < 1
    process.communicate(timeout=30)
    assert process.returncode == 4
    assert_at_rest(desk)


def test_a_terminal_window_that_is_closed_stops_the_belt(desk: Desk) -> None:
    """A real one: the session leads its own terminal session, and the other end of the terminal goes away."""
    pid, window = pty.fork()
    if pid == 0:
        os.chdir(desk.folder)
        os.execve(sys.executable, [sys.executable, "-m", "treadcoach", *RUN], desk.environment)  # noqa: S606

    def take(seconds: float) -> None:
        if select.select([window], [], [], seconds)[0]:  # a terminal that takes nothing stops the belt as well
            os.read(window, 65536)

    desk.wait_for("02 ", take)
    closed_at = time.monotonic()
    os.close(window)
    assert desk.stopped_at(closed_at) - closed_at < 1
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 4
    assert_at_rest(desk)


# ---- processes that die or freeze --------------------------------------------------------------------------


def test_the_deadman_stops_the_belt_of_a_session_that_was_killed(desk: Desk) -> None:
    process = running(desk)
    killed_at = time.monotonic()
    process.kill()
    assert desk.stopped_at(killed_at) - killed_at < 3
    assert "treadcoach has died: stopping the belt" in process.communicate(timeout=40)[1]
    assert_at_rest(desk)


def test_a_session_whose_deadman_was_killed_says_so_and_slows_to_a_stop(desk: Desk) -> None:
    process = running(desk)
    os.kill(deadman_of(process), signal.SIGKILL)
    out, _ = process.communicate(timeout=40)
    assert process.returncode == 5
    assert "The deadman is gone. Slowing to a stop." in out
    assert_at_rest(desk)


def test_a_session_whose_deadman_hears_nothing_says_so_and_slows_to_a_stop(desk: Desk) -> None:
    process = running(desk)
    deadman = deadman_of(process)
    os.kill(deadman, signal.SIGSTOP)
    try:
        assert process.wait(timeout=40) == 5
    finally:
        os.kill(deadman, signal.SIGCONT)
    assert "The deadman is gone" in process.communicate(timeout=40)[0]


def test_a_session_that_is_frozen_for_ten_seconds_is_stopped_and_stays_stopped(desk: Desk) -> None:
    process = running(desk)
    frozen_at = time.monotonic()
    process.send_signal(signal.SIGSTOP)
    stopped_at = desk.stopped_at(frozen_at)
    time.sleep(10)
    process.send_signal(signal.SIGCONT)
    process.communicate(timeout=40)
    assert process.returncode in {4, 5}
    assert stopped_at - frozen_at < 2
    assert_at_rest(desk)


def test_a_session_and_a_deadman_that_were_both_killed_leave_a_belt_that_can_be_stopped(desk: Desk) -> None:
    process = running(desk)
    os.kill(deadman_of(process), signal.SIGKILL)
    process.kill()
    process.communicate(timeout=10)
    assert desk.call("stop", ADDRESS)[0] == 0
    assert_at_rest(desk)


# ---- faults inside -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [1.5, 4])
def test_a_blocked_session_is_stopped_by_its_deadman(desk: Desk, seconds: float) -> None:
    process, began_at = sabotaged(desk, "block", str(seconds))
    assert desk.stopped_at(began_at) - began_at < 2
    process.communicate(timeout=40)
    assert process.returncode in {4, 5}
    assert_at_rest(desk)


@pytest.mark.parametrize(
    "where", ["coach", "engine", "governor", "session", "writer", "recorder", "journal", "screen"]
)
def test_a_fault_of_ours_stops_the_belt(desk: Desk, where: str) -> None:
    process, failed_at = sabotaged(desk, "fail", where)
    assert desk.stopped_at(failed_at) - failed_at < 5
    process.communicate(timeout=60)
    assert process.returncode in {1, 4, 5}
    assert_at_rest(desk)


@pytest.mark.long
def test_a_full_disk_is_said_and_the_workout_goes_on(desk: Desk) -> None:
    process, _ = sabotaged(desk, "fill")
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "the session goes on without it" in out


@pytest.mark.long
def test_after_a_suspend_the_first_write_is_a_stop(tmp_path: Path) -> None:
    with at_the_desk(tmp_path, rate=1) as desk:  # only a real clock can have slept
        process, _ = sabotaged(desk, "sleep", "3")
        process.communicate(timeout=40)
        assert process.returncode == 5
        targets = [number for number, data in enumerate(desk.written()) if data.startswith("02")]
        assert desk.written()[targets[1] + 1] == "08 01"
        assert_at_rest(desk)


@pytest.mark.long
@pytest.mark.parametrize("seconds", ["3600", "-3600"])
def test_the_wall_clock_may_jump(desk: Desk, seconds: str) -> None:
    process, _ = sabotaged(desk, "jump", seconds)
    process.communicate(timeout=60)
    assert process.returncode == 0
