"""YAML text → Profile, and everything that is wrong with it, in one run: each with its place and what to do.

Steps that are wrong are left out of the profile that comes back beside the findings, so that the rest can still be
looked at. Knows the profile language, not the limits of people or machines.
"""

from __future__ import annotations

from typing import NamedTuple

from treadcoach.errors import Finding, ProfileError
from treadcoach.program.document import read
from treadcoach.program.profile import Profile


class Reading(NamedTuple):
    """A profile (as far as it could be read) and everything that is wrong with it."""

    profile: Profile | None
    findings: tuple[Finding, ...]


def load(text: str | bytes, file: str) -> Profile:
    """The profile in a text.

    Raises:
        ProfileError: something is wrong with it; carries every finding.
    """
    profile, findings = inspect(text, file)
    if findings or profile is None:
        raise ProfileError(findings)
    return profile


def inspect(text: str | bytes, file: str) -> Reading:
    """Read a profile and everything that is wrong with it. Never raises for what the text holds."""
    document = read(text, file)
    if document.root is None:
        return Reading(None, document.findings or (_nothing(file),))
    from treadcoach.program.interpreter import Interpreter  # noqa: PLC0415 - its models cost a tenth of a second to load

    interpreter = Interpreter(file)
    profile = interpreter.profile(document.root, text if isinstance(text, str) else text.decode("utf-8-sig"))
    findings = sorted((*document.findings, *interpreter.findings), key=lambda finding: (finding.line, finding.column))
    return Reading(profile, tuple(findings))


def _nothing(file: str) -> Finding:
    return Finding(file, 1, 1, "error", "empty", "there is nothing in this file", "start with `profile: 1`")
