"""What a careful check of a machine with nobody on it consists of, and what its recordings mean. Pure.

Each experiment is a short program, run by the ordinary session under the ordinary limits; what it shows is read from
the session's own trail. A second Start on a moving belt (what would it do?) is no experiment here: this program never
sends one, so it need not know.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any, NamedTuple

from treadcoach.drive import Outcome
from treadcoach.errors import WireError
from treadcoach.events import LinkRestored, Notified, Pressed, RawInput, RunnerPressed
from treadcoach.ftms import control_point, machine_status, treadmill_data
from treadcoach.ftms.control_point import ControlPointResponse
from treadcoach.ftms.machine_status import StatusCode
from treadcoach.ftms.treadmill_data import TreadmillData
from treadcoach.motion import KM_PER_MILE, Verb

# A count of belt marks agrees with the machine within this share, or the machine is not what it says.
UNIT_TOLERANCE = 0.05
MILES_TOLERANCE = 0.08
# What stops a belt in an orderly way, and what is left to try where that does not.
_STOPS = {Verb.STOP, Verb.PAUSE}
_LAST_RUNGS = {Verb.SET_SPEED, Verb.RESET}
# A belt this close to its target has arrived.
_ARRIVED_KMH = 0.05
# Steps of ours are at most this large; anything much above between two records is the machine's own.
_OLD_SPEED_KMH = 0.5
_STARTING_S = 5.0
_CONSOLE_KMH = 0.25

Moment = tuple[float, tuple[RawInput, ...], Outcome]
"""One step of a session: when, what came in, what came out."""
Trail = Sequence[Moment]


class Finding(NamedTuple):
    """What one experiment showed."""

    found: str
    """In words."""
    facts: Mapping[str, Any] = {}
    evidence: Mapping[str, Any] = {}
    is_conclusive: bool = True
    """Off: nothing was found, and the experiment is still to be done."""


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
    ends_in_alarm: bool = False
    """It provokes a safety stop; anywhere else one spoils the experiment."""


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
    header = f"profile: 1\nname: {experiment.key}\nlevel: novice\nunits: km/h\nbelt: empty\n"
    return f"{header}steps:\n  - stand: 5 s\n{steps}"


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
    """How often the machine reports."""
    gaps = [after[0] - before[0] for before, after in pairwise(records)]
    if not gaps:
        return Finding(
            "it sent no records; some machines do so only when their console is awake", is_conclusive=False
        )
    typical, longest = statistics.median(gaps), max(gaps)
    evidence = {"records": len(records), "median_s": round(typical, 3), "longest_s": round(longest, 3)}
    return Finding(f"a record every {typical:.2f} s", {"period_s": round(typical, 2)}, evidence)


def stopped(trail: Trail, _marks: Marks | None = None) -> Finding:
    """What stops the belt, and how fast it comes to rest."""
    records = speeds(trail)
    moved_at = next((at for at, speed in records if speed), None)
    if moved_at is None:
        return Finding("the belt did not move", is_conclusive=False)
    written = [(now, write) for now, _, outcome in trail for write in outcome.writes if now >= moved_at]
    began_at, first = next(((now, w.verb) for now, w in written if w.verb in _STOPS), (None, ""))
    if began_at is None:
        return Finding("nobody stopped it", is_conclusive=False)
    from_kmh = next((speed for at, speed in reversed(records) if at <= began_at), 0.0)
    rest_at = next((at for at, speed in records if at > began_at and not speed), None)
    rungs = [w.verb for now, w in written if began_at <= now and (rest_at is None or now < rest_at)]
    evidence = {"from_kmh": from_kmh, "asked": rungs, "answers": _answers(trail)}
    if rest_at is None:
        return not_seen_to_stop(trail)
    if set(rungs) & _LAST_RUNGS:
        note = "neither Stop nor Pause brings it to rest in time"
        return Finding(note, {"controllable": False, "note": note}, evidence)
    seconds = round(rest_at - began_at, 2)
    wants_pause = Verb.PAUSE in rungs
    facts = {
        "stop": "pause_first" if wants_pause else "stop",
        "ramp_down": round(from_kmh / seconds, 2) if seconds else 0.0,
    }
    order = ", by Pause and then Stop" if wants_pause else ""
    return Finding(
        f"from {from_kmh:.1f} km/h to rest in {seconds:.1f} s{order}",
        facts,
        {**evidence, "first": first, "seconds": seconds},
    )


def not_seen_to_stop(trail: Trail) -> Finding:
    """What a stop that was given up says of the machine: one that still reports motion does not obey."""
    records = speeds(trail)
    if records and records[-1][1]:
        note = "it was not seen to stop"
        return Finding(
            note, {"controllable": False, "note": note}, {"last_kmh": [speed for _, speed in records[-5:]]}
        )
    return Finding("it fell silent before it was seen to stop: nobody knows", is_conclusive=False)


def stopped_by_hand(trail: Trail) -> Finding:
    """The same, where it is the runner's own key that has to do it."""
    moves = False
    for _, raw, outcome in trail:
        moves = moves or bool(outcome.snapshot.observed_kmh)
        if moves and any(isinstance(h, RunnerPressed) and h.what is Pressed.STOP for h in raw):
            return stopped(trail)
    return Finding("nobody pressed a key while it moved", is_conclusive=False)


