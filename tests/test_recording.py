from __future__ import annotations

import json
from itertools import pairwise

import pytest
from rig import SHORT, Rig

from treadcoach import events
from treadcoach.errors import JournalError, ProfileError
from treadcoach.events import Pressed, RawInput, State
from treadcoach.motion import Passport
from treadcoach.recording import Header, Line, Recorder, encode, input_of, read_lines
from treadcoach.replay import replay

FIELDS = [
    *("state", "segment", "segments", "facing", "next_facing", "setpoint_kmh", "observed_kmh", "incline_pct"),
    *("distance_m", "backward_m", "elapsed_s", "segment_remaining_s", "program_remaining_s", "heart_rate_bpm"),
    *("zone", "verdict", "reasons", "cue"),
]


def record(rig: Rig, act: object = None) -> list[str]:
    """A rig's session as a journal, with something done on the way."""
    lines: list[str] = []
    recorder = Recorder(lambda line: lines.append(encode(line)))
    recorder.begin(Header(rig.plan, "2026-01-01T00:00:00Z", "treadcoach test", "simulator", 180, 1))
    honest = rig.drive.step

    def step(now: float, raw: tuple[RawInput, ...]) -> object:
        outcome = honest(now, raw)
        recorder.step(now, raw, outcome)
        return outcome

    rig.drive = type(rig.drive)(rig.plan, maximum_bpm=180)
    honest = rig.drive.step
    rig.drive.step = step  # type: ignore[method-assign, assignment]
    rig.step(events.Woke())
    if act:
        act(rig)  # type: ignore[operator]
    rig.run()
    if rig.drive.result:
        recorder.end(rig.now, rig.drive.result, rig.drive.totals())
    return lines


def of_type(lines: list[str], kind: str) -> list[Line]:
    return [line for line in map(json.loads, lines) if line["type"] == kind]


@pytest.fixture(scope="module")
def journal() -> list[str]:
    return record(Rig())


def test_the_first_line_has_everything_a_replay_needs(journal: list[str]) -> None:
    header = json.loads(journal[0])
    assert header["type"] == "header"
    assert header["t"] == 0
    assert header["program"]["source"] == SHORT
    assert header["simulated"] is True
    assert header["limits"]["caps"]["backward"] == 350
    assert header["started"] == "2026-01-01T00:00:00Z"


def test_every_line_has_its_time_and_type_and_times_never_fall(journal: list[str]) -> None:
    lines = [json.loads(line) for line in journal]
    times = [line["t"] for line in lines]
    assert times == sorted(times)
    kinds = {"header", "input", "command", "notice", "oddity", "snapshot", "summary"}
    assert {line["type"] for line in lines} == kinds, "an answer that a stop overtook is late"


def test_commands_carry_their_bytes_and_notifications_theirs(journal: list[str]) -> None:
    assert {"verb": "set_speed", "value": 80, "bytes": "025000"}.items() <= of_type(journal, "command")[2].items()
    notified = [line for line in of_type(journal, "input") if line["input"] == "notified"]
    assert notified[0]["uuid"] == "2acd"
    bytes.fromhex(notified[0]["data"])


def test_snapshots_come_once_a_second_and_at_every_change(journal: list[str]) -> None:
    snapshots = of_type(journal, "snapshot")
    assert all(list(line)[2:] == FIELDS for line in snapshots)
    gaps = [b["t"] - a["t"] for a, b in pairwise(snapshots)]
    assert max(gaps) < 2.2
    changes = {line["segment"] for line in snapshots}
    assert changes == set(range(1, 9))


def test_the_summary_is_last_and_says_it_all(journal: list[str]) -> None:
    summary = json.loads(journal[-1])
    assert summary["type"] == "summary"
    assert summary["result"] == "completed"
    assert summary["turns"] == 2
    assert summary["metres"]["backward"] > 20
    assert summary["maximum_kmh"]["backward"] == 2.5
    assert summary["seconds_in_zone"]


def test_a_replay_gives_every_command_and_verdict_again(journal: list[str]) -> None:
    found = replay(journal)
    assert found.difference is None
    assert found.commands == len(of_type(journal, "command"))
    assert found.summary is not None


@pytest.mark.parametrize(
    "character", ["ignores-stop", "pause-first", "takes-mph", "freezes", "creeps", "coarse", "remembers-speed"]
)
def test_a_replay_of_trouble_gives_the_same_trouble(character: str) -> None:
    rig = Rig(character=character)
    rig.run = lambda *_a, **_k: Rig.run(rig, 400)  # type: ignore[method-assign]
    found = replay(record(rig))
    assert found.difference is None


