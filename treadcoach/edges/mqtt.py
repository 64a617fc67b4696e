"""MQTT: a connection to a broker, and its faults in words. The only file that knows aiomqtt.

aiomqtt is asyncio-mqtt under its present name; the old package still installs, and cannot construct a client with
today's paho.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from treadcoach.errors import LinkError
from treadcoach.topics import OFFLINE

# A broker that has not answered for this long does not answer.
ANSWER_S = 3.0
# Half of what passes until a frozen broker is noticed, and two thirds until a broker says `offline` for us.
KEEPALIVE_S = 10
# Nothing of ours is larger; a broker that speaks MQTT 5 keeps what is larger to itself.
LARGEST_PACKET = 32_768
# What a broker that reads nothing may let us keep for it.
MOST_WAITING = 1000

# What the library has to say of itself is nothing for a runner's screen; what matters is raised.
_LOG = logging.getLogger("treadcoach.mqtt")
_LOG.addHandler(logging.NullHandler())
_LOG.propagate = False

_NO_SUCH_VERSION = 132
_DENIED = 0x80
_AGAIN_S = 0.2
_V5, _V311 = aiomqtt.ProtocolVersion.V5, aiomqtt.ProtocolVersion.V311


class Broker(NamedTuple):
    """Where the broker is, and how it is spoken to."""

    host: str
    port: int
    username: str | None = None
    password: str | None = None
    tls: bool = False
    ca: str | None = None
    certificate: str | None = None
    key: str | None = None

    @property
    def place(self) -> str:
        """For people."""
        return f"{self.host}:{self.port}"


class BrokerError(LinkError):
    """A broker that cannot be used. ``fix`` says what to do about it."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(f"{message}: {fix}")
        self.message = message
        self.fix = fix


_CODES = {
    133: ("the broker refuses this client's name", "look into the broker's log"),
    134: ("the broker does not know this user name or password", "check `mqtt: {username: …}` and the password"),
    135: ("the broker does not let us in", "check user name and password, and what the broker lets that user do"),
    136: ("the broker is not available", "try again later"),
    137: ("the broker is busy", "try again later"),
    138: ("the broker has banned this client", "look into the broker's log"),
}
_UNKNOWN_CODE = ("the broker refuses the connection", "look into the broker's log")
_FAULTS: tuple[tuple[type[BaseException], str, str], ...] = (
    (
        ssl.SSLCertVerificationError,
        "its certificate is not one to be trusted",
        "name with `tls_ca` the authority that signed it, and with `host` the name that is in it",
    ),
    (
        ssl.SSLError,
        "no TLS can be agreed upon",
        "check the port (8883 for TLS, as a rule), and the certificate that the broker asks for",
    ),
    (socket.gaierror, "there is no such host", "check `mqtt: {host: …}`"),
    (ConnectionRefusedError, "nobody listens there", "is the broker running, and on this port?"),
    (ConnectionResetError, "it hangs up", "check the port, and whether it wants TLS"),
    (TimeoutError, "it does not answer", "check host and port, whether it wants TLS, and the firewall between"),
    (OSError, "it cannot be reached", "check host, port and network"),
)


def _explained(error: BaseException, broker: Broker) -> BrokerError:
    """A library's error in words, with one thing to do."""
    if isinstance(error, aiomqtt.exceptions.MqttConnectError):
        message, fix = _CODES.get(_value(error.rc), _UNKNOWN_CODE)
        return BrokerError(f"{broker.place}: {message} ({error.rc})", fix)
    cause = error.__context__ if isinstance(error, aiomqtt.MqttError) and error.__context__ else error
    for kind, message, fix in _FAULTS:
        if isinstance(cause, kind):
            reason = getattr(cause, "verify_message", None) or getattr(cause, "strerror", None) or str(cause)
            return BrokerError(f"{broker.place}: {message}{f' ({reason})' if reason else ''}", fix)
    return BrokerError(f"{broker.place}: it has hung up", "look into the broker's log")


def _value(code: object) -> int:
    return int(getattr(code, "value", code) or 0)  # type: ignore[call-overload, no-any-return] # paho's own, or a number