def _answers(trail: Trail) -> list[str]:
    """What the control point said, as ``op code=result``."""
    found = []
    for data in _frames(trail, control_point.UUID):
        with suppress(WireError):
            response = ControlPointResponse.from_bytes(data)
            found.append(f"{response.request_op_code:02x}={response.result_code:02x}")
    return found


def _unit(trail: Trail, marks: Marks | None) -> Finding:
    """The speed of the belt by its marks against what it was told and what it says."""
    pressed = [
        now
        for now, raw, outcome in trail
        for happened in raw
        if isinstance(happened, RunnerPressed) and happened.what is Pressed.CONFIRM and outcome.snapshot.observed_kmh
    ]
    if marks is None or len(pressed) < 2:  # noqa: PLR2004 - the first passage and the last
        return Finding("the marks were not counted", is_conclusive=False)
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
    """How fast the belt gains speed by itself, as far as steps of ours that are small can show it.

    A record on the way to a target shows the belt's own ramp; where every record finds it arrived, the ramp is only
    known to be at least so steep.
    """
    targets = [(now, w.value / 100) for now, _, o in trail for w in o.writes if w.verb == Verb.SET_SPEED and w.value]
    on_the_way, at_least = 0.0, 0.0
    for (t1, before), (t2, after) in pairwise(speeds(trail)):
        if not before or after <= before or t2 <= t1:
            continue
        target = next((value for now, value in reversed(targets) if now < t2), 0.0)
        rate = (after - before) / (t2 - t1)
        at_least = max(at_least, rate)
        if after < target - _ARRIVED_KMH:
            on_the_way = max(on_the_way, rate)
    evidence = {"on_the_way": round(on_the_way, 2), "at_least": round(at_least, 2)}
    if not at_least:
        return Finding("the belt was not seen to gain speed", is_conclusive=False)
    if on_the_way >= at_least:
        found = round(on_the_way, 2)
        return Finding(f"gains {found:.2f} km/h per second", {"ramp_up": found}, evidence)
    return Finding(f"gains at least {at_least:.2f} km/h per second; steps this small show no more", {}, evidence)


def springs(trail: Trail) -> bool:
    """Whether the belt starts faster than at its slowest, as one does that goes straight back to the speed it had.

    It is told its slowest speed as soon as it is seen to start: one that does not show this may still want to.
    """
    records = speeds(trail)
    asked = [w.value / 100 for _, _, o in trail for w in o.writes if w.verb == Verb.SET_SPEED and w.value]
    slowest = min(asked, default=1.0)
    begun = [at for (_, before), (at, after) in pairwise(records) if after and not before]
    fastest = (max(speed for at, speed in records if 0 <= at - began <= _STARTING_S) for began in begun)
    return any(speed > slowest + _OLD_SPEED_KMH for speed in fastest)


def _resume(trail: Trail, _marks: Marks | None) -> Finding:
    """How it goes on after a pause."""
    moves = [bool(speed) for _, speed in speeds(trail)]
    starts = sum(after and not before for before, after in pairwise(moves))
    if starts < 2:  # noqa: PLR2004 - the first start and the second
        return Finding("it was not paused and resumed", is_conclusive=False)
    return Finding("it came to rest, and started again")


