"""How soon a whole group stands: `make bench-mqtt` (MACHINES=50 ROUNDS=4).

So many sessions, each a process of its own with its own coach and governor, at one Mosquitto with TLS and passwords;
then `treadcoach group stop`. From the moment that the command was started, and from its first word to a machine, to
the bytes of a stop at each machine's link.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / folder) for folder in ("tests", "tests/radio", "tests/way_out", "tests/mqtt", "bench")]

from brokers import LEADER, PROFILE, Mosquitto, clean, wait_until
from safety import distribution  # type: ignore[attr-defined] # bench/safety.py, not tests/safety

STOP = "0801"
PATIENCE_S = 180.0


def child(written: str, profile: str) -> int:
    """A session that writes down when a stop reaches its link."""
    from treadcoach.app import RunOptions, run_simulated  # noqa: PLC0415 - only here, and before it is changed
    from treadcoach.output import Output  # noqa: PLC0415
    from treadmill_simulator.link import InProcessLink  # noqa: PLC0415

    write, stopped_at = InProcessLink.write, []

    async def timed(link: InProcessLink, data: bytes) -> int | None:
        if data.hex() == STOP:
            stopped_at.append(time.monotonic_ns())
        return await write(link, data)

    InProcessLink.write = timed  # type: ignore[method-assign, assignment]
    options = RunOptions(profile, "well-behaved", 1, None, 1.0, confirms=True, journal=None, plain=True, mute=True)
    code = run_simulated(options, Output(sys.stdout, sys.stderr, quiet=True))
    Path(written).write_text(str(stopped_at[0]))
    return code


def a_round(broker: Mosquitto, folder: Path, machines: int) -> tuple[list[float], list[float], float]:
    """Seconds from the command's start, and from its first word; how long the command took in all."""
    folder.mkdir()
    profile = folder / "brief.yaml"
    profile.write_text(PROFILE.replace("40 s", "10 min").replace("level: first", "level: harness"))
    home = clean(broker.variables) | {"TREADCOACH_HOME": str(folder)}
    with broker.spy("treadcoach/+/state") as spy:
        sessions = []
        for number in range(machines):
            command = [sys.executable, str(Path(__file__)), "--child", str(folder / f"{number}.stop"), str(profile)]
            environment = home | {"TREADCOACH_MQTT_MACHINE_ID": f"hall-{number}"}
            sessions.append(subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL))
            time.sleep(0.3)
        newest: dict[str, str] = {}

        def all_run() -> bool:
            newest.update({topic: payload for topic, payload, _ in list(spy.heard)})
            return sum('"state":"running"' in payload for payload in newest.values()) == machines

        wait_until(all_run, "everybody running", PATIENCE_S)
        leader = home | {"TREADCOACH_MQTT_USERNAME": LEADER}
        began = time.monotonic_ns()
        done = subprocess.run([sys.executable, "-m", "treadcoach", "group", "stop"], env=leader, check=False)
        took_s = (time.monotonic_ns() - began) / 1e9
        if done.returncode:
            raise SystemExit(f"not all were seen to stop: {done.returncode}")
        for session in sessions:
            session.wait(60)
    stopped = [int((folder / f"{number}.stop").read_text()) for number in range(machines)]
    return [(at - began) / 1e9 for at in stopped], [(at - min(stopped)) / 1e9 for at in stopped], took_s


def main(machines: int, rounds: int) -> None:
    """Print the distributions."""
    from_start: list[float] = []
    spread: list[float] = []
    last: list[float] = []
    with tempfile.TemporaryDirectory() as folder, Mosquitto(Path(folder)) as broker:
        for number in range(rounds):
            starts, spreads, took_s = a_round(broker, Path(folder) / str(number), machines)
            from_start += starts
            spread += spreads
            last.append(max(starts))
            print(
                f"round {number + 1}: the last of {machines} after {max(starts):.2f} s, in all {took_s:.2f} s",
                flush=True,
            )
    distribution(f"`group stop` started to a stop at each of {machines} links", from_start)
    distribution("the first machine's stop to each of the others'", spread)
    distribution("`group stop` started to the last stop of all", last)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        sys.exit(child(sys.argv[2], sys.argv[3]))
    os.chdir(ROOT)
    main(int(sys.argv[1]), int(sys.argv[2]))
