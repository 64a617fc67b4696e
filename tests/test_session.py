"""Sessions on asyncio, in virtual time, on the simulated machine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest
from rig import SHORT, Rig, plan_of

from treadcoach.coach import Coach
from treadcoach.drive import Drive, Outcome
from treadcoach.engine import Engine
from treadcoach.errors import LinkError, StopNotConfirmedError
from treadcoach.events import DeadmanActed, DeadmanLost, Pressed, RawInput, Result, Stalled, State
from treadcoach.ftms import control_point
from treadcoach.link import SUBSCRIPTIONS, prepare
from treadcoach.motion import Verb
from treadcoach.rehearsal import Ending, rehearse
from treadcoach.session import Session
from treadcoach.treadmill import Write
from treadmill_simulator.characters import CHARACTERS
from treadmill_simulator.link import InProcessLink, Wire
from treadmill_simulator.machine import Machine as SimulatedMachine
from treadmill_simulator.motor import Motion

STOP = b"\x08\x01"


class Scene:
    """A session on a simulated machine, with a runner who confirms; ``script`` is asked at every step."""

    def __init__(self, character: str = "well-behaved") -> None:
        self.link = InProcessLink(Wire(SimulatedMachine(CHARACTERS[character], 1)))
        self.machine = self.link.wire.machine
        self.script: Callable[[Outcome], None] = lambda _: None
        self.states: list[State] = []
        self.session: Session | None = None
        self.stop_when_seen: float | None = None

    async def run(self, **options: object) -> Ending:
        await self.link.connect()
        await prepare(self.link, self.machine.character.passport)
        plan = plan_of(SHORT, self.link.wire)
        self.session = Session(plan, self.link, record=lambda *_: None, screen=self.screen, **options)  # type: ignore[arg-type]
        try:
            return await self.session.run()
        finally:
            await self.link.disconnect()

    def screen(self, _now: float, _raw: tuple[RawInput, ...], outcome: Outcome) -> None:
        assert self.session is not None
        state = outcome.snapshot.state
        if state is State.READY and self.states[-1] is not State.READY:
            asyncio.get_running_loop().call_later(2.0, self.session.press, Pressed.CONFIRM, "test")
        self.states.append(state)
        self.script(outcome)

    def press(self, what: Pressed) -> None:
        assert self.session is not None
        self.session.press(what, "test")

    def once(self, condition: Callable[[Outcome], bool], act: Callable[[], None]) -> None:
        """Do something when something is so, once."""
        done = False

        def script(outcome: Outcome) -> None:
            nonlocal done
            if not done and condition(outcome):
                done = True
                act()

        self.script = script


def running_for(seconds: float) -> Callable[[Outcome], bool]:
    return lambda o: o.snapshot.state is State.RUNNING and o.snapshot.elapsed_s > seconds


async def test_a_session_runs_to_the_standing_belt() -> None:
    scene = Scene()
    ending = await scene.run()
    assert ending.result is Result.COMPLETED
    assert scene.machine.belt.speed == 0
    assert State.TURNING in scene.states


class Watcher:
    """Stands in for a second process: writes down what it hears, and says what it is told to say."""

    def __init__(self) -> None:
        self.beats: list[float] = []
        self.bid_farewell = False
        self.submit: Callable[[DeadmanActed | DeadmanLost], None] = lambda _: None

    def listen(self, submit: Callable[[DeadmanActed | DeadmanLost], None]) -> None:
        self.submit = submit

    def beat(self) -> None:
        assert not self.bid_farewell
        self.beats.append(asyncio.get_running_loop().time())

    def goodbye(self) -> None:
        self.bid_farewell = True


async def test_a_session_shows_its_deadman_that_it_lives_and_says_goodbye_when_the_belt_stands() -> None:
    scene, watcher = Scene(), Watcher()
    await scene.run(deadman=watcher)
    assert max(later - earlier for earlier, later in pairwise(watcher.beats)) <= 0.101
    assert watcher.bid_farewell
    assert scene.machine.belt.speed == 0


async def test_a_session_without_its_deadman_slows_down_and_ends() -> None:
    scene, watcher = Scene(), Watcher()
    scene.once(running_for(60), lambda: watcher.submit(DeadmanLost()))
    lost_at = len(scene.machine.received)
    ending = await scene.run(deadman=watcher)
    assert ending.result is Result.SAFETY_STOP
    after = [data for _, data in scene.machine.received[lost_at:]]
    assert after[-1] == STOP
    assert after.count(b"\x07") == 1, "it is not started again"


async def test_a_session_whose_deadman_has_acted_stops() -> None:
    scene, watcher = Scene(), Watcher()
    scene.once(running_for(60), lambda: watcher.submit(DeadmanActed()))
    ending = await scene.run(deadman=watcher)
    assert ending.result is Result.SAFETY_STOP
    assert ending.now < 70


async def test_a_belt_that_was_not_seen_to_stop_is_left_to_the_deadman() -> None:
    scene, watcher = Scene("ignores-stop"), Watcher()
    scene.machine.change(scene.machine.character._replace(results="01=4"))
    scene.once(running_for(60), lambda: scene.press(Pressed.STOP))
    ending = await scene.run(deadman=watcher, patience_s=30.0)
    assert ending.result is Result.STOP_NOT_CONFIRMED
    assert not watcher.bid_farewell


@pytest.mark.parametrize("word", [True, False])
async def test_after_a_crash_the_deadman_is_dismissed_only_when_the_belt_stands(
    monkeypatch: pytest.MonkeyPatch, word: bool
) -> None:
    scene, watcher = Scene("well-behaved" if word else "ignores-stop"), Watcher()
    step = Drive.step

    def failing(drive: Drive, now: float, raw: tuple[RawInput, ...]) -> Outcome:
        if now > 60:
            raise ZeroDivisionError
        return step(drive, now, raw)

    monkeypatch.setattr(Drive, "step", failing)
    with pytest.raises(BaseException):  # noqa: B017, PT011 - which one is another test's
        await scene.run(deadman=watcher, patience_s=20.0)
    assert watcher.bid_farewell is word


async def test_a_session_and_a_rehearsal_send_the_same_commands() -> None:
    scene = Scene()
    await scene.run()
    rig = Rig().run()
    verbs = [[data[0] for _, data in machine.received] for machine in (scene.machine, rig.machine)]
    assert verbs[0] == verbs[1]
    targets = [[data for _, data in machine.received if data[0] == 2] for machine in (scene.machine, rig.machine)]
    assert targets[0] == targets[1]


@pytest.mark.parametrize("presses", [1, 50])
async def test_a_stop_reaches_the_machine_however_often_it_is_pressed(presses: int) -> None:
    scene = Scene()
    pressed_at: list[float] = []

    def stop() -> None:
        loop = asyncio.get_running_loop()
        pressed_at.append(loop.time())
        for number in range(presses):
            loop.call_later(number * 0.02, scene.press, Pressed.STOP)

    scene.once(running_for(60), stop)
    ending = await scene.run()
    assert ending.result is Result.STOPPED
    reached = next(at for at, data in scene.machine.received if data == STOP and at >= pressed_at[0] - 0.001)
    assert reached - pressed_at[0] <= 0.3


async def test_a_stop_overtakes_a_write_that_hangs() -> None:
    scene = Scene()
    honest = scene.link.write
    hang_until = 0.0

    async def slow(data: bytes) -> int | None:
        if data[0] == 2 and asyncio.get_running_loop().time() < hang_until:
            await asyncio.sleep(1000)
        return await honest(data)

    scene.link.write = slow  # type: ignore[method-assign]

    def act() -> None:
        nonlocal hang_until
        hang_until = asyncio.get_running_loop().time() + 100
        asyncio.get_running_loop().call_later(1.05, scene.press, Pressed.STOP)

    scene.once(lambda o: o.snapshot.segment == 5 and o.snapshot.state is State.RUNNING, act)
    ending = await scene.run()
    assert ending.result in {Result.STOPPED, Result.SAFETY_STOP}
    assert STOP in [data for _, data in scene.machine.received]


async def test_a_screen_that_fails_is_a_stop() -> None:
    scene = Scene()

    def fail() -> None:
        raise BrokenPipeError

    scene.once(running_for(60), fail)
    assert (await scene.run()).result is Result.STOPPED


async def test_a_lost_link_is_sought_for_one_purpose() -> None:
    scene = Scene()
    scene.once(running_for(60), lambda: scene.link.lose("test"))
    ending = await scene.run()
    assert ending.result is Result.SAFETY_STOP
    assert scene.machine.belt.speed == 0
    assert [data for _, data in scene.machine.received][-2:] == [b"\x00", STOP]


async def test_a_link_that_never_comes_back_is_an_unconfirmed_stop() -> None:
    scene = Scene()

    async def refuse() -> None:
        raise LinkError("gone for good")

    def lose() -> None:
        scene.link.connect = refuse  # type: ignore[method-assign]
        scene.link.lose("test")

    scene.once(running_for(60), lose)
    ending = await scene.run()
    assert ending.result is Result.STOP_NOT_CONFIRMED
    assert scene.machine.belt.speed > 0, "the belt runs on: the key is the last line"


async def test_whoever_else_is_shown_the_steps_goes_on_hearing_of_them_when_the_screen_is_lost() -> None:
    """Voice and broker: in the very moment in which the belt is being stopped."""
    scene = Scene()
    states: list[State] = []

    def lost(outcome: Outcome) -> None:
        states.append(outcome.snapshot.state)
        if states.count(State.RUNNING) > 5:
            raise BrokenPipeError("the screen has ended")

    scene.script = lost
    ending = await scene.run()
    assert ending.result is Result.STOPPED
    assert states.count(State.STOPPING) > 1


async def test_the_runners_eyes_end_a_wait_that_nothing_else_would() -> None:
    scene = Scene()
    frozen = scene.link.wire.frozen()
    pressed: list[float] = []

    def freeze() -> None:
        frozen.__enter__()
        loop = asyncio.get_running_loop()
        for seconds in (5, 20):
            loop.call_later(seconds, scene.press, Pressed.CONFIRM)
            pressed.append(seconds)

    scene.once(running_for(60), freeze)
    ending = await scene.run(patience_s=None)
    assert ending.result is Result.STOP_NOT_CONFIRMED
    assert 75 <= ending.now <= 90, "the first press came before the ladder had been tried"


@pytest.mark.parametrize(("owner", "method"), [(Drive, "step"), (Engine, "_snapshot"), (Drive, "totals")])
async def test_a_fault_of_ours_stops_the_belt_on_its_way_out(
    owner: type, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene()

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a fault of ours")

    scene.once(running_for(60), lambda: monkeypatch.setattr(owner, method, broken))
    with pytest.raises((ZeroDivisionError, ExceptionGroup)):
        await scene.run()
    assert scene.machine.belt.speed == 0
    assert STOP in [data for _, data in scene.machine.received]


async def test_being_cancelled_stops_the_belt_first_even_twice() -> None:
    scene = Scene()
    task = asyncio.current_task()
    assert task is not None

    def cancel() -> None:
        task.cancel()
        asyncio.get_running_loop().call_later(0.1, task.cancel)

    scene.once(running_for(60), cancel)
    with pytest.raises(asyncio.CancelledError):
        await scene.run()
    while task.uncancel():
        pass
    assert scene.machine.belt.speed == 0


async def test_a_write_that_is_refused_by_the_radio_is_made_again() -> None:
    scene = Scene()
    honest = scene.link.write
    refusals = 3

    async def flaky(data: bytes) -> int | None:
        nonlocal refusals
        if data == STOP and refusals:
            refusals -= 1
            raise OSError("the radio hiccups")
        return await honest(data)

    scene.link.write = flaky  # type: ignore[method-assign]
    scene.once(running_for(60), lambda: scene.press(Pressed.STOP))
    ending = await scene.run()
    assert ending.result is Result.STOPPED
    assert refusals == 0


async def test_motion_that_was_cleared_before_a_stall_is_not_written_after_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Scene()
    hand_over, boot_s, stalled_at = Session._hand_over, 0.0, 0.0

    def stalling(session: Session, writes: tuple[Write, ...]) -> None:
        nonlocal boot_s, stalled_at
        hand_over(session, writes)
        if not stalled_at and any(write.value == 140 for write in writes):
            boot_s, stalled_at = 1.5, asyncio.get_running_loop().time()

    monkeypatch.setattr("treadcoach.pace.boot_s", lambda: boot_s)
    monkeypatch.setattr(Session, "_hand_over", stalling)
    assert (await scene.run()).result is Result.COMPLETED
    targets = [at - stalled_at for at, data in scene.machine.received if data[0] == 0x02]
    assert stalled_at
    assert not [at for at in targets if 0 <= at < 0.9], "what is late is not written at all"
    assert [at for at in targets if 0.9 <= at < 4], "and is asked for anew"


async def test_a_coach_that_fails_does_not_take_the_session_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene()

    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    scene.once(running_for(60), lambda: monkeypatch.setattr(Coach, "step", broken))
    assert (await scene.run()).result is Result.SAFETY_STOP


def test_a_rehearsal_says_when_a_stop_was_not_seen() -> None:
    machine = SimulatedMachine(CHARACTERS["freezes"], 1)
    wire = Wire(machine)
    for uuid in SUBSCRIPTIONS:
        wire.subscribe(uuid)
    plan = plan_of(SHORT.replace("for: 40 s", "for: 150 s", 1), wire)
    ending = rehearse(plan, wire, machine.runner, lambda *_: None)
    assert ending.result is Result.STOP_NOT_CONFIRMED


class StuckLink(InProcessLink):
    """Once `stuck`, records come and no write passes, until there is a new link."""

    def __init__(self, wire: Wire, raises: type[Exception] | None) -> None:
        super().__init__(wire)
        self.stuck = False
        self.renewed = 0
        self._raises = raises

    async def connect(self) -> None:
        self.renewed += self.stuck
        self.stuck = False
        await super().connect()

    async def write(self, data: bytes) -> int | None:
        if self.stuck and self._raises:
            raise self._raises
        if self.stuck:
            await asyncio.sleep(3600)
        return await super().write(data)


@pytest.mark.parametrize("raises", [None, LinkError], ids=["hang", "are refused at home"])
async def test_a_link_on_which_writes_never_pass_is_renewed_though_records_come(
    raises: type[Exception] | None,
) -> None:
    scene = Scene()
    scene.link = link = StuckLink(scene.link.wire, raises)

    def stick() -> None:
        link.stuck = True
        scene.press(Pressed.STOP)

    scene.once(running_for(5), stick)
    ending = await scene.run()
    assert link.renewed == 1
    assert ending.result in {Result.STOPPED, Result.SAFETY_STOP}
    assert scene.machine.belt.speed == 0


def break_down(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on no step of the session succeeds."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(Drive, "step", broken)
    scene.press(Pressed.PAUSE)


async def test_a_fault_of_ours_stops_a_machine_that_wants_pause_first(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene("pause-first")
    scene.once(running_for(30), lambda: break_down(scene, monkeypatch))
    with pytest.raises(ExceptionGroup):
        await scene.run()
    assert scene.machine.belt.speed == 0
    assert scene.machine.received[-1][1] == STOP


async def test_a_fault_of_ours_and_a_lost_link_together_still_end_with_the_belt_at_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Scene()

    def both() -> None:
        break_down(scene, monkeypatch)
        scene.link.lose("test")

    scene.once(running_for(30), both)
    with pytest.raises(ExceptionGroup):
        await scene.run(patience_s=None)
    assert scene.machine.belt.speed == 0


def deafen(scene: Scene, asked: list[bytes]) -> None:
    """From now on the machine reports and obeys nothing; it is noted what it was asked."""

    async def unheard(data: bytes) -> None:
        asked.append(data)

    scene.link.write = unheard  # type: ignore[method-assign]


async def test_a_fault_of_ours_on_a_belt_that_does_not_obey_is_told_as_what_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Scene()
    told: list[str] = []
    asked: list[bytes] = []

    def act() -> None:
        deafen(scene, asked)
        break_down(scene, monkeypatch)

    scene.once(running_for(30), act)
    with pytest.raises(StopNotConfirmedError, match="ZeroDivisionError"):
        await scene.run(patience_s=20.0, alarm=told.append)
    assert "pull the safety key" in told[0]
    assert asked.count(STOP) > 12


async def test_after_a_fault_of_ours_the_runners_eyes_count_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the machine reports against them is believed longer than silence."""
    scene = Scene()
    loop = asyncio.get_running_loop()
    broke_at = 0.0

    def break_down_and_look() -> None:
        nonlocal broke_at
        broke_at = loop.time()
        deafen(scene, [])
        break_down(scene, monkeypatch)
        for seconds in (0.2, 50, 61):
            loop.call_later(seconds, scene.press, Pressed.CONFIRM)

    scene.once(running_for(30), break_down_and_look)
    with pytest.raises(StopNotConfirmedError):
        await scene.run(patience_s=None)
    assert 61 <= loop.time() - broke_at <= 64


