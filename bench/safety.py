"""How fast a belt is stopped, as distributions: `make bench-safety` (KILLS=200 for the whole of it).

In this process: from a key to bytes at the link, beside a screen that redraws as fast as it can. Between processes,
against a simulator on a private bus: a session that is killed, or blocked. In virtual time: machines that disobey,
machines that repeat themselves, links that carry nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / folder) for folder in ("tests", "tests/radio", "tests/way_out")]

from desk import STOPS, Desk
from rig import SHORT, Rig, plan_of
from test_way_out import RUN, at_the_desk, sabotaged

from treadcoach.drive import Outcome
from treadcoach.edges.lines import Lines
from treadcoach.errors import StopNotConfirmedError
from treadcoach.events import NoticeKind, Pressed, RawInput, State
from treadcoach.link import prepare
from treadcoach.session import Session
from treadmill_simulator.characters import CHARACTERS
from treadmill_simulator.link import InProcessLink, Wire
from treadmill_simulator.machine import Machine

PRESSES = 2000
REDRAW_S = 0.004
# Until a belt that somebody has started is seen to move.
MOVING_S = 3.0
AT_ONCE = 4
NEVER = float("inf")
FALLEN_KMH = 0.3


def distribution(name: str, seconds: list[float], unit: float = 1000.0, of: str = "ms") -> None:
    """Print one."""
    ordered = sorted(value * unit for value in seconds)

    def share(part: float) -> str:
        return f"{ordered[min(len(ordered) - 1, int(part * len(ordered)))]:8.2f}"

    shares = f"p50 {share(0.5)}  p99 {share(0.99)}  p99.9 {share(0.999)}  max {ordered[-1]:8.2f} {of}"
    print(f"{name:<58} n={len(ordered):<5} {shares}", flush=True)


# ---- in this process ---------------------------------------------------------------------------------------


async def key_to_link() -> list[float]:
    """Stops on a belt that ignores them, so that each of them is written; a busy screen beside it."""
    machine = Machine(CHARACTERS["ignores-stop"]._replace(latency_s=0.0, countdown_s=0.1, results="01=4"), 1)
    link = InProcessLink(Wire(machine))
    await link.connect()
    await prepare(link, machine.character.passport)
    written, write = asyncio.Event(), link.write

    async def noting(data: bytes) -> int | None:
        if data == b"\x08\x01":
            written.set()
        return await write(data)

    link.write = noting  # type: ignore[method-assign]
    with Path(os.devnull).open("w") as nowhere:  # noqa: ASYNC230 - before anything is measured
        lines = Lines(lambda text: print(text, file=nowhere))

        def screen(now: float, raw: tuple[RawInput, ...], outcome: Outcome) -> None:
            lines.show(now, raw, outcome)

        session = Session(plan_of(SHORT, link.wire), link, record=lambda *_: None, screen=screen, patience_s=600.0)
        running = asyncio.create_task(session.run())
        drawing = asyncio.create_task(_redraw())
        machine.console_start()
        latencies = await _press_again_and_again(session, written)
        session.leave_alone(0.5)  # the belt ignores every stop: its session would go on for ever
        drawing.cancel()
        running.cancel()
        with contextlib.suppress(StopNotConfirmedError):
            await running
    return latencies


async def _redraw() -> None:
    """What a screen costs that is drawn as often as it can be: half of the time goes into it."""
    while True:
        until = time.perf_counter() + REDRAW_S
        while time.perf_counter() < until:
            pass
        await asyncio.sleep(REDRAW_S)


async def _press_again_and_again(session: Session, written: asyncio.Event) -> list[float]:
    chance, latencies = random.Random(1), []
    await asyncio.sleep(MOVING_S)
    for _ in range(PRESSES):
        await asyncio.sleep(chance.uniform(0, 0.01))
        written.clear()
        pressed_at = time.perf_counter()
        session.press(Pressed.STOP, "bench")
        await written.wait()
        latencies.append(time.perf_counter() - pressed_at)
    return latencies


# ---- between processes -------------------------------------------------------------------------------------


def killed(seed: int) -> float | None:
    """Seconds from kill -9 at a random moment of a moving belt to the stop on the wire; ``None``: over before."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder, Desk(Path(folder), rate=2) as desk:  # 4 at once: no quicker
        process = desk.start(*RUN)
        try:
            desk.wait_for("02 ")
        except AssertionError:  # a busy computer: the session has ended itself
            process.kill()
            process.communicate(timeout=60)
            return None
        time.sleep(chance.uniform(0, 6))
        if STOPS & set(desk.written()):  # a busy computer again
            process.kill()
            process.communicate(timeout=60)
            return None
        at = time.monotonic()
        process.send_signal(signal.SIGKILL)
        try:
            stopped_at = desk.stopped_at(at)
        except AssertionError:
            print(
                f"kill {seed}: no stop came; {[(round(when - at, 2), data) for when, data in desk.arrived]}",
                flush=True,
            )
            return NEVER
        process.communicate(timeout=60)
        return stopped_at - at


