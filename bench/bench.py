"""Ratios, measured in one run: what matters is one thing against another on the same machine, not milliseconds.

`make bench`. Nothing here passes or fails; the aims stand beside the figures.
"""

from __future__ import annotations

import gc
import os
import resource
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import deancochran_ftms

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import hostile

from treadcoach.drive import Drive, Outcome
from treadcoach.events import Notified, RawInput, Woke
from treadcoach.ftms import TreadmillData
from treadcoach.link import SUBSCRIPTIONS
from treadcoach.preflight import Plan, plan
from treadcoach.program.document import read
from treadcoach.program.reader import load
from treadcoach.recording import Line, Recorder, encode
from treadcoach.rehearsal import rehearse
from treadcoach.treadmill import CAPABILITIES, machine_of
from treadmill_simulator.characters import CHARACTERS
from treadmill_simulator.link import Wire
from treadmill_simulator.machine import Machine as SimulatedMachine

TREADCOACH = str(Path(sys.executable).parent / "treadcoach")
FRAME = bytes.fromhex("8425e100000000010000000000210002" + "0000")  # a walking pad's record of 18 bytes
FORMAT = "<HHHBHHBBHHB"

HALF_AN_HOUR = """
profile: 1
name: Half an hour
level: intermediate
units: km/h
steps:
  - stand: 30 s
  - forward: 5.0
    for: 5 min
  - stand: 30 s
  - repeat: 9
    steps:
      - backward: 4.0
        for: 30 s
      - backward: 3.0
        for: 1 min
  - stand: 30 s
  - forward: 5.0
    for: 9 min
  - stand: 1 min
"""


def best(call: Callable[[], object], number: int = 20_000, rounds: int = 7) -> float:
    """Seconds a call takes: the best of several rounds, the collector held."""
    times = []
    gc.disable()
    for _ in range(rounds):
        began = time.perf_counter()
        for _ in range(number):
            call()
        times.append((time.perf_counter() - began) / number)
    gc.enable()
    return min(times)


def say(what: str, value: str, aim: str = "") -> None:
    """One line of the report."""
    print(f"{what:<62} {value:>22}  {aim}")


def decoding() -> None:
    """Treadmill Data against a bare unpack of the same bytes, and against others."""
    bare = best(lambda: struct.unpack(FORMAT, FRAME))
    ours = best(lambda: TreadmillData.from_bytes(FRAME))
    theirs = best(lambda: deancochran_ftms.decode_measurement_raw(FRAME, 0), number=5_000)
    say("decode Treadmill Data / bare struct.unpack", f"{ours / bare:.1f}x", "aim: within 10x")
    say("  the frame itself", f"{ours * 1e6:.2f} us")
    say("deancochran-ftms / ours, the same frame", f"{theirs / ours:.1f}x")
    try:
        from pyftms.models import TreadmillData as Pyftms  # type: ignore[import-not-found]  # noqa: PLC0415
    except ImportError:
        say("pyftms / ours", "not installed")
    else:
        say("pyftms / ours, the same frame", f"{best(lambda: Pyftms._deserialize(FRAME)) / ours:.1f}x")  # noqa: SLF001


def _plan(text: str) -> tuple[Plan, Wire]:
    wire = Wire(SimulatedMachine(CHARACTERS["well-behaved"], 1))
    for uuid in SUBSCRIPTIONS:
        wire.subscribe(uuid)
    machine = machine_of(wire.machine.character.passport, {uuid: wire.read(uuid) for uuid in CAPABILITIES})
    return plan(load(text, "bench.yaml"), None, machine), wire


def _keeper(lines: list[str]) -> Callable[[Line], None]:
    return lambda line: lines.append(encode(line))