async def test_after_a_fault_of_ours_in_a_start_up_countdown_its_zeros_are_not_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """This machine takes no Stop while it counts down, and starts all the same."""
    scene = Scene("pause-first")
    scene.once(
        lambda _: scene.machine.motion is Motion.COUNTDOWN,
        lambda: break_down(scene, monkeypatch),
    )
    with pytest.raises(ExceptionGroup):
        await scene.run()
    assert scene.machine.belt.distance_m > 0, "it did start"
    assert scene.machine.motion is Motion.IDLE


async def test_a_runner_who_has_gone_is_not_waited_for_for_ever() -> None:
    scene = Scene()

    def leave() -> None:
        deafen(scene, [])
        scene.press(Pressed.STOP)
        assert scene.session
        scene.session.leave_alone(100)

    scene.once(running_for(30), leave)
    ending = await scene.run(patience_s=None)
    assert ending.result is Result.STOP_NOT_CONFIRMED
    assert 100 <= ending.now <= 160


@pytest.mark.parametrize("fault", [LinkError("no"), KeyError("anything"), None], ids=["refused", "a bug", "hangs"])
async def test_a_stop_does_not_wait_for_answers_to_be_subscribed(fault: Exception | None) -> None:
    scene = Scene()
    honest, write = scene.link.subscribe, scene.link.write
    asked: list[bytes] = []
    asked_before: list[int] = []
    failures = 3

    async def watched(data: bytes) -> int | None:
        asked.append(data)
        return await write(data)

    async def fail(uuid: int) -> None:
        nonlocal failures
        if uuid != control_point.UUID or not failures:
            return await honest(uuid)
        failures -= 1
        asked_before.append(asked.count(STOP))
        if fault:
            raise fault
        return await asyncio.sleep(1000)

    def lose() -> None:
        scene.link.subscribe = fail  # type: ignore[method-assign]
        scene.link.write = watched  # type: ignore[method-assign]
        scene.link.lose("test")

    scene.once(running_for(30), lose)
    ending = await scene.run()
    assert ending.result is Result.SAFETY_STOP
    assert scene.machine.belt.speed == 0
    assert asked_before[0] == 0
    assert asked_before[1] > 0, "it was asked although its answers could not be heard"


