"""What a careful check of a machine with nobody on it consists of, and what its recordings mean. Pure.

Each experiment is a short program, run by the ordinary session under the ordinary limits; what it shows is read from
the session's own trail. A second Start on a moving belt (what would it do?) is no experiment here: this program never
sends one, so it need not know.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from treadcoach.drive import Outcome
from treadcoach.errors import WireError
from treadcoach.events import LinkRestored, Notified, Pressed, RawInput, RunnerPressed
from treadcoach.ftms import control_point, machine_status, treadmill_data
from treadcoach.ftms.treadmill_data import TreadmillData
from treadcoach.motion import KM_PER_MILE

STOP = b"\x08\x01"
_SUCCESS = 1
_KEY = 0x03
_TARGET_CHANGED = 0x05
# A count of belt marks agrees with the machine within this share, or the machine is not what it says.
UNIT_TOLERANCE = 0.05
MILES_TOLERANCE = 0.08
# Steps of ours are at most this large; anything much above between two records is the machine's own.
_OLD_SPEED_KMH = 0.5
_RESUME_S = 5.0
_CONSOLE_KMH = 0.25

Trail = Sequence[tuple[float, tuple[RawInput, ...], Outcome]]
"""Every step of a session: when, what came in, what came out."""


class Finding(NamedTuple):
    """What one experiment showed."""

    found: str
    """In words."""
    facts: Mapping[str, Any]
    evidence: Mapping[str, Any]


class Experiment(NamedTuple):
    """One step of commissioning."""

    key: str
    instructions: str
    speeds_kmh: tuple[float, ...]
    """What the program asks for, one after the other."""
    seconds: float
    """… for so long each."""
    act: str
    """What is done once the last speed is settled: ``stop``, ``pause``, ``drop`` the link, or ``wait`` for a hand."""
    read: Callable[[Trail, Marks | None], Finding]
    counts_marks: bool = False
    needs_unit: bool = False
    """Only when the belt's unit is proven."""


class Marks(NamedTuple):
    """What somebody measured on the belt."""

    belt_m: float
    """Once round."""
    revolutions: int


def program(experiment: Experiment, minimum_kmh: float) -> str:
    """The experiment as a profile."""
    steps = "".join(
        f"  - forward: {max(speed, minimum_kmh):g}\n    for: {experiment.seconds:g} s\n"
        for speed in experiment.speeds_kmh
    )
    return f"profile: 1\nname: {experiment.key}\nlevel: novice\nunits: km/h\nsteps:\n  - stand: 5 s\n{steps}"


# ---- reading a trail ---------------------------------------------------------------------------------------


def speeds(trail: Trail) -> list[tuple[float, float]]:
    """Times and speeds (km/h) of every record in a trail."""
    found = []
    for now, raw, _ in trail:
        for happened in raw:
            if isinstance(happened, Notified) and happened.uuid == treadmill_data.UUID:
                try:
                    speed = TreadmillData.from_bytes(happened.data).instantaneous_speed
                except WireError:
                    continue
                if speed is not None:
                    found.append((now, speed / 100))
    return found


def period(records: Sequence[tuple[float, float]]) -> Finding:
    """C9: how often the machine reports."""
    gaps = [after[0] - before[0] for before, after in pairwise(records)]
    if not gaps:
        return Finding("it sends no records", {"controllable": False, "note": "it sends no records"}, {})
    typical, longest = statistics.median(gaps), max(gaps)
    evidence = {"records": len(records), "median_s": round(typical, 3), "longest_s": round(longest, 3)}
    return Finding(f"a record every {typical:.2f} s", {"period_s": round(typical, 2)}, evidence)


