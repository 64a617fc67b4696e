"""An hour of sessions at rate 10 over real bleak with random faults: no missed stop, no leaked task, no growth.

python bench/soak.py [SEED]
"""

from __future__ import annotations

import asyncio
import os
import random
import resource
import sys
from collections import Counter
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent.parent / "tests" / folder) for folder in ("radio", "")]

from air import ADDRESS, BRIEF, Workout, moving

from treadcoach.drive import Outcome
from treadcoach.events import Pressed, Result, State
from treadcoach.pace import PacedLoop
from treadmill_simulator.bluez import Bluez
from treadmill_simulator.characters import CHARACTERS
from treadmill_simulator.dbus import PrivateBus
from treadmill_simulator.machine import Machine
from treadmill_simulator.station import Station

RATE = 10.0
SECONDS = float(os.environ.get("SOAK_S", "3600"))
FAULTS = ("none", "lose", "silence", "console stop", "key", "revoke", "console slower", "runner stops", "off and on")


def inject(fault: str, workout: Workout, station: Station, machine: Machine) -> None:
    """One fault, now."""
    match fault:
        case "lose":
            station.close("lost")
        case "silence":
            station.silent_until = station.now + 12
        case "console stop":
            machine.console_stop()
        case "key":
            machine.pull_key()
        case "revoke":
            machine.revoke_control()
        case "console slower":
            machine.console_speed(0.9)
        case "runner stops":
            workout.session.press(Pressed.STOP, "soak")
        case "off and on":
            station.is_on_air = False
            station.close("out of range")
            asyncio.get_running_loop().call_later(5, setattr, station, "is_on_air", True)
    station.wake()


async def session(chance: random.Random, station: Station, machine: Machine) -> tuple[str, Result]:
    """One session with one fault at a random moment of it."""
    fault = chance.choice(FAULTS)
    machine.insert_key()
    machine.advance(station.now)
    workout = Workout(BRIEF)
    state = chance.choice([State.COUNTDOWN, State.STARTING, State.RUNNING, State.HALTING])

    def due(outcome: Outcome) -> bool:
        return moving(outcome) if state is State.RUNNING else outcome.snapshot.state is state

    if fault != "none":
        workout.once(due, lambda: inject(fault, workout, station, machine))
    ending = await workout.run()
    return fault, ending.result


async def soak(seed: int) -> int:
    chance = random.Random(seed)
    results: Counter[tuple[str, str]] = Counter()
    missed = 0
    loop = asyncio.get_running_loop()
    async with PrivateBus() as bus:
        os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = bus
        machine = Machine(CHARACTERS["well-behaved"], seed)
        station = Station(machine, ADDRESS)
        async with Bluez(bus, [station]):
            alive: Counter[str] = Counter()
            figures: list[tuple[int, int]] = []
            while loop.time() < SECONDS:
                fault, result = await session(chance, station, machine)
                results[fault, result.value] += 1
                await asyncio.sleep(5)
                machine.advance(station.now)
                missed += machine.belt.speed > 0
                machine.received.clear()
                alive = Counter(task.get_coro().__qualname__ for task in asyncio.all_tasks())  # type: ignore[union-attr]
                figures.append((len(asyncio.all_tasks()), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
    for (fault, word), count in sorted(results.items()):
        print(f"  {fault:<16} {word:<20} {count}")
    (tasks_before, memory_before), (tasks_after, memory_after) = figures[1], figures[-1]
    print(f"seed {seed}: {sum(results.values())} sessions in {loop.time():.0f} s of their time")
    print(f"belts still moving afterwards: {missed}; tasks {tasks_before} -> {tasks_after}")
    if tasks_after > tasks_before:
        print(f"alive at the end: {dict(alive)}")
    print(f"largest memory {memory_before / 1024:.1f} -> {memory_after / 1024:.1f} MB")
    return 1 if missed or tasks_after > tasks_before else 0


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=lambda: PacedLoop(RATE)) as runner:
        code = runner.run(soak(int(sys.argv[1]) if len(sys.argv) > 1 else 1))
    sys.exit(code)
