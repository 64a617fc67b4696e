from __future__ import annotations

import pytest
from frames import sequences
from hypothesis import given
from hypothesis import strategies as st

from treadcoach.errors import ProtocolMisuseError
from treadcoach.ftms import Client, ControlPointRequest, ControlPointResponse, FitnessMachineStatus, TreadmillData
from treadcoach.ftms import TrainingStatus as Training
from treadcoach.ftms.client import (
    ANSWER_TIMEOUT_S,
    CONTROL_TIMEOUT_S,
    LATEST_ANSWER_S,
    PROCEDURE_IN_PROGRESS,
    RETRY_S,
    TWICE_WITHIN_S,
    URGENT_TIMEOUT_S,
    Answer,
    ForeignAnswer,
    Garbled,
    LateAnswer,
)
from treadcoach.motion import BELT_CEILING

CONTROL, START, STOP, RESET = b"\x00", b"\x07", b"\x08\x01", b"\x01"
DATA, STATUS, TRAINING, POINT = 0x2ACD, 0x2ADA, 0x2AD3, 0x2AD9
start, stop = ControlPointRequest.start_or_resume(), ControlPointRequest.stop()


def speed(centi_kmh: int) -> ControlPointRequest:
    return ControlPointRequest.set_target_speed(centi_kmh)


def answer(client: Client, op_code: int, result: int = 1, now: float = 0.0) -> list[object]:
    return list(client.receive(POINT, ControlPointResponse(op_code, result).to_bytes(), now))


def written(client: Client) -> list[bytes]:
    return [outgoing.request.to_bytes() for outgoing in client.writes()]


@pytest.fixture
def client() -> Client:
    """A client that has control and nothing open."""
    client = Client()
    client.submit(start, 0.0)
    answer(client, 0x00)
    answer(client, 0x07)
    assert written(client) == [CONTROL, START]
    return client


def test_control_is_requested_before_the_first_procedure() -> None:
    client = Client()
    client.submit(start, 0.0)
    assert written(client) == [CONTROL]
    assert answer(client, 0x00) == [Answer(ControlPointRequest.request_control(), 1)]
    assert written(client) == [START]


@pytest.mark.parametrize("result", [4, 2])
def test_a_machine_that_does_not_grant_control_is_tried_all_the_same(result: int) -> None:
    client = Client()
    client.submit(start, 0.0)
    answer(client, 0x00, result)
    assert written(client) == [CONTROL, START]


def test_a_machine_that_never_answers_request_control_is_tried_all_the_same() -> None:
    client = Client()
    client.submit(speed(100), 0.0)
    assert client.deadline == CONTROL_TIMEOUT_S
    assert client.tick(0.5) == []
    client.submit(stop, CONTROL_TIMEOUT_S)
    assert client.tick(CONTROL_TIMEOUT_S)[0] == Answer(ControlPointRequest.request_control(), None)
    assert written(client) == [CONTROL, STOP]


def test_control_is_asked_for_once_and_ahead_of_time() -> None:
    client = Client()
    client.ask_for_control(0.0)
    client.ask_for_control(0.1)
    answer(client, 0x00)
    client.ask_for_control(1.0)
    client.submit(start, 5.0)
    assert written(client) == [CONTROL, START]


def test_motion_that_cannot_be_written_soon_is_not_written_any_more() -> None:
    client = Client()
    client.submit(start, 0.0)
    client.submit(speed(100), 0.0)
    reports = client.tick(CONTROL_TIMEOUT_S)
    assert reports[1:] == [Answer(start, 4), Answer(speed(100), 4)], "which is more than no answer"
    assert written(client) == [CONTROL]
    client.submit(speed(110), CONTROL_TIMEOUT_S)
    assert written(client) == [speed(110).to_bytes()], "what is asked for now is"


@pytest.mark.parametrize(("request_", "urgent"), [(start, False), (speed(100), False), (speed(100), True)])
def test_motion_that_a_busy_machine_refuses_is_repeated_for_half_a_second(
    client: Client, request_: ControlPointRequest, *, urgent: bool
) -> None:
    client.submit(request_, 1.0, urgent=urgent)
    assert written(client) == [request_.to_bytes()]
    now, reports = 1.0, []
    while client.is_open:
        client.write_failed(0xFE, now)
        assert client.deadline is not None
        now = client.deadline
        reports += client.tick(now)
    assert reports == [Answer(request_, 4)]
    assert now == pytest.approx(1.6)
    assert written(client) == [request_.to_bytes()] * 5


def test_a_start_that_was_refused_as_busy_can_be_withdrawn(client: Client) -> None:
    client.submit(start, 1.0)
    client.write_failed(0xFE, 1.0)
    assert client.withdraw(0x07)
    assert not client.is_open
    assert client.tick(5.0) == []


