"""Brokers to try things at: a Mosquitto with TLS and passwords, and one in this process that knows only 3.1.1."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Self

import paho.mqtt.client as paho
from amqtt.broker import Broker as Amqtt
from certificates import Authority
from guest import free_port
from paho.mqtt.enums import CallbackAPIVersion

COACH, LEADER = "coach", "leader"
PASSWORD = "a word: with 'quotes' and $signs"
MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
PATIENCE_S = 20.0


def wait_until(is_so: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
    until = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < until, f"never: {what}"
        time.sleep(0.02)


class Mosquitto:
    """A broker on a loopback port, with certificates, users and their rights.

    Args:
        folder: Where its files are.
        rights: Lines of its access list; none: everybody may do everything.
        asks_certificate: Whether a client has to show one.
    """

    def __init__(self, folder: Path, *, rights: Iterable[str] = (), asks_certificate: bool = False) -> None:
        assert MOSQUITTO
        self.folder = folder
        self.port = free_port()
        self.authority = Authority(folder)
        certificate, key = self.authority.sign("server", "localhost")
        passwords = folder / "passwords"
        passwords.touch(mode=0o600)
        for user in (COACH, LEADER):
            subprocess.run(
                ["mosquitto_passwd", "-b", str(passwords), user, PASSWORD], check=True, capture_output=True
            )
        settings = {
            "listener": f"{self.port} 127.0.0.1",
            "allow_anonymous": "false",
            "password_file": passwords,
            "cafile": self.authority.file,
            "certfile": certificate,
            "keyfile": key,
            "user": "root",
        }
        if rights := list(rights):
            (folder / "rights").write_text("\n".join(rights) + "\n")
            settings["acl_file"] = folder / "rights"
        if asks_certificate:
            settings |= {"require_certificate": "true", "crlfile": self.authority.revoked_file}
        (folder / "mosquitto.conf").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def variables(self) -> dict[str, str]:
        """What a coach has to be told of it."""
        secret = self.folder / "secret"
        secret.write_text(PASSWORD + "\n")
        return {
            "TREADCOACH_MQTT_HOST": "localhost",
            "TREADCOACH_MQTT_PORT": str(self.port),
            "TREADCOACH_MQTT_USERNAME": COACH,
            "TREADCOACH_MQTT_PASSWORD_FILE": str(secret),
            "TREADCOACH_MQTT_TLS_CA": str(self.authority.file),
        }

    def start(self) -> None:
        command = [str(MOSQUITTO), "-c", str(self.folder / "mosquitto.conf")]
        with (self.folder / "mosquitto.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        wait_until(self._listens, "a broker that listens")

    def _listens(self) -> bool:
        with socket.socket() as tried:
            return tried.connect_ex(("127.0.0.1", self.port)) == 0

    def send(self, number: signal.Signals) -> None:
        """SIGKILL, SIGSTOP, SIGCONT."""
        assert self.process
        self.process.send_signal(number)
        if number is signal.SIGKILL:
            self.process.wait()

    def spy(self, *topics: str, user: str = LEADER) -> Spy:
        """A client that has nothing of ours."""
        return Spy(self.port, topics, user=user, ca=self.authority.file)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()


class Spy:
    """Somebody else's client: hears everything on some topics, and sends what it is told to."""

    def __init__(self, port: int, topics: Iterable[str], *, user: str | None = None, ca: Path | None = None) -> None:
        self.heard: list[tuple[str, str, bool]] = []
        self._topics = list(topics)
        self._ready = threading.Event()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5 if ca else paho.MQTTv311)
        self._client.max_queued_messages_set(0)
        if user:
            self._client.username_pw_set(user, PASSWORD)
        if ca:
            self._client.tls_set(str(ca))
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.on_message = lambda _c, _u, m: self.heard.append((m.topic, m.payload.decode(), m.retain))
        self._client.connect("localhost" if ca else "127.0.0.1", port)
        self._client.loop_start()
        assert self._ready.wait(PATIENCE_S)

    def _on_connect(self, client: paho.Client, *_: object) -> None:
        for topic in self._topics:
            client.subscribe(topic, 1)
        if not self._topics:
            self._ready.set()

    def send(self, topic: str, payload: bytes | str, *, retain: bool = False, qos: int = 1) -> None:
        self._client.publish(topic, payload, qos, retain).wait_for_publish(PATIENCE_S)

    def flood(self, topic: str, payloads: Iterable[bytes]) -> None:
        """As fast as it goes."""
        for payload in payloads:
            self._client.publish(topic, payload, 0)

    def on(self, topic: str) -> list[str]:
        """What was said there, in order."""
        return [payload for where, payload, _ in self.heard if where == topic]

    def states(self, topic: str) -> list[dict[str, Any]]:
        return [json.loads(payload) for payload in self.on(topic)]

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class InProcess:
    """A broker in a thread of this process; it knows MQTT 3.1.1 and nothing newer."""

    def __init__(self) -> None:
        logging.getLogger("amqtt").setLevel(logging.CRITICAL)
        logging.getLogger("transitions").setLevel(logging.CRITICAL)
        self.port = free_port()
        self._up = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def variables(self) -> dict[str, str]:
        return {"TREADCOACH_MQTT_HOST": "127.0.0.1", "TREADCOACH_MQTT_PORT": str(self.port)}

    def spy(self, *topics: str) -> Spy:
        return Spy(self.port, topics)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        listener = {"type": "tcp", "bind": f"127.0.0.1:{self.port}"}
        everybody = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
        broker = Amqtt({"listeners": {"default": listener}, "plugins": everybody})
        await broker.start()
        self._over = asyncio.Event()
        self._up.set()
        await self._over.wait()
        await broker.shutdown()

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._up.wait(PATIENCE_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(PATIENCE_S)


PROFILE = """
profile: 1
name: Brief
level: first
units: km/h
steps:
  - stand: 10 s
  - forward: 2.0
    for: 40 s
    cue: Tall
  - stand: 30 s
  - backward: 1.5
    for: 40 s
    cue: Small steps
  - stand: 10 s
"""


class Runner:
    """Somebody at a simulated machine, in a process of their own."""

    def __init__(
        self, folder: Path, variables: dict[str, str], *options: str, rate: float = 20, name: str = ""
    ) -> None:
        folder.mkdir(exist_ok=True)
        profile = folder / "brief.yaml"
        profile.write_text(PROFILE)
        self.journal = folder / "journal.jsonl"
        environment = clean(variables) | {"TREADCOACH_HOME": str(folder)}
        if name:
            environment["TREADCOACH_MQTT_MACHINE_ID"] = name
        command = [
            sys.executable,
            "-m",
            "treadcoach",
            "run",
            str(profile),
            "--simulate",
            "--yes",
            "--no-tui",
            "--rate",
        ]
        command += [str(rate), "--journal", str(self.journal), *options]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def end(self) -> tuple[int, str]:
        """Its exit code and what it said."""
        said = self.process.communicate(timeout=100)[0].decode()
        return self.process.returncode, said

    def lines(self, kind: str) -> list[dict[str, Any]]:
        lines = []
        for text in self.journal.read_text().splitlines() if self.journal.exists() else []:
            try:
                line = json.loads(text)
            except ValueError:  # it is being written
                continue
            lines.append(line)
        return [line for line in lines if line["type"] == kind]

    @property
    def commands(self) -> list[tuple[object, ...]]:
        """Everything that went to the machine, and when."""
        return [(line["t"], line["verb"], line["value"], line["bytes"]) for line in self.lines("command")]

    @property
    def state(self) -> str:
        found = self.lines("snapshot")
        return str(found[-1]["state"]) if found else ""

    def until(self, state: str) -> None:
        wait_until(lambda: self.state == state or self.process.poll() is not None, state)
        assert self.process.poll() is None, self.end()


def clean(variables: dict[str, str]) -> dict[str, str]:
    """An environment that knows of no broker but this."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TREADCOACH_")}
    return kept | variables


def command(variables: dict[str, str], home: Path, *words: str) -> tuple[int, str, str]:
    """A command that ends by itself."""
    environment = clean(variables) | {"TREADCOACH_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-m", "treadcoach", *words], env=environment, capture_output=True, timeout=60, check=False
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()
