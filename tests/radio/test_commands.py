"""The commands as people use them: the simulator in one process, the coach in another, a stop from a third."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from air import ADDRESS
from desk import Desk

pytestmark = pytest.mark.skipif(shutil.which("dbus-daemon") is None, reason="needs the program dbus-daemon")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path) as found:
        yield found


def test_find_examine_and_run(desk: Desk) -> None:
    code, found, _ = desk.call("scan", "--seconds", "1")
    assert code == 0
    assert [machine["address"] for machine in found] == [ADDRESS]
    code, remarks, _ = desk.call("doctor", ADDRESS, "--seconds", "1")
    assert code == 0
    assert any("speeds 0.8 km/h to 16.0 km/h" in str(remark["text"]) for remark in remarks)
    assert desk.written() == [], "the doctor asks for nothing"
    code, lines, _ = desk.call("run", "brief.yaml", "--machine", ADDRESS, "--yes")
    assert code == 0
    assert lines[0]["simulated"] is True
    assert lines[-1]["result"] == "completed"


def test_a_stop_from_a_third_process(desk: Desk) -> None:
    running = desk.start("run", "brief.yaml", "--machine", ADDRESS, "--yes")
    desk.wait_for("02 ")
    code, lines, _ = desk.call("stop", ADDRESS)
    assert code == 0
    assert lines[-1]["result"] == "stopped"
    running.communicate(timeout=30)
    assert running.returncode == 4
    assert "08 01" in desk.written()


def test_a_belt_whose_coach_and_deadman_were_killed_is_stopped_by_hand(desk: Desk) -> None:
    running = desk.start("run", "brief.yaml", "--machine", ADDRESS, "--yes")
    desk.wait_for("02 ")
    subprocess.run(["pkill", "-KILL", "-P", str(running.pid)], check=True)
    running.kill()
    running.communicate(timeout=10)
    assert desk.call("stop", ADDRESS)[0] == 0
    desk.hands("show")
    assert "idle, 0.00 km/h" in desk.simulator.stdout.readline()


def test_a_key_that_is_pulled_by_hand(desk: Desk) -> None:
    running = desk.start("run", "brief.yaml", "--machine", ADDRESS, "--yes")
    desk.wait_for("02 ")
    desk.hands("key out")
    running.communicate(timeout=30)
    assert running.returncode == 5


def test_what_is_for_simulated_machines_only(desk: Desk) -> None:
    code, _, err = desk.call("run", "brief.yaml", "--machine", ADDRESS, "--yes", "--rate", "3")
    assert code == 2
    assert "clock runs at 10" in err
    code, _, err = desk.call("run", "brief.yaml", "--machine", "F0:F1:F2:F3:F4:77", "--yes")
    assert code == 3
    assert "was not found" in err


# ---- a stop that nothing keeps from being tried ------------------------------------------------------------


@pytest.fixture
def running(desk: Desk) -> Iterator[subprocess.Popen[str]]:
    """A session, with its belt moving."""
    process = desk.start("run", "brief.yaml", "--machine", ADDRESS, "--yes")
    desk.wait_for("02 ")
    yield process
    process.terminate()
    process.communicate(timeout=20)


def test_a_stop_does_without_files_that_cannot_be_used(desk: Desk, running: subprocess.Popen[str]) -> None:
    passports = desk.folder / "passports"
    passports.mkdir()
    for broken in (desk.folder / "config.yaml", passports / "aa.yaml", passports / "f0-f1-f2-f3-f4-01.yaml"):
        broken.write_text("colour: [\n")
    code, lines, _ = desk.call("stop", ADDRESS)
    assert code == 0
    assert lines[-1]["result"] == "stopped"
    assert [line["severity"] for line in lines if "severity" in line] == ["warning"] * 2
    assert running.wait(30) == 4


def test_nothing_but_a_stop_touches_the_link_of_a_session(desk: Desk, running: subprocess.Popen[str]) -> None:
    for command in (["doctor", ADDRESS], ["run", "brief.yaml", "--machine", ADDRESS, "--yes"]):
        code, _, err = desk.call(*command)
        assert code == 3
        assert "another program on this computer has the link" in err
    assert running.poll() is None
    assert "08 01" not in desk.written()


@pytest.mark.long
def test_a_machine_that_cannot_be_reached_is_said_to_run_on(desk: Desk) -> None:
    code, _, err = desk.call("stop", "F0:F1:F2:F3:F4:77")
    assert code == 3
    assert "The belt was not stopped: pull the safety key!" in err


def test_a_stop_that_is_interrupted_says_what_is_unknown(desk: Desk) -> None:
    stopping = desk.start("stop", "F0:F1:F2:F3:F4:77")
    time.sleep(3)
    stopping.send_signal(signal.SIGINT)
    _, err = stopping.communicate(timeout=20)
    assert stopping.returncode == 6
    assert "pull the safety key" in err


# ---- the first time on a machine ---------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.timeout(110)
def test_the_first_time_a_stop_is_tried_with_nobody_on_the_belt(tmp_path: Path) -> None:
    with Desk(tmp_path, "marked=off", rate=1) as desk:
        at = desk.at_a_terminal("run", "brief.yaml", "--machine", ADDRESS)
        at.when("an age under 14", b"perhaps\nn\n")
        at.when("a test stop, with nobody on the belt")
        at.when("ready to start the empty belt", b"\n", after_s=1.5)
        at.when("the belt moves")
        at.when("belt 0.8", b" ")
        at.when("Test stop: from 0.8 km/h to rest")
        at.when("ready to go forward", b" ")  # of the program itself
        assert at.end() == 4, at.said
        assert '"applies": false' in (tmp_path / "screening.json").read_text()
        (passport,) = (tmp_path / "passports").glob("*.yaml")
        assert "test stop" in passport.read_text()


@pytest.mark.long
@pytest.mark.timeout(110)
@pytest.mark.parametrize(
    ("settings", "says"), [((), "nobody pressed a key"), (("ignores_stop=on",), "neither Stop nor")]
)
def test_no_program_runs_where_the_test_stop_showed_nothing(
    tmp_path: Path, settings: tuple[str, ...], says: str
) -> None:
    with Desk(tmp_path, "marked=off", *settings, rate=1) as desk:
        (tmp_path / "screening.json").write_text('{"applies": false, "asked_on": "2026-11-24"}')
        at = desk.at_a_terminal("run", "brief.yaml", "--machine", ADDRESS)
        at.when("ready to start the empty belt", b"\n" if settings else b" ", after_s=1.5)
        if settings:
            at.when("belt 0.8", b" ")
        at.when("no program is run on this machine")
        assert says in at.said
        assert at.end() in {5, 6}, at.said
        assert bool(list((tmp_path / "passports").glob("*.yaml"))) is bool(settings)
