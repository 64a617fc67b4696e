"""A program of one's own: by flags, by five questions at a terminal, from another one."""

from __future__ import annotations

import io
import json
import os
import pty
import select
import subprocess
import sys
import time
from itertools import product
from pathlib import Path

import pytest

from treadcoach.advice import advise
from treadcoach.drafting import PROPOSALS, Wishes, draft
from treadcoach.errors import ProfileError, UsageError
from treadcoach.flight import look_ahead
from treadcoach.motion import Level, Machine
from treadcoach.new import Wanted, new, print_schema
from treadcoach.output import Output
from treadcoach.preflight import plan
from treadcoach.program.reader import inspect

GIVEN = Wanted(level="novice", minutes="15", work="30 s", rest="1 min")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TREADCOACH_HOME", str(tmp_path))
    return tmp_path


def written(name: str, wanted: Wanted = GIVEN, ask: object = None) -> str:
    """What is told."""
    out = io.StringIO()
    assert new(name, wanted, ask, Output(out, io.StringIO())) == 0  # type: ignore[arg-type]
    return out.getvalue()


@pytest.mark.parametrize(("level", "units"), list(product(Level, ("km/h", "mph"))))
@pytest.mark.parametrize(
    ("minutes", "work_s", "rest_s"),
    [(None, 0, 0), (8, 30, 30), (9, 30, 45), (10, 45, 45), (5, 25, 40), (9.5, 40, 40)],
)
def test_a_draft_passes_with_no_finding_and_is_as_long_as_was_wished(
    level: Level, units: str, minutes: float | None, work_s: float, rest_s: float
) -> None:
    if minutes is None:
        minutes, work_s, rest_s = PROPOSALS[level][0], 30.0, 30.0 if level is Level.FIRST else 60.0
    text = draft(Wishes("Mine", level, "a goal: with a colon", minutes, work_s, rest_s, units), "# schema")
    profile, findings = inspect(text, "mine.yaml")
    assert findings == ()
    assert profile is not None
    assert (profile.name, profile.level, profile.goal) == ("Mine", level, "a goal: with a colon")
    laid_out = plan(profile, None, Machine())
    assert laid_out.findings == ()
    flight = look_ahead(laid_out)
    assert advise(laid_out, flight) == ()
    assert flight.duration_s == pytest.approx(minutes * 60, abs=35)
    assert flight.sums["backward"].seconds >= work_s + rest_s
    assert text.count(" #") >= 6, "commented"


def test_a_bout_that_the_level_does_not_hold_is_several() -> None:
    text = draft(Wishes("X", Level.FIRST, "g", 10, 30, 45, "km/h"), "#")
    assert "- stand: 30 s # a rest between two bouts" in text
    assert "rest between two bouts" not in draft(Wishes("X", Level.NOVICE, "g", 15, 30, 60, "km/h"), "#")


def test_it_stands_beside_the_schema_and_is_one_of_the_runners_own(home: Path) -> None:
    told = written("my-first")
    path = home / "profiles" / "my-first.yaml"
    assert told.startswith(str(path))
    assert path.read_text().startswith("# yaml-language-server: $schema=profile.schema.json\n")
    assert "\nname: My first\n" in path.read_text()
    out = io.StringIO()
    print_schema(Output(out, io.StringIO()))
    assert (home / "profiles" / "profile.schema.json").read_text() == out.getvalue()


