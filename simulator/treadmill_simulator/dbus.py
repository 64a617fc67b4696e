"""A message bus of our own and a tree of objects on it. Knows D-Bus; knows neither treadmills nor BlueZ."""

from __future__ import annotations

import asyncio
import ctypes
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Coroutine
from typing import Any

from dbus_fast import Message, MessageType, RequestNameReply, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.auth import AuthExternal

from treadcoach.errors import MachineNotFoundError

_PROPERTIES, _OBJECTS = "org.freedesktop.DBus.Properties", "org.freedesktop.DBus.ObjectManager"
_WATCH_NAMES = "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged'"

Properties = dict[str, Variant]
Method = Callable[[Message], Coroutine[Any, Any, Message]]


class PrivateBus:
    """A message bus of our own, in a folder of its own."""

    async def __aenter__(self) -> str:
        """Start it; its address."""
        program = shutil.which("dbus-daemon")
        if sys.platform != "linux" or program is None:
            raise MachineNotFoundError(
                "--bus needs Linux and the program dbus-daemon; on Debian and Ubuntu: apt install dbus-daemon"
            )
        self._folder = tempfile.TemporaryDirectory(prefix="treadmill-bus-")
        address = f"unix:path={self._folder.name}/bus"
        self._process = await asyncio.create_subprocess_exec(
            *(program, "--session", "--nofork", "--nopidfile", "--print-address=1", f"--address={address}"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            preexec_fn=_die_with_parent,
        )
        if self._process.stdout is None or not await self._process.stdout.readline():
            raise MachineNotFoundError("dbus-daemon did not start")
        return address

    async def __aexit__(self, *_: object) -> None:
        """End it."""
        self._process.terminate()
        await self._process.wait()
        self._folder.cleanup()


def _die_with_parent() -> None:
    """In the child: end when the simulator ends, however it ends; and leave its Ctrl-C to it."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class Refusal(Exception):  # noqa: N818 - it is an answer, and no fault
    """An error reply."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name, self.text = name, text


class ObjectTree:
    """Objects with properties and methods on a bus, and calls to others that are there."""

    def __init__(self) -> None:
        self._watches: list[Callable[[Message], None]] = []
        self._objects: dict[str, dict[str, Properties]] = {}
        self._methods: dict[tuple[str, str], Method] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self, address: str, name: str | None = None) -> None:
        """Appear on a bus, under a name.

        Raises:
            MachineNotFoundError: somebody else has the name.
        """
        self._bus = await MessageBus(bus_address=address, auth=AuthExternal(uid=os.getuid())).connect()
        self._bus.add_message_handler(self._received)
        if name and await self._bus.request_name(name) is not RequestNameReply.PRIMARY_OWNER:
            raise MachineNotFoundError(f"somebody else is {name} on this bus")

    async def close(self) -> None:
        """Disappear."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._bus.disconnect()
        await self._bus.wait_for_disconnect()

    # ---- others --------------------------------------------------------------------------------------------

    async def call(self, name: str, path: str, method: str, signature: str = "", *body: Any) -> list[Any]:  # noqa: ANN401
        """Call a method of somebody else: its interface, a dot, its name.

        Raises:
            Refusal: the answer is an error.
        """
        interface, _, member = method.rpartition(".")
        reply = await self._bus.call(Message(name, path, interface, member, signature=signature, body=list(body)))
        if reply.message_type is MessageType.ERROR:
            raise Refusal(str(reply.error_name), str(reply.body[0] if reply.body else reply.error_name))
        return list(reply.body)

    async def watch(self, rule: str, heard: Callable[[Message], None]) -> None:
        """Be told of the signals that a rule lets through; of others, too, if there are other rules."""
        await self.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.AddMatch", "s", rule)
        self._watches.append(heard)

    async def watch_leavers(self, left: Callable[[str], None]) -> None:
        """Be told the name of every program that leaves the bus."""

        def heard(message: Message) -> None:
            if message.member == "NameOwnerChanged" and not message.body[2]:
                left(message.body[0])

        await self.watch(_WATCH_NAMES, heard)

    # ---- the tree of objects -------------------------------------------------------------------------------

    def export(self, path: str, interface: str, properties: Properties) -> None:
        """A new object."""
        self._objects[path] = {interface: properties}
        self._signal("/", _OBJECTS, "InterfacesAdded", "oa{sa{sv}}", [path, self._objects[path]])

    def unexport(self, path: str) -> None:
        """An object is gone."""
        interfaces = list(self._objects.pop(path, {}))
        if interfaces:
            self._signal("/", _OBJECTS, "InterfacesRemoved", "oas", [path, interfaces])

    def get(self, path: str, interface: str, name: str) -> Any:  # noqa: ANN401 - of any type
        """The value of a property."""
        return self._objects[path][interface][name].value

    def has(self, path: str) -> bool:
        """Whether an object is there."""
        return path in self._objects

    def answer(self, path: str, member: str, method: Method) -> None:
        """Serve a method."""
        self._methods[path, member] = method

    def change(self, path: str, interface: str, properties: Properties) -> None:
        """New values of an object."""
        self._objects[path][interface].update(properties)
        self._signal(path, _PROPERTIES, "PropertiesChanged", "sa{sv}as", [interface, properties, []])

    def tell(self, path: str, interface: str, properties: Properties) -> None:
        """New values that nobody keeps."""
        self._signal(path, _PROPERTIES, "PropertiesChanged", "sa{sv}as", [interface, properties, []])

    def _signal(self, path: str, interface: str, member: str, signature: str, body: list[Any]) -> None:
        if self._bus.connected:
            self._bus.send(Message.new_signal(path, interface, member, signature, body))

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Let something run as long as the tree is there."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ---- messages ------------------------------------------------------------------------------------------

    def _received(self, message: Message) -> bool | None:
        if message.message_type is MessageType.METHOD_CALL:
            self.start(self._reply(message))
            return True
        if message.message_type is MessageType.SIGNAL:
            for heard in self._watches:
                heard(message)
        return None

    async def _reply(self, message: Message) -> None:
        try:
            reply = await self._dispatch(message)
        except Refusal as refusal:
            reply = Message.new_error(message, refusal.name, refusal.text)
        if self._bus.connected:
            await self._bus.send(reply)

    async def _dispatch(self, message: Message) -> Message:
        path, member = str(message.path), str(message.member)
        if method := self._methods.get((path, member)):
            return await method(message)
        match message.interface, member:
            case (_, "GetManagedObjects"):
                return Message.new_method_return(message, "a{oa{sa{sv}}}", [self._objects])
            case (_, "GetAll"):
                return Message.new_method_return(message, "a{sv}", [self._properties(path, message.body[0])])
            case (_, "Get"):
                interface, name = message.body
                found = self._properties(path, interface)
                if name not in found:
                    raise Refusal("org.freedesktop.DBus.Error.InvalidArgs", f"no property {name}")
                return Message.new_method_return(message, "v", [found[name]])
            case (_, "Ping"):
                return Message.new_method_return(message)
            case _:
                kind = "UnknownMethod" if path in self._objects else "UnknownObject"
                raise Refusal(f"org.freedesktop.DBus.Error.{kind}", f"{member} on {path}")

    def _properties(self, path: str, interface: str) -> Properties:
        return self._objects.get(path, {}).get(interface, {})
