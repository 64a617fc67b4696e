from __future__ import annotations

from pathlib import Path

import pytest

from treadcoach.config import load, names
from treadcoach.errors import ConfigError
from treadcoach.motion import Level


def write(folder: Path, text: str) -> dict[str, str]:
    (folder / "config.yaml").write_text(text)
    return {"TREADCOACH_HOME": str(folder)}


def test_nothing_said_is_the_defaults(tmp_path: Path) -> None:
    found = load({"TREADCOACH_HOME": str(tmp_path)})
    assert found.settings.runner.level is None
    assert found.settings.display_units == "km/h"
    assert found.origins == {}
    assert found.places.journals == tmp_path / "journals"


def test_the_system_says_where_files_live() -> None:
    found = load({})
    assert found.places.config_file.name == "config.yaml"
    assert found.places.history.name == "history.db"
    assert found.places.passports.parent == found.places.config


def test_a_file_is_overlaid_by_variables_and_each_value_knows_where_it_came_from(tmp_path: Path) -> None:
    environment = write(tmp_path, "display_units: mph\nrunner:\n  level: novice\n  maximum_heart_rate: 180\n")
    environment |= {"TREADCOACH_RUNNER_LEVEL": "first", "TREADCOACH_RUNNER_MAXIMUM_HEART_RATE": "175"}
    found = load(environment)
    assert found.settings.runner.level is Level.FIRST
    assert found.settings.runner.maximum_heart_rate == 175
    assert found.origins["display_units"] == f"{tmp_path / 'config.yaml'}:1"
    assert found.origins["runner.level"] == "TREADCOACH_RUNNER_LEVEL"


def test_caps_need_their_unit_and_lower(tmp_path: Path) -> None:
    found = load(write(tmp_path, "caps:\n  backward: 2.5 km/h\n  forward: 3 mph\n"))
    assert found.settings.lowered == {"backward": 250, "forward": 483}


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("display_units: knots\n", 1, 16, "display_units"),
        ("runner:\n  level: hero\n", 2, 10, "runner.level"),
        ("runner:\n  levle: first\n", 2, 10, "unknown setting"),
        ("caps:\n  backward: 2.5\n", 2, 13, "2.5"),
        ("caps:\n  backward: 99999 km/h\n", 2, 13, "not a belt speed"),
        ("runner:\n  maximum_heart_rate: 20\n", 2, 23, "maximum_heart_rate"),
        ("- a\n", 1, 1, "mapping"),
        ("a: &x 1\n", 1, 4, "anchors"),
        ("runner: 5\n", 1, 9, "runner"),
    ],
)
def test_a_wrong_file_says_where(tmp_path: Path, text: str, line: int, column: int, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(write(tmp_path, text))
    finding = caught.value.findings[0]
    assert (finding.line, finding.column) == (line, column)
    assert words in str(finding)


def test_a_wrong_variable_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="TREADCOACH_RUNNER_LEVEL"):
        load({"TREADCOACH_HOME": str(tmp_path), "TREADCOACH_RUNNER_LEVEL": "hero"})


def test_an_empty_file_is_no_error_and_unknown_variables_are_reported(tmp_path: Path) -> None:
    environment = write(tmp_path, "# nothing yet\n") | {"TREADCOACH_WARP": "9"}
    assert load(environment).unknown_variables == ("TREADCOACH_WARP",)


def test_every_setting_has_a_name() -> None:
    assert names() == [
        "display_units",
        "theme",
        "machine",
        "adapter",
        "runner.level",
        "runner.maximum_heart_rate",
        "runner.weight_kg",
        "caps.forward",
        "caps.backward",
        "caps.sidestep",
        "caps.crossover",
        "mqtt.host",
        "mqtt.port",
        "mqtt.username",
        "mqtt.password",
        "mqtt.password_file",
        "mqtt.tls",
        "mqtt.tls_ca",
        "mqtt.tls_certificate",
        "mqtt.tls_key",
        "mqtt.machine_id",
        "mqtt.discovery_prefix",
    ]


def test_a_broker_may_be_named_in_the_file_and_in_variables_and_its_password_only_there(tmp_path: Path) -> None:
    text = "mqtt:\n  host: broker.local\n  tls: true\n"
    environment = write(tmp_path, text) | {
        "TREADCOACH_MQTT_PORT": "8884",
        "TREADCOACH_MQTT_PASSWORD": "secret",
        "TREADCOACH_MQTT_TLS": "false",
    }
    found = load(environment).settings.mqtt
    assert (found.host, found.port, found.password, found.tls) == ("broker.local", 8884, "secret", False)
    with pytest.raises(ConfigError, match=r"config\.yaml:2:13: error: .*no place among settings") as refused:
        load(write(tmp_path, "mqtt:\n  password: secret\n"))
    assert "secret" not in str(refused.value).replace("a secret", "")


@pytest.mark.parametrize(
    "text",
    [
        "port: 0",
        "port: 70000",
        "machine_id: Hall 1",
        "machine_id: a/b",
        "tls: maybe",
        "host: mqtt://broker",
        "host: broker:1883",
        "discovery_prefix: ha/#",
    ],
)
def test_what_is_wrong_with_a_broker_is_told_with_its_place(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match=r"config\.yaml:2:\d+: error: mqtt\."):
        load(write(tmp_path, f"mqtt:\n  {text}\n"))
