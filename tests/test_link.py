from __future__ import annotations

from treadcoach.ftms import control_point, treadmill_data
from treadcoach.link import COPY_S, Copies

REFUSED = bytes.fromhex("80 08 04")


def test_a_copy_at_once_is_an_echo_and_the_same_frame_later_is_not() -> None:
    copies = Copies()
    heard = [(0.0, False), (0.001, True), (0.012, True), (COPY_S, False), (COPY_S * 1.5, True), (1.0, False)]
    assert [copies.is_one(control_point.UUID, REFUSED, at) for at, _ in heard] == [echo for _, echo in heard]


def test_what_differs_or_comes_from_elsewhere_is_none() -> None:
    copies = Copies()
    assert not copies.is_one(control_point.UUID, REFUSED, 0.0)
    assert not copies.is_one(treadmill_data.UUID, REFUSED, 0.001)
    assert not copies.is_one(control_point.UUID, bytes.fromhex("80 08 01"), 0.002)
    assert not copies.is_one(control_point.UUID, REFUSED, 0.003)
