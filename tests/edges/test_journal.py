from __future__ import annotations

import json
from pathlib import Path

from treadcoach.edges.journal import JournalFile, new_path


def test_lines_are_on_the_disk_when_it_is_closed(tmp_path: Path) -> None:
    journal = JournalFile(tmp_path / "new" / "x.jsonl")
    for number in range(1000):
        journal.write({"t": number})
    journal.close()
    assert [json.loads(line)["t"] for line in journal.path.read_text().splitlines()] == list(range(1000))
    assert journal.problem is None


def test_a_full_disk_is_a_problem_to_be_told_and_not_an_exception(tmp_path: Path) -> None:
    journal = JournalFile(tmp_path / "x.jsonl")
    journal._file.close()
    journal.write({"t": 1})
    journal.write({"t": 2})
    journal.close()
    assert journal.problem is not None
    assert "cannot be written" in journal.problem


def test_no_name_is_ever_taken_twice(tmp_path: Path) -> None:
    names = []
    for _ in range(3):
        path = new_path(tmp_path, "x")
        path.touch()
        names.append(path.name)
    assert names == ["x.jsonl", "x-2.jsonl", "x-3.jsonl"]
