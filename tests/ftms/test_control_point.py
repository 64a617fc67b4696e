from __future__ import annotations

from typing import Any

import deancochran_ftms as other
import pytest
from frames import data, frames, name
from hypothesis import given
from hypothesis import strategies as st

from treadcoach.errors import ProtocolMisuseError, WireError
from treadcoach.ftms import ControlPointRequest, ControlPointResponse
from treadcoach.ftms.control_point import SHAPES, OpCode, ResultCode, StopCode
from treadcoach.motion import Speed

RESPONSES = [frame for frame in frames("2ad9") if frame["hex"].startswith("80")]
REQUESTS = [frame for frame in frames("2ad9") if not frame["hex"].startswith("80")]
RESULTS = {
    "success": ResultCode.SUCCESS,
    "op_not_supported": ResultCode.NOT_SUPPORTED,
    "invalid_parameter": ResultCode.INVALID_PARAMETER,
    "operation_failed": ResultCode.FAILED,
    "control_not_permitted": ResultCode.NOT_PERMITTED,
}
OPS = {
    "request_control": OpCode.REQUEST_CONTROL,
    "set_speed": OpCode.SET_TARGET_SPEED,
    "set_incline": OpCode.SET_TARGET_INCLINATION,
    "start_resume": OpCode.START_OR_RESUME,
    "stop_pause": OpCode.STOP_OR_PAUSE,
}


@pytest.mark.parametrize("frame", RESPONSES, ids=name)
def test_a_captured_response_decodes_as_stated(frame: dict[str, Any]) -> None:
    response = ControlPointResponse.from_bytes(data(frame))
    stated = frame["decoded"]
    assert response.request_op_code == OPS.get(stated["response_to"], stated["response_to"])
    assert response.result_code == RESULTS[stated["result"]]
    assert response.to_bytes() == data(frame)


@pytest.mark.parametrize("frame", REQUESTS, ids=name)
def test_a_captured_request_decodes_as_stated(frame: dict[str, Any]) -> None:
    request = ControlPointRequest.from_bytes(data(frame))
    assert request == ControlPointRequest.set_target_speed(Speed.from_kmh(frame["decoded"]["target_speed_kmh"]))
    assert request.to_bytes() == data(frame)


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (ControlPointRequest.request_control(), "00"),
        (ControlPointRequest.reset(), "01"),
        (ControlPointRequest.set_target_speed(600), "02 58 02"),
        (ControlPointRequest.set_target_speed(230), "02 e6 00"),
        (ControlPointRequest.set_target_inclination(10), "03 0a 00"),
        (ControlPointRequest.set_target_inclination(-30), "03 e2 ff"),
        (ControlPointRequest.start_or_resume(), "07"),
        (ControlPointRequest.stop(), "08 01"),
        (ControlPointRequest.pause(), "08 02"),
        (ControlPointRequest(OpCode.SET_TARGETED_DISTANCE, 70_000), "0c 70 11 01"),
        (ControlPointRequest(OpCode.SET_TIME_IN_TWO_ZONES, (60, 120)), "0e 3c 00 78 00"),
        (ControlPointRequest(OpCode.SET_BIKE_SIMULATION, (-1, 2, 3, 4)), "11 ff ff 02 00 03 04"),
    ],
    ids=str,
)
def test_requests_of_the_specification(request_: ControlPointRequest, expected: str) -> None:
    assert request_.to_bytes() == bytes.fromhex(expected)
    assert ControlPointRequest.from_bytes(bytes.fromhex(expected)) == request_


def test_every_tenth_of_a_kilometre_goes_out_as_it_is() -> None:
    for tenths in range(251):
        request = ControlPointRequest.set_target_speed(Speed.from_kmh(tenths / 10))
        assert request.to_bytes() == b"\x02" + (tenths * 10).to_bytes(2, "little")


@pytest.mark.parametrize("value", [-1, 65536, 2.3, float("nan"), float("inf"), True, "1"])
def test_a_target_that_is_no_wire_value_is_refused(value: Any) -> None:
    with pytest.raises(ProtocolMisuseError):
        ControlPointRequest.set_target_speed(value).to_bytes()


def test_a_parameter_must_belong_to_its_op_code() -> None:
    with pytest.raises(ProtocolMisuseError, match="takes 0 numbers, not 1"):
        ControlPointRequest(OpCode.RESET, 1).to_bytes()


def test_a_cut_parameter_is_none_and_nothing_is_lost() -> None:
    request = ControlPointRequest.from_bytes(b"\x02\xe6")
    assert (request.op_code, request.parameter, request.trailing) == (OpCode.SET_TARGET_SPEED, None, b"\xe6")
    assert request.to_bytes() == b"\x02\xe6"