async def test_whatever_the_radio_raises_it_is_sought_again() -> None:
    scene = Scene()
    honest = scene.link.connect
    faults: list[Exception] = [KeyError("a bug below us"), RuntimeError("and another")]

    async def fail_at_first() -> None:
        if faults:
            raise faults.pop()
        await honest()

    def lose() -> None:
        scene.link.connect = fail_at_first  # type: ignore[method-assign]
        scene.link.lose("test")

    scene.once(running_for(30), lose)
    assert (await scene.run()).result is Result.SAFETY_STOP
    assert not faults
    assert scene.machine.belt.speed == 0


async def test_a_stop_overtakes_an_urgent_slowing_that_hangs() -> None:
    scene = Scene()
    honest = scene.link.write
    is_hanging = False

    async def slow(data: bytes) -> int | None:
        if is_hanging and data[0] == 2:
            await asyncio.sleep(1000)
        return await honest(data)

    scene.link.write = slow  # type: ignore[method-assign]
    stopped_at = 0.0

    def act() -> None:
        nonlocal is_hanging, stopped_at
        is_hanging = True
        loop = asyncio.get_running_loop()
        assert scene.session
        scene.session._hand_over((Write(Verb.SET_SPEED.value, 100, b"\x02\x64\x00", urgent=True),))
        stopped_at = loop.time() + 0.1
        loop.call_at(stopped_at, scene.press, Pressed.STOP)

    scene.once(running_for(30), act)
    assert (await scene.run()).result is Result.STOPPED
    reached = next(at for at, data in scene.machine.received if data == STOP)
    assert reached - stopped_at <= 0.1


