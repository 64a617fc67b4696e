"""Everything that can go wrong, as one tree.

TreadcoachError
├── AuthorError          the author wrote something we cannot use
│   ├── ProfileError     … in an interval profile
│   └── ConfigError      … in the configuration
├── LinkError            the radio
│   ├── MachineNotFoundError  no such machine, no adapter, not one to be used
│   └── LinkLostError         the link ended
├── WireError            the machine broke the protocol (also a ValueError)
├── ProtocolMisuseError       we broke the protocol (also a ValueError)
├── StopNotConfirmedError    a belt was not seen to stop
├── JournalError         a journal cannot be read
└── UsageError           the command line asks for something that does not go together

Errors carry data; the message says what to do next.
"""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """One thing that is wrong (or odd) in a file a person wrote."""

    file: str
    """The file as the person named it."""
    line: int
    """First line is 1."""
    column: int
    """First column is 1."""
    severity: str
    """``error`` or ``warning``."""
    code: str
    """Short, stable and for programs: ``over-cap``."""
    message: str
    """What is wrong."""
    hint: str = ""
    """What to do about it."""

    def __str__(self) -> str:
        """The compiler's form: ``file:line:column: severity: message; hint``."""
        text = f"{self.file}:{self.line}:{self.column}: {self.severity}: {self.message}"
        text = f"{text}; {self.hint}" if self.hint else text
        # One finding is one line, whatever the file it is about has put into it.
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class TreadcoachError(Exception):
    """Anything this program knows how to explain."""


class AuthorError(TreadcoachError):
    """A file a person wrote cannot be used; carries every finding, not only the first."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings


class ProfileError(AuthorError):
    """An interval profile cannot be used."""


class ConfigError(AuthorError):
    """The configuration cannot be used."""


class LinkError(TreadcoachError):
    """The radio, or what stands for it."""


class MachineNotFoundError(LinkError):
    """No such machine, nothing to reach it with, or not one to be used: trying again does not help."""


class LinkLostError(LinkError):
    """The link to the machine ended."""


class WireError(TreadcoachError, ValueError):
    """The machine sent bytes too short to mean anything; ``data`` holds them."""

    def __init__(self, message: str, data: bytes) -> None:
        super().__init__(f"{message} (got {data.hex(' ') or 'nothing'})")
        self.data = data


class ProtocolMisuseError(TreadcoachError, ValueError):
    """We asked for something that must not go on the wire."""


class StopNotConfirmedError(TreadcoachError):
    """A belt was not seen to stop; whoever stands at it must be told to pull the key."""


class JournalError(TreadcoachError):
    """A journal cannot be read; the message names file and line."""


class UsageError(TreadcoachError):
    """The command line asks for something that does not go together; says which flag would help."""
