"""What never changes about a machine: its services, its advertisement, what its readable values say."""

from __future__ import annotations

from treadcoach.ftms import (
    control_point,
    feature,
    heart_rate,
    machine_status,
    ranges,
    rsc,
    training_status,
    treadmill_data,
)
from treadcoach.ftms.feature import Feature, FitnessMachineFeature, Target
from treadmill_simulator import gatt
from treadmill_simulator.gatt import Advertisement, Characteristic, Service
from treadmill_simulator.switches import Character, field_names


def advertisement(character: Character) -> Advertisement:
    """What is sent while nobody is connected."""
    extra = (gatt.HEART_RATE,) if character.strap else ()
    data = bytes.fromhex(character.service_data)
    return Advertisement(character.local_name, (gatt.FITNESS_MACHINE, *extra), data)


def value(character: Character, uuid: int) -> bytes | None:
    """A readable value; ``None`` where the machine has none of it."""
    match uuid:
        case feature.UUID:
            return bytes.fromhex(character.features) or _true_features(character).to_bytes()
        case ranges.SupportedSpeedRange.UUID | ranges.SupportedInclinationRange.UUID:
            return _range(character, uuid)
        case gatt.RSC_FEATURE if character.foot_pod:
            return b"\x07\x00"  # stride length, total distance, walking or running
        case _:
            strings = {
                gatt.MANUFACTURER_NAME: character.manufacturer,
                gatt.MODEL_NUMBER: character.model,
                gatt.FIRMWARE_REVISION: character.firmware,
            }
            return strings[uuid].encode() if uuid in strings else None


def _range(character: Character, uuid: int) -> bytes | None:
    if character.ranges != "true":
        return bytes(6) if character.ranges == "zero" else None
    if uuid == ranges.SupportedSpeedRange.UUID:
        return ranges.SupportedSpeedRange(*character.grid).to_bytes()
    return ranges.SupportedInclinationRange(0, round(character.maximum_incline_percent * 10), 10).to_bytes()


_TRUE_FEATURES = {
    "average": Feature.AVERAGE_SPEED,
    "distance": Feature.TOTAL_DISTANCE,
    "incline": Feature.INCLINATION,
    "elevation": Feature.ELEVATION_GAIN,
    "pace1": Feature.PACE,
    "pace2": Feature.PACE,
    "energy": Feature.EXPENDED_ENERGY,
    "heart_rate": Feature.HEART_RATE,
    "met": Feature.METABOLIC_EQUIVALENT,
    "time": Feature.ELAPSED_TIME,
    "remaining": Feature.REMAINING_TIME,
}


def _true_features(character: Character) -> FitnessMachineFeature:
    features = Feature(0)
    for name in field_names(character.fields):
        features |= _TRUE_FEATURES.get(name, Feature(0))
    if character.steps == "counted":
        features |= Feature.STEP_COUNT
    inclines = Target.INCLINATION if character.maximum_incline_percent else Target(0)
    return FitnessMachineFeature(features, Target.SPEED | inclines)


def services(character: Character) -> tuple[Service, ...]:
    """Everything that a client can discover."""
    read, notify = ("read",), ("notify",)
    fitness = [Characteristic(feature.UUID, read), Characteristic(treadmill_data.UUID, notify)]
    if character.training_status != "none":
        fitness.append(Characteristic(training_status.UUID, ("read", "notify")))
    if character.ranges != "missing":
        uuids = (ranges.SupportedSpeedRange.UUID, ranges.SupportedInclinationRange.UUID)
        fitness += [Characteristic(uuid, read) for uuid in uuids]
    if character.control_point != "none":
        fitness.append(Characteristic(control_point.UUID, tuple(character.control_point.split(","))))
    fitness.append(Characteristic(machine_status.UUID, notify))
    if character.lock:
        fitness.append(Characteristic(gatt.VENDOR_LOCK, ("write",)))
    services = [Service(gatt.FITNESS_MACHINE, tuple(fitness))]
    strings = (gatt.MANUFACTURER_NAME, gatt.MODEL_NUMBER, gatt.FIRMWARE_REVISION)
    services.append(Service(gatt.DEVICE_INFORMATION, tuple(Characteristic(uuid, read) for uuid in strings)))
    if character.strap:
        services.append(Service(gatt.HEART_RATE, (Characteristic(heart_rate.UUID, notify),)))
    if character.foot_pod:
        pod = (Characteristic(rsc.UUID, notify), Characteristic(gatt.RSC_FEATURE, read))
        services.append(Service(gatt.RUNNING_SPEED_AND_CADENCE, pod))
    if character.marked:
        services.append(Service(gatt.MARKER, (Characteristic(gatt.CLOCK_RATE, read),)))
    return tuple(services)
