"""The safety contract: eight invariants over any history, written once; a test class inherits it for its limits.

Hypothesis chooses a moment of a workout and what happens from there on, and looks for the shortest history that
breaks one of them. The bytes are judged by the oracle, the rest by the world itself.
"""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from campaign.deeds import DEEDS
from campaign.springboards import beginnings, thaw
from campaign.world import AT_ONCE, ENDED_MOVING, World
from treadcoach.motion import Level

_SEEDS = st.integers(0, 1 << 16)


class Contract(RuleBasedStateMachine):
    """What holds for a runner of one level, on any machine, whatever happens."""

    level: Level
    world: World

    @initialize(workout=st.integers(0, 1 << 16), seed=_SEEDS)
    def begin(self, workout: int, seed: int) -> None:
        mine = [number for number, beginning in enumerate(beginnings()) if beginning.level is self.level]
        self.world = thaw(mine[workout % len(mine)], Random(seed))

    @rule(milliseconds=st.integers(1, 12_000))
    def let_time_pass(self, milliseconds: int) -> None:
        self.world.run(milliseconds / 1000)

    @precondition(lambda self: not self.world.is_over)
    @rule(deed=st.sampled_from([deed for deed, _ in DEEDS]), seed=_SEEDS)
    def happen(self, deed: object, seed: int) -> None:
        deed(self.world, Random(seed))  # type: ignore[operator] # of `DEEDS`

    def never(self, *codes: str) -> None:
        """None of these was broken so far."""
        world = getattr(self, "world", None)
        if world is None:
            return
        found = [breach for breach in world.oracle.breaches if breach.rule in codes]
        assert not found, found
        told = [breach for breach in world.breaches if breach[1] in codes]
        assert not told, told

    @invariant()
    def stop_always_passes(self) -> None:
        self.never(AT_ONCE, ENDED_MOVING, "no-stop")

    @invariant()
    def nothing_moves_before_arming(self) -> None:
        self.never("start", "target-unstarted", "reconnect", "op-code")

    @invariant()
    def never_above_the_cap_for_the_facing(self) -> None:
        self.never("over-cap", "zero-target", "incline-cap", "incline-speed")

    @invariant()
    def never_faster_than_the_ramp(self) -> None:
        self.never("first-target", "hold", "step", "rate-1s", "rate-5s", "often", "lag")
        self.never("incline-step", "incline-often", "incline-settle")

    @invariant()
    def facing_changes_only_on_a_standing_belt(self) -> None:
        self.never("start", "over-cap")

    @invariant()
    def silence_stops(self) -> None:
        self.never("stale-stop", "stale-up")

    @invariant()
    def disagreement_stops(self) -> None:
        self.never("over-cap-belt", "console")

    @invariant()
    def stops_latch(self) -> None:
        self.never("after-end", "after-stop-up")