def blocked(seconds: float) -> float | None:
    """Seconds from the beginning of a stall to the stop on the wire; ``None``: none came, and none was due."""
    with tempfile.TemporaryDirectory() as folder, at_the_desk(Path(folder)) as desk:
        process, began_at = sabotaged(desk, "block", str(seconds))
        process.communicate(timeout=90)
        stops = [at for at, data in desk.arrived if data == "08 01" and began_at <= at < began_at + seconds + 1.5]
        return stops[0] - began_at if stops else None


# ---- in virtual time ---------------------------------------------------------------------------------------

DISOBEDIENT: dict[str, dict[str, object]] = {
    "answers Stop and runs on": {"ignores_stop": True},
    "refuses Stop": {"refuses_stop": True},
    "wants Pause first": {"stop_needs_pause": True},
    "answers nothing, and runs on": {"answers": False, "ignores_stop": True},
    "answers 'not permitted'": {"results": "08=5"},
    "answers 'not supported'": {"results": "08=2"},
    "refuses the write itself": {"att_errors": "08=0x0e"},
    "obeys slower and slower": {"ramp_down": 0.02},
}


def disobeyed(settings: dict[str, object]) -> tuple[float | None, float]:
    """Seconds from the stop to the alarm, and to the fourth rung or a belt that falls."""
    rig = Rig().run_to(State.RUNNING, 5).run(20)
    rig.machine.change(rig.machine.character._replace(**settings))  # type: ignore[arg-type]
    rig.press(Pressed.STOP)
    began, before, speed = rig.now, len(rig.trail) - 1, rig.machine.belt.speed
    rig.run(20)
    alarms = [at for at, notice in rig.notices if notice.kind is NoticeKind.ALARM and at >= began]
    tried: dict[bytes, float] = {}
    for at, outcome in rig.trail[before:]:
        for write in outcome.writes:
            tried.setdefault(write.data[:1] if write.data[0] != 0x08 else write.data, at)
    rungs = [tried.get(rung, NEVER) for rung in (b"\x08\x01", b"\x08\x02", b"\x02", b"\x01")]
    slower = [
        at for at, outcome in rig.trail[before:] if (outcome.snapshot.observed_kmh or NEVER) <= speed - FALLEN_KMH
    ]
    return (alarms[0] - began if alarms else None), min([max(rungs), *slower]) - began


def detected(fault: str) -> float:
    """Seconds from the fault to the stop that was written."""
    rig = Rig().run_to(State.RUNNING, 5)
    began = rig.now
    if fault == "frozen records":
        rig.machine.change(rig.machine.character._replace(freezes_after_s=0.001))
        rig.run(15)
    else:
        with rig.wire.frozen():
            rig.run(15)
    return (
        next(at for at, outcome in rig.trail if at > began and any(w.data == b"\x08\x01" for w in outcome.writes))
        - began
    )


def main() -> None:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    distribution("a key to bytes at the link, beside a busy screen", asyncio.run(key_to_link()))
    with ThreadPoolExecutor(AT_ONCE) as threads:
        ended = list(threads.map(killed, range(kills)))
    distribution(
        "kill -9 of the session to the stop on the wire", [seconds for seconds in ended if seconds is not None]
    )
    if never := ended.count(None):
        print(f"{never} of {kills} sessions were over before they were killed")
    for seconds in (0.1, 0.5, 0.9, 1.2, 1.5, 3.0, 10.0):
        stopped = blocked(seconds)
        print(
            f"loop blocked for {seconds:>4} s: {'no stop' if stopped is None else f'stop after {stopped:.3f} s'}",
            flush=True,
        )
    for name, settings in DISOBEDIENT.items():
        alarm, ladder = disobeyed(settings)
        told = "no alarm" if alarm is None else f"alarm after {alarm:.2f} s"
        print(f"{name:<30} {told}, fourth rung, or a falling belt, after {ladder:.2f} s")
    for fault in ("frozen records", "a link that carries nothing"):
        print(f"{fault:<30} stop after {detected(fault):.2f} s")


if __name__ == "__main__":
    main()
