"""Logs and captures read back as machines, one of them at a time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from treadcoach.errors import UsageError
from treadcoach.ftms import treadmill_data
from treadmill_simulator import tape
from treadmill_simulator.log import Event, WireLog

CAPTURES = Path(__file__).parent.parent / "captures" / "treadmill-frames.json"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Two machines, turn about."""
    path = tmp_path / "wire.jsonl"
    with path.open("w") as file:
        written = WireLog(file)
        for second in range(4):
            for machine in (1, 2):
                sent = Event("tx", "notify", treadmill_data.UUID, bytes((0, 0, machine, second)))
                written.line(float(second), f"F0:F1:F2:F3:F4:0{machine}", sent)
        written.line(4.0, "F0:F1:F2:F3:F4:01", Event("event", "disconnected"))
    return path


@pytest.mark.parametrize("machine", [1, 2])
def test_a_log_of_several_machines_is_several_recordings(log: Path, machine: int) -> None:
    sent = tape.load(log, machine - 1).sent
    assert [event.data for event in sent] == [bytes((0, 0, machine, second)) for second in range(4)]


@pytest.mark.parametrize(
    ("text", "says"), [("", "holds no recording 3"), (None, "holds no recording 3"), ("x", "neither")]
)
def test_what_is_no_recording_is_a_sentence(tmp_path: Path, log: Path, text: str | None, says: str) -> None:
    path = tmp_path / "given"
    path.write_text(log.read_text() if text is None else text)
    with pytest.raises(UsageError, match=says):
        tape.load(path, 2)


def test_a_capture_file_says_how_many_it_holds() -> None:
    held = len(json.loads(CAPTURES.read_text())["sequences"])
    assert tape.load(CAPTURES, held - 1).sent
    with pytest.raises(UsageError, match=f"holds no recording {held + 1}"):
        tape.load(CAPTURES, held)