@pytest.mark.parametrize("short", [b"", b"\x80", b"\x00\x01\x02"])
def test_a_response_without_its_head_is_an_error(short: bytes) -> None:
    with pytest.raises(WireError):
        ControlPointResponse.from_bytes(short)


def test_a_request_without_an_op_code_is_an_error() -> None:
    with pytest.raises(WireError):
        ControlPointRequest.from_bytes(b"")


def test_a_response_without_its_result_keeps_the_request() -> None:
    response = ControlPointResponse.from_bytes(b"\x80\x02")
    assert (response.request_op_code, response.result_code) == (OpCode.SET_TARGET_SPEED, None)
    assert response.to_bytes() == b"\x80\x02"


@given(st.binary(max_size=24))
def test_any_request_survives_the_round_trip(frame: bytes) -> None:
    try:
        request = ControlPointRequest.from_bytes(frame)
    except WireError:
        assert frame == b""
        return
    assert request.to_bytes() == frame


@given(st.binary(max_size=24))
def test_any_response_survives_the_round_trip(frame: bytes) -> None:
    try:
        response = ControlPointResponse.from_bytes(frame)
    except WireError:
        assert len(frame) < 2 or frame[0] != OpCode.RESPONSE
        return
    assert response.to_bytes() == frame


# Target resistance (04): it takes two bytes (FTMS 1.0.1), we one (table 4.16.1 of FTMS 1.0); a treadmill has none.
COMPARED = [op for op in OpCode if op not in {OpCode.RESPONSE, OpCode.SET_TARGET_RESISTANCE}]


@given(st.sampled_from(COMPARED), st.data())
def test_the_independent_codec_writes_the_same_requests(op_code: OpCode, chance: st.DataObject) -> None:
    kinds = SHAPES.get(op_code, ())
    numbers = tuple(chance.draw(st.integers(kind.low, kind.high)) for kind in kinds)
    if op_code is OpCode.STOP_OR_PAUSE:
        numbers = (chance.draw(st.sampled_from([int(code) for code in StopCode])),)
    if op_code is OpCode.SPIN_DOWN:
        numbers = (chance.draw(st.sampled_from([1, 2])),)
    ours = ControlPointRequest(op_code, numbers[0] if len(numbers) == 1 else numbers or None).to_bytes()
    assert other.encode_control_request_raw(other.ControlRequestRaw(int(op_code), numbers)) == ours
    theirs = other.decode_control_request_raw(ours)
    assert (theirs.opcode, tuple(theirs.operands)) == (op_code, numbers)


@given(st.integers(0, 255), st.integers(0, 255))
def test_the_independent_codec_reads_the_same_responses(request_op_code: int, result_code: int) -> None:
    frame = ControlPointResponse(request_op_code, result_code).to_bytes()
    if request_op_code == OpCode.SPIN_DOWN and result_code == ResultCode.SUCCESS:
        return  # it insists on the two speeds that a successful spin down brings (FTMS 4.16.2.20)
    theirs = other.decode_control_response_raw(frame)
    assert (theirs.request_opcode, theirs.result_code) == (request_op_code, result_code)


def test_every_request_of_a_belt_is_made_as_it_is_written() -> None:
    made = [
        ControlPointRequest.request_control(),
        ControlPointRequest.reset(),
        ControlPointRequest.set_target_speed(230),
        ControlPointRequest.set_target_inclination(-30),
        ControlPointRequest.start_or_resume(),
        ControlPointRequest.stop(),
        ControlPointRequest.pause(),
    ]
    assert [request.to_bytes().hex() for request in made] == ["00", "01", "02e600", "03e2ff", "07", "0801", "0802"]


@pytest.mark.parametrize(
    ("decode", "octets", "says"),
    [
        (ControlPointRequest.from_bytes, b"", "a Control Point request is too short for its op code (got nothing)"),
        (ControlPointResponse.from_bytes, b"\x80", "not a Control Point response (got 80)"),
        (ControlPointResponse.from_bytes, b"\x07\x01\x01", "not a Control Point response (got 07 01 01)"),
        (ControlPointResponse.from_bytes, b"", "not a Control Point response (got nothing)"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_bytes(decode: Any, octets: bytes, says: str) -> None:
    with pytest.raises(WireError) as error:
        decode(octets)
    assert str(error.value) == says
    assert error.value.data == octets


def test_a_response_is_read_up_to_its_end() -> None:
    assert ControlPointResponse.from_bytes(b"\x80\x07") == (7, None, b"")
    assert ControlPointResponse.from_bytes(b"\x80\x07\x01") == (7, 1, b"")
    assert ControlPointResponse.from_bytes(b"\x80\x13\x01\x02\x03") == (0x13, 1, b"\x02\x03")
