"""Two hundred programs with a known mistake each, and as many with two: all of them found, where they are."""

from __future__ import annotations

from itertools import cycle, islice
from pathlib import Path
from random import Random

import pytest
from mistakes import ENDS_THE_READING, MISTAKES, PROFILES, Expected, Made, make

from treadcoach.errors import Finding
from treadcoach.motion import Machine
from treadcoach.preflight import plan
from treadcoach.program.reader import inspect

# Lines; a step with its neighbours is no longer than that.
REACH = 8


def found(text: str) -> tuple[Finding, ...]:
    profile, findings = inspect(text, "wrong.yaml")
    return findings + (plan(profile, None, Machine()).findings if profile else ())


def cases(most: int) -> list[tuple[Path, str, Made]]:
    """Kinds of mistakes in turn, in programs in turn."""
    made: list[tuple[Path, str, Made]] = []
    for seed in range(20):
        for name, profile in zip(MISTAKES, islice(cycle(PROFILES), seed, None), strict=False):
            if (mistake := make(profile, name, seed)) is not None:
                made.append((profile, name, mistake))
    return made[:most]


def assert_is_told(expected: Expected, findings: tuple[Finding, ...]) -> None:
    assert any(
        (f.line, f.column, f.code) == expected[:3] and expected.says in f"{f.message}; {f.hint}" and f.hint
        for f in findings
    ), (expected, [str(finding) for finding in findings])


CASES = cases(200)


def test_there_are_two_hundred_of_every_kind() -> None:
    assert len(CASES) == 200
    assert {name for _, name, _ in CASES} == set(MISTAKES)
    assert {profile for profile, _, _ in CASES} == set(PROFILES)


@pytest.mark.parametrize(
    "case", CASES, ids=[f"{p.stem}-{name.replace(' ', '-')}-{n}" for n, (p, name, _) in enumerate(CASES)]
)
def test_a_mistake_is_found_where_it_is_with_what_to_do(case: tuple[Path, str, Made]) -> None:
    _, _, made = case
    assert_is_told(made.expected, found(made.text))


def second(first: Made, number: int) -> Made:
    """Another mistake in the same text, out of reach of the first: in no neighbouring step."""
    lines = first.text.splitlines()
    for offset in range(1, len(MISTAKES)):
        name = list(MISTAKES)[(number + offset) % len(MISTAKES)]
        again = None if name in ENDS_THE_READING else MISTAKES[name](lines, Random(number))
        is_apart = again and abs(first.expected.line - again.expected.line) > REACH
        if again and is_apart and len(again.text.splitlines()) == len(lines):
            return again
    raise AssertionError("nothing else can be made in it")


@pytest.mark.parametrize("number", [n for n, (_, name, _) in enumerate(CASES) if name not in ENDS_THE_READING])
def test_no_mistake_hides_another(number: int) -> None:
    _, _, first = CASES[number]
    both = second(first, number)
    findings = found(both.text)
    assert_is_told(first.expected, findings)
    assert_is_told(both.expected, findings)
