"""A group at one broker: seen by everybody, stopped by anybody, started by nobody."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from brokers import COACH, MOSQUITTO, Mosquitto, Runner, clean, command, wait_until

pytestmark = pytest.mark.skipif(MOSQUITTO is None, reason="Mosquitto is not installed")


def test_one_command_stops_everybody_and_says_who_was_seen_to_stop(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as broker:
        runners = [Runner(tmp_path / f"{k}", broker.variables, rate=4, name=f"hall-{k}") for k in range(3)]
        for runner in runners:
            runner.until("running")
        code, said, _ = command(broker.variables, tmp_path, "group", "stop", "--json")
        assert code == 0
        found = [json.loads(line) for line in said.splitlines()]
        assert [(line["machine"], line["stopped"]) for line in found] == [(f"hall-{k}", True) for k in range(3)]
        assert all(line["after_s"] < 10 for line in found)
        assert [runner.end()[0] for runner in runners] == [4, 4, 4]


def test_who_says_online_and_does_not_stop_is_called_by_name(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as broker, broker.spy("treadcoach/#") as ghost:
        ghost.send("treadcoach/ghost/availability", "online", retain=True)
        code, said, complained = command(broker.variables, tmp_path, "group", "stop", "--patience", "2")
        assert code == 6
        assert "1 machine in all" in said
        assert "ghost: NOT SEEN TO STOP" in complained
        assert ghost.on("treadcoach/ghost/command")[0] == "stop"
        assert len(ghost.on("treadcoach/ghost/command")) > 1


def test_where_nobody_is_there_is_nothing_to_stop(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as broker:
        code, _, complained = command(broker.variables, tmp_path, "group", "stop")
    assert code == 3
    assert "nobody was heard of" in complained


def test_a_group_on_lines(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as broker:
        watching = subprocess.Popen(
            [sys.executable, "-m", "treadcoach", "group", "watch", "--json"],
            env=clean(broker.variables) | {"TREADCOACH_HOME": str(tmp_path)},
            stdout=subprocess.PIPE,
            text=True,
        )
        runner = Runner(tmp_path / "1", broker.variables, rate=40, name="hall-1")
        assert runner.end()[0] == 0
        assert watching.stdout
        seen = []
        for text in watching.stdout:
            seen.append(json.loads(text))
            if seen[-1]["state"] and seen[-1]["state"]["state"] == "completed" and not seen[-1]["online"]:
                break
        watching.terminate()
        watching.communicate()
        assert {line["machine"] for line in seen} == {"hall-1"}
        assert "running" in {line["state"]["state"] for line in seen if line["state"]}


@pytest.mark.parametrize("words", [("mqtt", "check"), ("group", "stop"), ("group", "watch"), ("mqtt", "forget")])
def test_without_a_broker_it_says_where_to_name_one(tmp_path: Path, words: tuple[str, ...]) -> None:
    code, _, complained = command({}, tmp_path, *words)
    assert code == 2
    assert "no broker is set" in complained
    assert "TREADCOACH_MQTT_HOST" in complained


def test_a_check_changes_nothing_that_the_broker_keeps(tmp_path: Path) -> None:
    kept = {f"treadcoach/hall-1/{name}": f'{{"schema":1,"{name}":1}}' for name in ("state", "session/summary")}
    kept |= {"treadcoach/hall-1/availability": "offline", "homeassistant/device/hall-1/config": '{"device":1}'}
    with Mosquitto(tmp_path) as broker:
        variables = broker.variables | {"TREADCOACH_MQTT_MACHINE_ID": "hall-1"}
        with broker.spy() as before:
            for topic, payload in kept.items():
                before.send(topic, payload, retain=True)
        code, said, _ = command(variables, tmp_path, "mqtt", "check")
        assert code == 0, said
        assert "MQTT 5" in said
        assert "All of it works." in said
        with broker.spy("#") as after:
            wait_until(lambda: len(after.heard) == len(kept), "what was kept")
            assert {topic: payload for topic, payload, _ in after.heard} == kept
        code, said, _ = command(variables, tmp_path, "mqtt", "forget")
        assert (code, said) == (0, "Forgotten: hall-1.\n")
        with broker.spy("#") as after:
            after.send("end", "")
            wait_until(lambda: bool(after.heard), "the end")
            assert [topic for topic, _, _ in after.heard] == ["end"]


def test_whoever_is_in_a_session_is_neither_checked_nor_forgotten(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as broker, broker.spy("treadcoach/hall-1/#") as spy:
        runner = Runner(tmp_path / "1", broker.variables, rate=4, name="hall-1")
        runner.until("running")
        variables = broker.variables | {"TREADCOACH_MQTT_MACHINE_ID": "hall-1"}
        code, said, _ = command(variables, tmp_path, "mqtt", "check")
        assert code == 3
        assert "a session is on as hall-1" in said
        code, _, complained = command(variables, tmp_path, "mqtt", "forget")
        assert code == 2
        assert "hidden from a leader's stop" in complained
        assert spy.on("treadcoach/hall-1/availability") == ["online"]
        runner.process.terminate()
        runner.end()


def test_who_is_said_to_be_offline_in_a_session_says_that_they_are_not(tmp_path: Path) -> None:
    """The last will of a connection that was lost may come after the one that took its place."""
    topic = "treadcoach/hall-1/availability"
    with Mosquitto(tmp_path) as broker, broker.spy(topic) as spy:
        runner = Runner(tmp_path / "1", broker.variables, rate=4, name="hall-1")
        runner.until("running")
        for wrong in ("offline", ""):
            spy.send(topic, wrong, retain=True)
            wait_until(lambda: spy.on(topic)[-1] == "online", "online again")
        runner.process.terminate()
        runner.end()
        wait_until(lambda: spy.on(topic)[-1] == "offline", "goodbye")


def test_a_belt_whose_coach_was_killed_is_called_by_name(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as broker, broker.spy("treadcoach/+/availability") as spy:
        runner = Runner(tmp_path / "1", broker.variables, rate=4, name="hall-1")
        runner.until("running")
        runner.process.kill()
        runner.end()
        wait_until(lambda: spy.on("treadcoach/hall-1/availability")[-1] == "offline", "the last will")
        code, _, complained = command(broker.variables, tmp_path, "group", "stop", "--patience", "2")
        assert code == 6
        assert "hall-1: NOT SEEN TO STOP (its coach has vanished)" in complained


def test_a_check_names_one_fix_for_each_right_that_is_missing(tmp_path: Path) -> None:
    rights = [
        f"user {COACH}",
        "topic readwrite treadcoach/hall-1/availability",
        "topic write treadcoach/hall-1/state",
        "topic readwrite treadcoach/hall-1/event",
        "topic readwrite treadcoach/hall-1/command",
    ]
    with Mosquitto(tmp_path, rights=rights) as broker:
        variables = broker.variables | {"TREADCOACH_MQTT_MACHINE_ID": "hall-1"}
        code, said, _ = command(variables, tmp_path, "mqtt", "check", "--json")
    steps = {line["what"]: line for line in map(json.loads, said.splitlines())}
    assert code == 3
    works = {name for name, step in steps.items() if step["works"]}
    assert works == {"broker", "availability", "event", "command", "Home Assistant"}
    for name in ("state", "summary", "discovery"):
        assert "let this user" in steps[name]["fix"]


def test_a_wrong_password_and_a_port_without_tls_are_explained(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as broker:
        wrong = broker.variables | {"TREADCOACH_MQTT_PASSWORD_FILE": str(tmp_path / "wrong")}
        (tmp_path / "wrong").write_text("wrong")
        code, said, _ = command(wrong, tmp_path, "mqtt", "check")
        assert code == 3
        assert "check user name and password" in said
        code, said, _ = command(broker.variables | {"TREADCOACH_MQTT_TLS": "false"}, tmp_path, "mqtt", "check")
        assert code == 3
        assert "whether it wants TLS" in said
