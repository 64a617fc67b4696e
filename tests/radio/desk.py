"""A simulator in one process, and commands beside it: what a person has on the desk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from air import ADDRESS, BRIEF

# Of the simulated machine's clock: a session of a minute in six seconds.
RATE = 10.0
STOPS = {"08 01", "08 02"}


class Terminal:
    """A command that has a terminal, and somebody at it."""

    def __init__(self, command: list[str], environment: dict[str, str], folder: Path) -> None:
        import pty  # noqa: PLC0415 - only where there are terminals

        self._keys, theirs = pty.openpty()
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        self.process = subprocess.Popen(command, text=True, stdin=theirs, env=environment, cwd=folder, **pipes)  # type: ignore[call-overload]
        os.close(theirs)
        self.said = ""

    def when(self, words: str, key: bytes = b"", after_s: float = 0.0) -> None:
        """Press a key when something is said, or a little later: a word that comes at once is not taken."""
        for line in self.process.stdout:
            self.said += line
            if words in line:
                time.sleep(after_s)
                os.write(self._keys, key)
                return
        raise AssertionError(f"{words!r} was never said:\n{self.said}")

    def end(self) -> int:
        """Its exit code, when it is over."""
        self.said += self.process.stdout.read()
        os.close(self._keys)
        self.process.stdout.close()
        return int(self.process.wait(60))


class Desk:
    """A simulator that runs, and commands beside it."""

    def __init__(self, folder: Path, *settings: str, rate: float = RATE) -> None:
        self.log = folder / "wire.jsonl"
        (folder / "brief.yaml").write_text(BRIEF.replace("25 s", "40 s"))
        self.folder = folder
        command = [sys.executable, "-m", "treadmill_simulator", "--bus", "--rate", str(rate), "--log", str(self.log)]
        command += [word for setting in settings for word in ("--set", setting)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.simulator = subprocess.Popen(command, text=True, **pipes)  # type: ignore[call-overload]
        exported = self.simulator.stdout.readline().strip()
        name, _, address = exported.removeprefix("export ").partition("=")
        self.environment = {**os.environ, name: address, "TREADCOACH_HOME": str(folder)}
        assert ADDRESS in self.simulator.stdout.readline()
        self.arrived: list[tuple[float, str]] = []
        """Every write on the wire, with its moment of the monotonic clock, to some milliseconds."""
        self._is_over = threading.Event()
        self._tail = threading.Thread(target=self._follow, daemon=True)
        self._tail.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._tail.join()
        self.simulator.terminate()
        self.simulator.communicate(timeout=10)

    def _follow(self) -> None:
        with self.log.open() as log:
            rest = ""
            while not self._is_over.wait(0.002):
                *lines, rest = (rest + log.read()).split("\n")
                events = [json.loads(line) for line in lines]
                now = time.monotonic()
                self.arrived += [(now, event["hex"]) for event in events if event["kind"] == "write"]

    def start(self, *arguments: str, program: tuple[str, ...] = ("-m", "treadcoach")) -> subprocess.Popen[str]:
        command = [sys.executable, *program, *arguments]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, text=True, env=self.environment, cwd=self.folder, **pipes)  # type: ignore[call-overload,no-any-return]

    def at_a_terminal(self, *arguments: str) -> Terminal:
        """A command whose keys somebody can press."""
        return Terminal([sys.executable, "-m", "treadcoach", *arguments], self.environment, self.folder)

    def call(self, *arguments: str) -> tuple[int, list[dict[str, object]], str]:
        process = self.start(*arguments, "--json")
        out, err = process.communicate(timeout=60)
        return process.returncode, [json.loads(line) for line in out.splitlines()], err

    def hands(self, words: str) -> None:
        self.simulator.stdin.write(words + "\n")
        self.simulator.stdin.flush()

    def written(self) -> list[str]:
        return [data for _, data in self.arrived]

    def stopped_at(self, since: float, seconds: float = 20) -> float:
        """When the first stop from a moment on was on the wire (both of the monotonic clock)."""
        while time.monotonic() < since + seconds:
            if stops := [at for at, data in self.arrived if data in STOPS and at >= since]:
                return stops[0]
            time.sleep(0.005)
        raise AssertionError("no stop came")

    def wait_for(self, written: str, meanwhile: Callable[[float], object] = time.sleep) -> None:
        """Wait until this was written; ``meanwhile`` passes so many seconds."""
        for _ in range(6000):
            if any(data.startswith(written) for data in self.written()):
                return
            meanwhile(0.005)
        raise AssertionError(written)
