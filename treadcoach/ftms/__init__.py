"""The Fitness Machine Service as bytes, both directions, without I/O (FTMS 1.0 and 1.0.1).

One characteristic, one file; `client` is the protocol's client half: bytes in, reports out.
"""

from treadcoach.errors import WireError
from treadcoach.ftms.client import Client
from treadcoach.ftms.control_point import ControlPointRequest, ControlPointResponse
from treadcoach.ftms.feature import FitnessMachineFeature
from treadcoach.ftms.heart_rate import HeartRateMeasurement
from treadcoach.ftms.machine_status import FitnessMachineStatus
from treadcoach.ftms.ranges import SupportedHeartRateRange, SupportedInclinationRange, SupportedSpeedRange
from treadcoach.ftms.rsc import RscMeasurement
from treadcoach.ftms.training_status import TrainingStatus
from treadcoach.ftms.treadmill_data import TreadmillData

__all__ = [
    "Client",
    "ControlPointRequest",
    "ControlPointResponse",
    "FitnessMachineFeature",
    "FitnessMachineStatus",
    "HeartRateMeasurement",
    "RscMeasurement",
    "SupportedHeartRateRange",
    "SupportedInclinationRange",
    "SupportedSpeedRange",
    "TrainingStatus",
    "TreadmillData",
    "WireError",
]
