"""Sessions with a broker, and with one that fails in every way there is: what goes to the machine never changes."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from brokers import COACH, MOSQUITTO, InProcess, Mosquitto, Runner, wait_until
from guest import free_port

needs_mosquitto = pytest.mark.skipif(MOSQUITTO is None, reason="Mosquitto is not installed")
ID = "simulator-well-behaved"
HEAD = f"treadcoach/{ID}"


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[object, ...]]:
    """What goes to the machine where there is no broker."""
    runner = Runner(tmp_path_factory.mktemp("alone"), {}, rate=1000)
    code, said = runner.end()
    assert code == 0, said
    assert "MQTT" not in said
    return runner.commands


def _nothing(_: Mosquitto) -> None:
    """All is well."""


def _killed(broker: Mosquitto) -> None:
    time.sleep(2)
    broker.send(signal.SIGKILL)


def _restarted(broker: Mosquitto) -> None:
    _killed(broker)
    time.sleep(1)
    broker.start()


def _frozen(broker: Mosquitto) -> None:
    time.sleep(2)
    broker.send(signal.SIGSTOP)


@needs_mosquitto
@pytest.mark.parametrize("happens", [_nothing, _killed, _restarted, _frozen])
def test_whatever_becomes_of_the_broker_the_machine_hears_the_same(
    tmp_path: Path, alone: list[tuple[object, ...]], happens: Callable[[Mosquitto], None]
) -> None:
    with Mosquitto(tmp_path) as broker:
        runner = Runner(tmp_path / "runner", broker.variables)
        happens(broker)
        code, said = runner.end()
    assert code == 0, said
    assert runner.commands == alone
    assert "MQTT: connected to localhost" in said
    if happens is _killed:
        assert "the session goes on without it" in said


@needs_mosquitto
@pytest.mark.thorough
@pytest.mark.timeout(240)
def test_a_broker_that_is_frozen_for_a_minute_changes_nothing(tmp_path: Path) -> None:
    """And is spoken to again when it is back."""
    long = ("--level", "novice")
    alone = Runner(tmp_path / "alone", {}, *long, rate=1000)
    assert alone.end()[0] == 0
    with Mosquitto(tmp_path) as broker, broker.spy(f"{HEAD}/#") as spy:
        runner = Runner(tmp_path / "runner", broker.variables, *long, rate=2)
        runner.until("running")
        broker.send(signal.SIGSTOP)
        time.sleep(60)
        broker.send(signal.SIGCONT)
        before = len(spy.heard)
        wait_until(lambda: len(spy.heard) > before, "something new")
        assert runner.end()[0] == 0
        assert runner.commands == alone.commands
        wait_until(lambda: spy.on(f"{HEAD}/availability")[-1:] == ["offline"], "goodbye")


@needs_mosquitto
def test_wrong_password_unknown_authority_and_a_port_where_nobody_is(
    tmp_path: Path, alone: list[tuple[object, ...]]
) -> None:
    with Mosquitto(tmp_path) as broker:
        wrong = {
            "does not let us in": broker.variables
            | {"TREADCOACH_MQTT_PASSWORD_FILE": "", "TREADCOACH_MQTT_PASSWORD": "wrong"},
            "not one to be trusted": {
                name: value for name, value in broker.variables.items() if not name.endswith("CA")
            }
            | {"TREADCOACH_MQTT_TLS": "true"},
            "nobody listens there": broker.variables | {"TREADCOACH_MQTT_PORT": str(free_port())},
            "password file": broker.variables | {"TREADCOACH_MQTT_PASSWORD_FILE": str(tmp_path / "none")},
        }
        wrong["does not let us in"].pop("TREADCOACH_MQTT_PASSWORD_FILE")
        runners = {words: Runner(tmp_path / str(k), wrong[words], rate=40) for k, words in enumerate(wrong)}
        for words, runner in runners.items():
            code, said = runner.end()
            assert code == 0, said
            assert words in said
            assert "the session goes on without it" in said
            assert runner.commands == alone


@needs_mosquitto
@pytest.mark.thorough
def test_a_certificate_opens_the_door_until_it_is_revoked(tmp_path: Path, alone: list[tuple[object, ...]]) -> None:
    broker = Mosquitto(tmp_path, asks_certificate=True)
    certificate, key = broker.authority.sign("client")
    variables = broker.variables | {
        "TREADCOACH_MQTT_TLS_CERTIFICATE": str(certificate),
        "TREADCOACH_MQTT_TLS_KEY": str(key),
    }
    with broker:
        _, said = Runner(tmp_path / "good", variables, rate=40).end()
        assert "MQTT: connected" in said
    broker.authority.revoke(broker.authority.serials[-1])
    with broker:
        runner = Runner(tmp_path / "revoked", variables, rate=40)
        code, said = runner.end()
        assert code == 0
        assert "MQTT: connected" not in said
        assert "the session goes on without it" in said
        assert runner.commands == alone


@needs_mosquitto
def test_a_user_without_rights_changes_nothing(tmp_path: Path, alone: list[tuple[object, ...]]) -> None:
    with Mosquitto(tmp_path, rights=[f"user {COACH}", "topic write nothing/of/ours"]) as broker:
        runner = Runner(tmp_path / "runner", broker.variables, rate=40)
        code, said = runner.end()
    assert code == 0, said
    assert runner.commands == alone


@needs_mosquitto
def test_a_session_as_others_see_it(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as broker, broker.spy(f"{HEAD}/#", "homeassistant/#") as spy:
        code, said = Runner(tmp_path / "runner", broker.variables).end()
        assert code == 0, said
        wait_until(lambda: spy.on(f"{HEAD}/availability") == ["online", "offline"], "goodbye")
        states = spy.states(f"{HEAD}/state")
        assert states[0]["state"] in {"waiting", "standing"}
        assert states[-1]["state"] == "completed"
        assert {"forward", "backward"} <= {state["facing"] for state in states}
        assert states[-1]["belt_moving"] is False
        assert all(state["schema"] == 1 and state["simulated"] and state["ts"].endswith("Z") for state in states)
        assert {"state", "segment", "cue", "ask"} <= {event["kind"] for event in spy.states(f"{HEAD}/event")}
        assert spy.states(f"{HEAD}/session/summary")[-1]["result"] == "completed"
        assert len(spy.on(f"homeassistant/device/{ID}/config")) == 1
        with broker.spy(f"{HEAD}/#") as later:
            wait_until(lambda: len(later.heard) == 3, "what was kept")
            assert all(kept for _, _, kept in later.heard)


@needs_mosquitto
def test_a_stop_from_the_broker_is_the_runners_stop(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as broker, broker.spy() as leader:
        runner = Runner(tmp_path / "runner", broker.variables, rate=4)
        runner.until("running")
        leader.send(f"{HEAD}/command", '{"command": "stop"}')
        assert runner.end()[0] == 4
        pressed = [line for line in runner.lines("input") if line["input"] == "pressed"]
        assert (pressed[-1]["what"], pressed[-1]["source"]) == ("stop", "mqtt")
        assert runner.lines("summary")[0]["result"] == "stopped"


@needs_mosquitto
def test_a_pause_pauses_and_nothing_from_there_ends_it(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as broker, broker.spy() as leader:
        runner = Runner(tmp_path / "runner", broker.variables, rate=4)
        runner.until("running")
        leader.send(f"{HEAD}/command", "pause")
        runner.until("paused")
        for word in ("start", "confirm", "resume", "pause", '{"command":"set_speed","value":5}'):
            leader.send(f"{HEAD}/command", word)
            time.sleep(0.6)
        assert runner.state == "paused"
        leader.send(f"{HEAD}/command", "stop")
        assert runner.end()[0] == 4
        last = [line["ignored"] for line in runner.lines("mqtt") if "ignored" in line][-1]
        assert last["unknown"] == 4


@needs_mosquitto
def test_what_was_kept_is_not_obeyed(tmp_path: Path, alone: list[tuple[object, ...]]) -> None:
    with Mosquitto(tmp_path) as broker, broker.spy() as leader:
        leader.send(f"{HEAD}/command", "stop", retain=True)
        runner = Runner(tmp_path / "runner", broker.variables, rate=60)
        assert runner.end()[0] == 0
        assert runner.commands == alone


@needs_mosquitto
@pytest.mark.thorough
def test_a_flood_changes_nothing_and_a_stop_in_it_is_heard(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as broker, broker.spy() as stranger, broker.spy() as leader:
        runner = Runner(tmp_path / "runner", broker.variables, rate=4)
        runner.until("running")
        is_over = threading.Event()

        def flood() -> None:
            while not is_over.is_set():
                stranger.flood(f"{HEAD}/command", [b"start", b"\xff" * 300, b'{"command":"stop","ts":1}'] * 20)
                time.sleep(0.005)

        flooding = threading.Thread(target=flood)
        flooding.start()
        try:
            time.sleep(1)
            assert runner.state == "running"
            leader.send(f"{HEAD}/command", "stop")
            assert runner.end()[0] == 4
        finally:
            is_over.set()
            flooding.join()
        last = [line["ignored"] for line in runner.lines("mqtt") if "ignored" in line][-1]
        assert last.keys() == {"unknown", "oversized", "stale"}


@needs_mosquitto
def test_home_assistant_is_told_again_when_it_has_started_anew(tmp_path: Path) -> None:
    topic = f"homeassistant/device/{ID}/config"
    with Mosquitto(tmp_path) as broker, broker.spy("homeassistant/device/#") as spy:
        runner = Runner(tmp_path / "runner", broker.variables, rate=4)
        wait_until(lambda: len(spy.on(topic)) == 1, "a description")
        spy.send("homeassistant/status", "online")
        wait_until(lambda: len(spy.on(topic)) == 2, "another")
        runner.process.terminate()
        assert runner.end()[0] == 4


@needs_mosquitto
def test_a_coach_that_is_killed_is_offline_by_its_last_will(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as broker, broker.spy(f"{HEAD}/availability") as spy:
        runner = Runner(tmp_path / "runner", broker.variables, rate=4)
        wait_until(lambda: spy.on(f"{HEAD}/availability") == ["online"], "online")
        runner.process.kill()
        wait_until(lambda: spy.on(f"{HEAD}/availability") == ["online", "offline"], "the last will")
        runner.end()


@needs_mosquitto
def test_the_last_words_reach_a_broker_that_comes_back_just_in_time(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as broker:
        runner = Runner(tmp_path / "runner", broker.variables, rate=4)
        runner.until("running")
        broker.send(signal.SIGKILL)
        time.sleep(1)
        runner.process.terminate()
        broker.start()
        code, said = runner.end()
        assert code == 4, said
        with broker.spy(f"{HEAD}/#") as later:
            wait_until(lambda: len(later.heard) == 3, "what was kept")
            assert later.on(f"{HEAD}/availability") == ["offline"]
            assert later.states(f"{HEAD}/state")[0]["state"] == "stopped"


def test_a_broker_that_knows_only_3_1_1(tmp_path: Path) -> None:
    with InProcess() as broker, broker.spy(f"{HEAD}/#") as spy:
        runner = Runner(tmp_path / "runner", broker.variables, rate=8)
        wait_until(lambda: spy.on(f"{HEAD}/availability") == ["online"], "online")
        spy.send(f"{HEAD}/command", "stop")
        code, said = runner.end()
        assert code == 4, said
        wait_until(lambda: spy.on(f"{HEAD}/availability") == ["online", "offline"], "goodbye")
        assert spy.states(f"{HEAD}/session/summary")[0]["result"] == "stopped"
