"""treadcoach: an interval coach for retro running on a treadmill."""

__version__ = "0.1.0"
