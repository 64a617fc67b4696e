"""What a terminal sends, cut into pieces: whole ones, however it arrives, and none that waits for ever."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadcoach.edges.tui.sequences import Cutter, is_key, is_news

KEYS = ("a", "ü", "\r", "\x00", "\x9b", "\x1b[112;;112u", "\x1b[13u", "\x1b[57441u", "\x1b[97:65;2:1;65u")
NEWS = (
    "\x1b[I",
    "\x1b[O",
    "\x1b[?2026;2$y",
    "\x1b[48;24;80;480;640t",
    "\x1b[<35;10;10M",
    "\x1b[<32;1;1M",
    "\x1b[<0;10;10m",
    "\x1b[<64;1;1M",
    "\x1b[<35;-3;10M",
)
OTHERS = (
    "\x1b[A",
    "\x1b[1;2R",
    "\x1b[E",
    "\x1b[G",
    "\x1b[10~",
    "\x1b[200~",
    "\x1b[<0;10;10M",
    "\x1b[<2;-3;10M",
    "\x1b[<128;1;1M",
    "\x1b[32;10;10M",
    "\x1b[M",
    "\x1b[27;5;13~",
    "\x1bOP",
    "\x1bOM",
    "\x1ba",
    "\x1b]",
    "\x1b",
)


@pytest.mark.parametrize("piece", KEYS + NEWS + OTHERS)
def test_what_a_piece_is(piece: str) -> None:
    assert Cutter().cut(f"{piece}\x1b[I".encode()) == [piece, "\x1b[I"]
    assert is_key(piece) is (piece in KEYS)
    assert is_news(piece) is (piece in NEWS)


@given(st.lists(st.sampled_from([*KEYS, *NEWS, *OTHERS[:-3]])), st.lists(st.integers(0, 400)))
def test_it_does_not_matter_how_it_arrives(pieces: list[str], cuts: list[int]) -> None:
    cutter, data = Cutter(), "".join(pieces).encode()
    places = [0, *sorted(cuts), len(data)]
    arrived = [piece for a, b in pairwise(places) for piece in cutter.cut(data[a:b])]
    assert arrived + cutter.rest() == pieces


@given(st.binary(max_size=300))
def test_nothing_is_lost_and_nothing_is_kept_for_long(data: bytes) -> None:
    cutter = Cutter()
    pieces = cutter.cut(data)
    assert len(cutter.begun) < 64
    assert "".join(pieces + cutter.rest()) == data.decode(errors="replace")
    assert cutter.rest() == []


def test_half_a_character_is_something_that_was_typed() -> None:
    cutter = Cutter()
    assert cutter.cut(b"\xc3") == []
    assert cutter.rest() == ["\ufffd"]
    assert cutter.cut(b"\xbc") == ["\ufffd"], "the other half comes too late"


def test_what_goes_on_for_ever_is_looked_at() -> None:
    cutter = Cutter()
    assert cutter.cut(b"\x1b[" + b"1" * 100)[0].startswith("\x1b[1")
