"""Every example of the authoring guide, as a reader would try it."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from treadcoach.check import CheckOptions, check
from treadcoach.output import Output

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "docs/authoring.md").read_text(encoding="utf-8")
HEAD = "profile: 1\nname: Part\nlevel: novice\nunits: km/h\nsteps:\n"
BLOCKS = re.findall(r"^```(\S+(?: \S+)?)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
WHOLE = [text for kind, text in BLOCKS if kind == "yaml"]
PARTS = [text for kind, text in BLOCKS if kind == "yaml steps"]
WRONG = [(text, BLOCKS[index + 1][1]) for index, (kind, text) in enumerate(BLOCKS) if kind == "yaml wrong"]


def checked(text: str, name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """The exit code of `check`, and what it says is wrong."""
    monkeypatch.setenv("TREADCOACH_HOME", str(folder / "home"))
    monkeypatch.chdir(folder)
    Path(name).write_text(text, encoding="utf-8")
    err = io.StringIO()
    return check((name,), CheckOptions(), Output(io.StringIO(), err)), err.getvalue()


def test_the_guide_has_examples_of_every_kind() -> None:
    assert (len(WHOLE), len(PARTS), len(WRONG)) == (2, 5, 2)
    keys = set(re.findall(r"^\W*([a-z_]+):", "".join(WHOLE + PARTS), re.MULTILINE))
    assert keys >= {"stand", "forward", "backward", "sidestep_left", "repeat", "for", "incline", "cue", "heart_rate"}
    assert "scaled_from_cap" in keys


@pytest.mark.parametrize("text", [*WHOLE, *(HEAD + part for part in PARTS)])
def test_what_the_guide_shows_passes(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checked(text, "example.yaml", tmp_path, monkeypatch) == (0, "")


@pytest.mark.parametrize(("text", "says"), WRONG)
def test_what_the_guide_calls_wrong_is_told_as_it_says(
    text: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert checked(text, says.split(":", maxsplit=1)[0], tmp_path, monkeypatch) == (2, says)
