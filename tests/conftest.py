"""Settings of the whole suite: the same examples in every run, and no opinion on how long one takes."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("suite", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")
