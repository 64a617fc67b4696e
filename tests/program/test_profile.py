from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rig import PROFILES

from treadcoach.errors import ProfileError
from treadcoach.motion import Level, Movement
from treadcoach.program.profile import Repeat, flatten
from treadcoach.program.reader import inspect, load

HEAD = "profile: 1\nname: Test\nlevel: novice\nunits: km/h\n"

MISTAKES = """\
profile: 2
name: [Test]
levle: novice
level: novice
units: kmh
steps:
  - stand: 30
  - forward: -3
    for: 3 min
  - backward: 2.0
    for: 3 m
    incline: steep
  - backward: {from: 1, too: 2}
    for: 1 min
  - bakward: 3
    for: 30 s
  - stand: 30 s
  - forward: 2
  - stand: 30 s
    for: 10 s
  - repeat: 0
    steps:
      - backward: 60.0
        for: 1 min
  - stand: 30 s
  - backward: 2
    forward: 3
    for: 1 min
    heart_rate: 80-60 %
  - 7
  - forward: 9
    for: 1 parsec
  - stand: 30 s
  - sidestep_left: 1.0
    for: 1 min
    cue: {say: hello}
    for: 2 min
"""
EXPECTED = [
    (1, 10, "bad-value"),
    (2, 7, "wrong-type"),
    (3, 1, "unknown-key"),
    (5, 8, "bad-value"),
    (7, 12, "quantity"),
    (8, 14, "quantity"),
    (10, 5, "no-stand"),  # how fast it was to be says nothing of where it faces
    (11, 10, "quantity"),
    (12, 14, "quantity"),
    (13, 15, "missing-key"),
    (13, 25, "unknown-key"),
    (15, 5, "unknown-key"),
    (18, 5, "missing-key"),
    (20, 5, "key-not-here"),
    (21, 13, "wrong-type"),
    (26, 5, "two-movements"),
    (29, 17, "quantity"),
    (30, 5, "wrong-type"),
    (32, 10, "quantity"),
    (36, 10, "wrong-type"),
    (37, 5, "duplicate-key"),
]


def test_twenty_one_mistakes_are_all_reported_in_one_run_with_their_places() -> None:
    findings = inspect(MISTAKES, "mine.yaml").findings
    assert [(f.line, f.column, f.code) for f in findings] == EXPECTED


def test_what_can_be_read_of_a_wrong_profile_can_still_be_looked_at() -> None:
    profile = inspect(MISTAKES, "mine.yaml").profile
    assert profile is not None
    assert profile.level is Level.NOVICE
    assert any(action and action.to_speed == 6000 for action in flatten(profile.actions))


def test_errors_have_the_compilers_form() -> None:
    text = HEAD + "steps:\n    - forward: 2.0\n      for: 1 min\n    - backward: 2.0\n      for: 1 min\n"
    with pytest.raises(ProfileError) as caught:
        load(text, "profiles/mine.yaml")
    assert str(caught.value) == (
        "profiles/mine.yaml:8:7: error: facing changes from forward to backward without a stand; add `- stand: 30 s`"
    )


def test_the_whole_language_is_read() -> None:
    text = (
        HEAD
        + """\
goal: Everything
source: a test
scaled_from_cap: 6.0
steps:
  - stand: 30 s
    cue: [one, two]
  - backward: {from: 1.0, to: 2.0}
    for: 1:30
    incline: 1.5
    heart_rate: 60-75 %
    cue: small steps
  - repeat: 2
    steps:
      - repeat: 3
        steps:
          - backward: 2.5
            for: 400 m
  - stand: 20 s
  - sidestep_left: 1.0
    for: 30 s
  - stand: 20 s
  - crossover_right: 0.5 mph
    for: 30 s
"""
    )
    profile = load(text, "x.yaml")
    stand, ramp, repeat = profile.actions[:3]
    assert not isinstance(stand, Repeat)
    assert not isinstance(ramp, Repeat)
    assert stand is not None
    assert ramp is not None
    assert (stand.movement, stand.extent.seconds, stand.cues) == (Movement.STAND, 30, ("one", "two"))
    assert (ramp.from_speed, ramp.to_speed, ramp.incline, ramp.extent.seconds) == (100, 200, 15, 90)
    assert ramp.heart_rate is not None
    assert isinstance(repeat, Repeat)
    assert profile.scaled_from_cap == 600
    actions = [action for action in flatten(profile.actions) if action]
    assert [action.extent.metres for action in actions[2:8]] == [400] * 6
    assert actions[-1].movement is Movement.CROSSOVER_RIGHT
    assert actions[-1].to_speed == 80