def test_a_replay_of_every_kind_of_input() -> None:
    def act(rig: Rig) -> None:
        rig.run_to(State.RUNNING, 2).run(5)
        keys = (Pressed.EXTEND, Pressed.BACK, Pressed.SLOWER, Pressed.FASTER, Pressed.EASIER, Pressed.PAUSE)
        for pressed in keys:
            rig.press(pressed)
        rig.run_to(State.PAUSED).run(5)
        rig.press(Pressed.CONFIRM)
        rig.run_to(State.RUNNING).run(5)
        rig.step(events.Suspended(0.5), events.WriteFailed(14), events.WriteFailed())
        rig.lose_link()
        rig.run(3)
        rig.restore_link()
        rig.step(events.Failed("screen"))

    lines = record(Rig(), act)
    assert replay(lines).difference is None
    assert {line["input"] for line in of_type(lines, "input")} >= {"pressed", "link_lost", "link_restored", "failed"}


def test_a_stranger_is_replayed_with_the_caps_it_had() -> None:
    lines = record(Rig(SHORT.replace("2.5", "2.0"), passport=Passport("stranger", simulated=True)))
    assert json.loads(lines[0])["limits"]["caps"]["backward"] == 217
    assert replay(lines).difference is None


def test_a_changed_journal_is_noticed_where_it_was_changed(journal: list[str]) -> None:
    at = next(i for i, line in enumerate(journal) if '"verb":"set_speed"' in line)
    changed = [*journal[:at], journal[at].replace('"value":80', '"value":90'), *journal[at + 1 :]]
    difference = replay(changed).difference
    assert difference is not None
    assert difference.recorded is not None
    assert difference.replayed is not None
    assert (difference.recorded["value"], difference.replayed["value"]) == (90, 80)
    assert "recorded" in str(difference)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_journal_that_was_cut_is_replayed_as_far_as_it_goes(journal: list[str], share: float) -> None:
    cut = journal[: int(len(journal) * share)]
    found = replay([*cut, journal[len(cut)][:20]])
    assert found.difference is None
    assert found.summary is None


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["{}"],
        ["[]"],
        ['{"journal":99}'],
        ['{"journal":1}'],
        ['{"journal":1}', "torn", '{"t":1}'],
        ['{"journal":1,"program":{}}'],
    ],
)
def test_what_is_no_journal_is_refused(lines: list[str]) -> None:
    with pytest.raises(JournalError):
        replay(lines)


def test_a_journal_of_a_program_that_is_none_says_so(journal: list[str]) -> None:
    header = json.loads(journal[0])
    header["program"]["source"] = "nonsense"
    with pytest.raises(ProfileError):
        replay([json.dumps(header), *journal[1:]])


@pytest.mark.parametrize(
    "line",
    [
        {"input": "teleported"},
        {},
        {"input": "notified", "uuid": "zz"},
        {"input": "pressed", "what": "warp"},
        {"input": "woke", "x": 1},
    ],
)
def test_an_input_from_elsewhere_is_refused(line: Line) -> None:
    with pytest.raises(JournalError):
        input_of(line)


def test_nothing_that_json_does_not_know_is_written() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        encode({"t": float("nan")})
    assert list(read_lines(['{"journal":1}', '{"t":'])) == [{"journal": 1}]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"type":"input"', '"kind":"input"'),
        ('"step":', '"stop":'),
        ('"t":0.0,"type":"input"', '"t":"x","type":"input"'),
        ('"caps":{', '"caps":null,"was":{'),
        ('"grid":[80,1600,10]', '"grid":[80,1600,0]'),
        ('"source":"', '"source":[],"was":"'),
    ],
)
def test_a_damaged_journal_is_an_error_of_the_journal(journal: list[str], old: str, new: str) -> None:
    damaged = [line.replace(old, new) for line in journal]
    assert damaged != journal
    with pytest.raises((JournalError, ProfileError)):
        replay(damaged)


def test_what_came_in_and_was_nothing_of_ours_is_in_the_journal_and_does_not_trouble_a_replay() -> None:
    def act(rig: Rig) -> None:
        rig.run_to(State.RUNNING)
        rig.step(events.Notified(0x2ACD, b"\x00"), events.Notified(0x2AD9, b"\x80\x11\x01"))

    lines = record(Rig(), act)
    told = [line["text"] for line in of_type(lines, "oddity")]
    assert told[0].startswith("2acd, 00: ")
    assert told[1] == "answer to another program: 80 11 01"
    assert replay(lines).difference is None
