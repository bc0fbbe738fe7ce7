"""A word for supervisors, over HTTP: whether the bot lives and works."""

from chathakase.health.health_server import Address, open_health
from chathakase.health.vitals import VitalSigns

__all__ = ["Address", "VitalSigns", "open_health"]
