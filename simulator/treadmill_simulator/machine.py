"""The machine's side of FTMS as a pure object: writes and the time come in, frames go out.

Keeps control permission, one procedure at a time, the result codes of the specification, status and training status,
and Treadmill Data at its period. Misbehaviour is the character's; nothing here asks for a name.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from treadcoach.errors import WireError
from treadcoach.ftms import control_point, feature, machine_status, ranges, training_status, treadmill_data
from treadcoach.ftms.control_point import (
    ControlPointRequest,
    ControlPointResponse,
    OpCode,
    ResultCode,
    StopCode,
)
from treadcoach.ftms.feature import Feature, FitnessMachineFeature, Target
from treadcoach.ftms.machine_status import FitnessMachineStatus, StatusCode
from treadcoach.ftms.parameters import Parameter
from treadcoach.ftms.training_status import TrainingCode, TrainingStatus
from treadcoach.ftms.treadmill_data import TreadmillData
from treadcoach.motion import KM_PER_MILE, after
from treadmill_simulator.belt import Belt
from treadmill_simulator.characters import Character
from treadmill_simulator.runner import Runner

# ATT errors of the specification
PROCEDURE_IN_PROGRESS = 0xFE
CCCD_IMPROPERLY_CONFIGURED = 0xFD
READ_NOT_PERMITTED = 0x02

_INCLINE_RATE = 0.5  # percent per second
_FEATURES = Feature.TOTAL_DISTANCE | Feature.INCLINATION | Feature.HEART_RATE | Feature.ELAPSED_TIME
_TARGETS = Target.SPEED | Target.INCLINATION


class Motion(Enum):
    """What the machine is doing."""

    IDLE = "idle"
    COUNTDOWN = "countdown"
    RUNNING = "running"
    STOPPING = "stopping"


class Frame(NamedTuple):
    """One notification or indication."""

    uuid: int
    data: bytes


class Machine:
    """One simulated treadmill.

    Args:
        character: How it behaves.
        seed: Of everything that varies: the same seed gives the same frames.
        runner: Who is on the belt.
        now: Its clock at the beginning, in seconds.
    """

    def __init__(self, character: Character, seed: int = 0, runner: Runner | None = None, now: float = 0.0) -> None:
        self.character = character
        self.belt = Belt(character.rate_up, character.rate_down, character.creep)
        self.motion = Motion.IDLE
        self.runner = runner or Runner(seed)
        self.received: list[tuple[float, bytes]] = []
        """Every Control Point write that arrived, with its time."""
        self._random = random.Random(f"machine {seed}")
        self._now = now
        self._has_control = False
        self._subscribed: set[int] = set()
        self._procedure_until = 0.0
        self._target_kmh = 0.0
        self._incline = 0.0
        self._target_incline = 0.0
        self._elapsed_s = 0.0
        self._record = b""
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = 0
        self._frames: list[Frame] = []
        self._procedures: dict[int, Callable[[Parameter], ResultCode]] = {
            OpCode.RESET: self._reset,
            OpCode.SET_TARGET_SPEED: self._set_speed,
            OpCode.SET_TARGET_INCLINATION: self._set_incline,
            OpCode.START_OR_RESUME: self._start,
            OpCode.STOP_OR_PAUSE: self._stop,
        }
        self._later(character.period_s, self._report)

    # ---- the client's side ---------------------------------------------------------------------------------

    def read(self, uuid: int) -> bytes | None:
        """A readable characteristic; ``None`` where the machine has none of it."""
        speeds, incline = self.character.grid, self.character.maximum_incline_percent
        match uuid:
            case feature.UUID:
                return FitnessMachineFeature(_FEATURES, _TARGETS).to_bytes()
            case ranges.SupportedSpeedRange.UUID:
                return ranges.SupportedSpeedRange(*speeds).to_bytes()
            case ranges.SupportedInclinationRange.UUID:
                return ranges.SupportedInclinationRange(0, round(incline * 10), 10).to_bytes()
            case training_status.UUID:
                return TrainingStatus(0, self._training()).to_bytes()
            case _:
                return None

    def subscribe(self, uuid: int) -> None:
        """Notifications and indications of a characteristic are wanted."""
        self._subscribed.add(uuid)

    def disconnected(self, now: float) -> None:
        """The link ended: permission and subscriptions are gone, the belt keeps running."""
        self.advance(now)
        self._has_control = False
        self._subscribed.clear()

    def write(self, data: bytes, now: float) -> int | None:
        """A write to the Control Point; the ATT error where it is refused as a write."""
        self.advance(now)
        if control_point.UUID not in self._subscribed:
            return CCCD_IMPROPERLY_CONFIGURED
        if now < self._procedure_until:
            return PROCEDURE_IN_PROGRESS
        self.received.append((now, data))
        try:
            request = ControlPointRequest.from_bytes(data)
        except WireError:
            return None
        self._procedure_until = after(now, self.character.latency_s)
        response = ControlPointResponse(request.op_code, self._obey(request))
        self._later(self.character.latency_s, lambda: self._send(control_point.UUID, response.to_bytes()))
        return None

    # ---- time ----------------------------------------------------------------------------------------------

    @property
    def wake_at(self) -> float:
        """When the next frame or change is due; what somebody at the console caused is due at once."""
        return self._now if self._frames else self._due[0][0]

    def advance(self, now: float) -> None:
        """Let time pass."""
        while self._due[0][0] <= now:
            at, _, action = heapq.heappop(self._due)
            self._pass(at)
            action()
        self._pass(now)

    def frames(self) -> list[Frame]:
        """What has gone out since the last call."""
        frames, self._frames = self._frames, []
        return frames

    def _later(self, seconds: float, action: Callable[[], None]) -> None:
        self._order += 1
        heapq.heappush(self._due, (after(self._now, seconds), self._order, action))

    def _pass(self, now: float) -> None:
        seconds = now - self._now
        if seconds <= 0:
            return
        self._now = now
        self.belt.advance(seconds)
        if self.motion is Motion.RUNNING:
            self._elapsed_s += seconds
        change = self._target_incline - self._incline
        self._incline += max(-_INCLINE_RATE * seconds, min(_INCLINE_RATE * seconds, change))
        self.runner.advance(seconds, self.belt.speed, self._incline)
        if self.motion is Motion.STOPPING and self.belt.speed <= 0:
            self.motion = Motion.IDLE
            self._announce(TrainingCode.IDLE)

    # ---- procedures ----------------------------------------------------------------------------------------

    def _obey(self, request: ControlPointRequest) -> ResultCode:
        if request.op_code == OpCode.REQUEST_CONTROL:
            self._has_control = True
            return ResultCode.SUCCESS
        if not self._has_control:
            return ResultCode.NOT_PERMITTED
        procedure = self._procedures.get(request.op_code)
        return procedure(request.parameter) if procedure else ResultCode.NOT_SUPPORTED

    def _reset(self, _: Parameter) -> ResultCode:
        self._has_control = False
        self._target_kmh = self._target_incline = 0.0
        self._halt()
        self._notify(FitnessMachineStatus(StatusCode.RESET))
        return ResultCode.SUCCESS

    def _set_speed(self, speed: Parameter) -> ResultCode:
        grid = self.character.grid
        if not isinstance(speed, int) or not grid.minimum <= speed <= grid.maximum:
            return ResultCode.INVALID_PARAMETER
        set_to = grid.floor(speed) or grid.minimum
        self._target_kmh = set_to.kmh * (KM_PER_MILE if self.character.takes_mph else 1.0)
        if self.motion is Motion.RUNNING:
            self.belt.target = self._target_kmh
        return ResultCode.SUCCESS

    def _set_incline(self, incline: Parameter) -> ResultCode:
        if not isinstance(incline, int) or not 0 <= incline <= round(self.character.maximum_incline_percent * 10):
            return ResultCode.INVALID_PARAMETER
        self._target_incline = incline / 10
        return ResultCode.SUCCESS

    def _start(self, _: Parameter) -> ResultCode:
        if self.motion is Motion.COUNTDOWN:
            return ResultCode.SUCCESS
        if self.motion is not Motion.IDLE:
            if not self.character.start_toggles:
                return ResultCode.FAILED
            self._halt()
            self._notify(FitnessMachineStatus(StatusCode.STOPPED_OR_PAUSED, StopCode.PAUSE))
            return ResultCode.SUCCESS
        self.motion = Motion.COUNTDOWN
        self._announce(TrainingCode.PRE_WORKOUT)
        self._later(self.character.countdown_s, self._begin)
        return ResultCode.SUCCESS

    def _begin(self) -> None:
        """The countdown is over, unless somebody stopped it."""
        if self.motion is not Motion.COUNTDOWN:
            return
        self.motion = Motion.RUNNING
        slowest = self.character.minimum_kmh
        self.belt.target = max(slowest, self._target_kmh) if self.character.remembers_speed else slowest
        self._announce(TrainingCode.MANUAL)
        self._notify(FitnessMachineStatus(StatusCode.STARTED_OR_RESUMED))

    def _stop(self, how: Parameter) -> ResultCode:
        if how not in {StopCode.STOP, StopCode.PAUSE}:
            return ResultCode.INVALID_PARAMETER
        if self.character.ignores_stop:
            return ResultCode.SUCCESS
        if self.motion is Motion.IDLE:
            return ResultCode.FAILED
        if how == StopCode.STOP and self.character.stop_needs_pause and self.belt.speed > 0:
            return ResultCode.FAILED
        self._halt()
        self._notify(FitnessMachineStatus(StatusCode.STOPPED_OR_PAUSED, how))
        return ResultCode.SUCCESS

    def _halt(self) -> None:
        self.belt.target = 0.0
        self.motion = Motion.STOPPING if self.belt.speed > 0 else Motion.IDLE
        self._announce(TrainingCode.POST_WORKOUT)

    # ---- the console ---------------------------------------------------------------------------------------

    def console_speed(self, kmh: float) -> None:
        """Somebody turns the speed at the console."""
        self._target_kmh = self.belt.target = kmh
        self._notify(FitnessMachineStatus(StatusCode.TARGET_SPEED_CHANGED, round(kmh * 100)))

    def console_stop(self) -> None:
        """Somebody presses Stop at the console."""
        self._halt()
        self._notify(FitnessMachineStatus(StatusCode.STOPPED_OR_PAUSED, StopCode.STOP))

    def pull_key(self) -> None:
        """The safety key is pulled: the motor is off, whatever else happens."""
        self._halt()
        self._notify(FitnessMachineStatus(StatusCode.STOPPED_BY_SAFETY_KEY))

    def revoke_control(self) -> None:
        """The machine takes control back."""
        self._has_control = False
        self._notify(FitnessMachineStatus(StatusCode.CONTROL_PERMISSION_LOST))

    # ---- frames --------------------------------------------------------------------------------------------

    def _report(self) -> None:
        """One Treadmill Data record, and the next one after the period."""
        freezes = self.character.freezes_after_s
        if freezes is None or self._elapsed_s < freezes or not self._record:
            self._record = TreadmillData(
                instantaneous_speed=round(self.belt.speed * 100),
                total_distance=int(self.belt.distance_m),
                inclination=round(self._incline * 10),
                ramp_angle_setting=None,
                heart_rate=self.runner.heart_rate,
                elapsed_time=int(self._elapsed_s) % 0x10000,
            ).to_bytes()
        self._send(treadmill_data.UUID, self._record)
        jitter = self.character.jitter_s
        self._later(self.character.period_s + self._random.uniform(-jitter, jitter), self._report)

    def _training(self) -> TrainingCode:
        codes = {Motion.COUNTDOWN: TrainingCode.PRE_WORKOUT, Motion.RUNNING: TrainingCode.MANUAL}
        return codes.get(self.motion, TrainingCode.IDLE)

    def _announce(self, code: TrainingCode) -> None:
        self._send(training_status.UUID, TrainingStatus(0, code).to_bytes())

    def _notify(self, status: FitnessMachineStatus) -> None:
        self._send(machine_status.UUID, status.to_bytes())

    def _send(self, uuid: int, data: bytes) -> None:
        if uuid in self._subscribed:
            self._frames.append(Frame(uuid, data))
