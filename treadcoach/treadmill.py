"""The remote machine as a session sees it: cleared commands in, inputs out, bytes underneath.

`Treadmill` is sans-I/O: it owns the FTMS client and translates both ways; a session (or a rehearsal, a replay, a
deadman) carries its bytes. `machine_of` is what can be believed of what a machine says it can do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from treadcoach import events
from treadcoach.errors import ProtocolMisuseError, WireError
from treadcoach.events import Input, RawInput
from treadcoach.ftms import feature
from treadcoach.ftms.client import Answer, Client, ForeignAnswer, Garbled, LateAnswer, Outgoing, Report
from treadcoach.ftms.control_point import ControlPointRequest, OpCode, ResultCode
from treadcoach.ftms.feature import FitnessMachineFeature, Target
from treadcoach.ftms.machine_status import FitnessMachineStatus, StatusCode
from treadcoach.ftms.parameters import Parameter
from treadcoach.ftms.ranges import SupportedInclinationRange, SupportedSpeedRange
from treadcoach.ftms.treadmill_data import TreadmillData
from treadcoach.motion import COMMON_GRID, Incline, Machine, Movement, Observation, Passport, Speed, SpeedGrid, Verb
from treadcoach.safety.clearance import Cleared
from treadcoach.safety.limits import CEILINGS


class Write(NamedTuple):
    """One write to the Control Point."""

    verb: str
    """What it asks, in our words."""
    value: int | None
    data: bytes
    urgent: bool


class Treadmill:
    """One link's worth of one machine."""

    def __init__(self) -> None:
        self._client = Client()
        self._link_is_up = True
        self._oddities: list[str] = []

    def take(self, happened: RawInput, now: float) -> list[Input]:
        """What an input means; one that is no frame means itself."""
        match happened:
            case events.Notified(uuid, data):
                return self._read(self._client.receive(uuid, data, now))
            case events.WriteFailed(code):
                return self._read(self._client.write_failed(code, now))
            case events.LinkLost():
                self._link_is_up = False
                self._client.link_lost()
                return [happened]
            case events.LinkRestored():
                self._link_is_up = True
                return [happened]
            case events.RunnerPressed(events.Pressed.CONFIRM) if self._link_is_up:
                self._client.ask_for_control(now)  # now, so that the start is written at once when its time comes
                return [happened]
            case _:
                return [happened]

    def tick(self, now: float) -> list[Input]:
        """What the passing of time means: answers that did not come."""
        return self._read(self._client.tick(now))

    def send(self, cleared: Cleared, now: float) -> None:
        """Send one command. Only what the governor has cleared gets here, and its ceiling is checked once more.

        Raises:
            ProtocolMisuseError: it is beyond the ceiling for the movement; nothing is sent.
        """
        if not self._link_is_up:
            return
        self._check(cleared)
        self._client.submit(_REQUESTS[cleared.verb](cleared.value or 0), now, urgent=cleared.urgent)

    def writes(self) -> list[Write]:
        """What to write to the Control Point now, in order. Empties the list."""
        return [_described(outgoing) for outgoing in self._client.writes()]

    def oddities(self) -> tuple[str, ...]:
        """What came in and was taken for nothing of ours, in words. Empties the list."""
        oddities, self._oddities = self._oddities, []
        return tuple(oddities)

    @property
    def deadline(self) -> float | None:
        """When `tick` wants to be called, at the latest."""
        return self._client.deadline

    @staticmethod
    def _check(cleared: Cleared) -> None:
        if cleared.verb is not Verb.SET_SPEED or cleared.movement is Movement.STAND:
            return
        gait_ceiling = CEILINGS[_GAIT_OF.get(cleared.movement, "crossover")]
        if cleared.value is None or not 0 < cleared.value <= gait_ceiling:
            raise ProtocolMisuseError(f"{cleared.value} (0.01 km/h) is beyond the ceiling for {cleared.movement}")

    def _read(self, reports: list[Report]) -> list[Input]:
        inputs: list[Input] = []
        for report in reports:
            if isinstance(report, LateAnswer | ForeignAnswer | Garbled):
                self._oddities.append(_told(report))
            if (overtaken := self._overtaken(report)) is not None:
                inputs.append(events.Answered(overtaken, accepted=False))
            if (found := _input(report)) is not None:  # NB: an input without fields is an empty tuple, hence false
                inputs.append(found)
        return inputs

    def _overtaken(self, report: Report) -> Verb | None:
        """What still waits to be written and must not be any more: Start if the belt moves, a target if it stands."""
        if not isinstance(report, TreadmillData) or report.instantaneous_speed is None:
            return None
        op_code, verb = _OVERTAKEN[report.instantaneous_speed > 0]
        return verb if self._client.withdraw(op_code) else None


_GAIT_OF = {
    Movement.FORWARD: "forward",
    Movement.BACKWARD: "backward",
    Movement.SIDESTEP_LEFT: "sidestep",
    Movement.SIDESTEP_RIGHT: "sidestep",
}