def test_one_procedure_is_open_at_a_time_and_the_newest_target_wins(client: Client) -> None:
    for target in (100, 110, 120):
        client.submit(speed(target), 1.0)
    assert written(client) == [speed(100).to_bytes()]
    assert answer(client, 0x02) == [Answer(speed(100), 1)]
    assert written(client) == [speed(120).to_bytes()]
    answer(client, 0x02)
    assert written(client) == []
    assert not client.is_open


def test_an_answer_that_does_not_come_closes_the_procedure(client: Client) -> None:
    client.submit(speed(100), 1.0)
    client.submit(speed(110), 1.0)
    assert client.tick(1.0 + ANSWER_TIMEOUT_S) == [Answer(speed(100), None), Answer(speed(110), 4)]
    assert written(client) == [speed(100).to_bytes()], "the one that waited is old by now"


def test_a_late_answer_is_not_taken_for_another(client: Client) -> None:
    client.submit(speed(100), 1.0)
    client.tick(1.0 + ANSWER_TIMEOUT_S)
    client.submit(start, 5.0)
    assert answer(client, 0x02) == [LateAnswer(ControlPointResponse(0x02, 1))]
    assert client.is_open


def test_stop_passes_while_a_procedure_is_open(client: Client) -> None:
    client.submit(speed(100), 1.0)
    client.submit(speed(110), 1.0)
    client.writes()
    client.submit(stop, 1.01, urgent=True)
    assert written(client) == [STOP]
    assert answer(client, 0x02) == [LateAnswer(ControlPointResponse(0x02, 1))]
    assert written(client) == [], "the waiting target is gone"
    assert answer(client, 0x08) == [Answer(stop, 1)]


def test_stop_without_control_asks_for_it_in_the_same_breath() -> None:
    client = Client()
    client.submit(stop, 0.0, urgent=True)
    assert written(client) == [CONTROL, STOP]
    assert answer(client, 0x00) == []
    assert answer(client, 0x08) == [Answer(stop, 1)]


def test_a_stop_that_meets_an_open_procedure_is_written_again_soon(client: Client) -> None:
    client.submit(stop, 1.0, urgent=True)
    client.writes()
    assert client.write_failed(PROCEDURE_IN_PROGRESS, 1.01) == []
    assert client.deadline == pytest.approx(1.01 + RETRY_S)
    client.tick(1.01 + RETRY_S)
    assert written(client) == [STOP]


def test_a_stop_that_meets_an_open_procedure_is_written_again_when_that_ends(client: Client) -> None:
    client.submit(speed(100), 1.0)
    client.submit(stop, 1.0, urgent=True)
    client.writes()
    client.write_failed(PROCEDURE_IN_PROGRESS, 1.01)
    answer(client, 0x02, now=1.02)
    assert written(client) == [STOP]


def test_a_stop_that_is_not_permitted_is_repeated_once_behind_a_new_request(client: Client) -> None:
    client.submit(stop, 1.0, urgent=True)
    client.writes()
    assert answer(client, 0x08, 5) == []
    assert written(client) == [CONTROL, STOP]
    assert answer(client, 0x08, 5) == [Answer(stop, 5)]


def test_a_target_that_is_not_permitted_asks_again_before_the_next(client: Client) -> None:
    client.submit(speed(100), 1.0)
    assert answer(client, 0x02, 5) == [Answer(speed(100), 5)]
    client.submit(speed(110), 2.0)
    assert written(client) == [speed(100).to_bytes(), CONTROL]


def test_an_urgent_answer_is_awaited_for_less_long(client: Client) -> None:
    client.submit(stop, 1.0, urgent=True)
    assert client.tick(1.0 + URGENT_TIMEOUT_S) == [Answer(stop, None)]


def test_a_write_that_fails_is_an_answer_that_will_not_come(client: Client) -> None:
    client.submit(speed(100), 1.0)
    client.submit(speed(110), 1.0)
    assert client.write_failed(None, 1.0) == [Answer(speed(100), None)]
    assert written(client) == [speed(100).to_bytes(), speed(110).to_bytes()]
    assert Client().write_failed(None, 0.0) == []


def test_reset_gives_control_back(client: Client) -> None:
    client.submit(ControlPointRequest.reset(), 1.0, urgent=True)
    answer(client, 0x01)
    client.submit(stop, 2.0, urgent=True)
    assert written(client) == [RESET, CONTROL, STOP]


def test_lost_permission_is_asked_for_again(client: Client) -> None:
    assert client.receive(STATUS, b"\xff", 1.0) == [FitnessMachineStatus(0xFF)]
    client.submit(speed(100), 2.0)
    assert written(client) == [CONTROL]


