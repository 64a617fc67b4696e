"""The commands as people use them: the simulator in one process, the coach in another, a stop from a third."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from air import ADDRESS, BRIEF

pytestmark = pytest.mark.skipif(shutil.which("dbus-daemon") is None, reason="needs the program dbus-daemon")

RATE = 10


class Desk:
    """A simulator that runs, and commands beside it."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "wire.jsonl"
        (folder / "brief.yaml").write_text(BRIEF.replace("25 s", "40 s"))
        self.folder = folder
        command = [sys.executable, "-m", "treadmill_simulator", "--bus", "--rate", str(RATE), "--log", str(self.log)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.simulator = subprocess.Popen(command, text=True, **pipes)  # type: ignore[call-overload]
        exported = self.simulator.stdout.readline().strip()
        name, _, address = exported.removeprefix("export ").partition("=")
        self.environment = {**os.environ, name: address, "TREADCOACH_HOME": str(folder)}
        assert ADDRESS in self.simulator.stdout.readline()

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "treadcoach", *arguments]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, text=True, env=self.environment, cwd=self.folder, **pipes)  # type: ignore[call-overload,no-any-return]

    def call(self, *arguments: str) -> tuple[int, list[dict[str, object]], str]:
        process = self.start(*arguments, "--json")
        out, err = process.communicate(timeout=60)
        return process.returncode, [json.loads(line) for line in out.splitlines()], err

    def hands(self, words: str) -> None:
        self.simulator.stdin.write(words + "\n")
        self.simulator.stdin.flush()

    def written(self) -> list[str]:
        events = [json.loads(line) for line in self.log.read_text().splitlines()]
        return [event["hex"] for event in events if event["kind"] == "write"]

    def wait_for(self, written: str) -> None:
        for _ in range(600):
            if any(data.startswith(written) for data in self.written()):
                return
            time.sleep(0.05)
        raise AssertionError(written)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    found = Desk(tmp_path)
    yield found
    found.simulator.terminate()
    found.simulator.communicate(timeout=10)


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


def test_a_belt_whose_coach_was_killed_is_stopped_by_hand(desk: Desk) -> None:
    running = desk.start("run", "brief.yaml", "--machine", ADDRESS, "--yes")
    desk.wait_for("02 ")
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
