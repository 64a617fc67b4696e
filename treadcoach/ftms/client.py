"""The client half of the Fitness Machine Service without I/O: bytes and the time come in, reports and writes go out.

Knows control permission, that one procedure is open at a time, that only the newest target matters, and that a stop
overtakes everything: it is written at once, whatever is open, and again as soon as the machine will take it.
Does not know belts, programs or people. Nothing here raises because of what a machine sends.

    reports = client.receive(uuid, data, now)     something came in
    client.submit(request, now)                   something shall be asked
    reports = client.tick(now)                    client.deadline has come
    client.writes()                               → what to write now, in order
"""

from __future__ import annotations

from typing import NamedTuple

from treadcoach.errors import ProtocolMisuseError, WireError
from treadcoach.ftms import control_point, machine_status, training_status, treadmill_data
from treadcoach.ftms.control_point import ControlPointRequest, ControlPointResponse, OpCode, ResultCode
from treadcoach.ftms.machine_status import FitnessMachineStatus, StatusCode
from treadcoach.ftms.training_status import TrainingStatus
from treadcoach.ftms.treadmill_data import RecordJoiner, TreadmillData
from treadcoach.motion import BELT_CEILING, after

# The profile allows a machine 30 s for an answer. Real ones answer within 0.2 s; one that has not after these is
# judged by its belt instead, because a runner cannot wait.
ANSWER_TIMEOUT_S = 3.0
URGENT_TIMEOUT_S = 1.0
# Some machines never answer Request Control and obey all the same.
CONTROL_TIMEOUT_S = 1.0
# An answer may come as late as this (FTMS 4.16.1.1: 30 s), and twice within this long.
LATEST_ANSWER_S = 30.0
TWICE_WITHIN_S = 1.0
# A stop that met an open procedure is written again this soon: a few connection intervals of 30-50 ms.
RETRY_S = 0.1
# Motion is meant for now: what cannot be written soon is not written any more.
MOTION_WITHIN_S = 0.5

# What nothing urgent has to stand behind.
_MOTION = {OpCode.START_OR_RESUME, OpCode.SET_TARGET_SPEED, OpCode.SET_TARGET_INCLINATION}

PROCEDURE_IN_PROGRESS = 0xFE  # ATT error: the machine is still busy with the last request


class Answer(NamedTuple):
    """How a request of ours ended."""

    request: ControlPointRequest
    result: int | None
    """A `ResultCode` or any other octet; ``None``: no answer in time, or the write itself failed."""


class LateAnswer(NamedTuple):
    """An answer to something that is no longer open: logged, never matched."""

    response: ControlPointResponse


class ForeignAnswer(NamedTuple):
    """An answer to something that was never asked here: another program on this link has asked it."""

    response: ControlPointResponse


class Garbled(NamedTuple):
    """A frame that means nothing."""

    uuid: int
    data: bytes
    problem: str


Report = TreadmillData | FitnessMachineStatus | TrainingStatus | Answer | LateAnswer | ForeignAnswer | Garbled


class Outgoing(NamedTuple):
    """One write to the Control Point."""

    request: ControlPointRequest
    urgent: bool
    """It overtakes whatever is on its way."""


class _Procedure(NamedTuple):
    request: ControlPointRequest
    deadline: float
    urgent: bool


