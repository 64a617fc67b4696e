"""Where words go: data on standard output, talk about what is wrong on standard error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple, TextIO
from unicodedata import east_asian_width

from treadcoach.errors import Finding

# A line of a file is shown as far as a terminal is wide; of a longer one, what is around the place.
_SHOWN = 96
_BEFORE = 60


class Output(NamedTuple):
    """Where words go, and how."""

    out: TextIO
    err: TextIO
    json: bool = False
    quiet: bool = False
    verbose: bool = False
    colour: bool = False

    def data(self, line: Mapping[str, object]) -> None:
        """One JSON object."""
        print(json.dumps(line, ensure_ascii=False, separators=(",", ":")), file=self.out, flush=True)

    def say(self, text: str) -> None:
        """Words for people; with --json they would be in the way."""
        if not self.json and not self.quiet:
            print(text, file=self.out, flush=True)

    def findings(self, findings: tuple[Finding, ...], text: str = "") -> None:
        """What is wrong with a file: lines for people, with the place of each in its text; objects for programs."""
        lines = text.splitlines()
        for finding in findings:
            if self.json:
                self.data(finding._asdict())
                continue
            print(finding, file=self.err)
            if not self.quiet and finding.line <= len(lines):
                print(excerpt(lines[finding.line - 1], finding.line, finding.column), file=self.err)


def excerpt(line: str, number: int, column: int) -> str:
    """A line of a file with a caret below a column; what cannot be shown is a dot, a tab one blank."""
    start = max(0, column - 1 - _BEFORE) if len(line) > _SHOWN else 0
    shown = line[start : start + _SHOWN].replace("\t", " ")
    shown = "".join(character if character.isprintable() else "·" for character in shown).rstrip()
    gutter = f"{number:>5} | "
    before = sum(1 + (east_asian_width(character) in "WF") for character in shown[: column - 1 - start])
    return f"{gutter}{shown}\n{'| ':>{len(gutter)}}{' ' * max(before, column - 1 - start)}^"
