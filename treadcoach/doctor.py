"""The doctor: what this computer's Bluetooth and a machine can do, as a report that can be pasted somewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import ClassVar

from treadcoach import passports
from treadcoach.config import Configuration, load
from treadcoach.diagnosis import Heard, Remark, examine
from treadcoach.edges import ble, voice
from treadcoach.edges.ble import BleLink
from treadcoach.edges.radio_faults import ONE_AT_A_TIME
from treadcoach.ftms import control_point
from treadcoach.link import SUBSCRIPTIONS, read_all
from treadcoach.machines import adapter_of, line_of
from treadcoach.output import Output
from treadcoach.passports import Known
from treadcoach.treadmill import CAPABILITIES


def report(address: str | None, adapter: str | None, seconds: float, output: Output, *, speaks: bool) -> int:
    """What this computer and a machine can do; nothing is asked of the machine's control point."""
    configuration = load()
    told = _Report(output)
    told.title("this computer's voice")
    for remark in _voices(speaks=speaks):
        told.line(remark)
    adapter = adapter_of(adapter, configuration)
    told.title("this computer's Bluetooth")
    for text in ble.host():
        told.line(Remark("ok", text))
    if address is None:
        found = asyncio.run(ble.scan(adapter, ble.SCAN_S, passports.local_names()))
        told.line(Remark("ok", f"Bluetooth works: {len(found)} machines in range"))
        for machine in found:
            told.line(Remark("ok", line_of(machine)))
        if not found:
            told.line(Remark("note", ONE_AT_A_TIME))
        return 0
    return asyncio.run(_examine(address, adapter, seconds, configuration, told))


def _voices(*, speaks: bool) -> Iterator[Remark]:
    """What can be heard, and what will be."""
    found = voice.commands()
    for speech in found:
        if not speaks:
            yield Remark("ok", f"{speech.name} is here; --speak lets it say something")
        elif voice.is_heard(speech):
            yield Remark("ok", f"{speech.name} has spoken, for as long as speaking takes: did you hear it?")
        else:
            yield Remark("warning", f"{speech.name} was silent: is there a loudspeaker, and is the sound on?")
    if not found:
        yield Remark("warning", "no voice; on Debian and Ubuntu: apt install espeak-ng")
        yield Remark("ok", "changes are beeped by the terminal's bell alone")
    else:
        yield Remark("ok", "`run` takes the first that is heard, else the terminal's bell")


async def _examine(
    address: str, adapter: str | None, seconds: float, configuration: Configuration, told: _Report
) -> int:
    record = passports.find(address, configuration.places.passports)
    link = BleLink(record.address if record else address, adapter)
    loop = asyncio.get_running_loop()
    heard: list[Heard] = []
    link.listen(lambda uuid, data: heard.append(Heard(loop.time(), uuid, data)), lambda _: None)
    await link.connect()
    try:
        clock_rate = await link.clock_rate()
        is_simulated, rate = clock_rate is not None, clock_rate or 1.0
        values = await read_all(link, (*passports.IDENTITY, *CAPABILITIES))
        for uuid in SUBSCRIPTIONS:
            if uuid != control_point.UUID and link.has(uuid):
                await link.subscribe(uuid)
        told.title(f"{link.name or '(no name)'}, {link.address}")
        await asyncio.sleep(seconds)
        table = link.table()
    finally:
        await link.disconnect()
    identity = passports.identify(values)
    known = passports.know(identity, link.name, record, simulated=is_simulated)
    for name, said in identity.model_dump().items():
        told.line(Remark("ok" if said else "note", f"{name}: {said or 'it does not say'}"))
    for number, properties in table.items():
        told.line(Remark("ok", f"characteristic {number}: {', '.join(properties)}"))
    heard = [Heard(h.at * rate, h.uuid, h.data) for h in heard]
    for remark in examine(table, values, heard):
        told.line(remark)
    told.title("what is known of it")
    for text in _knowledge(known):
        told.line(Remark("ok", text))
    told.title("the last frames")
    for uuid, data in [(h.uuid, h.data) for h in heard][-6:]:
        told.line(Remark("ok", f"{uuid:04x}  {data.hex(' ')}"))
    return 0


def _knowledge(known: Known) -> list[str]:
    lines = []
    if known.quirk:
        lines.append(f"quirk book: {known.quirk.name} ({known.quirk.confidence}: {known.quirk.source})")
    if known.record:
        lines += [f"passport: {s.step}, {s.date}: {s.found}" for s in known.record.steps]
    lines += [f"its passport is void: {difference}" for difference in known.voided]
    facts = known.facts.model_dump(exclude_none=True)
    lines += [f"{name}: {value}" for name, value in facts.items()]
    return lines or ["nothing: no passport, and no entry in the quirk book"]


class _Report:
    """Prints remarks: lines that can be pasted into a report, or objects."""

    _MARKS: ClassVar = {"ok": " ", "note": "-", "warning": "!", "error": "!!"}

    def __init__(self, output: Output) -> None:
        self._output = output
        self._section = ""

    def title(self, text: str) -> None:
        """A new section."""
        self._section = text
        self._output.say(f"\n{text}")

    def line(self, remark: Remark) -> None:
        """One remark."""
        if self._output.json:
            self._output.data({"section": self._section, **remark._asdict()})
        else:
            self._output.say(f"  {self._MARKS[remark.severity]:<2} {remark.text}")
