"""The campaign itself: that it is the same every time, and that it finds what is there to be found."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from campaign.sequence import BLOCK, breaches, play
from campaign.springboards import beginnings, moments
from treadcoach import coach
from treadcoach.coach import Coach
from treadcoach.motion import Speed, after
from treadcoach.safety import limits
from treadcoach.safety.governor import Governor
from treadcoach.safety.limits import Limits
from treadcoach.safety.situation import Situation
from treadcoach.safety.steering import Order, Steering

SEEDS = [beginning * BLOCK + seed for beginning in range(0, len(beginnings()), 9) for seed in range(8)]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_sequence_breaks_nothing(seed: int) -> None:
    assert breaches(seed) == []


def test_a_seed_gives_the_same_bytes_again() -> None:
    for seed in SEEDS[:20]:
        assert play(seed).machine.received == play(seed).machine.received


# ---- what a broken program shows ---------------------------------------------------------------------------


def is_found(rule: str) -> bool:
    """Whether it is broken in some sequences of several workouts."""
    return any(breach.what.split(":")[0] == rule for seed in SEEDS for breach in breaches(seed))


def _no_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Governor, "demand", lambda *_: None)


def _no_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Situation, "is_fresh", lambda *_: True)
    monkeypatch.setattr(limits, "FRESH_S", 60.0)
    monkeypatch.setattr(limits, "STALE_S", 60.0)


def _too_steep(monkeypatch: pytest.MonkeyPatch) -> None:
    aim = Steering.aim

    def steeper(self: Steering, target: Speed, now: float, *, urgent: bool = False) -> Order:
        return aim(self, Speed(target if target <= self._s.target else target + 10), now, urgent=urgent)

    monkeypatch.setattr(Steering, "aim", steeper)


def _too_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    aim = Steering.aim

    def sooner(self: Steering, target: Speed, now: float, *, urgent: bool = False) -> Order:
        order = aim(self, target, now, urgent=urgent)
        self.next_write_at = after(now, 0.3)
        return order

    monkeypatch.setattr(Steering, "aim", sooner)


def _over_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = Coach.wanted
    monkeypatch.setattr(Governor, "_asks_too_much", lambda *_: False)
    monkeypatch.setattr(Coach, "wanted", lambda *at: wanted(*at)._replace(speed=Speed(wanted(*at).speed + 100)))


def _an_old_word_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TOKEN_LIFETIME_S", 60.0)
    monkeypatch.setattr(coach, "COUNTDOWN_S", 12.0)


def _no_waiting_at_the_slowest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Limits, "start_hold_s", property(lambda _: 0.0))


def _forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Governor, "link_restored", lambda *_: None)


@pytest.mark.parametrize(
    ("sabotage", "rule"),
    [
        (_no_stop, "no-stop"),
        (_no_hold, "stale-stop"),
        (_too_steep, "rate-1s"),
        (_too_soon, "often"),
        (_over_the_cap, "over-cap"),
        (_an_old_word_will_do, "start"),
        (_no_waiting_at_the_slowest, "hold"),
        (_forgets, "no-stop"),
    ],
)
def test_a_broken_program_is_found(
    monkeypatch: pytest.MonkeyPatch, sabotage: Callable[[pytest.MonkeyPatch], None], rule: str
) -> None:
    sabotage(monkeypatch)
    moments.cache_clear()
    try:
        assert is_found(rule)
    finally:
        moments.cache_clear()
