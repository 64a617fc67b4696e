"""The voice, with commands that write down what they are given instead of saying it."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from rig import PROFILES, Rig

from treadcoach.edges import voice
from treadcoach.edges.voice import Ears, Rank, Speech, Voice, commands, is_heard, of_notices
from treadcoach.events import Notice, NoticeKind, Snapshot, State, VoiceLost, VoiceRestored
from treadcoach.motion import Level, Machine
from treadcoach.preflight import plan
from treadcoach.program.reader import load
from treadcoach.words import spoken

SAID = "said.txt"


class Scene:
    """A voice, what it has said, and what it has reported."""

    def __init__(self, folder: Path, script: str = "sleep 0.6") -> None:
        self.said_in = folder / SAID
        self.switch = folder / "broken"
        line = f'echo "$1" >> {self.said_in}; test ! -e {self.switch} || exit 1; {script}'
        self.speech = Speech("fake", ("sh", "-c", line, "fake"))
        self.reports: list[VoiceLost | VoiceRestored] = []
        self.rings = 0
        self.settled: list[str] = []
        self.voice = Voice((self.speech,), Ears(self._ring, self.reports.append, self.settled.append))
        outcome = Rig().outcome
        self._outcome = outcome
        until(lambda: bool(self.settled))

    def _ring(self) -> None:
        self.rings += 1

    def hear(self, *notices: Notice, state: State = State.RUNNING) -> None:
        snapshot: Snapshot = self._outcome.snapshot._replace(state=state)
        self.voice.hear(self._outcome._replace(notices=notices, snapshot=snapshot))

    @property
    def said(self) -> list[str]:
        """Behind the greeting."""
        return self.said_in.read_text().splitlines()[1:] if self.said_in.exists() else []


def until(holds: Callable[[], bool], patience_s: float = 15.0) -> None:
    end = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


CHANGE = Notice(NoticeKind.CHANGE, "in 5 s: backward 3.0 km/h")
STEP = Notice(NoticeKind.SEGMENT, "backward 3.0 km/h for 0:30")
FORM = Notice(NoticeKind.CUE, "Quicker feet")
CALM = Notice(NoticeKind.HEARTBEAT, "backward 3.0 km/h, 0:15 left")
ALARM = Notice(NoticeKind.ALARM, "The belt does not stop!")
BEEP = Notice(NoticeKind.BEEP, "3")


def test_what_comes_in_one_step_is_said_in_one_breath(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.hear(STEP, FORM)
    scene.voice.close()
    assert scene.said == ["backward 3 for 30 seconds. Quicker feet."]


def test_an_alarm_interrupts_everything_and_is_said_until_the_belt_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voice, "ALARM_AGAIN_S", 0.5)
    scene = Scene(tmp_path, "sleep 1.2")
    scene.hear(STEP)
    until(lambda: len(scene.said) == 1)
    began = time.monotonic()
    scene.hear(ALARM, CALM, state=State.STOPPING)
    until(lambda: len(scene.said) == 2)
    assert time.monotonic() - began < 1.0, "it did not wait for the sentence before"
    assert scene.said[1] == "The belt does not stop!."
    time.sleep(0.6)
    scene.hear(state=State.STOPPING)
    until(lambda: len(scene.said) == 3)
    assert scene.rings == 2
    scene.hear(state=State.STOPPED)
    time.sleep(0.6)
    scene.hear(state=State.STOPPING)
    scene.voice.close()
    assert len(scene.said) == 3


def test_a_change_interrupts_words_and_words_wait_for_a_change(tmp_path: Path) -> None:
    scene = Scene(tmp_path, "sleep 0.8")
    scene.hear(FORM)
    until(lambda: len(scene.said) == 1)
    scene.hear(CHANGE)
    until(lambda: len(scene.said) == 2)
    scene.hear(FORM)
    scene.voice.close()
    assert scene.said == ["Quicker feet.", "in 5 seconds: backward 3.", "Quicker feet."]


def test_that_all_is_well_is_only_said_into_silence(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.hear(STEP)
    until(lambda: len(scene.said) == 1)
    scene.hear(CALM)
    time.sleep(0.2)
    scene.voice.close()
    assert len(scene.said) == 1


def test_what_has_waited_too_long_is_not_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice, "STALE_S", 0.2)
    scene = Scene(tmp_path, "sleep 1.0")
    scene.hear(CHANGE)
    until(lambda: len(scene.said) == 1)
    scene.hear(CHANGE._replace(text="in 4 s: stand"))
    scene.voice.close()
    assert len(scene.said) == 1


def test_of_two_that_wait_the_newer_is_said(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.hear(CHANGE)
    until(lambda: len(scene.said) == 1)
    scene.hear(STEP)
    scene.hear(FORM)
    scene.voice.close()
    assert scene.said[1:] == ["Quicker feet."]


def test_beeps_ring_and_are_no_words(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.hear(BEEP)
    scene.voice.close()
    assert scene.rings == 1
    assert scene.said == []


@pytest.mark.parametrize("script", ["exit 3", "true", "sleep 60"])
def test_a_voice_that_was_not_heard_is_reported_within_two_seconds_and_found_again(
    tmp_path: Path, script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It fails, it is over too soon to have been spoken, or it hangs."""
    monkeypatch.setattr(voice, "AGAIN_S", 0.3)
    monkeypatch.setattr(voice, "PAUSE_S", 0.5)
    monkeypatch.setattr(voice, "SLOWEST_WORD_S", 0.1)
    works = f"test ! -e {tmp_path / 'broken'} && sleep 0.6 || {{ {script}; }}"
    scene = Scene(tmp_path)
    scene.voice.close()
    line = f'echo "$1" >> {scene.said_in}; {works}'
    scene.settled.clear()
    scene.voice = Voice(
        (Speech("fake", ("sh", "-c", line, "fake")),),
        Ears(lambda: None, scene.reports.append, scene.settled.append),
    )
    until(lambda: bool(scene.settled))
    scene.switch.touch()
    began = time.monotonic()
    scene.hear(CHANGE)
    until(lambda: bool(scene.reports))
    assert time.monotonic() - began < 2.0
    assert scene.reports == [VoiceLost("fake was not heard")]
    scene.switch.unlink()
    until(lambda: len(scene.reports) > 1)
    assert scene.reports[1:] == [VoiceRestored()]
    scene.voice.close()