async def test_a_session_whose_loop_stood_still_says_for_how_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that what came in meanwhile is not taken for new."""
    heard: list[tuple[float, RawInput]] = []
    scene, selector = Scene(), asyncio.get_running_loop()._selector  # type: ignore[attr-defined]
    step = Drive.step

    def noting(drive: Drive, now: float, raw: tuple[RawInput, ...]) -> Outcome:
        heard.extend((now, happened) for happened in raw if isinstance(happened, Stalled))
        return step(drive, now, raw)

    def stand_still() -> None:
        selector.now += 0.7  # the clock goes on, and nobody is there

    monkeypatch.setattr(Drive, "step", noting)
    scene.once(running_for(30), stand_still)
    await scene.run(deadman=Watcher())
    ((_, stalled),) = heard
    assert stalled.gap_s == pytest.approx(0.7, abs=0.1)  # type: ignore[union-attr]


async def test_enter_while_a_pause_comes_to_rest_is_no_word_that_ends_the_session() -> None:
    scene = Scene()
    loop = asyncio.get_running_loop()

    def pause_at_once() -> None:
        scene.press(Pressed.PAUSE)
        loop.call_later(9.5, scene.press, Pressed.CONFIRM)
        loop.call_later(20.0, scene.press, Pressed.CONFIRM)

    scene.once(lambda outcome: outcome.snapshot.state is State.STARTING, pause_at_once)
    assert (await scene.run()).result is Result.COMPLETED
