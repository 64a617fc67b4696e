"""What an editor shows of a profile, asked of the language server that editors use; `make editor` runs it.

Nothing is fetched: the schema stands beside the profile.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from language_server import LanguageServer

from treadcoach.new import Wanted, new
from treadcoach.output import Output

PROFILES = Path(__file__).parents[2] / "profiles"
SERVER = Path(os.environ.get("YAML_LANGUAGE_SERVER", "yaml-language-server"))
HEAD = (
    "# yaml-language-server: $schema=profile.schema.json\nprofile: 1\nname: x\nlevel: novice\nunits: km/h\nsteps:\n"
)

pytestmark = pytest.mark.editor


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LanguageServer]:
    shutil.copy(PROFILES / "profile.schema.json", tmp_path)
    found = LanguageServer(["node", str(SERVER), "--stdio"], tmp_path)
    yield found
    found.close()


def test_shipped_programs_have_no_squiggles(server: LanguageServer) -> None:
    for path in sorted(PROFILES.glob("*.yaml")):
        assert server.open(path.name, path.read_text(encoding="utf-8")) == []


def test_a_generated_program_finds_its_schema_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREADCOACH_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    wanted = Wanted(level="novice", minutes="15", work="30 s", rest="1 min")
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123
        new("mine", wanted, None, Output(nowhere, nowhere))
        new("there.yaml", wanted, None, Output(nowhere, nowhere))
    server = LanguageServer(["node", str(SERVER), "--stdio"], tmp_path)
    try:
        for name in ("profiles/mine.yaml", "there.yaml"):
            text = (tmp_path / name).read_text(encoding="utf-8")
            assert server.open(name, text) == []
            (told,) = server.open(name + ".wrong.yaml", text.replace("level: novice", "level: novize"))
            assert told["range"]["start"] == {"line": 5, "character": 7}
    finally:
        server.close()


@pytest.mark.parametrize(
    ("step", "line", "column", "says"),
    [
        ("  - stand: 30\n", 6, 11, "write a time: 30 s, 3 min or 1:30"),
        ("  - forward: 2.0\n    for: 3\n", 7, 9, "write a time or a distance: 30 s"),
        ("  - forward: 2.0\n    for: 30 s\n    heartrate: 60-75 %\n", 8, 4, "heartrate is not allowed"),
        ("  - forward: 2.0\n    for: 30 s\n    heart_rate: 60 %\n", 8, 16, "write a band: 60-75 %"),
        ("  - forward: 2.0\n", 6, 4, 'Missing property "for"'),
        ("  - backward: {from: 1.0}\n    for: 30 s\n", 6, 4, 'Missing property "to"'),
        ("  - repeat: 600\n    steps:\n      - stand: 30 s\n", 6, 12, "100"),
    ],
)
def test_a_mistake_is_underlined_while_it_is_typed(
    server: LanguageServer, step: str, line: int, column: int, says: str
) -> None:
    (told,) = server.open("wrong.yaml", HEAD + step)
    assert told["range"]["start"] == {"line": line, "character": column}
    assert says in told["message"]


def test_keys_and_values_are_completed(server: LanguageServer) -> None:
    server.open("new.yaml", HEAD.replace("novice", "") + "  - \n  - backward: 3.0\n    \n")
    assert server.completions("new.yaml", 3, 7) == {"first", "novice", "intermediate", "advanced", "harness"}
    assert server.completions("new.yaml", 6, 4) >= {"stand", "forward", "backward", "sidestep_left", "repeat"}
    assert server.completions("new.yaml", 8, 4) >= {"for", "incline", "heart_rate", "cue"}


def test_what_a_key_means_is_shown(server: LanguageServer) -> None:
    server.open("new.yaml", HEAD + "  - forward: 2.0\n    for: 30 s\n    heart_rate: 60-75 %\n")
    assert "the lower of this and the runner's own level counts" in server.hover("new.yaml", 3, 2)
    assert "never makes anything faster" in server.hover("new.yaml", 8, 6)
    assert "110-140 bpm" in server.hover("new.yaml", 8, 6)
