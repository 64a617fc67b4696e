"""The command line as people and programs use it: in processes of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import hostile
import pytest
from rig import PROFILES, SHORT

COMMAND = [sys.executable, "-m", "treadcoach"]
BAD = "profile: 1\nname: Bad\nlevel: novice\nunits: km/h\nsteps:\n    - backward: 60.0\n      for: 1 min\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "short.yaml").write_text(SHORT)
    (tmp_path / "bad.yaml").write_text(BAD)
    return tmp_path


def call(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TREADCOACH")} | {
        "TREADCOACH_HOME": str(home)
    }
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        cwd=home,
        env=environment,
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=60,
    )


def objects(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_help_and_version(home: Path) -> None:
    found = call(home, "--help")
    assert found.returncode == 0
    assert "STOP NOT CONFIRMED" in found.stdout
    for name in ("run", "check", "rehearse", "demo", "profiles", "config", "replay"):
        assert name in found.stdout
        assert call(home, name, "--help").returncode == 0
    assert call(home, "--version").stdout.startswith("treadcoach")


def test_wrong_usage_is_two(home: Path) -> None:
    for arguments in (["warp"], ["check"], ["run"], ["run", "short", "--yes"], ["run", "short", "--rate", "2"]):
        assert call(home, *arguments).returncode == 2, arguments
    for rate in ("0", "-1", "nan", "inf"):
        assert call(home, "run", "short", "--simulate", "--yes", "--rate", rate).returncode == 2
    assert "--yes" in call(home, "run", "short", "--simulate").stderr, "without a terminal the flag is named"
    assert "creeps" in call(home, "run", "short", "--simulate", "nobody", "--yes").stderr


def test_which_machine_is_asked_for(home: Path) -> None:
    for arguments in (["run", "short"], ["run", "short", "--machine", ""]):
        found = call(home, *arguments)
        assert found.returncode == 2
        assert "--machine" in found.stderr


def test_a_name_that_is_nearly_one_is_recognised(home: Path) -> None:
    assert "did you mean 'retro-intervals'?" in call(home, "check", "retro-intervls").stderr


def test_check_says_ok_or_where_it_is_wrong(home: Path) -> None:
    good = call(home, "check", *map(str, sorted(PROFILES.glob("*.yaml"))))
    assert (good.returncode, good.stderr) == (0, "")
    bad = call(home, "check", "bad.yaml")
    assert bad.returncode == 2
    line = "bad.yaml:6:17: error: backward 60.0 km/h is above the novice cap of 3.5 km/h; did you mean 6.0?\n"
    assert bad.stderr == line + "    6 |     - backward: 60.0\n      |                 ^\n"
    assert bad.stdout == ""
    assert call(home, "check", "bad.yaml", "--quiet").stderr == line
    assert call(home, "check", "none.yaml").returncode == 2
    lower = call(home, "check", "short", "--level", "first")
    assert "the first cap of 2.0 km/h" in lower.stderr


def test_files_that_are_no_profiles_are_refused_in_a_line_before_anything_heavy_is_loaded(home: Path) -> None:
    for path in hostile.make(home):
        found = call(home, "check", path.name)
        assert found.returncode == 2, path
        first, *excerpt = found.stderr.splitlines()
        assert re.match(rf"{path.name}:\d+:\d+: error: .+; .+", first), found.stderr
        assert len(excerpt) in {0, 2}
    command = [sys.executable, "-X", "importtime", "-m", "treadcoach", "check", "bomb.yaml"]
    loaded = subprocess.run(command, capture_output=True, text=True, cwd=home, check=False, timeout=60).stderr
    assert "ruamel" in loaded
    assert "pydantic" not in loaded


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_profile_that_may_not_be_read_is_told_of(home: Path) -> None:
    (home / "bad.yaml").chmod(0)
    assert "bad.yaml:1:1: error: it cannot be read: Permission denied" in call(home, "check", "bad.yaml").stderr


def test_check_shows_what_the_runner_will_feel(home: Path) -> None:
    shown = call(home, "check", "retro-intervals", "--weight", "80", "--plot").stdout
    assert (
        "  4:00    1:00  backward               2.0       1.2           14 s  2.0-3.0   1.5 of 3.5, novice\n" in shown
    )
    assert "longest backward 10:00 · 2 turns · 3 starts that you confirm\n" in shown
    assert "about 48-72 kcal at 80 kg (an estimate)\n" in shown
    assert " km/h |..forward     ..backward" in shown
    added = call(home, "check", "first-steps-back").stdout
    assert "stand            added: the belt stands at the end\n" in added


def test_check_takes_a_whole_folder(home: Path) -> None:
    folder = call(home, "check", str(PROFILES))
    assert (folder.returncode, folder.stderr) == (0, "")
    assert len(folder.stdout.splitlines()) == len(list(PROFILES.glob("*.yaml")))
    mixed = call(home, "check", str(PROFILES), ".")
    assert mixed.returncode == 2
    assert mixed.stderr.startswith("bad.yaml:6:17: error: ")
    (home / "empty").mkdir()
    empty = call(home, "check", "empty")
    assert empty.returncode == 2
    assert (
        empty.stderr
        == "empty:1:1: error: there are no profiles in this folder; a profile is a file that ends in .yaml\n"
    )
    assert "this is a folder, not a profile; `treadcoach check empty`" in call(home, "rehearse", "empty").stderr


def test_check_tells_programs_everything_that_it_tells_people(home: Path) -> None:
    (told,) = objects(call(home, "check", "retro-intervals", "--json").stdout)
    assert told["turns"] == 2
    assert told["kcal"] == [42, 63]
    segments = told["segments"]
    assert isinstance(segments, list)
    assert segments[3] == {
        "start_s": 240.0,
        "duration_s": 60.0,
        "movement": "backward",
        "line": 17,
        "facing": "backward",
        "from_kmh": 2.0,
        "to_kmh": 2.0,
        "incline_pct": 0.0,
        "there_s": 14.0,
        "steady_s": 46.0,
        "cap_kmh": 3.5,
        "cap": "novice",
        "margin_kmh": 1.5,
        "mets": [2.0, 3.0],
        "metres": 31.0,
    }


def test_a_program_can_be_begun_from_another_and_the_schema_printed(home: Path) -> None:
    begun = call(home, "new", "my-hill", "--from", "hill-retro", "--json")
    assert objects(begun.stdout) == [{"file": str(home / "profiles" / "my-hill.yaml")}]
    assert call(home, "check", "my-hill").returncode == 0
    assert json.loads(call(home, "schema").stdout)["title"] == "Interval profile of treadcoach"
    nobody = call(home, "new", "x")
    assert nobody.returncode == 2
    assert "there is no terminal to ask at; give --level" in nobody.stderr


def test_somebody_else_can_be_rehearsed(home: Path) -> None:
    old = call(home, "rehearse", "short", "--runner", "age=70,level=first")
    assert "the first cap of 2.0 km/h" in old.stderr
    fit = call(home, "rehearse", "short", "--runner", "age=70,level=advanced", "--journal", "a.jsonl")
    unfit = call(home, "rehearse", "short", "--runner", "age=30,level=novice", "--journal", "b.jsonl")
    assert fit.stdout != unfit.stdout
    header = json.loads((home / "a.jsonl").read_text().splitlines()[0])
    assert header["runner"]["maximum_bpm"] == 159
    both = call(home, "rehearse", "short", "--runner", "level=first", "--level", "novice")
    assert "--runner says first, --level says novice; give one of them" in both.stderr
    wrong = call(home, "rehearse", "short", "--runner", "age=7")
    assert wrong.returncode == 2
    assert "--runner 'age=7' is nothing that can be said of a runner" in wrong.stderr


def test_the_level_that_is_set_is_the_level_that_counts(home: Path) -> None:
    (home / "config.yaml").write_text("runner:\n  level: first\n")
    assert "the first cap of 2.0 km/h" in call(home, "check", "short").stderr
    assert call(home, "check", "short", "--level", "novice").returncode == 0
    assert call(home, "check", "x" * 300).returncode == 2


def test_a_journal_that_was_asked_for_must_be_written(home: Path) -> None:
    found = call(home, "run", "short", "--simulate", "--yes", "--journal", str(home / "bad.yaml" / "x.jsonl"))
    assert found.returncode == 2
    assert "cannot be written" in found.stderr


def test_check_speaks_json(home: Path) -> None:
    bad = call(home, "check", "bad.yaml", "--json")
    (finding,) = objects(bad.stdout)
    assert list(finding) == ["file", "line", "column", "severity", "code", "message", "hint"]
    assert (finding["line"], finding["column"], finding["code"]) == (6, 17, "over-cap")
    (fine,) = objects(call(home, "check", "short", "--json").stdout)
    assert fine["ok"] is True


def test_a_rehearsal_is_the_same_twice_and_can_be_replayed(home: Path) -> None:
    shown = call(home, "rehearse", "short", "--seed", "1", "--plot")
    assert shown.returncode == 0, shown.stderr
    assert "backward 2.5 km/h" in shown.stdout
    assert "▓▓▓" in shown.stdout
    again = call(home, "rehearse", "short", "--seed", "1", "--journal", "again.jsonl")
    assert again.returncode == 0
    (first,) = (home / "journals").glob("*.jsonl")
    assert first.read_bytes() == (home / "again.jsonl").read_bytes()
    found = call(home, "replay", str(first))
    assert found.returncode == 0
    assert "reproduced exactly" in found.stdout
    (as_json,) = objects(call(home, "replay", str(first), "--json").stdout)
    assert as_json["identical"] is True
    assert call(home, "rehearse", "short", "--journal", "again.jsonl").returncode == 2, "never overwritten"
    call(home, "rehearse", "short", "--seed", "2")
    assert len(list((home / "journals").glob("*.jsonl"))) == 2


def test_a_rehearsal_may_be_longer_than_a_session(home: Path) -> None:
    (home / "long.yaml").write_text(SHORT.replace("for: 40 s", "for: 15 min"))
    found = call(home, "rehearse", "long.yaml")
    assert found.returncode == 0
    assert "warning" in found.stderr
    assert call(home, "check", "long.yaml").returncode == 2


@pytest.mark.parametrize(("character", "code"), [("ignores-stop", 5), ("creeps", 5), ("freezes", 6), ("coarse", 0)])
def test_a_rehearsal_ends_with_the_code_of_its_end(home: Path, character: str, code: int) -> None:
    (home / "longer.yaml").write_text(SHORT.replace("for: 40 s", "for: 150 s", 1))
    found = call(home, "rehearse", "longer.yaml", "--character", character)
    assert found.returncode == code, found.stdout


def test_run_on_the_simulator_to_the_end(home: Path) -> None:
    found = call(home, "run", "short", "--simulate", "--yes", "--rate", "500", "--no-tui")
    assert found.returncode == 0, found.stderr
    assert "no deadman" in found.stdout
    assert "the belt was seen to stop" in found.stdout
    (journal,) = (home / "journals").glob("*.jsonl")
    assert json.loads(journal.read_text().splitlines()[-1])["result"] == "completed"
    assert call(home, "replay", str(journal)).returncode == 0


def test_the_order_of_words_does_not_matter(home: Path) -> None:
    assert call(home, "run", "--simulate", "short", "--yes", "--rate", "500").returncode == 0
    assert call(home, "run", "short", "--simulate", "coarse", "--yes", "--rate", "500").returncode == 0


def test_run_speaks_json_and_nothing_else(home: Path) -> None:
    found = call(home, "run", "short", "--simulate", "--yes", "--rate", "500", "--json", "--journal", "x.jsonl")
    lines = objects(found.stdout)
    assert (lines[0]["type"], lines[-1]["type"]) == ("header", "summary")
    assert found.stdout == (home / "x.jsonl").read_text()
    refused = call(home, "run", "short", "--simulate", "--yes", "--journal", "x.jsonl")
    assert refused.returncode == 2, "journals are never overwritten"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_is_the_runners_stop(home: Path, number: signal.Signals) -> None:
    environment = {**os.environ, "TREADCOACH_HOME": str(home)}
    arguments = ["run", "short", "--simulate", "--yes", "--rate", "10", "--journal", str(home / "s.jsonl")]
    with subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, env=environment
    ) as run:
        assert run.stdout is not None
        for line in run.stdout:
            if b"the belt moves" in line:
                break
        run.send_signal(number)
        run.stdout.read()
        assert run.wait(30) == 4
    lines = [json.loads(line) for line in (home / "s.jsonl").read_text().splitlines()]
    assert lines[-1]["result"] == "stopped"
    assert {"verb": "stop", "bytes": "0801"}.items() <= [line for line in lines if line["type"] == "command"][
        -1
    ].items()


def test_a_screen_that_goes_away_is_a_stop(home: Path) -> None:
    environment = {**os.environ, "TREADCOACH_HOME": str(home)}
    arguments = ["run", "short", "--simulate", "--yes", "--rate", "10", "--journal", str(home / "s.jsonl")]
    with subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, env=environment
    ) as run:
        assert run.stdout is not None
        run.stdout.readline()
        run.stdout.close()
        assert run.wait(30) == 4


def test_a_key_is_a_stop_and_ctrl_c_is_a_key(home: Path) -> None:
    import pty  # noqa: PLC0415 - only where there are terminals

    environment = {**os.environ, "TREADCOACH_HOME": str(home)}
    for key in (b" ", b"\x03", b"\x1a"):
        ours, theirs = pty.openpty()
        arguments = ["run", "short", "--simulate", "--rate", "10", "--journal", str(home / f"key{key[0]}.jsonl")]
        with subprocess.Popen([*COMMAND, *arguments], stdin=theirs, stdout=subprocess.PIPE, env=environment) as run:
            os.close(theirs)
            assert run.stdout is not None
            for line in run.stdout:
                if b"ready to go forward" in line:
                    time.sleep(0.3)  # nobody answers at once
                    os.write(ours, b"\n")
                if b"the belt moves" in line:
                    os.write(ours, key)
                    break
            run.stdout.read()
            assert run.wait(30) == 4, key
        os.close(ours)


@pytest.mark.long
def test_the_demo_needs_nobody(home: Path) -> None:
    began = time.monotonic()
    found = call(home, "demo")
    assert found.returncode == 0
    for words in ("forward 3.0", "turn on the side rails", "backward 2.5", "the belt was seen to stop", "Summary"):
        assert words in found.stdout
    assert time.monotonic() - began < 60


def test_profiles_lists_shipped_and_own(home: Path) -> None:
    found = call(home, "profiles")
    assert "short" in found.stdout
    assert "retro-intervals" in found.stdout
    assert found.stdout.index("short ") < found.stdout.index("first-steps-back") < found.stdout.index("reverse-hiit")
    assert "first-steps-back       first            8:30     3:30   2.5   2.5  yes  Learn" in found.stdout
    assert "reverse-hiit           advanced        33:00    20:00   6.5   9.7  no   Oxygen" in found.stdout
    assert "yes  Oxygen" in call(home, "profiles", "--level", "advanced").stdout
    listed = objects(call(home, "profiles", "--json").stdout)
    assert {"short": "own", "retro-intervals": "shipped"}.items() <= {
        o["profile"]: o["origin"] for o in listed
    }.items()


def test_config_says_what_is_set_and_where(home: Path) -> None:
    (home / "config.yaml").write_text("runner:\n  level: novice\n")
    found = call(home, "config")
    assert "config.yaml:2" in found.stdout
    (as_json,) = objects(call(home, "config", "--json").stdout)
    assert as_json["settings"]["runner.level"]["value"] == "novice"  # type: ignore[index]
    (home / "config.yaml").write_text("runner:\n  level: hero\n")
    for command in (["config"], ["check", "short"], ["rehearse", "short"], ["run", "short", "--simulate", "--yes"]):
        wrong = call(home, *command)
        assert wrong.returncode == 2
        assert "config.yaml:2:10: error" in wrong.stderr


def test_a_journal_that_is_none_is_an_error_and_no_traceback(home: Path) -> None:
    (home / "torn.jsonl").write_text("torn\n\n")
    for path in ("none.jsonl", "torn.jsonl", "bad.yaml", "."):
        found = call(home, "replay", path)
        assert found.returncode in {1, 2}
        assert "Traceback" not in found.stderr
        assert found.stderr


def test_output_that_is_cut_off_is_no_fault(home: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "profiles"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=home
    ) as listing:
        assert listing.stdout is not None
        assert listing.stderr is not None
        listing.stdout.close()
        assert b"Traceback" not in listing.stderr.read()