def _stop(trail: Trail, _marks: Marks | None) -> Finding:
    """C2: what Stop does, how fast the belt comes to rest."""
    written_at = next((now for now, _, outcome in trail for w in outcome.writes if w.data == STOP), None)
    records = speeds(trail)
    if written_at is None or not records:
        return Finding("the belt was not brought to its speed", {}, {})
    from_kmh = next((speed for at, speed in reversed(records) if at <= written_at), 0.0)
    rest_at = next((at for at, speed in records if at > written_at and not speed), None)
    answers = [(d[1], d[2]) for d in _frames(trail, control_point.UUID) if len(d) > 2 and d[0] == 0x80]  # noqa: PLR2004
    refused = any(op == STOP[0] and result != _SUCCESS for op, result in answers[: _first_refusal(answers)])
    evidence = {"from_kmh": from_kmh, "answers": [f"{op:02x}={result:02x}" for op, result in answers]}
    if rest_at is None:
        return Finding("it was not seen to stop", {"controllable": False, "note": "it did not stop"}, evidence)
    seconds = round(rest_at - written_at, 2)
    rate = round(from_kmh / seconds, 2) if seconds else 0.0
    facts = {"stop": "pause_first" if refused else "stop", "ramp_down": rate}
    order = ", but only after Pause" if refused else ""
    return Finding(
        f"from {from_kmh:.1f} km/h to rest in {seconds:.1f} s{order}", facts, {**evidence, "seconds": seconds}
    )


def _first_refusal(answers: Sequence[tuple[int, int]]) -> int:
    """Up to and including the first answer to a stop: later ones may refuse because the belt stands already."""
    return next((i + 1 for i, (op, _) in enumerate(answers) if op == STOP[0]), 0)


def _unit(trail: Trail, marks: Marks | None) -> Finding:
    """C1: the speed of the belt by its marks against what it was told and what it says."""
    pressed = [
        now
        for now, raw, outcome in trail
        for happened in raw
        if isinstance(happened, RunnerPressed) and happened.what is Pressed.CONFIRM and outcome.snapshot.observed_kmh
    ]
    if marks is None or len(pressed) < 2:  # noqa: PLR2004 - the first passage and the last
        return Finding("the marks were not counted", {}, {})
    first, last = pressed[0], pressed[-1]
    true_kmh = marks.belt_m * marks.revolutions / (last - first) * 3.6
    told = [outcome.snapshot.setpoint_kmh for now, _, outcome in trail if first <= now <= last]
    said = [speed for at, speed in speeds(trail) if first <= at <= last]
    commanded, reported = statistics.median(s for s in told if s), statistics.median(said)
    ratio = true_kmh / commanded
    evidence = {
        "belt_m": marks.belt_m,
        "revolutions": marks.revolutions,
        "seconds": round(last - first, 2),
        "true_kmh": round(true_kmh, 2),
        "commanded_kmh": commanded,
        "reported_kmh": reported,
        "ratio": round(ratio, 3),
    }
    unit = "unproven"
    if abs(ratio - 1) <= UNIT_TOLERANCE and abs(reported / true_kmh - 1) <= UNIT_TOLERANCE:
        unit = "km/h"
    elif abs(ratio / KM_PER_MILE - 1) <= MILES_TOLERANCE:
        unit = "mph"
    words = f"the belt runs {true_kmh:.2f} km/h, was told {commanded:.2f}, says {reported:.2f}: {unit}"
    return Finding(words, {"unit": unit}, evidence)


def _ramp(trail: Trail, _marks: Marks | None) -> Finding:
    """C6: how fast the belt gains speed by itself."""
    rates = [
        (after - before) / (t2 - t1)
        for (t1, before), (t2, after) in pairwise(speeds(trail))
        if t2 > t1 and before and after > before
    ]
    steepest = round(max(rates, default=0.0), 2)
    return Finding(f"gains at most {steepest:.2f} km/h per second", {"ramp_up": steepest}, {"steepest": steepest})


def _resume(trail: Trail, _marks: Marks | None) -> Finding:
    """C7: at which speed it goes on after a pause."""
    records = speeds(trail)
    rests = [i for i, ((_, before), (_, after)) in enumerate(pairwise(records)) if before and not after]
    again = next((i for i in range(rests[0] + 1, len(records)) if records[i][1]), None) if rests else None
    if again is None:
        return Finding("it was not paused and resumed", {}, {})
    began = records[again][0]
    first = [speed for at, speed in records[again:] if at - began <= _RESUME_S]
    old = max(speed for _, speed in records[: rests[0] + 1])
    returns = max(first) > min(first[0], 1.0) + _OLD_SPEED_KMH
    found = f"resumes at {max(first):.1f} km/h (it had {old:.1f})"
    return Finding(found, {"resume": "old" if returns else "minimum"}, {"first_kmh": first, "before_kmh": old})


