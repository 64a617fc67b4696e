"""How every screen looks, held against its picture; what a frame says; how large the digits are.

`pytest tests/tui/test_screens.py --snapshot-update` takes new pictures: look at them before you keep them.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from rig import SHORT, Rig

from treadcoach.chart import points
from treadcoach.edges.tui.app import CoachApp
from treadcoach.edges.tui.digits import blocks, scale
from treadcoach.edges.tui.frame import Frame
from treadcoach.edges.tui.screens.arm import ArmScreen
from treadcoach.edges.tui.screens.health import HealthScreen
from treadcoach.edges.tui.screens.machine import MachineScreen
from treadcoach.edges.tui.screens.preflight import PreflightScreen
from treadcoach.edges.tui.screens.question import Question
from treadcoach.edges.tui.screens.summary import SummaryScreen
from treadcoach.events import NoticeKind, Pressed, Result, State
from treadcoach.flight import look_ahead
from treadcoach.front import SIMULATOR, Answers, Briefing, Choice, Conclusion
from treadcoach.motion import Facing, Movement
from treadcoach.rehearsal import Ending
from treadcoach.screening import CONDITIONS, QUESTION

Compare = Callable[..., bool]


def found(state: State, facing: Facing) -> Frame:
    """The first frame of a real session in this state, five seconds into it where it lasts as long."""
    rig = Rig(SHORT)
    said: dict[NoticeKind, str] = {}
    since = None
    while rig.drive.result is None:
        snapshot = rig.outcome.snapshot
        said |= {notice.kind: notice.text for notice in rig.outcome.notices}
        if snapshot.state is state and facing is (snapshot.facing or snapshot.next_facing):
            since = rig.now if since is None else since
            if rig.now - since >= 5 or state in {State.READY, State.COUNTDOWN, State.HALTING}:
                return Frame(rig.plan, snapshot, rig.outcome.following, said)
        rig.run(1.0)
    raise AssertionError(state)


def stopped(character: str, after_s: float) -> Frame:
    """A frame some seconds after a stop."""
    rig = Rig(SHORT, character)
    rig.run(40.0)
    rig.press(Pressed.STOP)
    began = rig.now
    rig.run(after_s)
    said = {notice.kind: notice.text for at, notice in rig.notices if at >= began}
    return Frame(rig.plan, rig.outcome.snapshot, rig.outcome.following, said)


async def settle(pilot: Any, frame: Frame) -> None:
    """Draw it, and once more when every pane knows how large it is."""
    for _ in range(2):
        await pilot.app.draw(frame)
        await pilot.pause()


@pytest.fixture
def compare(snap_compare: Compare) -> Compare:
    def held(frame: Frame, size: tuple[int, int] = (80, 24), **options: Any) -> bool:
        async def before(pilot: Any) -> None:
            await settle(pilot, frame)

        return snap_compare(CoachApp(**options), terminal_size=size, run_before=before)

    return held


@pytest.fixture
def asked(snap_compare: Compare) -> Compare:
    def held(question: Question[Any]) -> bool:
        async def before(pilot: Any) -> None:
            await pilot.app.place(question)
            await pilot.pause()

        return snap_compare(CoachApp(), terminal_size=(80, 24), run_before=before)

    return held


RUNNING = [
    (Facing.FORWARD, (80, 24)),
    *((Facing.BACKWARD, size) for size in ((80, 24), (40, 12), (120, 40), (200, 60))),
]


@pytest.mark.parametrize(("facing", "size"), RUNNING, ids=str)
def test_the_run_screen(compare: Compare, facing: Facing, size: tuple[int, int]) -> None:
    assert compare(found(State.RUNNING, facing), size)


def test_the_run_screen_without_colour(compare: Compare) -> None:
    assert compare(found(State.RUNNING, Facing.BACKWARD), colour=False)


def test_a_verdict_that_is_no_pass_is_shown(compare: Compare) -> None:
    frame = found(State.RUNNING, Facing.BACKWARD)
    held = frame.snapshot._replace(verdict="hold", reasons=("old-data",))
    assert compare(
        frame._replace(snapshot=held, said={NoticeKind.VERDICT: "No news from the belt: nothing gets faster."})
    )


def test_a_belt_that_still_slows_toward_a_turn_is_shown_the_way_it_goes(compare: Compare) -> None:
    frame = found(State.HALTING, Facing.FORWARD)
    assert frame.segment.movement is Movement.STAND
    assert frame.snapshot.observed_kmh
    assert frame.facing_words == "▲ FORWARD ▲"
    assert frame.next_words == "slowing to a standstill: wait for the belt to stop"
    assert not frame.cue
    assert compare(frame)


@pytest.mark.parametrize("state", [State.TURNING, State.READY, State.COUNTDOWN], ids=str)
def test_the_turn_screen(compare: Compare, state: State) -> None:
    assert compare(found(state, Facing.BACKWARD))


def test_the_paused_screen(compare: Compare) -> None:
    rig = Rig(SHORT, confirms=True)
    rig.run(40.0)
    rig.confirms = False
    rig.press(Pressed.PAUSE)
    rig.run(20.0)
    assert rig.state is State.PAUSED
    assert compare(Frame(rig.plan, rig.outcome.snapshot, rig.outcome.following, {}))


def test_the_stopping_screen(compare: Compare) -> None:
    assert compare(stopped("well-behaved", 0.5))


def test_the_alarm(compare: Compare) -> None:
    frame = stopped("ignores-stop", 4.0)
    assert frame.is_alarm
    assert compare(frame)


@pytest.mark.parametrize("size", [(80, 24), (40, 12)], ids=str)
def test_a_session_without_news(compare: Compare, size: tuple[int, int]) -> None:
    frame = found(State.RUNNING, Facing.BACKWARD)
    assert not frame._replace(age_s=30.0, overdue_s=1.9).is_silent, "a stand may last, and nothing is due"
    assert compare(frame._replace(overdue_s=2.1), size)


def test_a_session_that_has_failed(snap_compare: Compare) -> None:
    async def before(pilot: Any) -> None:
        await settle(pilot, found(State.RUNNING, Facing.BACKWARD))
        await pilot.app.alarm("treadcoach has failed. If the belt does not stop, pull the safety key")
        await pilot.pause()

    assert snap_compare(CoachApp(), terminal_size=(80, 24), run_before=before)


def test_what_is_wrong_and_stops_nothing_hides_no_verdict() -> None:
    frame = found(State.RUNNING, Facing.BACKWARD)._replace(warning="the journal is full")
    assert frame.verdict == "the journal is full"
    held = frame.snapshot._replace(verdict="hold", reasons=("old-data",))
    assert frame._replace(snapshot=held).verdict == "HOLD: old-data"
    said = {NoticeKind.ALARM: "an alarm of before"}
    assert frame._replace(snapshot=held, said=said).verdict == "HOLD: old-data"


@pytest.mark.parametrize("size", [(80, 24), (40, 12)], ids=str)
def test_the_help(snap_compare: Compare, size: tuple[int, int]) -> None:
    async def before(pilot: Any) -> None:
        await settle(pilot, found(State.RUNNING, Facing.BACKWARD))
        await pilot.press("question_mark")
        await pilot.pause()

    assert snap_compare(CoachApp(), terminal_size=size, run_before=before)


def test_the_summary_of_a_session_in_which_nothing_moved(asked: Compare) -> None:
    rig = Rig(confirms=False).run_to(State.READY)
    rig.press(Pressed.STOP)
    rig.run()
    ending = Ending(Result.STOPPED, rig.drive.totals(), rig.now)
    assert asked(SummaryScreen(Conclusion(rig.plan, ending, None, asks=True), [], "km/h"))


def test_the_machine_screen(asked: Compare) -> None:
    choices = (
        Choice("F0:F1:F2:F3:F4:01", "F0:F1:F2:F3:F4:01  Simulated                  -48 dBm"),
        Choice("F0:F1:F2:F3:F4:02", "F0:F1:F2:F3:F4:02  HORIZON_7.4                -71 dBm, known: Horizon 7.4"),
    )
    assert asked(MachineScreen(choices, ""))


def test_the_preflight_screen(asked: Compare) -> None:
    plan = Rig().plan
    assert asked(PreflightScreen(Briefing(plan, look_ahead(plan), (), ("The safety key is the last line.",)), "km/h"))


def test_the_arm_screen(asked: Compare) -> None:
    assert asked(ArmScreen())


def test_the_health_screen(asked: Compare) -> None:
    assert asked(HealthScreen(tuple(CONDITIONS), QUESTION))


def concluded() -> SummaryScreen:
    rig = Rig().run()
    result = rig.drive.result
    assert result is not None
    conclusion = Conclusion(rig.plan, Ending(result, rig.drive.totals(), rig.now), "journals/short.jsonl", asks=True)
    return SummaryScreen(conclusion, points([(at, outcome.snapshot) for at, outcome in rig.trail]), "km/h")


def test_the_summary_screen(asked: Compare) -> None:
    assert asked(concluded())


async def test_the_help_comes_and_goes_and_hides_nothing_for_good() -> None:
    app = CoachApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.draw(found(State.RUNNING, Facing.BACKWARD))
        await pilot.press("question_mark")
        await pilot.pause()
        assert type(app.screen).__name__ == "HelpScreen"
        await pilot.press("question_mark")
        await pilot.pause()
        assert type(app.screen).__name__ == "RunScreen"


async def answer_of(question: Question[Any], *keys: str, wait_s: float = 0.0) -> object:
    future: Future[Any] = Future()
    question.ask(future, None)
    app = CoachApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.place(question)
        await pilot.pause(wait_s)
        await pilot.press(*keys)
        await pilot.pause()
    return future.result(timeout=0) if future.done() else "none yet"


async def test_a_list_is_ticked_before_it_arms() -> None:
    assert await answer_of(ArmScreen(), "enter") == "none yet"
    assert await answer_of(ArmScreen(), "1", "2", "enter") == "none yet"
    assert await answer_of(ArmScreen(), "1", "2", "2", "3", "enter") == "none yet"
    armed = await answer_of(ArmScreen(), "space", "2", "space", "enter")
    assert isinstance(armed, tuple)
    assert len(armed) == 3
    assert await answer_of(ArmScreen(), "q") is None


async def test_a_machine_is_chosen() -> None:
    choices = (Choice("AA", "one"), Choice("BB", "two"))
    assert await answer_of(MachineScreen(choices, ""), "down", "enter") == "BB"
    assert await answer_of(MachineScreen(choices, ""), "down", "down", "enter") == SIMULATOR
    assert await answer_of(MachineScreen((), "no radio"), "r") == MachineScreen.AGAIN
    assert await answer_of(MachineScreen((), "no radio"), "escape") is None


async def test_health_is_asked_and_answered() -> None:
    assert await answer_of(HealthScreen(("a", "b"), "?"), "y") == "yes"
    assert await answer_of(HealthScreen(("a", "b"), "?"), "n") == "no"
    assert await answer_of(HealthScreen(("a", "b"), "?"), "x") == "none yet"


async def test_what_was_pressed_to_stop_a_belt_is_no_answer_and_digits_are() -> None:
    assert await answer_of(concluded(), "enter", "enter", "enter") == "none yet"
    said = await answer_of(concluded(), "1", "0", "enter", "3", "backspace", "2", "enter", "enter", wait_s=1.7)
    assert said == Answers(10, 2, None)
    assert await answer_of(concluded(), "enter", "enter", "enter", wait_s=1.7) is None
    assert await answer_of(concluded(), "4", "q", wait_s=1.7) == Answers(4, None, None)


# ---- without a screen --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "height", "least"), [(80, 10, 8), (40, 5, 5), (200, 26, 25)])
def test_the_digits_are_as_large_as_the_area_lets_them_be(width: int, height: int, least: int) -> None:
    for text in ("0:29", "9:59", "12:34"):
        rows = blocks(text, scale(text, width, height))
        assert least <= len(rows) <= height
        assert len({len(row) for row in rows}) == 1
        assert len(rows[0]) <= width


def test_where_nothing_fits_the_text_itself_is_shown() -> None:
    assert blocks("12:34", scale("12:34", 10, 1)) == ["12:34"]


def test_what_is_left_is_counted_on_between_two_snapshots_but_not_made_up() -> None:
    frame = found(State.RUNNING, Facing.BACKWARD)
    frame = frame._replace(snapshot=frame.snapshot._replace(segment_remaining_s=20.0))
    assert frame.time_left == "0:20"
    assert frame._replace(age_s=0.5).time_left == "0:20"
    assert frame._replace(age_s=1.2).time_left == "0:19"
    assert frame._replace(age_s=60.0).time_left == "0:17"
    paused = frame._replace(snapshot=frame.snapshot._replace(state=State.PAUSED), age_s=2.0)
    assert paused.time_left == "0:20"


def test_a_belt_of_which_nothing_is_known_shows_no_speed() -> None:
    frame = found(State.RUNNING, Facing.BACKWARD)
    assert frame._replace(snapshot=frame.snapshot._replace(observed_kmh=None)).belt == "-.-"


def test_miles_are_shown_to_those_who_want_them() -> None:
    frame = found(State.RUNNING, Facing.FORWARD)._replace(units="mph")
    assert frame.belt == "0.5"
    assert "mi backward" in frame.distance


def test_pictures_of_every_screen_are_kept() -> None:
    assert len(list((Path(__file__).parent / "__snapshots__" / "test_screens").glob("*.raw"))) >= 16