def _console(trail: Trail, _marks: Marks | None) -> Finding:
    """Whether a hand at the console shows."""
    changed = _statuses(trail, StatusCode.TARGET_SPEED_CHANGED)
    lowest = min((speed for _, speed in speeds(trail)[-40:] if speed), default=0.0)
    wanted = max((o.snapshot.setpoint_kmh or 0.0) for _, _, o in trail)
    reasons = {reason for _, _, outcome in trail for reason in outcome.snapshot.reasons}
    seen = bool(reasons & {"console-slower", "console-faster"}) or bool(lowest and wanted - lowest > _CONSOLE_KMH)
    evidence = {"status": changed[:8], "reasons": sorted(reasons), "lowest_kmh": lowest}
    words = "a hand at the console shows" if seen else "a hand at the console does not show"
    return Finding(words, {"console": "seen" if seen else "unseen"}, evidence)


def _key(trail: Trail, _marks: Marks | None) -> Finding:
    """Whether the safety key shows."""
    told = bool(_statuses(trail, StatusCode.STOPPED_BY_SAFETY_KEY))
    rested = bool(speeds(trail)) and not speeds(trail)[-1][1]
    words = (
        "the key is told as such" if told else "the key is not told" + (", only the belt's rest" if rested else "")
    )
    return Finding(words, {"key": "seen" if told else "unseen"}, {"status": _statuses(trail)[-8:], "rested": rested})


def _link_loss(trail: Trail, _marks: Marks | None) -> Finding:
    """What the belt does while nobody holds its link."""
    back = next((now for now, raw, _ in trail if any(isinstance(h, LinkRestored) for h in raw)), None)
    after = [speed for at, speed in speeds(trail) if back is not None and at >= back]
    if not after:
        return Finding("the link did not come back: nobody knows", is_conclusive=False)
    runs = after[0] > 0
    words = "the belt went on running" if runs else "the belt had stopped by itself"
    return Finding(words, {"link_loss": "run" if runs else "stop"}, {"first_kmh": after[0]})


def _statuses(trail: Trail, code: StatusCode | None = None) -> list[str]:
    """Machine statuses as text: all of them, or those of one kind."""
    frames = [data for data in _frames(trail, machine_status.UUID) if data]
    return [data.hex(" ") for data in frames if code is None or data[0] == code]


def _frames(trail: Trail, uuid: int) -> list[bytes]:
    return [h.data for _, raw, _ in trail for h in raw if isinstance(h, Notified) and h.uuid == uuid]


_STAND_BY = "Nobody stands on the belt. The belt will start, settle and be stopped; watch it, key in your hand."
_COUNT = (
    "Put a mark across the belt. When the belt runs steadily, press Enter as the mark passes a fixed point, count "
    "its passages, and press Enter again at the last one; then any other key."
)

EXPERIMENTS = (
    Experiment("stop from 1 km/h", _STAND_BY, (1.0,), 60, "stop", stopped),
    Experiment("unit at 1 km/h", _COUNT, (1.0,), 900, "wait", _unit, counts_marks=True),
    Experiment("unit at 2 km/h", _COUNT, (2.0,), 600, "wait", _unit, counts_marks=True),
    Experiment("ramp", _STAND_BY, (1.0, 3.0), 40, "stop", _ramp),
    Experiment("stop from 3 km/h", _STAND_BY, (3.0,), 90, "stop", stopped),
    Experiment("stop from 5 km/h", _STAND_BY, (5.0,), 120, "stop", stopped, needs_unit=True),
    Experiment(
        "pause and resume",
        "Nobody stands on the belt. It will be paused; press Enter when asked to go on, it will start again.",
        (2.0,),
        60,
        "pause",
        _resume,
    ),
    Experiment(
        "console",
        "Nobody stands on the belt. When it has settled, press minus on its console a few times; then any key here.",
        (2.0,),
        120,
        "wait",
        _console,
    ),
    Experiment(
        "safety key",
        "Nobody stands on the belt. When it has settled, pull the safety key.",
        (1.0,),
        120,
        "wait",
        _key,
        ends_in_alarm=True,
    ),
    Experiment(
        "link loss",
        "Nobody stands on the belt. The link will be cut for a few seconds and then used to stop the belt.",
        (1.0,),
        120,
        "drop",
        _link_loss,
        ends_in_alarm=True,
    ),
)
