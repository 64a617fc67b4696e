"""What a peripheral shows of itself: services, characteristics, advertisement. Numbers and names only.

A UUID is an integer here: below 0x10000 a number of the Bluetooth SIG, otherwise all 128 bits.
"""

from __future__ import annotations

import uuid as uuids
from typing import NamedTuple

SHORT = 0x10000  # below this a number stands for itself within the base UUID
_SHORT_TEXT = 6  # "0x2ad9" is the longest form of one
_BASE = uuids.UUID("00000000-0000-1000-8000-00805f9b34fb").int

FITNESS_MACHINE = 0x1826
DEVICE_INFORMATION = 0x180A
HEART_RATE = 0x180D
RUNNING_SPEED_AND_CADENCE = 0x1814

MANUFACTURER_NAME = 0x2A29
MODEL_NUMBER = 0x2A24
FIRMWARE_REVISION = 0x2A26
RSC_FEATURE = 0x2A54

MARKER = uuids.UUID("b5f90001-7265-7472-6f63-6f6163680001").int
"""The service by which a simulated machine says that it is one."""
CLOCK_RATE = uuids.UUID("b5f90002-7265-7472-6f63-6f6163680001").int
"""How fast its clock runs: u16, hundredths."""
VENDOR_LOCK = uuids.UUID("d18d2c10-c44c-11e8-a355-529269fb1459").int
"""Where machines of one dialect want their maker's code before the control point opens."""


def text(uuid: int) -> str:
    """The 128-bit form, as buses and radios want it."""
    return str(uuids.UUID(int=_BASE | uuid << 96 if uuid < SHORT else uuid))


def shown(uuid: int) -> str:
    """As people write it: ``2ad9``, or all of it."""
    return f"{uuid:04x}" if uuid < SHORT else text(uuid)


def number(uuid: str) -> int:
    """The inverse of `text`; a short form such as ``2ad9`` is understood too."""
    if len(uuid) <= _SHORT_TEXT:
        return int(uuid, 16)
    value = uuids.UUID(uuid).int
    short = value >> 96
    return short if short < SHORT and value == _BASE | short << 96 else value


class Characteristic(NamedTuple):
    """One characteristic."""

    uuid: int
    properties: tuple[str, ...]
    """As on D-Bus: ``read``, ``write``, ``write-without-response``, ``notify``, ``indicate``."""

    @property
    def subscribable(self) -> bool:
        """Whether it can send by itself."""
        return "notify" in self.properties or "indicate" in self.properties


class Service(NamedTuple):
    """One primary service."""

    uuid: int
    characteristics: tuple[Characteristic, ...]


class Frame(NamedTuple):
    """One notification or indication."""

    uuid: int
    data: bytes


class Advertisement(NamedTuple):
    """What is sent while nobody is connected."""

    name: str
    """Empty: it has none."""
    services: tuple[int, ...]
    service_data: bytes
    """Behind the number of the Fitness Machine Service; empty: none."""
