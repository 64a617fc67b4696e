"""`treadcoach stop`: stop a belt, whoever runs it. Nothing that can be done without keeps it from being tried."""

from __future__ import annotations

import asyncio
import os
from typing import NamedTuple

from treadcoach import config, passports
from treadcoach.conduct import EXIT_CODES, Occasion, conduct
from treadcoach.config import Configuration
from treadcoach.edges import ble
from treadcoach.edges.ble import BleLink
from treadcoach.errors import AuthorError, ConfigError, LinkError, StopNotConfirmedError
from treadcoach.events import Pressed, Result
from treadcoach.ftms import control_point
from treadcoach.machines import ATTEMPTS, BETWEEN_ATTEMPTS_S, in_its_time
from treadcoach.motion import Level, Machine
from treadcoach.output import Output
from treadcoach.passports import Identity, Record
from treadcoach.plain import PlainFront, has_keys
from treadcoach.preflight import plan
from treadcoach.program.reader import load
from treadcoach.rescue import LONELY_S, attempt, listen_again
from treadcoach.session import Session

# A program that moves nothing is none; of this one nothing is ever run.
_STANDSTILL = """
profile: 1
name: Stop
level: first
units: km/h
steps:
  - stand: 5 s
  - forward: 1.0
    for: 30 s
"""


class Aim(NamedTuple):
    """Which belt to stop, and what is known of it."""

    address: str
    adapters: tuple[str | None, ...]
    record: Record | None
    configuration: Configuration


def stop(address: str, adapter: str | None, output: Output) -> int:
    """Stop a belt; 0 when it was seen to stop.

    Raises:
        LinkError: the machine cannot be reached.
        StopNotConfirmedError: it was given up before the belt was seen to stop.
    """
    try:
        return in_its_time(_stop(_aim(address, adapter, output), output))
    except KeyboardInterrupt:
        raise StopNotConfirmedError("interrupted before the belt was seen to stop") from None


def _aim(address: str, adapter: str | None, output: Output) -> Aim:
    """Files that cannot be used are told and done without."""
    try:
        configuration = config.load()
    except ConfigError as error:
        _warn(error, output)
        configuration = config.defaults()
    try:
        record = passports.find(address, configuration.places.passports)
    except ConfigError as error:
        if not passports.is_address(address):
            raise  # a name means nothing without its passport
        _warn(error, output)
        record = None
    adapter = adapter or configuration.settings.adapter
    adapters = (adapter,) if adapter else ble.every_adapter()
    return Aim(record.address if record else address, adapters, record, configuration)


def _warn(error: AuthorError, output: Output) -> None:
    output.findings(tuple(finding._replace(severity="warning") for finding in error.findings))


async def _stop(aim: Aim, output: Output) -> int:
    link = await _reach(aim, output)
    try:
        code = await _conduct(link, aim, output)
    except StopNotConfirmedError as error:
        if not link.is_shared:
            raise
        print(f"STOP NOT CONFIRMED: {error}: pull the safety key!", file=output.err)
        code = EXIT_CODES[Result.STOP_NOT_CONFIRMED]
    if link.is_shared:
        output.say(
            "Another program on this computer has this link. It should have ended its session: see that it has."
        )
        # Another program has this link. Ending our loop would make bleak end it for both, and that program may still
        # have a belt to stop.
        output.out.flush()
        output.err.flush()
        os._exit(code)
    await link.disconnect()
    return code


async def _reach(aim: Aim, output: Output) -> BleLink:
    """A link as far as a stop needs it, by whichever adapter."""
    problem = LinkError(f"{aim.address} cannot be reached")
    for number in range(1, ATTEMPTS + 1):
        for adapter in aim.adapters:
            link = BleLink(aim.address, adapter, joins=True)
            try:
                await link.connect()
                await attempt(link, control_point.UUID)
            except LinkError as error:
                problem = error
                await link.disconnect()
                output.say(f"  {error}")
            else:
                return link
        if number < ATTEMPTS:
            output.say(f"Attempt {number + 1} of {ATTEMPTS} …")
            await asyncio.sleep(BETWEEN_ATTEMPTS_S)
    raise LinkError(f"{problem}. The belt was not stopped: pull the safety key!") from problem


async def _conduct(link: BleLink, aim: Aim, output: Output) -> int:
    identity = aim.record.identity if aim.record else Identity()
    known = passports.know(identity, link.name, aim.record, simulated=False)
    laid_out = plan(load(_STANDSTILL, "stop"), Level.FIRST, Machine(known.passport))
    rest: list[asyncio.Task[None]] = []

    def attend(session: Session) -> None:
        session.press(Pressed.STOP, "treadcoach stop")  # the first write of this link; everything else comes after it
        rest.append(asyncio.create_task(listen_again(link, lambda: link.is_lost), name="subscribe"))

    patience_s = None if has_keys() else LONELY_S
    occasion = Occasion(
        link.address, f"Stopping {link.name or link.address}.", is_stop=True, patience_s=patience_s, attend=attend
    )
    try:
        ending = await conduct(laid_out, link, occasion, aim.configuration, PlainFront(output), output)
    finally:
        for task in rest:
            task.cancel()
    return 0 if ending.result is Result.STOPPED else EXIT_CODES[ending.result]