class Loop(asyncio.SelectorEventLoop):
    """What Windows, too, can do for the library; whose blocking calls keep nobody from leaving."""

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """What fails inside the library is noticed by the line's end, and is nothing for a runner's screen."""
        _LOG.debug("%s", context)

    def run_in_executor(self, _executor: Any, func: Callable[..., Any], *args: Any) -> Any:  # type: ignore[override] # noqa: ANN401
        """In a daemon thread: a handshake with a frozen broker would hold up the end of this process."""
        future = self.create_future()

        def settle(call: Callable[[Any], None], value: object) -> None:
            if not future.done():
                call(value)

        def work() -> None:
            try:
                call, value = future.set_result, func(*args)
            except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
                call, value = future.set_exception, error
            with suppress(RuntimeError):  # nobody waits any more
                self.call_soon_threadsafe(settle, call, value)

        threading.Thread(target=work, name="mqtt connects", daemon=True).start()
        return future


class Heard(NamedTuple):
    """A message that came."""

    topic: str
    payload: bytes
    retained: bool


class Connection:
    """A broker that has let us in.

    Args:
        client: The library's.
        broker: Which broker.
        version: Of MQTT: 5, or 3.1.1 where it knows no other.
    """

    def __init__(self, client: aiomqtt.Client, broker: Broker, version: str) -> None:
        self._client = client
        self._broker = broker
        self.version = version

    async def publish(self, topic: str, payload: bytes, *, retain: bool = False, qos: int = 1) -> None:
        """Send a message; with ``qos`` 1 wait until the broker has it.

        Raises:
            BrokerError: it is gone, or does not answer.
        """
        try:
            await self._client.publish(topic, payload, qos=qos, retain=retain)
        except (aiomqtt.MqttError, ValueError) as error:
            raise _explained(error, self._broker) from None

    async def subscribe(self, topic: str) -> bool:
        """Have messages come; whether we may. Of some brokers' access lists nobody learns.

        Raises:
            BrokerError: it is gone, or does not answer.
        """
        try:
            granted = await self._client.subscribe(topic, qos=1)
        except (aiomqtt.MqttError, ValueError) as error:
            raise _explained(error, self._broker) from None
        return all(_value(code) < _DENIED for code in granted)

    async def lasts(self) -> None:
        """Wait for as long as it does.

        Raises:
            BrokerError: it is gone.
        """
        try:
            async for _ in self._client.messages:  # there are none: see `_Ear`
                pass
        except aiomqtt.MqttError as error:
            raise _explained(error, self._broker) from None


class _Ear(asyncio.Queue[aiomqtt.Message]):
    """In the place of the library's queue: what comes is heard at once; in a flood nothing waits, or is dropped."""

    def __init__(self, hear: Callable[[Heard], None]) -> None:
        super().__init__()
        self._hear = hear

    def put_nowait(self, item: aiomqtt.Message) -> None:
        self._hear(Heard(item.topic.value, bytes(item.payload), item.retain))


@asynccontextmanager
async def connected(
    broker: Broker, name: str, hear: Callable[[Heard], None], will: str | None = None
) -> AsyncIterator[Connection]:
    """A connection for as long as the block runs, with MQTT 5 where the broker knows it.

    Args:
        broker: Which.
        name: Who we are, in a way that nobody else is: a broker throws the first of two out.
        hear: Is given what comes; returns at once and never raises.
        will: A topic on which the broker says `offline` for us, should we vanish or the block raise.

    Raises:
        BrokerError: it cannot be used, or is gone.
    """
    for version in (_V5, _V311):
        client = _client(broker, name, hear, will, version)
        try:
            await client.__aenter__()
        except (aiomqtt.MqttError, OSError, ValueError) as error:
            await _hang_up(client)
            if version is _V5 and _may_be_older(error):
                continue
            raise _explained(error, broker) from None
        try:
            yield Connection(client, broker, "5" if version is _V5 else "3.1.1")
            with suppress(aiomqtt.MqttError):  # gone is gone
                await client.__aexit__(None, None, None)
        finally:
            await _hang_up(client)  # where that was no goodbye, the broker says the will
        return


# The library has no public way to two things that a broker must not get away with: lines that stay open although
# nothing on them was understood, and packets as large as this computer's memory.