def _console(trail: Trail, _marks: Marks | None) -> Finding:
    """C5: whether a hand at the console shows."""
    changed = [d.hex(" ") for d in _frames(trail, machine_status.UUID) if d and d[0] == _TARGET_CHANGED]
    lowest = min((speed for _, speed in speeds(trail)[-40:] if speed), default=0.0)
    wanted = max((o.snapshot.setpoint_kmh or 0.0) for _, _, o in trail)
    reasons = {reason for _, _, outcome in trail for reason in outcome.snapshot.reasons}
    seen = bool(reasons & {"console-slower", "console-faster"}) or bool(lowest and wanted - lowest > _CONSOLE_KMH)
    evidence = {"status": changed[:8], "reasons": sorted(reasons), "lowest_kmh": lowest}
    words = "a hand at the console shows" if seen else "a hand at the console does not show"
    return Finding(words, {"console": "seen" if seen else "unseen"}, evidence)


def _key(trail: Trail, _marks: Marks | None) -> Finding:
    """C8: whether the safety key shows."""
    statuses = [d.hex(" ") for d in _frames(trail, machine_status.UUID)]
    told = any(status.startswith(f"{_KEY:02x}") for status in statuses)
    rested = bool(speeds(trail)) and not speeds(trail)[-1][1]
    words = (
        "the key is told as such" if told else "the key is not told" + (", only the belt's rest" if rested else "")
    )
    return Finding(words, {"key": "seen" if told else "unseen"}, {"status": statuses[-8:], "rested": rested})


def _link_loss(trail: Trail, _marks: Marks | None) -> Finding:
    """C4: what the belt does while nobody holds its link."""
    back = next((now for now, raw, _ in trail if any(isinstance(h, LinkRestored) for h in raw)), None)
    after = [speed for at, speed in speeds(trail) if back is not None and at >= back]
    if not after:
        return Finding("the link did not come back: nobody knows", {}, {})
    runs = after[0] > 0
    words = "the belt went on running" if runs else "the belt had stopped by itself"
    return Finding(words, {"link_loss": "run" if runs else "stop"}, {"first_kmh": after[0]})


def _frames(trail: Trail, uuid: int) -> list[bytes]:
    return [h.data for _, raw, _ in trail for h in raw if isinstance(h, Notified) and h.uuid == uuid]


_STAND_BY = "Nobody stands on the belt. The belt will start, settle and be stopped; watch it, key in your hand."
_COUNT = (
    "Put a mark across the belt. When the belt runs steadily, press Enter as the mark passes a fixed point, count "
    "its passages, and press Enter again at the last one; then any other key."
)

EXPERIMENTS = (
    Experiment("C2 stop from 1 km/h", _STAND_BY, (1.0,), 60, "stop", _stop),
    Experiment("C1 unit at 1 km/h", _COUNT, (1.0,), 900, "wait", _unit, counts_marks=True),
    Experiment("C1 unit at 2 km/h", _COUNT, (2.0,), 600, "wait", _unit, counts_marks=True),
    Experiment("C6 ramp", _STAND_BY, (1.0, 3.0), 40, "stop", _ramp),
    Experiment("C2 stop from 3 km/h", _STAND_BY, (3.0,), 90, "stop", _stop),
    Experiment("C2 stop from 5 km/h", _STAND_BY, (5.0,), 120, "stop", _stop, needs_unit=True),
    Experiment(
        "C7 pause and resume",
        "Nobody stands on the belt. It will be paused; press Enter when asked to go on, it will start again.",
        (2.0,),
        60,
        "pause",
        _resume,
    ),
    Experiment(
        "C5 console",
        "Nobody stands on the belt. When it has settled, press minus on its console a few times; then any key here.",
        (2.0,),
        120,
        "wait",
        _console,
    ),
    Experiment(
        "C8 safety key",
        "Nobody stands on the belt. When it has settled, pull the safety key.",
        (1.0,),
        120,
        "wait",
        _key,
    ),
    Experiment(
        "C4 link loss",
        "Nobody stands on the belt. The link will be cut for a few seconds and then used to stop the belt.",
        (1.0,),
        120,
        "drop",
        _link_loss,
    ),
)
