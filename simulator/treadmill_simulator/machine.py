"""The machine's side of FTMS as a pure object: writes and the time come in, frames go out.

Keeps control permission, one procedure at a time, the result codes of the specification, status and training status.
Misbehaviour is the character's; nothing here asks for a name.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

from treadcoach.errors import WireError
from treadcoach.ftms import control_point, machine_status, training_status, treadmill_data
from treadcoach.ftms.control_point import ControlPointRequest, ControlPointResponse, OpCode, ResultCode, StopCode
from treadcoach.ftms.machine_status import FitnessMachineStatus, StatusCode
from treadcoach.ftms.parameters import Parameter
from treadcoach.ftms.training_status import TrainingCode, TrainingStatus
from treadcoach.motion import after
from treadmill_simulator import gatt, identity, sensors
from treadmill_simulator.agenda import Agenda
from treadmill_simulator.belt import Belt
from treadmill_simulator.gatt import Advertisement, Frame, Service
from treadmill_simulator.motor import Change, Motion, Motor
from treadmill_simulator.records import Reading, Records
from treadmill_simulator.runner import Runner
from treadmill_simulator.switches import Character, codes

# ATT errors of the specification
PROCEDURE_IN_PROGRESS = 0xFE
CCCD_IMPROPERLY_CONFIGURED = 0xFD

_STUCK_BPM = 111  # what a strap off the body may go on sending
# Training Status of one maker's own, beyond the specification's list
_VENDOR_PAUSING, _VENDOR_PAUSED = 0x10, 0x11


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
        self.runner = runner or Runner(seed)
        self.received: list[tuple[float, bytes]] = []
        """Every Control Point write that arrived, with its time."""
        self.closes_link = False
        """It has had enough of this link; whoever carries the bytes ends it."""
        self.rate = 1.0
        """How fast its clock runs, as it tells others."""
        self.mtu = character.mtu
        self._random = random.Random(f"machine {seed}")
        self._agenda = Agenda(now, self._pass)
        self.motor = Motor(character, self.runner, self._agenda, self._changed)
        self._records = Records(character)
        self._results = codes(character.results)
        self._att_errors = codes(character.att_errors)
        self._has_control = False
        self._is_mute = not character.answers
        self._is_locked = bool(character.lock)
        self._obeys_own = False  # what happens now was asked for on the wire
        self._told_at_rest: FitnessMachineStatus | None = None
        self._subscribed: set[int] = set()
        self._subscribed_at = float("-inf")
        self._link_ended_at = float("-inf")
        self._procedure_until = 0.0
        self._quiet_until = 0.0
        self._frames: list[Frame] = []
        self._procedures: dict[int, Callable[[Parameter], ResultCode]] = {
            OpCode.RESET: self._reset,
            OpCode.SET_TARGET_SPEED: self._set_speed,
            OpCode.SET_TARGET_INCLINATION: self._set_incline,
            OpCode.START_OR_RESUME: self._start,
            OpCode.STOP_OR_PAUSE: self._stop,
        }
        self._agenda.later(character.period_s, self._report)
        if character.strap or character.foot_pod:
            self._agenda.later(sensors.PERIOD_S, self._sense)

    def change(self, character: Character) -> None:
        """Behave differently from now on."""
        self.character = character
        self.motor.change(character)
        self._records = Records(character)
        self._results, self._att_errors = codes(character.results), codes(character.att_errors)
        self._is_mute = not character.answers

    @property
    def belt(self) -> Belt:
        """What moves."""
        return self.motor.belt

    @property
    def motion(self) -> Motion:
        """What it is doing."""
        return self.motor.motion

    # ---- what it is on the air -----------------------------------------------------------------------------

    @property
    def advertisement(self) -> Advertisement:
        """What is sent while nobody is connected."""
        return identity.advertisement(self.character)

    @property
    def services(self) -> tuple[Service, ...]:
        """Everything that a client can discover."""
        return identity.services(self.character)

    def read(self, uuid: int) -> bytes | None:
        """A readable characteristic; ``None`` where the machine has none of it."""
        if uuid == training_status.UUID:
            return None if self.character.training_status == "none" else self._training()
        if uuid == gatt.CLOCK_RATE:
            return round(self.rate * 100).to_bytes(2, "little") if self.character.marked else None
        return identity.value(self.character, uuid)

    # ---- the link ------------------------------------------------------------------------------------------

    def connected(self, now: float) -> None:
        """A client has come."""
        self.advance(now)
        self.closes_link = now - self._link_ended_at < self.character.refuses_link_for_s
        if self.character.starts_itself_after_s:
            self._agenda.later(self.character.starts_itself_after_s, self._start_itself)

    def subscribe(self, uuid: int, now: float | None = None) -> None:
        """Notifications and indications of a characteristic are wanted.

        Without ``now`` nothing is too close to the last one.
        """
        if now is not None:
            self.advance(now)
            before, self._subscribed_at = self._subscribed_at, now
            if now - before < self.character.subscription_gap_s:
                return
        self._subscribed.add(uuid)
        if uuid == machine_status.UUID and self.character.stale_status:
            self._frames.append(Frame(uuid, bytes.fromhex(self.character.stale_status)))

    def unsubscribe(self, uuid: int) -> None:
        """They are not wanted any more."""
        self._subscribed.discard(uuid)

    def disconnected(self, now: float) -> None:
        """The link ended: permission and subscriptions are gone; the belt keeps running, on most."""
        self.advance(now)
        self._has_control = self.closes_link = False
        self._is_locked = bool(self.character.lock)
        self._subscribed.clear()
        self._link_ended_at = now
        if self.character.on_link_loss == "stop":
            self.motor.halt()

    def write(self, data: bytes, now: float, uuid: int = control_point.UUID) -> int | None:
        """A write by the client; the ATT error where it is refused as a write."""
        self.advance(now)
        if uuid == gatt.VENDOR_LOCK:
            self._is_locked = self._is_locked and data != bytes.fromhex(self.character.lock)
            return None
        if control_point.UUID not in self._subscribed:
            return CCCD_IMPROPERLY_CONFIGURED
        if now < self._procedure_until:
            return PROCEDURE_IN_PROGRESS
        self.received.append((now, data))
        if data and data[0] in self._att_errors:
            return self._att_errors[data[0]]
        try:
            request = ControlPointRequest.from_bytes(data)
        except WireError:
            return None
        self._procedure_until = after(now, self.character.latency_s)
        self._respond(request)
        return None

    @property
    def confirms_after_s(self) -> float:
        """How long after its answer a write is confirmed, on machines that answer first."""
        return self.character.latency_s if self.character.answers_first else 0.0

    def _respond(self, request: ControlPointRequest) -> None:
        self._obeys_own = True
        result = self._results.get(request.op_code)
        result = self._obey(request) if result is None else result
        self._obeys_own = False
        asks = request.op_code == OpCode.REQUEST_CONTROL
        if self._is_mute or (asks and self.character.request_control == "silent"):
            return
        if asks and self.character.request_control == "fails_once":
            result, self._is_mute = ResultCode.FAILED, True
        response = ControlPointResponse(request.op_code, result).to_bytes()
        delay = 0.0 if self.character.answers_first else self.character.latency_s
        if delay:
            self._agenda.later(delay, partial(self._send, control_point.UUID, response))
        else:
            self._send(control_point.UUID, response)

    # ---- time ----------------------------------------------------------------------------------------------

    @property
    def wake_at(self) -> float:
        """When the next frame or change is due; what somebody at the console caused is due at once."""
        return self._agenda.now if self._frames else self._agenda.next_at

    def advance(self, now: float) -> None:
        """Let time pass."""
        self._agenda.advance(now)

    def frames(self) -> list[Frame]:
        """What has gone out since the last call."""
        frames, self._frames = self._frames, []
        return frames

    def _pass(self, seconds: float) -> None:
        self.motor.advance(seconds)

    # ---- procedures ----------------------------------------------------------------------------------------

    def _obey(self, request: ControlPointRequest) -> ResultCode:
        if request.op_code == OpCode.REQUEST_CONTROL:
            self._has_control = True
            return ResultCode.SUCCESS
        permitted = self._has_control or self.character.request_control == "ignored"
        if not permitted or self._is_locked:
            return ResultCode.NOT_PERMITTED
        procedure = self._procedures.get(request.op_code)
        return procedure(request.parameter) if procedure else ResultCode.NOT_SUPPORTED

    def _reset(self, _: Parameter) -> ResultCode:
        self._has_control = False
        self.motor.target_kmh = self.motor.target_incline = 0.0
        self.motor.halt()
        self._tell(FitnessMachineStatus(StatusCode.RESET))
        return ResultCode.SUCCESS

    def _set_speed(self, speed: Parameter) -> ResultCode:
        grid = self.character.grid
        if not isinstance(speed, int) or not grid.minimum <= speed <= grid.maximum:
            return ResultCode.INVALID_PARAMETER
        if self.motion is Motion.COUNTDOWN and self.character.on_early_speed == "drop_link":
            self.closes_link = True
            return ResultCode.FAILED
        set_to = grid.floor(speed) or grid.minimum
        self.motor.aim(set_to.kmh * self.character.target_factor)
        if self.character.status == "echo":
            self._tell(FitnessMachineStatus(StatusCode.TARGET_SPEED_CHANGED, set_to))
        return ResultCode.SUCCESS

    def _set_incline(self, incline: Parameter) -> ResultCode:
        if not isinstance(incline, int) or not 0 <= incline <= round(self.character.maximum_incline_percent * 10):
            return ResultCode.INVALID_PARAMETER
        self.motor.target_incline = incline / 10
        return ResultCode.SUCCESS

    def _start(self, _: Parameter) -> ResultCode:
        if self.motion is Motion.COUNTDOWN:
            return ResultCode.SUCCESS
        if self.motion is not Motion.IDLE:
            return self._start_while_running()
        if not self.motor.key_is_in:
            return ResultCode.FAILED
        if self.character.starts:
            self.motor.start()
        return ResultCode.SUCCESS

    def _start_while_running(self) -> ResultCode:
        if self.character.start_toggles:
            self._halt(StopCode.PAUSE)
            return ResultCode.SUCCESS
        return ResultCode.SUCCESS if self.character.start_while_running == "success" else ResultCode.FAILED

    def _stop(self, how: Parameter) -> ResultCode:
        if how not in {StopCode.STOP, StopCode.PAUSE}:
            return ResultCode.INVALID_PARAMETER
        if self.character.ignores_stop:
            return ResultCode.SUCCESS
        if self.motion is Motion.IDLE or (self.motion is Motion.COUNTDOWN and not self.character.stops_in_countdown):
            return ResultCode.FAILED
        needs_pause = how == StopCode.STOP and self.character.stop_needs_pause
        if self.belt.speed > 0 and (needs_pause or self.character.refuses_stop):
            return ResultCode.FAILED
        self._halt(StopCode(how))
        return ResultCode.SUCCESS

    def _halt(self, how: StopCode) -> None:
        told = FitnessMachineStatus(StatusCode.STOPPED_OR_PAUSED, how)
        moves = self.belt.speed > 0
        self.motor.halt(pauses=how is StopCode.PAUSE)
        if self.character.stop_status == "start" or not moves:
            self._tell(told)
        else:
            self._told_at_rest = told

    # ---- the console ---------------------------------------------------------------------------------------

    def console_start(self) -> None:
        """Somebody presses Start at the console."""
        if self.motion is Motion.IDLE and self.motor.key_is_in:
            self.motor.start()

    def console_speed(self, kmh: float) -> None:
        """Somebody turns the speed at the console, to a true speed."""
        self.motor.target_kmh = kmh
        self.belt.target = kmh
        shown = round(kmh * 100 * self.character.report_factor)
        self._tell(FitnessMachineStatus(StatusCode.TARGET_SPEED_CHANGED, shown))

    def console_stop(self) -> None:
        """Somebody presses Stop at the console."""
        self._quiet_until = after(self._agenda.now, self.character.gap_after_console_stop_s)
        self._halt(StopCode.STOP)

    def console_pause(self) -> None:
        """Somebody presses Pause at the console."""
        self._halt(StopCode.PAUSE)

    def pull_key(self) -> None:
        """The safety key is pulled: the motor is off, whatever else happens."""
        self.motor.pull_key()
        self._tell(FitnessMachineStatus(StatusCode.STOPPED_BY_SAFETY_KEY))

    def insert_key(self) -> None:
        """The safety key is back; nothing starts by itself."""
        self.motor.key_is_in = True

    def revoke_control(self) -> None:
        """The machine takes control back."""
        self._has_control = False
        self._tell(FitnessMachineStatus(StatusCode.CONTROL_PERMISSION_LOST))

    def _start_itself(self) -> None:
        if self.motion is Motion.IDLE and self.motor.key_is_in:
            self.motor.move_by_itself(self.character.minimum_kmh)

    # ---- frames --------------------------------------------------------------------------------------------

    def _report(self) -> None:
        """One Treadmill Data record, and the next one after the period."""
        if self._agenda.now >= self._quiet_until:
            for part in self._records.frames(self.motor, Reading(self._bpm(), self.mtu)):
                self._send(treadmill_data.UUID, part)
        jitter = self.character.jitter_s
        self._agenda.later(self.character.period_s + self._random.uniform(-jitter, jitter), self._report)

    def _bpm(self) -> int | None:
        return {"runner": self.runner.heart_rate, "stuck": _STUCK_BPM}.get(self.character.heart_rate)

    def _sense(self) -> None:
        """What the strap and the foot pod send."""
        for uuid, data in sensors.readings(self.character, self.motor, self._bpm(), self.runner):
            self._send(uuid, data)
        self._agenda.later(sensors.PERIOD_S, self._sense)

    def _changed(self, change: Change) -> None:
        """What the motor did becomes training status and machine status."""
        if change is Change.RAMP:
            shown = round(self.belt.speed * 100 * self.character.report_factor)
            self._tell(FitnessMachineStatus(StatusCode.TARGET_SPEED_CHANGED, shown))
            return
        if change is Change.STARTED:
            self._obeys_own = True  # whoever pressed Start, a client that asked for it knows already
            self._tell(FitnessMachineStatus(StatusCode.STARTED_OR_RESUMED))
            self._obeys_own = False
        if change is Change.STOPPED and self._told_at_rest:
            told, self._told_at_rest = self._told_at_rest, None
            self._tell(told)
        if self.character.training_status != "none":
            self._send(training_status.UUID, self._training(stops=change is Change.STOPPING))

    def _training(self, *, stops: bool = False) -> bytes:
        if self.character.training_status == "empty":
            return b""
        says_pause = self.character.training_status == "vendor" and self.motor.is_paused
        ending: int = _VENDOR_PAUSING if says_pause else TrainingCode.POST_WORKOUT
        codes_of: dict[Motion, int] = {
            Motion.COUNTDOWN: TrainingCode.PRE_WORKOUT,
            Motion.RUNNING: TrainingCode.MANUAL,
            Motion.STOPPING: ending,
            Motion.IDLE: _VENDOR_PAUSED if says_pause else TrainingCode.IDLE,
        }
        return TrainingStatus(0, ending if stops else codes_of[self.motion]).to_bytes()

    def _tell(self, status: FitnessMachineStatus) -> None:
        dialect = self.character.status
        if dialect == "none" or (dialect == "others" and self._obeys_own):
            return
        self._send(machine_status.UUID, status.to_bytes() + bytes(self.character.status_padding))

    def _send(self, uuid: int, data: bytes) -> None:
        if uuid in self._subscribed:
            self._frames.append(Frame(uuid, data))
