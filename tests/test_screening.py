from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from treadcoach import config, screening
from treadcoach.config import Configuration
from treadcoach.errors import ConfigError
from treadcoach.motion import Level, Machine, Speed
from treadcoach.preflight import plan
from treadcoach.program.reader import load

TODAY = date(2026, 11, 24)
TO_AND_FRO = """
profile: 1
name: To and fro
level: novice
units: km/h
steps:
  - forward: 3.0
    for: 60 s
  - stand: 30 s
  - backward: 1.5
    for: 60 s
"""


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    return config.load({"TREADCOACH_HOME": str(tmp_path)})


def test_nobody_has_answered_before_they_were_asked(configuration: Configuration) -> None:
    assert screening.find(configuration) is None


@pytest.mark.parametrize(("typed", "applies"), [("y", True), (" Yes\n", True), ("n", False), ("NO", False)])
def test_an_answer_is_kept_with_its_date(configuration: Configuration, typed: str, *, applies: bool) -> None:
    kept = screening.keep(typed, configuration, TODAY)
    assert kept == screening.Screening(applies, "2026-11-24") == screening.find(configuration)


@pytest.mark.parametrize("typed", ["", "q", "maybe", "yy"])
def test_what_is_no_answer_is_asked_again(configuration: Configuration, typed: str) -> None:
    assert screening.keep(typed, configuration, TODAY) is None
    assert screening.find(configuration) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"applies": "no", "asked_on": "x"}', '{"applies": 0}'])
def test_an_answer_that_cannot_be_read_is_no_answer_and_no_permission(
    configuration: Configuration, text: str
) -> None:
    screening.place(configuration).write_text(text)
    with pytest.raises(ConfigError, match="delete the file to be asked again"):
        screening.find(configuration)


def test_whoever_says_yes_walks_forward_only(configuration: Configuration) -> None:
    answered = screening.restricted(configuration, screening.Screening(True, "2026-11-24"))
    lowered = answered.settings.lowered
    assert lowered == {"forward": Speed(600), "backward": 0, "sidestep": 0, "crossover": 0}
    found = plan(load(TO_AND_FRO, "x.yaml"), Level.NOVICE, Machine(), lowered)
    assert [(finding.line, finding.code) for finding in found.findings] == [(10, "own-cap")]
    assert not found.is_clear


def test_own_caps_stay_where_they_are_lower(configuration: Configuration) -> None:
    own = configuration.settings.model_copy(update={"caps": config.CapSettings(forward=Speed(400))})
    answered = screening.restricted(configuration._replace(settings=own), screening.Screening(True, ""))
    assert answered.settings.lowered["forward"] == 400


def test_whoever_says_no_keeps_their_settings(configuration: Configuration) -> None:
    assert screening.restricted(configuration, screening.Screening(False, "")) is configuration