def rehearsing() -> None:
    """A program of thirty minutes, down to the bytes and the journal, against real time."""
    factors = []
    for _ in range(5):
        laid_out, wire = _plan(HALF_AN_HOUR)
        lines: list[str] = []
        recorder = Recorder(_keeper(lines))
        began = time.perf_counter()
        ending = rehearse(laid_out, wire, wire.machine.runner, recorder.step)
        factors.append(ending.now / (time.perf_counter() - began))
    minutes = laid_out.timeline.duration_s / 60
    say(f"rehearse {minutes:.0f} minutes / real time", f"{statistics.median(factors):,.0f}x", "aim: 5,000x")


def stepping() -> None:
    """One step of the whole drive on a record, and one with nothing in it."""
    laid_out, wire = _plan(HALF_AN_HOUR)
    steps: list[tuple[float, tuple[RawInput, ...]]] = []

    def keep(now: float, raw: tuple[RawInput, ...], _outcome: Outcome) -> None:
        steps.append((now, raw))

    rehearse(laid_out, wire, wire.machine.runner, keep)
    times: dict[str, list[float]] = {"record": [], "woke": []}
    drive = Drive(laid_out)
    for now, raw in steps:
        began = time.perf_counter()
        drive.step(now, raw)
        kind = "woke" if isinstance(raw[0], Woke) else "record" if isinstance(raw[0], Notified) else None
        if kind:
            times[kind].append(time.perf_counter() - began)
    bare = best(lambda: struct.unpack(FORMAT, FRAME))
    for kind, taken in times.items():
        median = statistics.median(taken)
        say(f"drive step, {kind} ({len(taken)})", f"{median * 1e6:.1f} us", f"{median / bare:.0f} bare unpacks")


def bombing() -> None:
    """How long the refusal of an alias bomb takes."""
    names = "abcdefghij"
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{n}: &{n} [{','.join(['*' + b] * 9)}]\n" for b, n in pairwise(names)
    )
    bomb = bomb[:461]
    taken = best(lambda: read(bomb, "bomb"), number=20, rounds=5)
    say(f"refuse an alias bomb of {len(bomb)} bytes", f"{taken * 1e3:.2f} ms", "aim: under 50 ms")


def process(*command: str, code: int = 0) -> tuple[float, int]:
    """Median seconds of a whole process, and the peak memory in KiB of the largest so far."""
    times = []
    environment = {**os.environ, "TREADCOACH_HOME": tempfile.gettempdir()}
    for _ in range(9):
        began = time.perf_counter()
        ended = subprocess.run(command, check=False, capture_output=True, cwd=ROOT, env=environment)
        times.append(time.perf_counter() - began)
        if ended.returncode != code:
            raise SystemExit(f"{command} ended with {ended.returncode}: {ended.stderr.decode()}")
    return statistics.median(times), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


def starting() -> None:
    """Whole processes against a bare interpreter."""
    bare, _ = process(sys.executable, "-c", "pass")
    shown, memory = process(TREADCOACH, "--help")
    say("treadcoach --help / python -c pass", f"{shown / bare:.1f}x", f"aim: within 4x; {shown * 1e3:.0f} ms")
    say("  peak memory", f"{memory / 1024:.0f} MiB")
    with tempfile.TemporaryDirectory() as folder:
        for path in hostile.make(Path(folder)):
            refused, memory = process(TREADCOACH, "check", str(path), code=2)
            say(f"treadcoach check of {path.stem}", f"{refused:.2f} s", "aim: under 0.2 s")
    say("  peak memory", f"{memory / 1024:.0f} MiB", "aim: under 80 MB")
    library, _ = process(TREADCOACH, "check", "profiles")
    say("treadcoach check of the whole library", f"{library:.2f} s", "aim: under 0.6 s")
    checked, memory = process(TREADCOACH, "check", "profiles/retro-intervals.yaml")
    say("treadcoach check of a shipped profile", f"{checked:.2f} s", "aim: under 0.4 s")
    say("  peak memory", f"{memory / 1024:.0f} MiB")


if __name__ == "__main__":
    print(f"Python {sys.version.split()[0]}; medians or bests of several rounds in this one run\n")
    for part in (decoding, rehearsing, stepping, bombing, starting):
        part()