def test_miles_are_miles() -> None:
    text = HEAD.replace("km/h", "mph") + "steps:\n  - forward: 2.0\n    for: 1 min\n"
    action = flatten(load(text, "x.yaml").actions)[0]
    assert action is not None
    assert action.to_speed == 322


def one(step: str, head: str = HEAD) -> list[tuple[str, str]]:
    """Codes and hints of a profile with one step."""
    return [(f.code, f.hint) for f in inspect(f"{head}steps:\n{step}", "x.yaml").findings]


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ("  - backward: 2\n", "missing-key"),
        ("  - {}\n", "no-movement"),
        ("  - cue: hello\n", "no-movement"),
        ("  - for: 30 s\n", "no-movement"),
        ("  - repeat: 2\n", "missing-key"),
        ("  - steps:\n      - stand: 30 s\n", "key-not-here"),
        ("  - repeat: 1.5\n    steps:\n      - stand: 30 s\n", "wrong-type"),
        ("  - repeat: true\n    steps:\n      - stand: 30 s\n", "wrong-type"),
        ("  - repeat: 101\n    steps:\n      - stand: 30 s\n", "wrong-type"),
        ("  - repeat: 2\n    steps: {}\n", "wrong-type"),
        ("  - repeat: 2\n    cue: x\n    steps:\n      - stand: 30 s\n", "key-not-here"),
        ("  - backward: true\n    for: 30 s\n", "quantity"),
        ("  - backward: {from: 1}\n    for: 30 s\n", "missing-key"),
        ("  - backward: {}\n    for: 30 s\n", "missing-key"),
        ("  - backward: 2\n    for: 30 s\n    cue: ''\n", "wrong-type"),
        ("  - stand: 400 m\n", "quantity"),
        ("  - stand: 30 s\n    incline: 2\n", "key-not-here"),
        ("  []\n", "wrong-type"),
        ("  - null\n", "wrong-type"),
        ("  - [stand]\n", "wrong-type"),
    ],
)
def test_a_wrong_step_says_so(step: str, code: str) -> None:
    assert code in [found for found, _ in one(step)]


def test_unknown_words_get_the_word_that_was_meant() -> None:
    assert one("  - backwards: 2\n    for: 30 s\n") == [("unknown-key", "did you mean 'backward'?")]
    assert ("bad-value", "did you mean 'novice'?") in one(
        "  - forward: 2.0\n    for: 30 s\n", HEAD.replace("novice", "novize")
    )


@pytest.mark.parametrize("key", ["profile", "name", "level", "units"])
def test_a_missing_key_says_how_to_write_it(key: str) -> None:
    head = "".join(line + "\n" for line in HEAD.splitlines() if not line.startswith(key))
    (finding,) = [
        f
        for f in inspect(head + "steps:\n  - forward: 2.0\n    for: 30 s\n", "x.yaml").findings
        if f.code == "missing-key"
    ]
    assert finding.message == f"the key {key!r} is missing"
    assert finding.hint.startswith(f"add `{key}: ")


@pytest.mark.parametrize("text", ["", "# nothing\n", "[1, 2]", "just words", HEAD, "null"])
def test_what_is_no_profile_says_what_one_is(text: str) -> None:
    reading = inspect(text, "x.yaml")
    assert reading.findings
    assert reading.findings[0].hint


def test_a_repeat_that_meets_itself_facing_the_other_way_is_noticed() -> None:
    forward, backward = (f"      - {way}: 2\n        for: 1 min\n" for way in ("forward", "backward"))
    step = f"  - repeat: 2\n    steps:\n{forward}      - stand: 30 s\n{backward}"
    assert [code for code, _ in one(step)] == ["no-stand"]


def test_sizes_are_bounded_without_unrolling() -> None:
    step = "              - forward: 2.0\n                for: 30 s\n"
    inner = f"steps:\n          - repeat: 100\n            steps:\n{step}"
    found = one(f"  - repeat: 100\n    steps:\n      - repeat: 100\n        {inner}")
    assert [code for code, _ in found] == ["too-long", "too-long"]


def test_repeats_nest_three_deep() -> None:
    def nested(depth: int) -> str:
        lines = [f"{'    ' * level}  - repeat: 1\n{'    ' * level}    steps:\n" for level in range(depth)]
        return "".join(lines) + "    " * depth + "  - forward: 2.0\n" + "    " * depth + "    for: 1 min\n"

    assert one(nested(3)) == []
    assert [code for code, _ in one(nested(4))] == ["too-deep"]


