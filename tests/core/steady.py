"""How examples are made up: the same ones every time, however busy the machine is."""

from hypothesis import HealthCheck, settings

steady = settings(deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
