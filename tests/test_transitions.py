from __future__ import annotations

import pytest

from treadcoach.events import State
from treadcoach.transitions import TRANSITIONS, Signal

ENDS = {State.STOPPED, State.COMPLETED}


def test_every_state_has_a_row() -> None:
    assert TRANSITIONS.keys() == set(State)


@pytest.mark.parametrize("state", State)
def test_a_stop_is_legal_in_every_state(state: State) -> None:
    assert TRANSITIONS[state].get(Signal.STOP_DEMANDED, state) in {State.STOPPING, *ENDS}


def test_an_end_leads_nowhere_and_a_stop_leads_only_to_its_end() -> None:
    assert all(TRANSITIONS[state] == {} for state in ENDS)
    assert set(TRANSITIONS[State.STOPPING].values()) == {State.STOPPED}


def test_the_belt_starts_only_behind_a_countdown_that_the_runner_confirmed() -> None:
    into = {state: [s for s in State if state in TRANSITIONS[s].values()] for state in State}
    assert into[State.STARTING] == [State.COUNTDOWN]
    assert into[State.RUNNING] == [State.STARTING]
    assert set(into[State.COUNTDOWN]) == {State.READY, State.PAUSED}
    assert TRANSITIONS[State.READY][Signal.CONFIRMED] is State.COUNTDOWN


def test_every_state_can_be_reached_and_every_signal_means_something() -> None:
    reached, frontier = {State.WAITING}, [State.WAITING]
    while frontier:
        new = set(TRANSITIONS[frontier.pop()].values()) - reached
        reached |= new
        frontier += new
    assert reached == set(State)
    assert {signal for row in TRANSITIONS.values() for signal in row} == set(Signal)