async def _hang_up(client: aiomqtt.Client) -> None:
    """The library leaves a line open on which it did not understand something, and goes on reading from it."""
    line = client._client.socket()  # noqa: SLF001 - see above
    if task := client._misc_task:  # noqa: SLF001 - as above
        task.cancel()
    end = client._disconnected  # noqa: SLF001 - as above
    if end.done() and not end.cancelled():
        end.exception()  # it has been told, or nobody is there any more to be told
    if line is not None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(0)  # what the library has put off until now would meet another line of this number
        loop.remove_reader(line)
        loop.remove_writer(line)
        with suppress(OSError):
            line.close()


async def end(*tasks: asyncio.Task[None]) -> None:
    """Cancel, and again: on Python 3.11 the library's waits forget it where an answer comes in the same moment."""
    while running := {task for task in tasks if not task.done()}:
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=_AGAIN_S)


async def until(event: asyncio.Event, seconds: float | None) -> None:
    """Wait for something, but no longer than this."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


def _bound(client: aiomqtt.Client) -> None:
    """End a line on which more is announced than is wanted, or what was never asked for."""
    inner = client._client  # noqa: SLF001 - see above
    read, receive = inner.loop_read, inner._sock_recv  # noqa: SLF001 - as above

    def sock_recv(wanted: int) -> bytes:
        if wanted > LARGEST_PACKET:
            raise ConnectionResetError("a packet that is too large")
        return receive(wanted)

    def loop_read(max_packets: int = 1) -> Any:  # noqa: ANN401 - the library's own
        found = read(max_packets)
        if inner._in_messages:  # noqa: SLF001 - as above
            raise ConnectionResetError("a message of QoS 2, which nobody has subscribed to")
        if len(inner._out_packet) > MOST_WAITING:  # noqa: SLF001 - as above
            raise ConnectionResetError("it takes nothing any more")
        return found

    inner.loop_read = loop_read  # type: ignore[method-assign]
    inner._sock_recv = sock_recv  # type: ignore[assignment, method-assign] # noqa: SLF001 - as above


def _may_be_older(error: BaseException) -> bool:
    """Whether a broker of 3.1.1 would have answered like this: with that very code, or not at all."""
    if isinstance(error, aiomqtt.exceptions.MqttConnectError):
        return _value(error.rc) in {1, _NO_SUCH_VERSION}
    silent = not isinstance(error.__context__, OSError) or isinstance(error.__context__, TimeoutError)
    return isinstance(error, aiomqtt.MqttError) and silent


def _client(
    broker: Broker,
    name: str,
    hear: Callable[[Heard], None],
    will: str | None,
    version: aiomqtt.ProtocolVersion,
) -> aiomqtt.Client:
    more: dict[str, Any] = {"clean_session": True}
    if version is _V5:
        limits = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # it is so in the library
        limits.MaximumPacketSize = LARGEST_PACKET
        more = {"clean_start": True, "properties": limits}
    client = aiomqtt.Client(
        broker.host,
        broker.port,
        username=broker.username,
        password=broker.password,
        identifier=name,
        will=aiomqtt.Will(will, OFFLINE.encode(), qos=1, retain=True) if will else None,
        protocol=version,
        logger=_LOG,
        timeout=ANSWER_S,
        keepalive=KEEPALIVE_S,
        queue_type=lambda **_: _Ear(hear),  # type: ignore[arg-type] # it is called like one
        tls_context=_tls(broker) if broker.tls else None,
        **more,
    )
    _bound(client)
    return client


def unique(name: str) -> str:
    """A name that no other client has."""
    return f"{name}-{secrets.token_hex(4)}"


def _tls(broker: Broker) -> ssl.SSLContext:
    for name, file in (("tls_ca", broker.ca), ("tls_certificate", broker.certificate), ("tls_key", broker.key)):
        if file and not Path(file).is_file():
            raise BrokerError(f"{file} is not there", f"`mqtt: {{{name}: …}}` names a file")
    if broker.certificate and not broker.key:
        raise BrokerError("a client's certificate is worth nothing without its key", "name it with `tls_key`")
    try:
        context = ssl.create_default_context(cafile=broker.ca)
        if broker.certificate:
            context.load_cert_chain(broker.certificate, broker.key)
    except (ssl.SSLError, OSError) as error:
        raise BrokerError(f"the certificates cannot be used ({error})", "they have to be in PEM form") from None
    return context
