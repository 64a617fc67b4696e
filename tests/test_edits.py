from __future__ import annotations

import random
from pathlib import Path

import pytest
from edits import DIGITS, OTHERS, PROFILES, edits, outcome

FINE = {"refused", "inside"}


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)
def test_every_edit_of_a_number_of_every_shipped_profile_is_refused_or_inside_the_envelope(path: Path) -> None:
    text = path.read_text()
    lines = [line for line in text.splitlines(keepends=True) if not line.lstrip().startswith("#")]
    starts = {text.index(line): line for line in lines}
    speeds = [at for start, line in starts.items() for at in range(start, start + len(line)) if text[at].isdigit()]
    assert {outcome(edited) for edited in edits(text, iter(speeds), "0159.")} <= FINE


@pytest.mark.parametrize("seed", range(10))
def test_edits_anywhere_are_refused_or_inside_the_envelope(seed: int) -> None:
    chance = random.Random(seed)
    text = chance.choice(PROFILES).read_text()
    places = (chance.randrange(len(text)) for _ in range(4))
    assert {outcome(edited) for edited in edits(text, places, DIGITS + OTHERS)} <= FINE


def test_an_edit_that_is_faster_is_seen() -> None:
    text = PROFILES[0].read_text()
    assert outcome(text) == "inside"
    assert outcome(text.replace("backward: ", "backward: 9")) == "refused"
