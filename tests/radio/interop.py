"""Foreign clients judge the simulator: what each did on each character goes into the README.

Every client runs in an environment of its own and speaks to `treadmill-simulator --bus`. Whether a step worked is
read off the simulated belt, not off what the client believes; only what it *reads* is its own word.

    python tests/radio/interop.py            # writes the matrix into the README
    python tests/radio/interop.py --check    # holds itself against it, and fails where they differ
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from treadmill_simulator.characters import CHARACTERS

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
README = ROOT / "README.md"
ENVIRONMENTS = ROOT / ".venv-interop"
ADDRESS = "F0:F1:F2:F3:F4:01"
RATE = 5
AT_ONCE = 4
BELT_S = 6.0  # real seconds a belt has to do what it was told: thirty of its own
SETTLED_S = 0.5  # a belt on its way through a speed is not at it
ASKED = "What reached the wire when 2.5, 2.3 and 40 km/h were asked of a machine that ends at 16:"
MARKS = ("<!-- interop: written by make interop -->", "<!-- /interop -->")


class Client(NamedTuple):
    """A foreign client."""

    name: str
    wants: str
    """What pip is asked for."""
    script: str
    pythons: tuple[str, ...]


_NEW = ("3.12", "3.13")
CLIENTS = (
    Client("pyftms", "pyftms==0.4.15", "pyftms_client.py", _NEW),
    Client("walkingpad-controller", "walkingpad-controller==0.5.1", "walkingpad_client.py", ("3.11", *_NEW)),
    Client("pycycling", "pycycling==0.4.1", "pycycling_client.py", ("3.11", *_NEW)),
)


# ---- one client on one machine -----------------------------------------------------------------------------


class Bench:
    """A simulator in a process of its own, and what its belt really does."""

    def __init__(self, character: str, folder: Path) -> None:
        self.log = folder / "wire.jsonl"
        command = [
            sys.executable,
            "-m",
            "treadmill_simulator",
            "--bus",
            "--rate",
            str(RATE),
            "--character",
            character,
        ]
        self._process = subprocess.Popen(
            [*command, "--log", str(self.log)], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        name, _, address = self._line().removeprefix("export ").partition("=")
        self.environment = {**os.environ, name: address}
        self._line()

    def hands(self, words: str) -> str:
        """Say something to the console; what it answers."""
        assert self._process.stdin
        self._process.stdin.write(words + "\n")
        self._process.stdin.flush()
        return self._line()

    def belt(self) -> float:
        """Its speed now, km/h."""
        found = re.search(r"([\d.]+) km/h", self.hands("show"))
        assert found
        return float(found[1])

    def does(self, condition: Callable[[float], bool]) -> tuple[bool, float]:
        """Whether the belt comes to do something, and its last speed."""
        until = time.monotonic() + BELT_S
        while time.monotonic() < until:
            if condition(self.belt()):
                time.sleep(SETTLED_S)
                if condition(speed := self.belt()):
                    return True, speed
            time.sleep(0.05)
        return False, self.belt()

    def targets(self) -> list[float]:
        """Every speed that was asked for, km/h."""
        events = [json.loads(line) for line in self.log.read_text().splitlines()]
        written = [bytes.fromhex(event["hex"]) for event in events if event["kind"] == "write"]
        return [int.from_bytes(data[1:3], "little") / 100 for data in written if data[:1] == b"\x02"]

    def close(self) -> None:
        self._process.terminate()
        self._process.communicate(timeout=10)

    def _line(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()


class Verdict(NamedTuple):
    """What one client did on one character."""

    failed: tuple[str, ...]
    """Step and what was seen instead; empty where all went well."""
    targets: tuple[float, ...]
    """Every speed it asked for."""

    @property
    def cell(self) -> str:
        return "all" if not self.failed else "; ".join(self.failed)


def judge(client: Client, character: str) -> Verdict:
    """Lead a client through its steps."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(character, Path(folder))
        command = [str(ENVIRONMENTS / client.name / "bin/python"), str(HERE / "foreign" / client.script), ADDRESS]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(command, text=True, env=bench.environment, **pipes)  # type: ignore[call-overload]
        try:
            failed = _steps(process, bench, character)
            return Verdict(tuple(failed), tuple(bench.targets()))
        finally:
            process.kill()
            process.communicate()
            bench.close()


def _steps(process: subprocess.Popen[str], bench: Bench, character: str) -> list[str]:
    assert process.stdin
    assert process.stdout
    failed: list[str] = []
    last = ""
    while True:
        with suppress(BrokenPipeError):
            process.stdin.write("go\n")
            process.stdin.flush()
        if last == "stop":
            bench.hands("lose")
        line = process.stdout.readline()
        if not line:
            return failed if last else ["finds nothing"]
        told = json.loads(line)
        last = told["step"]
        if trouble := _JUDGES[last](told, bench, character):
            failed.append(f"{last}: {trouble}")
        if last == "connect" and told["trouble"]:
            return failed


def _claimed(told: Mapping[str, Any], _bench: Bench, _character: str) -> str | None:
    return told["trouble"] or (None if told["said"] in (True, None) else f"says {told['said']}")


def _range(told: Mapping[str, Any], _bench: Bench, character: str) -> str | None:
    if told["trouble"]:
        return str(told["trouble"])
    machine = CHARACTERS[character]
    expected = [machine.minimum_kmh, machine.maximum_kmh]
    low, high = told["said"]
    return None if [round(low, 2), round(high, 2)] == expected else f"{low:g} to {high:g}"