@pytest.mark.parametrize("path", sorted(PROFILES.glob("*.yaml")), ids=lambda p: p.stem)
@given(st.data())
def test_no_single_edit_of_a_shipped_profile_raises(path: object, chance: st.DataObject) -> None:
    text = path.read_text()  # type: ignore[attr-defined]
    at = chance.draw(st.integers(0, len(text) - 1))
    edit = chance.draw(st.sampled_from(["", "0", "9", ".", "-", ":", " ", "\n", "{", "&", "*", "\t", "x", "'"]))
    inspect(text[:at] + edit + text[at + chance.draw(st.integers(0, 1)) :], "edited.yaml")


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("profile: 1", "profile: 1.0", (1, 10)),
        ("profile: 1", "profile: true", (1, 10)),
        ("profile: 1", "profile: '1'", (1, 10)),
        ("level: novice", "level: [novice]", (3, 8)),
        ("level: novice", "level: {novice: 1}", (3, 8)),
        ("units: km/h", "units: [km/h]", (4, 8)),
        ("name: Test", 'name: "two\\nlines"', (2, 7)),
        ("name: Test", 'name: "\\ud800"', (2, 7)),
        ("name: Test", 'name: "\\UFFFFFFFF"', (1, 1)),
        ("name: Test", 'name: "\\U00110000"', (1, 1)),
    ],
)
def test_a_header_that_is_nearly_right_is_wrong_at_its_place(old: str, new: str, place: tuple[int, int]) -> None:
    text = HEAD.replace(old, new) + "steps:\n  - forward: 2.0\n    for: 30 s\n"
    findings = inspect(text, "x.yaml").findings
    assert [(f.line, f.column) for f in findings] == [place]
    assert "\n" not in str(findings[0])


@pytest.mark.parametrize("speed", ["0.001", "0.004 km/h", "٣"])
def test_what_rounds_to_nothing_or_is_no_digit_is_no_speed(speed: str) -> None:
    assert [code for code, _ in one(f"  - forward: {speed}\n    for: 30 s\n")] == ["quantity"]


def test_a_program_in_which_nothing_moves_is_none() -> None:
    assert [code for code, _ in one("  - stand: 30 s\n")] == ["no-movement"]


def test_a_finding_is_one_line_whatever_stands_in_the_file() -> None:
    text = HEAD + 'steps:\n  - forward: 2.0\n    for: 30 s\n    incline: "a\\nb:1:1: error: fake"\n'
    (finding,) = inspect(text, "x.yaml").findings
    assert "\n" not in str(finding)


def test_a_mistake_beside_a_speed_does_not_hide_the_speed() -> None:
    wrong = "  - forward: 60\n    for: 1 parsec\n  - stand: 30 s\n  - backward: 50\n    cue: {a: b}\n    for: 1 min\n"
    text = f"{HEAD}steps:\n{wrong}"
    profile, reported = inspect(text, "x.yaml")
    assert profile is not None
    assert [finding.code for finding in reported] == ["quantity", "wrong-type"]
    assert [action.to_speed for action in flatten(profile.actions) if action] == [6000, 0, 5000]


def test_a_program_of_a_million_steps_is_not_unrolled() -> None:
    inner = "".join(f"{'    ' * n}  - repeat: 100\n{'    ' * n}    steps:\n" for n in range(4))
    reading = inspect(f"{HEAD}steps:\n{inner}{'    ' * 4}  - forward: 2.0\n{'    ' * 4}    for: 30 s\n", "x.yaml")
    assert reading.profile is None
    assert {finding.code for finding in reading.findings} == {"too-deep", "too-long"}


def test_what_is_empty_is_reported_where_its_key_stands() -> None:
    text = HEAD + "steps:\n  - forward: 2.0\n    for:\n\n\n  - stand: 30 s\n"
    assert [(f.line, f.column) for f in inspect(text, "x.yaml").findings] == [(7, 5)]
    assert [(f.line, f.column) for f in inspect(HEAD + "steps:\n\n\n", "x.yaml").findings] == [(5, 1)]


@pytest.mark.parametrize("time", ["30 s 30 s", "1:90:00"])
def test_a_time_that_is_said_twice_is_no_time(time: str) -> None:
    assert [code for code, _ in one(f"  - forward: 2.0\n    for: {time}\n")] == ["quantity"]
