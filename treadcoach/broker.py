"""The broker of the settings, and a session's line to it."""

from __future__ import annotations

from pathlib import Path

from treadcoach import __version__
from treadcoach.config import Configuration, MqttSettings
from treadcoach.discovery import Device, config_topic, description, status_topic
from treadcoach.edges.mqtt import Broker
from treadcoach.errors import UsageError
from treadcoach.telemeter import Announcement, Ears, Telemeter
from treadcoach.telemetry import About, Reporter
from treadcoach.topics import machine_id

PORT, TLS_PORT = 1883, 8883


def broker_of(settings: MqttSettings) -> Broker:
    """The broker that is set.

    Raises:
        UsageError: there is none, or its password cannot be read.
    """
    if settings.host is None:
        raise UsageError("no broker is set; write `mqtt: {host: …}` into config.yaml, or set TREADCOACH_MQTT_HOST")
    if settings.username is None and (settings.password or settings.password_file):
        raise UsageError("a password without a user name is sent to nobody; set `mqtt: {username: …}`")
    named = (settings.tls_ca, settings.tls_certificate, settings.tls_key)
    tls = any(named) if settings.tls is None else settings.tls
    return Broker(
        settings.host,
        settings.port or (TLS_PORT if tls else PORT),
        settings.username,
        _password(settings),
        tls,
        *(_expanded(name) for name in named),
    )


def telemeter(about: About, address: str, configuration: Configuration, ears: Ears) -> Telemeter:
    """A session's line to the broker that is set.

    Raises:
        UsageError: there is none, or its password cannot be read.
    """
    settings = configuration.settings.mqtt
    own_id = settings.machine_id or machine_id(about.machine, address)
    announcement = None
    if settings.discovery_prefix:
        device = Device(own_id, about.machine, about.simulated, __version__, bool(about.weight_kg))
        prefix = settings.discovery_prefix
        announcement = Announcement(config_topic(own_id, prefix), description(device), status_topic(prefix))
    return Telemeter(broker_of(settings), own_id, Reporter(about), ears, announcement)


def _password(settings: MqttSettings) -> str | None:
    if settings.password is not None or not settings.password_file:
        return settings.password
    try:
        text = Path(settings.password_file).expanduser().read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"the password file {settings.password_file} cannot be read: {reason}") from None
    return text.rstrip("\r\n")


def _expanded(name: str | None) -> str | None:
    return name and str(Path(name).expanduser())