def _belt(condition: Callable[[float], bool], describe: str) -> Callable[[Mapping[str, Any], Bench, str], str | None]:
    def judged(told: Mapping[str, Any], bench: Bench, _character: str) -> str | None:
        done, speed = bench.does(condition)
        if done:
            return None
        trouble = f" ({told['trouble']})" if told["trouble"] else ""
        return describe.format(speed=round(speed * 2) / 2) + trouble  # to half a km/h: a run is not exact

    return judged


_JUDGES: Mapping[str, Callable[[Mapping[str, Any], Bench, str], str | None]] = {
    "find": _claimed,
    "connect": _claimed,
    "range": _range,
    "start": _belt(lambda speed: speed > 0, "belt stands"),
    "speed": _belt(lambda speed: abs(speed - 2.5) < 0.06, "belt at {speed:g}"),
    "read": _claimed,
    "others": lambda _told, _bench, _character: None,
    "stop": _belt(lambda speed: speed == 0, "belt runs on"),
    "loss": _claimed,
}


# ---- all of them -------------------------------------------------------------------------------------------


def environment(client: Client) -> bool:
    """Make its environment; whether there is a Python for it."""
    if (ENVIRONMENTS / client.name / "ready").exists():
        return True
    for version in client.pythons:
        python = _interpreter(version)
        if python is None:
            continue
        folder = ENVIRONMENTS / client.name
        subprocess.run([python, "-m", "venv", "--clear", folder], check=True)
        pip = [str(folder / "bin/pip"), "install", "-q", "--disable-pip-version-check", client.wants]
        subprocess.run(pip, check=True, stderr=subprocess.DEVNULL)
        (folder / "ready").touch()
        return True
    return False


def _interpreter(version: str) -> str | None:
    if shutil.which("pyenv"):
        found = subprocess.run(["pyenv", "latest", version], capture_output=True, text=True, check=False)
        if found.returncode == 0:
            prefix = subprocess.run(
                ["pyenv", "prefix", found.stdout.strip()], capture_output=True, text=True, check=True
            )
            return f"{prefix.stdout.strip()}/bin/python"
    return shutil.which(f"python{version}")


Matrix = dict[tuple[str, str], Verdict]


def run(clients: list[Client]) -> Matrix:
    """Every client on every character, several at once."""
    pairs = [(client, character) for character in CHARACTERS for client in clients]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        verdicts = pool.map(lambda pair: judge(*pair), pairs)
        found = {}
        for (client, character), verdict in zip(pairs, verdicts, strict=True):
            print(f"{client.name:22} {character:16} {verdict.cell}", flush=True)
            found[client.name, character] = verdict
    return found


def matrix(found: Matrix, clients: list[Client]) -> str:
    """The table: characters that every client met alike share a line."""
    lines: dict[tuple[str, ...], list[str]] = {}
    for character in CHARACTERS:
        cells = tuple(found[client.name, character].cell for client in clients)
        lines.setdefault(cells, []).append(f"`{character}`")
    head = ["character", *(client.wants.replace("==", " ") for client in clients)]
    rows = [head, ["---"] * len(head), *([", ".join(names), *cells] for cells, names in lines.items())]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    asked = "\n".join(
        f"- {client.name}: {', '.join(f'{kmh:.2f}' for kmh in found[client.name, 'well-behaved'].targets)}"
        for client in clients
    )
    return f"{table}\n\n{ASKED}\n\n{asked}\n"


def told(text: str, clients: list[Client]) -> dict[tuple[str, str], str]:
    """What the README's table says of every client on every character."""
    cells: dict[tuple[str, str], str] = {}
    for row in re.findall(r"^\| (`.*) \|$", text, re.MULTILINE):
        names, *said = row.split(" | ")
        for character in re.findall(r"`([^`]+)`", names):
            cells.update({(client.name, character): cell for client, cell in zip(clients, said, strict=True)})
    return cells


def check(found: Matrix, text: str, clients: list[Client]) -> int:
    """Hold a run against the README; what differs is tried once more, alone: a busy computer is not a client."""
    expected = told(text, clients)
    differs = 0
    for client in clients:
        for character in CHARACTERS:
            pair = client.name, character
            cells = [found[pair].cell]
            if cells[0] != expected.get(pair):
                cells.append(judge(client, character).cell)
            if expected.get(pair) not in cells:
                differs += 1
                print(f"{client.name} on {character}: {' and '.join(cells)}; the README says {expected.get(pair)}")
    print(f"{differs} of {len(found)} differ from the README{'; `make interop` writes it anew' if differs else ''}")
    return 1 if differs else 0


def main() -> int:
    clients = [client for client in CLIENTS if environment(client)]
    for client in CLIENTS:
        if client not in clients:
            print(f"{client.name} needs Python {' or '.join(client.pythons)}: not tried")
    checks = "--check" in sys.argv
    if checks and len(clients) < len(CLIENTS):
        print("not compared with the README: a client is missing")
        return 0
    found = run(clients)
    text = README.read_text()
    before, rest = text.split(MARKS[0])
    old, after = rest.split(MARKS[1])
    if checks:
        return check(found, old, clients)
    README.write_text(f"{before}{MARKS[0]}\n\n{matrix(found, clients)}\n{MARKS[1]}{after}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
