"""One sequence told line by line, for whoever has to understand a breach."""

from __future__ import annotations

from oracle import Oracle

from campaign.sequence import play
from campaign.springboards import beginnings
from campaign.world import World


class Aloud(Oracle):
    """An oracle that says what it is told."""

    def _say(self, at: float, *words: object) -> None:
        print(f"{at:9.3f}", *words)

    def wrote(self, at: float, data: bytes) -> None:
        self._say(at, "  →", data.hex(" "))
        super().wrote(at, data)

    def reported(self, at: float, uuid: int, data: bytes) -> None:
        self._say(at, "  ←", f"{uuid:04x}", data.hex(" "))
        super().reported(at, uuid, data)

    def confirmed(self, at: float, movement: str) -> None:
        self._say(at, "the runner is ready for", movement)
        super().confirmed(at, movement)

    def stopped(self, at: float) -> None:
        self._say(at, "the runner, or the deadman, says stop")
        super().stopped(at)

    def paused(self, at: float) -> None:
        self._say(at, "the runner says pause")
        super().paused(at)

    def lost(self, at: float) -> None:
        self._say(at, "the link is lost")
        super().lost(at)

    def restored(self, at: float) -> None:
        self._say(at, "the link is back")
        super().restored(at)

    def silenced(self, at: float, silent: bool) -> None:
        self._say(at, "the link", "carries nothing" if silent else "carries again")
        super().silenced(at, silent)

    def slept(self, at: float, seconds: float) -> None:
        self._say(at, "the computer has slept for", seconds, "s")
        super().slept(at, seconds)


def tell(seed: int) -> int:
    """Play the sequence of a seed aloud; 1 if it breaks anything."""

    def begin(world: World) -> None:
        world.oracle.__class__ = Aloud
        snapshot = world.outcome.snapshot
        print(f"{world.machine.character.name}, {world.plan.limits.level}, {world.plan.machine.passport.name}:")
        print(
            f"{world.now:9.3f}",
            snapshot.state,
            f"segment {snapshot.segment}, belt {world.machine.belt.speed:.2f} km/h",
        )

    world = play(seed, begin)
    snapshot, deck = world.outcome.snapshot, world.machine.belt
    print(
        f"{world.now:9.3f}",
        snapshot.state,
        *snapshot.reasons,
        f"belt {deck.speed:.2f} km/h, {len(beginnings())} workouts",
    )
    found = [*world.breaches, *((breach.at, f"{breach.rule}: {breach.says}") for breach in world.oracle.breaches)]
    for at, what in found:
        print(f"{at:9.3f} BREACH {what}")
    return 1 if found else 0
