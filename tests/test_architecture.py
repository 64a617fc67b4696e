"""What the house promises, read from its own sources."""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

import treadcoach.ftms
from treadcoach.transitions import diagram
from treadmill_simulator.characters import CHARACTERS

ROOT = Path(__file__).parent.parent
SOURCES = sorted([*ROOT.glob("treadcoach/**/*.py"), *ROOT.glob("simulator/**/*.py")])


def functions() -> Iterator[tuple[str, int]]:
    """Name and length of every function, docstrings left out."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                doc = node.body[0] if ast.get_docstring(node) else None
                length = (node.end_lineno or 0) - node.lineno + 1
                yield f"{path.name}:{node.name}", length - ((doc.end_lineno or 0) - doc.lineno + 1 if doc else 0)


def test_only_the_governor_clears() -> None:
    """The permission slip is a type: nobody else may construct one."""
    for path in SOURCES:
        calls = [
            node
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call)
            and (getattr(node.func, "id", None) == "Cleared" or getattr(node.func, "attr", None) == "Cleared")
        ]
        assert not calls or path.name == "governor.py", path


def test_functions_are_small() -> None:
    lengths = dict(functions())
    ordered = sorted(lengths.values())
    assert statistics.median(ordered) <= 8
    assert ordered[int(len(ordered) * 0.9)] <= 30
    assert max(lengths.values()) <= 60, max(lengths, key=lambda name: lengths[name])


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_can_be_finished(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400


def test_nothing_is_called_what_says_nothing() -> None:
    assert not {path.stem for path in SOURCES} & {"utils", "helpers", "common", "base", "manager", "handler"}


def test_the_public_names_of_the_codec() -> None:
    assert treadcoach.ftms.__all__ == sorted(treadcoach.ftms.__all__)
    assert set(treadcoach.ftms.__all__) >= {
        "ControlPointRequest",
        "ControlPointResponse",
        "FitnessMachineFeature",
        "FitnessMachineStatus",
        "HeartRateMeasurement",
        "RscMeasurement",
        "SupportedHeartRateRange",
        "SupportedInclinationRange",
        "SupportedSpeedRange",
        "TrainingStatus",
        "TreadmillData",
        "WireError",
    }
    for name in treadcoach.ftms.__all__:
        assert getattr(treadcoach.ftms, name)


def test_the_diagram_in_the_readme_is_the_table() -> None:
    assert diagram() in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_map_in_the_readme_names_every_module() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for path in SOURCES:
        if path.name not in {"__init__.py", "__main__.py"}:
            assert path.name in readme, path


def test_the_matrix_in_the_readme_names_every_character() -> None:
    """The run that writes it needs the network; that one is missing is seen without."""
    _, matrix = (ROOT / "README.md").read_text(encoding="utf-8").split("<!-- interop: written by make interop -->")
    named = re.findall(r"`([^`]+)`", matrix[: matrix.index("What reached the wire")])
    assert sorted(named) == sorted(CHARACTERS)


def test_every_test_that_the_safety_case_names_is_there() -> None:
    """A row whose test was renamed or lost would be a promise that nobody holds."""
    case = (ROOT / "SAFETY.md").read_text(encoding="utf-8")
    tests = list((ROOT / "tests").rglob("*.py"))
    sources = "".join(path.read_text(encoding="utf-8") for path in tests)
    named = re.findall(r"`(test_\w+)(?![\w.])", case)
    assert len(named) > 70
    assert [name for name in named if f"def {name}" not in sources] == []
    assert [path for path in re.findall(r"`(tests/[\w/]+\.py)", case) if not (ROOT / path).exists()] == []