def _more_than(scene: Scene, count: int) -> Callable[[], bool]:
    return lambda: len(scene.said) > count


def test_a_sentence_that_was_cut_short_says_nothing_of_the_voice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or one that hangs would be back with every announcement, and nobody hears one."""
    monkeypatch.setattr(voice, "AGAIN_S", 0.1)
    monkeypatch.setattr(voice, "PAUSE_S", 0.5)
    monkeypatch.setattr(voice, "SLOWEST_WORD_S", 0.2)
    scene = Scene(tmp_path, f"test -e {tmp_path / 'hangs'} && exec sleep 60 || sleep 0.6")
    (tmp_path / "hangs").touch()
    scene.hear(STEP)
    until(lambda: bool(scene.reports))
    for _ in range(3):
        before = len(scene.said)
        until(_more_than(scene, before))  # it is tried whether it is back …
        scene.hear(CHANGE)  # … and interrupted
        time.sleep(0.2)
    assert scene.reports == [VoiceLost("fake was not heard")]
    (tmp_path / "hangs").unlink()
    until(lambda: len(scene.reports) > 1)
    assert scene.reports[1:] == [VoiceRestored()]
    scene.voice.close()


def test_a_voice_that_is_looked_for_in_vain_is_lost_and_the_bell_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice, "GREETS_S", 0.2)
    monkeypatch.setattr(voice, "PAUSE_S", 0.5)
    monkeypatch.setattr(voice, "SLOWEST_WORD_S", 0.1)
    reports: list[VoiceLost | VoiceRestored] = []
    settled: list[str] = []
    found = Voice(
        (Speech("hangs", ("sh", "-c", "exec sleep 60")),), Ears(lambda: None, reports.append, settled.append)
    )
    for _ in range(5):
        found.hear(Rig().outcome._replace(notices=(STEP,)))
        time.sleep(0.1)
    assert reports == [VoiceLost("the voice hangs")]
    until(lambda: bool(settled))
    until(lambda: len(reports) > 1)
    assert settled == ["the bell"]
    assert reports[1:] == [VoiceRestored()]
    found.close()


def test_a_thread_that_hangs_is_noticed_by_the_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(tmp_path)
    monkeypatch.setattr(voice, "HANGS_S", -1.0)
    scene.hear(CHANGE)
    scene.hear()
    assert scene.reports[0] == VoiceLost("the voice hangs")
    scene.voice.close()


def test_the_first_that_is_heard_is_taken_and_without_any_there_is_the_bell(tmp_path: Path) -> None:
    settled: list[str] = []
    rings: list[int] = []
    silent = Speech("silent", ("true",))
    absent = Speech("absent", (str(tmp_path / "no-such-command"),))
    good = Speech("good", ("sh", "-c", "sleep 0.6"))
    for speeches, name in (((silent, absent, good), "good"), ((silent, absent), "the bell"), ((), "the bell")):
        found = Voice(speeches, Ears(lambda: rings.append(1), lambda _: None, settled.append))
        until(lambda: bool(settled))
        assert settled.pop() == name
        found.hear(Rig().outcome._replace(notices=(BEEP, STEP)))
        found.close()
    assert len(rings) == 3
    assert not is_heard(silent)


def test_commands_are_those_of_the_platform_that_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: name if name in {"say", "espeak-ng"} else None)
    assert [speech.name for speech in commands("darwin")] == ["say"]
    assert [speech.name for speech in commands("linux")] == ["espeak-ng"]
    assert commands("win32") == ()


def test_an_alarm_leaves_everything_else_unsaid() -> None:
    found = of_notices((STEP, ALARM), "km/h", 0.0)
    assert found is not None
    assert (found.text, found.rank) == ("The belt does not stop!.", Rank.ALARM)
    assert of_notices((BEEP,), "km/h", 0.0) is None
    miles = of_notices((CHANGE,), "mph", 0.0)
    assert miles is not None
    assert miles.text == "in 5 seconds: backward 1.9."


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_every_announcement_of_every_program_is_over_before_the_change_comes(tmp_path: Path) -> None:
    """A change is announced five seconds before it comes: longer must no sentence be."""
    texts = set()
    for path in PROFILES.glob("*.yaml"):
        laid_out = plan(load(path.read_text(), path.name), Level.HARNESS, Machine())
        texts |= {f"in 5 seconds: {spoken(str(segment))}." for segment in laid_out.timeline.segments}
    assert len(texts) > 30
    longest = max(texts, key=len)
    for text in {longest, *sorted(texts)[:10]}:
        wave = tmp_path / "spoken.wav"
        subprocess.run(["espeak-ng", "-w", str(wave), "--", text], check=True)  # noqa: S607
        seconds = (wave.stat().st_size - 44) / 2 / 22050
        assert 0.5 < seconds < 5.0, text
