"""What can happen to a session, one deed at a time; `DEEDS` says how often."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from campaign.world import World
from treadcoach import events
from treadcoach.coach import Coach
from treadcoach.events import Notice, Notified, Pressed
from treadcoach.ftms import control_point, machine_status, training_status, treadmill_data
from treadcoach.motion import Incline, Movement, Speed
from treadcoach.safety.clearance import Ask, Belt, Intent
from treadmill_simulator.motor import Motion

Deed = Callable[[World, Random], None]


def _press(what: Pressed) -> Deed:
    return lambda world, _: world.press(what)


def _lean(world: World, chance: Random) -> None:
    """A key that is held, as a keyboard repeats it."""
    world.press(Pressed.CONFIRM)
    world.run(0.6)
    for _ in range(chance.randrange(20)):
        world.press(Pressed.CONFIRM)
        world.run(0.1)


# ---- hands at the console ----------------------------------------------------------------------------------


def _turn_the_speed(world: World, chance: Random) -> None:
    world.trusts_reports = False  # a standing belt is moved as well
    world.machine.console_speed(round(chance.uniform(0.5, 9.0), 1))


def _tilt_the_deck(world: World, chance: Random) -> None:
    world.machine.motor.target_incline = chance.choice((-3.0, 1.0, 4.0, 12.0))


def _start_at_the_console(world: World, _: Random) -> None:
    world.trusts_reports = False
    world.machine.console_start()


def _stop_at_the_console(world: World, _: Random) -> None:
    world.machine.console_stop()


def _pause_at_the_console(world: World, _: Random) -> None:
    world.machine.console_pause()


def _pull_the_key(world: World, _: Random) -> None:
    world.machine.pull_key()


# ---- the link ----------------------------------------------------------------------------------------------


def _lose(world: World, _: Random) -> None:
    world.lose_link()


def _freeze(world: World, chance: Random) -> None:
    world.freeze_link(True)
    world.run(chance.expovariate(1 / 3))
    world.freeze_link(False)


def _drop(world: World, chance: Random) -> None:
    world.wire.drops = True
    world.run(chance.expovariate(1 / 3))
    world.wire.drops = False


def _delay(world: World, chance: Random) -> None:
    """Frames come late; those that come after overtake them."""
    world.trusts_reports = False
    world.wire.delay_s = round(chance.uniform(0, 3), 3)
    world.run(chance.expovariate(1 / 3))
    world.wire.delay_s = 0.0


def _double(world: World, chance: Random) -> None:
    world.wire.copies = 2
    world.run(chance.expovariate(1 / 3))
    world.wire.copies = 1


def _garbage(world: World, chance: Random) -> None:
    """A frame that never was."""
    world.trusts_reports = False
    uuid = chance.choice((treadmill_data.UUID, machine_status.UUID, training_status.UUID, control_point.UUID, 0x2A37))
    data = chance.randbytes(chance.randrange(24))
    world.tell(Notified(uuid, data))


# ---- the machine -------------------------------------------------------------------------------------------

_CHANGES: tuple[dict[str, Any], ...] = (
    {"ignores_stop": True},
    {"refuses_stop": True},
    {"stop_needs_pause": True},
    {"start_toggles": True},
    {"answers": False},
    {"results": "08=4"},
    {"results": "08=5,02=5"},
    {"results": "02=3"},
    {"results": "01=4,08=2"},
    {"att_errors": "08=0x0e"},
    {"att_errors": "02=0xfe"},
    {"latency_s": 0.4},
    {"latency_s": 0.5},
    {"period_s": 2.2},
    {"period_s": 0.1},
    {"creep": 0.05},
    {"creep": 0.6},
    {"ramp_up": 4.0, "ramp_down": 4.0},
    {"ramp_down": 0.1},
    {"remembers_speed": True},
    {"units": "mph"},
    {"overshoot_kmh": 0.6},
    {"reports": "zeros"},
    {"reports": "target"},
    {"freezes_after_s": 0.001},
    {"fields": ""},
    {"status": "none"},
    {"long_records": "cut", "mtu": 23},
    {"stops_in_countdown": False},
    {"target_starts": True},
    {"results": "03=4"},
    {"fields": "distance,time"},
)
_UNTRUE = {"reports", "freezes_after_s"}


def _change_the_machine(world: World, chance: Random) -> None:
    change = chance.choice(_CHANGES)
    world.trusts_reports = world.trusts_reports and not _UNTRUE & set(change)
    world.machine.change(world.machine.character._replace(**change))


def _revoke(world: World, _: Random) -> None:
    world.machine.revoke_control()


def _reboot(world: World, chance: Random) -> None:
    """It goes off and comes back; perhaps it starts its belt."""
    world.lose_link()
    world.machine.motor.halt()
    world.machine.belt.speed = 0.0
    world.run(chance.expovariate(1 / 3))
    if chance.random() < 0.5:
        _start_at_the_console(world, chance)


def _run_away(world: World, chance: Random) -> None:
    world.trusts_reports = False
    world.machine.motor.move_by_itself(round(chance.uniform(0.5, 14.0), 1))


_HALTED = {Motion.STOPPING, Motion.IDLE}


def _another_program(world: World, chance: Random) -> None:
    """Somebody else writes to the machine."""
    speed = chance.randrange(50, 900).to_bytes(2, "little")
    words = ((b"\x00", b"\x08\x01"), (b"\x00",), (b"\x00", b"\x02" + speed), (b"\x00", b"\x07"), (b"\x01",))
    said = chance.choice(words)
    world.trusts_reports = world.trusts_reports and b"\x07" not in said
    for word in said:
        if world.machine.write(word, world.now) is None:
            world.occupy()
            if word == b"\x08\x01" and world.machine.motion in _HALTED:
                world.oracle.wrote(world.now, word)  # a stop that is obeyed is one, whoever has written it
        world.run(0.2)


# ---- this program ------------------------------------------------------------------------------------------


def _stall(world: World, chance: Random) -> None:
    world.stall(round(chance.choice((0.3, 0.9, 1.1, 2.0, 10.0)) * chance.uniform(0.8, 1.2), 3))


def _kill(world: World, _: Random) -> None:
    world.kill()


def _lose_the_voice(world: World, chance: Random) -> None:
    world.tell(events.VoiceLost("test"))
    world.run(chance.expovariate(1 / 12))
    world.tell(events.VoiceRestored())


def _sleep(world: World, chance: Random) -> None:
    world.sleep(round(chance.choice((0.5, 1.5, 5.0, 30.0)) * chance.uniform(0.8, 1.2), 3))


_MADNESS = 0.7
_ASKS, _MOVEMENTS = tuple(Ask), tuple(Movement)


class MadCoach(Coach):
    """Wants anything at any time; what it last asked the runner to be ready for is its own invention as well."""

    chance: Random
    asked_for: Movement | None = None

    def step(self, belt: Belt, now: float) -> tuple[Intent, list[Notice]]:
        """Whatever comes to its mind."""
        intent, notices = super().step(belt, now)
        if self.chance.random() < _MADNESS:
            intent = self._invent()
        self.asked_for = intent.movement if intent.ask is Ask.REST else Movement.STAND
        return intent, notices

    def _invent(self) -> Intent:
        chance = self.chance
        speed = Speed(chance.choice((0, -5, 80, 100, 350, 800, 1200, 1600, 65535)))
        return Intent(
            chance.choice(_ASKS), chance.choice(_MOVEMENTS), speed, Incline(chance.choice((-30, 0, 10, 200)))
        )


def _go_mad(world: World, chance: Random) -> None:
    coach = world.coach
    coach.__class__ = MadCoach
    coach.chance = chance  # type: ignore[attr-defined] # which it has only now


DEEDS: tuple[tuple[Deed, int], ...] = (
    (_press(Pressed.STOP), 6),
    (_press(Pressed.PAUSE), 4),
    (_press(Pressed.CONFIRM), 4),
    (_lean, 1),
    (_press(Pressed.SKIP), 6),
    (_press(Pressed.BACK), 3),
    (_press(Pressed.EXTEND), 2),
    (_press(Pressed.SLOWER), 3),
    (_press(Pressed.FASTER), 3),
    (_press(Pressed.EASIER), 2),
    (_turn_the_speed, 4),
    (_tilt_the_deck, 2),
    (_start_at_the_console, 2),
    (_stop_at_the_console, 2),
    (_pause_at_the_console, 1),
    (_pull_the_key, 1),
    (_lose, 3),
    (_freeze, 4),
    (_drop, 4),
    (_delay, 4),
    (_double, 2),
    (_garbage, 3),
    (_change_the_machine, 10),
    (_revoke, 1),
    (_reboot, 1),
    (_run_away, 1),
    (_another_program, 2),
    (_stall, 4),
    (_kill, 2),
    (_sleep, 1),
    (_lose_the_voice, 2),
    (_go_mad, 2),
)