class Client:
    """One link to one machine. Only what arrives through the methods changes it."""

    def __init__(self) -> None:
        self._has_asked = False  # for control, on this link, without being told no
        self._asked_in_front = False  # together with the last urgent request …
        self._refusals = 0  # … and how many writes were refused since
        self._open: _Procedure | None = None
        self._waiting: dict[int, ControlPointRequest] = {}  # by op code: the newest of a kind wins
        self._submitted_at: dict[int, float] = {}  # by op code: the newest
        self._retry_at: float | None = None  # when the open procedure is to be written once more
        self._outbox: list[Outgoing] = []
        self._asked_at: dict[int, float] = {}  # by op code
        self._answered_at: dict[int, float] = {}
        self._joiner = RecordJoiner()

    @property
    def deadline(self) -> float | None:
        """When `tick` wants to be called, at the latest."""
        times = [self._open.deadline] if self._open else []
        if self._retry_at is not None:
            times.append(self._retry_at)
        return min(times, default=None)

    @property
    def is_open(self) -> bool:
        """Whether an answer is outstanding."""
        return self._open is not None

    def submit(self, request: ControlPointRequest, now: float, *, urgent: bool = False) -> None:
        """Ask the machine for something; urgent requests drop what waits and overtake what is open.

        Raises:
            ProtocolMisuseError: it must not go on the wire: not encodable, or faster than any belt may ever run.
        """
        request.to_bytes()
        if request.op_code == OpCode.SET_TARGET_SPEED and not _allowed(request.parameter):
            raise ProtocolMisuseError(f"a target of {request.parameter} (0.01 km/h) is above {BELT_CEILING}")
        if urgent:
            self._overtake(request, now)
        else:
            self._waiting[request.op_code] = request
            self._submitted_at[request.op_code] = now
            self._proceed(now)

    def ask_for_control(self, now: float) -> None:
        """Ask for the permission that the next request will need, where that has not been done on this link."""
        if not self._has_asked and self._open is None:
            self._has_asked = True
            self._write(ControlPointRequest.request_control(), now, CONTROL_TIMEOUT_S, urgent=False)

    def writes(self) -> list[Outgoing]:
        """What to write to the Control Point now, in order. Empties the list."""
        outbox, self._outbox = self._outbox, []
        return outbox

    def receive(self, uuid: int, data: bytes, now: float) -> list[Report]:
        """Take one notification or indication."""
        try:
            return self._decode(uuid, data, now)
        except WireError as error:
            return [Garbled(uuid, data, str(error))]

    def tick(self, now: float) -> list[Report]:
        """Take note of the time."""
        reports: list[Report] = []
        if self._open and self._retry_at is not None and now >= self._retry_at:
            if self._is_late(self._open.request.op_code, now):
                reports.append(Answer(self._open.request, ResultCode.FAILED))
                self._open = self._retry_at = None
                return [*reports, *self._proceed(now)]
            self._repeat(self._open, now)
        if self._open and now >= self._open.deadline:
            reports.append(Answer(self._open.request, None))
            # A stop that was not answered may have lacked permission: the next one asks again, in front.
            unheard = self._open.urgent and self._open.request.op_code not in _MOTION
            self._has_asked = self._has_asked and not unheard
            self._open = self._retry_at = None
            reports += self._proceed(now)
        return reports

    def withdraw(self, op_code: int) -> bool:
        """Drop a request that the machine has not taken yet; whether there was one."""
        if self._open and self._open.request.op_code == op_code and self._retry_at is not None:
            self._open = self._retry_at = None
            return True
        return self._waiting.pop(op_code, None) is not None

    def write_failed(self, code: int | None, now: float) -> list[Report]:
        """The last write was refused: ``code`` is the ATT error, ``None`` when the radio gave none."""
        if self._open is None:
            return []
        request, _, urgent = self._open
        asks = request.op_code == OpCode.REQUEST_CONTROL
        self._refusals += 1
        if urgent or asks or code == PROCEDURE_IN_PROGRESS:
            # Of two that were written together both were refused: the one in front was Request Control.
            has_not = self._asked_in_front and self._refusals > 1
            self._has_asked = asks or (self._has_asked and code == PROCEDURE_IN_PROGRESS and not has_not)
            self._retry_at = after(now, RETRY_S)  # never at once: a machine that refuses it would refuse for ever
            return []
        self._open = None
        return [Answer(request, None), *self._proceed(now)]

    def link_lost(self) -> None:
        """The link ended: permission and everything waiting are gone."""
        self.__init__()  # type: ignore[misc]

    def _decode(self, uuid: int, data: bytes, now: float) -> list[Report]:
        match uuid:
            case treadmill_data.UUID:
                record = self._joiner.push(TreadmillData.from_bytes(data), now)
                return [record] if record else []
            case control_point.UUID:
                return self._answered(ControlPointResponse.from_bytes(data), now)
            case machine_status.UUID:
                status = FitnessMachineStatus.from_bytes(data)
                if status.op_code == StatusCode.CONTROL_PERMISSION_LOST:
                    self._has_asked = False
                return [status]
            case training_status.UUID:
                return [TrainingStatus.from_bytes(data)]
            case _:
                return [Garbled(uuid, data, "nobody subscribed to this characteristic")]

    def _answered(self, response: ControlPointResponse, now: float) -> list[Report]:
        """Close the open procedure if this answers it."""
        if self._is_foreign(response.request_op_code, now):
            return [ForeignAnswer(response)]
        self._answered_at[response.request_op_code] = now
        procedure = self._open
        answers_it = procedure is not None and response.request_op_code == procedure.request.op_code
        # What the machine refused to take is still to be written: this answers somebody else's, or an older one.
        if procedure is None or not answers_it or self._retry_at is not None:
            self._has_asked = self._has_asked and response.result_code != ResultCode.NOT_PERMITTED
            if procedure and self._retry_at is not None:
                self._repeat(procedure, now)  # what was in the way is done
            return [] if response.request_op_code == OpCode.REQUEST_CONTROL else [LateAnswer(response)]
        if response.result_code == ResultCode.NOT_PERMITTED:
            had_asked, self._has_asked = self._has_asked, False
            if procedure.urgent and had_asked:
                self._overtake(procedure.request, now)  # once more, behind a new Request Control
                self._has_asked = False
                return []
        self._open = self._retry_at = None
        if procedure.request.op_code == OpCode.RESET:
            self._has_asked = False  # Reset gives the permission back
        return [Answer(procedure.request, response.result_code), *self._proceed(now)]

    def _is_foreign(self, op_code: int, now: float) -> bool:
        """Whether nothing of ours can be meant."""
        asked_at, answered_at = self._asked_at.get(op_code), self._answered_at.get(op_code)
        if asked_at is None:
            return True
        if answered_at is None or answered_at <= asked_at:  # asked again in the moment of the last answer
            return now - asked_at > LATEST_ANSWER_S
        return now - answered_at > TWICE_WITHIN_S

    def _overtake(self, request: ControlPointRequest, now: float) -> None:
        """Write at once; nothing older waits any more. Where control has to be asked for, that stands in front."""
        self._waiting.clear()
        self._submitted_at[request.op_code] = now
        self._outbox = [write for write in self._outbox if write.request.op_code not in _MOTION]
        self._asked_in_front, self._refusals = not self._has_asked, 0
        if not self._has_asked:
            self._has_asked = True
            self._put(ControlPointRequest.request_control(), now, urgent=True)
        self._write(request, now, URGENT_TIMEOUT_S, urgent=True)

    def _repeat(self, procedure: _Procedure, now: float) -> None:
        """Write a request once more that the machine did not take."""
        if procedure.urgent and procedure.request.op_code != OpCode.SET_TARGET_SPEED:
            self._overtake(procedure.request, now)
        else:  # within the time that it had from the beginning; only a stop is repeated for ever
            self._retry_at = None
            self._put(procedure.request, now, urgent=procedure.urgent)

    def _proceed(self, now: float) -> list[Report]:
        """Open the next waiting procedure, if none is open; what has waited too long."""
        late: list[Report] = []
        while self._waiting and not self._open:
            if not self._has_asked:
                self.ask_for_control(now)
                break
            op_code = next(iter(self._waiting))
            request = self._waiting.pop(op_code)
            if self._is_late(op_code, now):
                late.append(Answer(request, ResultCode.FAILED))  # it was not written, which is more than no answer
            else:
                self._write(request, now, ANSWER_TIMEOUT_S, urgent=False)
        return late

    def _is_late(self, op_code: int, now: float) -> bool:
        """Whether motion has waited too long."""
        return op_code in _MOTION and now - self._submitted_at[op_code] > MOTION_WITHIN_S

    def _write(self, request: ControlPointRequest, now: float, timeout_s: float, *, urgent: bool) -> None:
        self._retry_at = None
        self._open = _Procedure(request, after(now, timeout_s), urgent)
        self._put(request, now, urgent=urgent)

    def _put(self, request: ControlPointRequest, now: float, *, urgent: bool) -> None:
        self._asked_at[request.op_code] = now
        self._outbox.append(Outgoing(request, urgent))


def _allowed(parameter: object) -> bool:
    """The absolute ceiling, checked where bytes are made, by nobody else's arithmetic."""
    return isinstance(parameter, int) and 0 <= parameter <= BELT_CEILING
