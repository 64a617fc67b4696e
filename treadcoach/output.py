"""Where words go: data on standard output, talk about what is wrong on standard error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple, TextIO

from treadcoach.errors import Finding


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

    def findings(self, findings: tuple[Finding, ...]) -> None:
        """What is wrong with a file: lines for people, objects for programs."""
        for finding in findings:
            if self.json:
                self.data(finding._asdict())
            else:
                print(finding, file=self.err)