def test_a_new_link_begins_with_nothing(client: Client) -> None:
    client.submit(speed(100), 1.0)
    client.link_lost()
    assert (written(client), client.deadline, client.is_open) == ([], None, False)
    client.submit(stop, 2.0, urgent=True)
    assert written(client) == [CONTROL, STOP]


@pytest.mark.parametrize("value", [BELT_CEILING + 1, 0xFFFF, None])
def test_nothing_faster_than_any_belt_is_ever_encoded(client: Client, value: int | None) -> None:
    with pytest.raises(ProtocolMisuseError):
        client.submit(ControlPointRequest(0x02, value), 0.0)
    assert written(client) == []


def test_all_raw_values_are_held_against_the_ceiling() -> None:
    for value in range(0x10000):
        client = Client()
        try:
            client.submit(speed(value), 0.0, urgent=True)
        except ProtocolMisuseError:
            assert value > BELT_CEILING
        else:
            assert value <= BELT_CEILING


def test_records_come_out_joined_and_statuses_as_they_are() -> None:
    client = Client()
    first = TreadmillData(heart_rate=99).to_bytes()
    assert client.receive(DATA, first, 0.0) == []
    (record,) = client.receive(DATA, TreadmillData(instantaneous_speed=300).to_bytes(), 0.1)
    assert isinstance(record, TreadmillData)
    assert (record.instantaneous_speed, record.heart_rate) == (300, 99)
    assert client.receive(TRAINING, b"\x00\x0e", 0.2) == [Training(0, 0x0E)]


@given(st.sampled_from([DATA, STATUS, TRAINING, POINT, 0x1234]), st.binary(max_size=24))
def test_nothing_a_machine_sends_raises(uuid: int, frame: bytes) -> None:
    client = Client()
    client.submit(stop, 0.0, urgent=True)
    for report in client.receive(uuid, frame, 0.0):
        assert not isinstance(report, Garbled) or report.data == frame


@pytest.mark.parametrize("sequence", sequences(), ids=lambda s: str(s["name"]))
def test_captured_exchanges_are_understood(sequence: dict[str, list[tuple[float, str, str, str, str]]]) -> None:
    """What a real machine said, in its own order, to a client that had asked for nothing."""
    client = Client()
    for at, direction, kind, characteristic, text in sequence["events"]:
        if direction == "rx" and kind in {"notify", "indicate"}:
            reports = client.receive(int(characteristic, 16), bytes.fromhex(text), at)
            assert not any(isinstance(report, Garbled) for report in reports)
            assert reports or text == "80 00 01", "only a granted control has nothing to tell"


def test_a_late_word_that_control_is_not_ours_is_heard(client: Client) -> None:
    client.submit(stop, 1.0, urgent=True)
    client.tick(1.0 + URGENT_TIMEOUT_S)
    answer(client, 0x08, 5)
    client.submit(ControlPointRequest.pause(), 3.0, urgent=True)
    assert written(client) == [STOP, CONTROL, b"\x08\x02"]


def test_an_urgent_request_that_was_not_answered_is_followed_by_one_that_asks_for_control(client: Client) -> None:
    client.submit(stop, 1.0, urgent=True)
    client.tick(1.0 + URGENT_TIMEOUT_S)
    client.submit(stop, 3.0, urgent=True)
    assert written(client) == [STOP, CONTROL, STOP]


def test_a_stop_that_could_not_be_written_is_written_again_soon(client: Client) -> None:
    client.submit(stop, 1.0, urgent=True)
    assert client.write_failed(None, 1.0) == []
    client.tick(1.0 + RETRY_S)
    assert written(client) == [STOP, CONTROL, STOP]
    assert all(outgoing.urgent for outgoing in client.writes())


def test_control_that_could_not_be_asked_for_is_asked_for_again() -> None:
    client = Client()
    client.submit(start, 0.0)
    client.write_failed(0x0E, 0.0)
    assert written(client) == [CONTROL]
    client.tick(RETRY_S)
    assert written(client) == [CONTROL]


def test_a_machine_that_refuses_to_be_asked_for_control_is_not_asked_for_ever() -> None:
    client = Client()
    client.submit(speed(100), 0.0)
    reports: list[object] = []
    writes, now = written(client), 0.0
    while client.deadline is not None:
        assert len(writes) < 20
        reports += client.write_failed(0xFD, now)
        now = client.deadline or now
        reports += client.tick(now)
        writes += written(client)
    assert reports == [Answer(ControlPointRequest.request_control(), None), Answer(speed(100), 4)]
    assert set(writes) == {CONTROL}


