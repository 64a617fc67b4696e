from __future__ import annotations

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadcoach.program.document import MAXIMUM_BYTES, MAXIMUM_NODES, Place, read

# Nested groups of aliases: 461 bytes that mean a million values.
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n"
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)


def codes(text: str | bytes) -> list[str]:
    return [finding.code for finding in read(text, "x.yaml").findings]


def test_scalars_are_what_they_look_like() -> None:
    text = "a: 1\nb: 2.50\nc: 1:30\nd: on\ne: 1e3\nf: .nan\ng: 010\nh: true\ni: '5'\nj:\nk: -3"
    root = read(text, "x.yaml").root
    assert root is not None
    assert root.plain == {
        "a": 1,
        "b": Decimal("2.50"),
        "c": "1:30",
        "d": "on",
        "e": "1e3",
        "f": ".nan",
        "g": 10,
        "h": True,
        "i": "5",
        "j": None,
        "k": -3,
    }


def test_everything_has_its_place() -> None:
    root = read("steps:\n  - backward: 2.0\n    for: 30 s\n", "x.yaml").root
    assert root is not None
    found = root.find(("steps", 0, "for"))
    assert found is not None
    assert found.place == Place(3, 10)
    assert root.find(("steps", 7)) is root.find(("steps",)), "a path that leads nowhere ends where it still was"


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a: &x 1", "anchor", (1, 4)),
        ("a: 1\nb: *x", "anchor", (2, 4)),
        ("a: !!int 1", "tag", (1, 4)),
        ("a: !x {b: 1}", "tag", (1, 4)),
        ("%YAML 1.1\n---\na: 1", "directive", (1, 1)),
        ("a: 1\n---\nb: 2", "second-document", (2, 1)),
        ("a: 1\na: 2", "duplicate-key", (2, 1)),
        ("a: [1\nb: 2", "syntax", (2, 2)),
        ("\ta: 1", "syntax", (1, 1)),
        ("[a]: 1", "key", (1, 1)),
        ("a: \x07", "syntax", (1, 4)),
        ("[" * 30, "too-deep", (1, 21)),
        ("{a: " * 30, "too-deep", (1, 81)),
        ("[" + "1," * MAXIMUM_NODES + "1]", "too-large", (1, 2 * MAXIMUM_NODES)),
        ("a" * (MAXIMUM_BYTES + 1), "too-large", (1, 1)),
    ],
)
def test_what_could_mean_more_than_it_shows_is_refused(text: str, code: str, place: tuple[int, int]) -> None:
    (finding,) = read(text, "x.yaml").findings
    assert (finding.code, finding.line, finding.column) == (code, *place)


def test_merge_keys_are_plain_keys_without_anchors() -> None:
    assert codes("a: &a {b: 1}\nc:\n  <<: *a") == ["anchor"]


def test_bytes_that_are_no_text_are_refused_where_they_stand() -> None:
    (finding,) = read(b"a: 1\nb: \xff", "x.yaml").findings
    assert (finding.code, finding.line, finding.column) == ("not-utf8", 2, 4)


def test_a_mark_of_the_byte_order_and_foreign_line_ends_do_not_hurt() -> None:
    root = read("\ufeffa: 1\r\nb: 2\r\n".encode(), "x.yaml").root
    assert root is not None
    assert root.plain == {"a": 1, "b": 2}


def test_a_duplicate_key_does_not_hide_the_next() -> None:
    assert codes("a: 1\na: 2\nb: 1\nb: 2") == ["duplicate-key", "duplicate-key"]


def test_a_bomb_of_aliases_is_refused_before_anything_is_built() -> None:
    assert len(BOMB) < 700
    read("a: 1", "warm-up")
    began = time.perf_counter()
    assert codes(BOMB) == ["anchor"]
    assert time.perf_counter() - began < 1.0, "a bomb that goes off takes minutes; the figure itself is in the bench"


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n", "\n\n"])
def test_an_empty_file_is_no_error_of_the_yaml(text: str) -> None:
    assert codes(text) == []


@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    reading = read(text, "x.yaml")
    assert reading.root is not None or reading.findings or not text.strip() or text.strip().startswith("#")


@given(st.binary(max_size=200))
def test_no_bytes_raise(data: bytes) -> None:
    read(data, "x.yaml")