_REQUESTS: dict[Verb, Callable[[int], ControlPointRequest]] = {
    Verb.START: lambda _: ControlPointRequest.start_or_resume(),
    Verb.STOP: lambda _: ControlPointRequest.stop(),
    Verb.PAUSE: lambda _: ControlPointRequest.pause(),
    Verb.RESET: lambda _: ControlPointRequest.reset(),
    Verb.SET_SPEED: ControlPointRequest.set_target_speed,
    Verb.SET_INCLINE: ControlPointRequest.set_target_inclination,
}
_VERBS: dict[tuple[int, Parameter], Verb] = {
    (OpCode.START_OR_RESUME, None): Verb.START,
    (OpCode.STOP_OR_PAUSE, 1): Verb.STOP,
    (OpCode.STOP_OR_PAUSE, 2): Verb.PAUSE,
    (OpCode.RESET, None): Verb.RESET,
}
# What a program asks for that wants to stop a belt which another one runs.
_OF_A_STOP = {OpCode.REQUEST_CONTROL, OpCode.STOP_OR_PAUSE}
_OVERTAKEN = {True: (OpCode.START_OR_RESUME, Verb.START), False: (OpCode.SET_TARGET_SPEED, Verb.SET_SPEED)}
_TARGETS: dict[int, Verb] = {OpCode.SET_TARGET_SPEED: Verb.SET_SPEED, OpCode.SET_TARGET_INCLINATION: Verb.SET_INCLINE}


def _verb(request: ControlPointRequest) -> Verb | None:
    """Our word for a request; ``None`` for Request Control, which moves nothing."""
    return _TARGETS.get(request.op_code) or _VERBS.get(request[:2])


def _described(outgoing: Outgoing) -> Write:
    request = outgoing.request
    verb = _verb(request)
    value = request.parameter if request.op_code in _TARGETS and isinstance(request.parameter, int) else None
    return Write(verb.value if verb else "request_control", value, request.to_bytes(), outgoing.urgent)


def _input(report: TreadmillData | FitnessMachineStatus | object) -> Input | None:
    """What one report of the machine means to a session."""
    match report:
        case TreadmillData():
            return _observed(report)
        case Answer(request, result):
            return _answered(request, result)
        case FitnessMachineStatus(op_code, parameter, _):
            return _changed(op_code, parameter)
        case ForeignAnswer(response) if response.request_op_code in _OF_A_STOP:
            return events.StoppedElsewhere()
        case _:
            return None  # training status is a hint, and nothing here needs one


def _told(oddity: LateAnswer | ForeignAnswer | Garbled) -> str:
    match oddity:
        case LateAnswer(response):
            return f"late answer: {response.to_bytes().hex(' ')}"
        case ForeignAnswer(response):
            return f"answer to another program: {response.to_bytes().hex(' ')}"
        case Garbled(uuid, data, problem):
            return f"{uuid:04x}, {data.hex(' ') or 'empty'}: {problem}"


def _observed(record: TreadmillData) -> Input | None:
    """A record is an observation when it holds a speed; heart rate 0 is none."""
    if record.instantaneous_speed is None:
        return None
    return events.Observed(
        Observation(
            speed=Speed(record.instantaneous_speed),
            distance_m=record.total_distance,
            incline=None if record.inclination is None else Incline(record.inclination),
            elapsed_s=record.elapsed_time,
            heart_rate_bpm=record.heart_rate or None,
        )
    )


def _answered(request: ControlPointRequest, result: int | None) -> Input | None:
    verb = _verb(request)
    if verb is None:  # Request Control: only a plain "not permitted" matters, everything else is judged by effect
        return events.ControlLost() if result == ResultCode.NOT_PERMITTED else None
    return events.Answered(verb, None if result is None else result == ResultCode.SUCCESS)


def _changed(op_code: int, parameter: object) -> Input | None:
    match op_code:
        case StatusCode.STOPPED_OR_PAUSED | StatusCode.RESET:
            return events.MachineStopped()
        case StatusCode.STOPPED_BY_SAFETY_KEY:
            return events.SafetyKeyPulled()
        case StatusCode.CONTROL_PERMISSION_LOST:
            return events.ControlLost()
        case StatusCode.TARGET_SPEED_CHANGED if isinstance(parameter, int):
            return events.TargetChanged(Speed(parameter))
        case _:
            return None


CAPABILITIES = (SupportedSpeedRange.UUID, feature.UUID, SupportedInclinationRange.UUID)
"""What is read of a new link's machine; each of them may be missing."""


def machine_of(passport: Passport, read: Mapping[int, bytes | None]) -> Machine:
    """What a machine can be set to, as far as it can be believed.

    Args:
        passport: What is known of it.
        read: The values of `CAPABILITIES`, by characteristic; ``None`` where one could not be read.
    """
    grid = _grid(read.get(SupportedSpeedRange.UUID)) or passport.grid or COMMON_GRID
    inclines = passport.inclines and _claims_incline(read.get(feature.UUID))
    steepest = _maximum_incline(read.get(SupportedInclinationRange.UUID)) if inclines else Incline(0)
    return Machine(passport, grid, steepest)


def _grid(data: bytes | None) -> SpeedGrid | None:
    try:
        claimed = SupportedSpeedRange.from_bytes(data or b"")
    except WireError:
        return None
    return SpeedGrid(*map(Speed, claimed[:3])) if claimed.usable else None


def _claims_incline(data: bytes | None) -> bool:
    try:
        return bool(FitnessMachineFeature.from_bytes(data or b"").targets & Target.INCLINATION)
    except WireError:
        return False


def _maximum_incline(data: bytes | None) -> Incline:
    try:
        claimed = SupportedInclinationRange.from_bytes(data or b"")
    except WireError:
        return Incline(0)
    return Incline(claimed.maximum) if claimed.usable else Incline(0)