def test_what_is_asked_again_in_the_moment_of_an_answer_gets_its_own(client: Client) -> None:
    client.submit(speed(80), 1.0)
    assert written(client)[-1:] == [speed(80).to_bytes()]
    assert client.receive(0x2AD9, b"\x80\x02\x03", 2.0) == [Answer(speed(80), 3)]
    client.submit(speed(80), 2.0)
    assert client.receive(0x2AD9, b"\x80\x02\x03", 3.5) == [Answer(speed(80), 3)]


def test_what_still_waits_can_be_withdrawn() -> None:
    client = Client()
    client.submit(start, 0.0)
    assert client.withdraw(0x07)
    assert not client.withdraw(0x07)
    answer(client, 0x00)
    assert written(client) == [CONTROL]


def test_a_request_that_meets_an_open_procedure_is_written_again_soon_whatever_it_is(client: Client) -> None:
    client.submit(speed(100), 1.0)
    assert client.write_failed(PROCEDURE_IN_PROGRESS, 1.0) == []
    client.tick(1.0 + RETRY_S)
    assert written(client) == [speed(100).to_bytes()] * 2
    assert answer(client, 0x02) == [Answer(speed(100), 1)]


@pytest.mark.parametrize("op_code", [0x00, 0x02, 0x08])
def test_an_answer_to_what_was_never_asked_is_somebody_elses(op_code: int) -> None:
    assert answer(Client(), op_code) == [ForeignAnswer(ControlPointResponse(op_code, 1))]


def test_an_answer_that_comes_twice_is_ours_and_one_long_after_it_is_not(client: Client) -> None:
    client.submit(stop, 10.0)
    assert answer(client, 0x08, now=10.1) == [Answer(stop, 1)]
    assert answer(client, 0x08, now=10.1 + TWICE_WITHIN_S) == [LateAnswer(ControlPointResponse(0x08, 1))]
    assert answer(client, 0x08, now=10.2 + 2 * TWICE_WITHIN_S) == [ForeignAnswer(ControlPointResponse(0x08, 1))]


def test_an_answer_is_ours_for_as_long_as_the_profile_allows_it_to_take(client: Client) -> None:
    client.submit(stop, 10.0)
    client.tick(20.0)
    assert answer(client, 0x08, now=10.0 + LATEST_ANSWER_S) == [LateAnswer(ControlPointResponse(0x08, 1))]
    client.submit(stop, 50.0)
    client.tick(60.0)
    assert answer(client, 0x08, now=50.1 + LATEST_ANSWER_S) == [ForeignAnswer(ControlPointResponse(0x08, 1))]


def test_a_stop_stands_in_front_of_a_target_that_is_repeated_in_the_same_moment(client: Client) -> None:
    client.submit(speed(200), 1.0, urgent=True)
    written(client)
    client.write_failed(0xFE, 1.0)
    answer(client, 0x02)  # what the machine was busy with: the target is to be written now
    client.submit(ControlPointRequest.stop(), 1.0, urgent=True)
    assert written(client) == [STOP]


def test_an_answer_to_what_the_machine_refused_to_take_is_not_ours(client: Client) -> None:
    client.submit(ControlPointRequest.stop(), 1.0, urgent=True)
    assert written(client) == [STOP]
    client.write_failed(0xFE, 1.0)
    answer(client, 0x08)
    assert written(client) == [STOP]
    assert answer(client, 0x08) == [Answer(ControlPointRequest.stop(), 1)]


def test_control_is_asked_for_again_where_that_was_refused_together_with_a_stop() -> None:
    client = Client()
    client.submit(ControlPointRequest.stop(), 1.0, urgent=True)
    assert written(client) == [CONTROL, STOP]
    client.write_failed(0xFE, 1.0)
    client.write_failed(0xFE, 1.0)
    client.tick(1.1)
    assert written(client) == [CONTROL, STOP]
    client.write_failed(0xFE, 1.1)
    client.tick(1.2)
    assert written(client) == [STOP], "control was taken, and is being answered"


def test_an_urgent_target_is_not_repeated_for_ever(client: Client) -> None:
    client.submit(speed(200), 1.0, urgent=True)
    now = 1.0
    while client.is_open:
        client.write_failed(0xFE, now)
        assert client.deadline is not None
        now = client.deadline
        client.tick(now)
    assert now == 1.6


@pytest.mark.parametrize(("request_", "asks_again"), [(speed(100), False), (stop, True)])
def test_only_a_stop_that_nobody_answers_puts_request_control_in_front_of_the_next(
    client: Client, request_: ControlPointRequest, *, asks_again: bool
) -> None:
    """A machine that answers late does one thing at a time: control in front of a stop costs it an answer's time."""
    client.submit(request_, 1.0, urgent=True)
    client.tick(1.0 + URGENT_TIMEOUT_S)
    client.writes()
    client.submit(stop, 3.0, urgent=True)
    assert written(client) == ([CONTROL, STOP] if asks_again else [STOP])