def test_elsewhere_it_knows_where_the_schema_is(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    written("there.yaml")
    schema = home / "profiles" / "profile.schema.json"
    assert Path("there.yaml").read_text().startswith(f"# yaml-language-server: $schema={schema}\n")
    assert json.loads(schema.read_text())["title"]


def test_nothing_is_overwritten(home: Path) -> None:
    written("mine")
    before = (home / "profiles" / "mine.yaml").read_text()
    with pytest.raises(UsageError, match="exists; choose another name"):
        written("mine", Wanted(template="hill-retro"))
    assert (home / "profiles" / "mine.yaml").read_text() == before


@pytest.mark.parametrize("name", ["", ".", "..", "/", "-x", "a\nb", "x" * 80, "a:b"])
def test_what_is_no_name_is_refused(home: Path, name: str) -> None:
    with pytest.raises(UsageError, match="is no name"):
        written(name)
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("template", ["hill-retro", "group-class-30", "first-steps-back"])
def test_a_copy_has_everything_but_the_name(home: Path, template: str) -> None:
    written("my-copy", Wanted(template=template))
    copy = (home / "profiles" / "my-copy.yaml").read_text().splitlines()
    original = (Path(__file__).parent.parent / "profiles" / f"{template}.yaml").read_text().splitlines()
    changed = [(a, b) for a, b in zip(original, copy, strict=True) if a != b]
    assert [b for _, b in changed] == ["name: My copy"]
    written("copy-of-copy", Wanted(template="my-copy"))


def test_a_copy_of_nothing_or_of_something_wrong_is_refused(home: Path) -> None:
    with pytest.raises(ProfileError, match="no such profile"):
        written("x", Wanted(template="nothing"))
    (home / "bad.yaml").write_text("profile: 1\nsteps:\n")
    with pytest.raises(ProfileError, match="the key 'name' is missing"):
        written("x", Wanted(template=str(home / "bad.yaml")))


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (Wanted(), "give --level, --minutes, --work, --rest, or --from PROGRAM"),
        (GIVEN._replace(rest=None), "give --rest"),
        (GIVEN._replace(level="expert"), "'expert' is no level: first, novice"),
        (GIVEN._replace(minutes="soon"), "'soon' are no minutes; write a number"),
        (GIVEN._replace(minutes="400 m"), "'400 m' are no minutes; write a number"),
        (GIVEN._replace(work="30"), "30"),
        (GIVEN._replace(units="knots"), "'knots' is no unit: km/h or mph"),
        (GIVEN._replace(goal="a\tb"), "write the goal in one line"),
        (GIVEN._replace(minutes="45"), "45:00 in all is more than the novice level's 20:00; change minutes"),
        (GIVEN._replace(work="5 s"), "backward for 0:05 is too short"),
        (GIVEN._replace(minutes="2"), "with a warm-up, two turns and one round it takes 5:30 at the least"),
        (GIVEN._replace(template="hill-retro"), "--from copies a program with everything; leave the other flags out"),
        (GIVEN._replace(level="first", minutes="10", work="1 min", rest="1 min"), "2:00 backward without a rest"),
    ],
)
def test_what_cannot_be_drafted_is_said_and_nothing_is_written(home: Path, wanted: Wanted, says: str) -> None:
    with pytest.raises(UsageError, match=says.replace("'", ".").replace("(", r"\(")):
        written("x", wanted)
    assert list(home.iterdir()) == []


def test_five_questions_are_asked_until_they_are_answered(home: Path) -> None:
    asked: list[str] = []
    answers = iter(["expert", "novice", "Knees, mostly", "a while", "12", "40 s", "40 s / 50 s", "furlongs", "km/h"])

    def ask(question: str, proposal: str) -> str:
        asked.append(f"{question} [{proposal}]")
        return next(answers)

    err = io.StringIO()
    assert new("asked", Wanted(), ask, Output(io.StringIO(), err)) == 0
    assert [question.split(" ")[0] for question in dict.fromkeys(asked)] == [
        "level",
        "goal",
        "minutes",
        "work",
        "units",
    ]
    assert len(err.getvalue().splitlines()) == 4
    text = (home / "profiles" / "asked.yaml").read_text()
    assert "goal: Knees, mostly" in text
    assert "for: 50 s" in text


def test_what_does_not_fit_is_asked_for_again_and_the_rest_is_kept(home: Path) -> None:
    answers = iter(["Novice", "Mine", "45", "30 s / 1 min", "KM/H", "15", "30 s / 1 min"])
    err = io.StringIO()
    assert new("again", Wanted(), lambda *_: next(answers), Output(io.StringIO(), err)) == 0
    assert "that does not fit: 45:00 in all is more than" in err.getvalue()
    text = (home / "profiles" / "again.yaml").read_text()
    assert "goal: Mine" in text
    assert "level: novice" in text


def test_a_shipped_program_is_not_hidden_by_one_of_the_same_name(home: Path) -> None:
    with pytest.raises(UsageError, match="is a shipped program, which yours would hide"):
        written("hill-retro")
    assert list(home.iterdir()) == []


def test_what_a_flag_says_is_not_asked(home: Path) -> None:
    def ask(question: str, proposal: str) -> str:
        assert question.startswith(("goal", "units"))
        return proposal

    written("some", GIVEN, ask)
    assert "goal: First intervals" in (home / "profiles" / "some.yaml").read_text()


def test_at_a_terminal_the_questions_come_with_proposals_and_return_takes_them(home: Path) -> None:
    master, slave = pty.openpty()
    environment = {**os.environ, "TREADCOACH_HOME": str(home)}
    command = [sys.executable, "-m", "treadcoach", "new", "typed"]
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment, close_fds=True)
    os.close(slave)
    shown = b""
    until = time.monotonic() + 30
    asked = 0
    while process.poll() is None and time.monotonic() < until:
        if select.select([master], [], [], 0.1)[0]:
            try:
                shown += os.read(master, 4096)
            except OSError:  # the terminal's other end is closed
                break
        if shown.count(b"]: ") > asked:
            asked += 1
            os.write(master, b"\n")
    assert process.wait(10) == 0, shown
    os.close(master)
    assert asked == 5
    assert b"level (first, novice, intermediate, advanced, harness) [first]: " in shown
    assert b"work / rest [30 s / 30 s]: " in shown
    assert "level: first" in (home / "profiles" / "typed.yaml").read_text()
