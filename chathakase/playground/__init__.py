"""A local Slack workspace that any Slack client can be pointed at, and an echo model to go with it."""

from chathakase.playground.model.server import ModelServer, open_model
from chathakase.playground.persistence.database import StoreError, forget
from chathakase.playground.server import Workspace, open_workspace
from chathakase.playground.web_api.limits import Limits, NoLimits
from chathakase.playground.world.demo import demo_world
from chathakase.playground.world.world import World

__all__ = [
    "Limits",
    "ModelServer",
    "NoLimits",
    "StoreError",
    "Workspace",
    "World",
    "demo_world",
    "forget",
    "open_model",
    "open_workspace",
]
