"""A local Slack workspace that any Slack client can be pointed at, and an echo model to go with it."""

from chathakase.playground.model.model_server import EchoModel, open_model
from chathakase.playground.persistence.workspace_file import WorkspaceFileError, forget
from chathakase.playground.server import Workspace, open_workspace
from chathakase.playground.web_api.tiers import Limits, NoLimits
from chathakase.playground.world.demo import demo_world
from chathakase.playground.world.world import World

__all__ = [
    "EchoModel",
    "Limits",
    "NoLimits",
    "Workspace",
    "WorkspaceFileError",
    "World",
    "demo_world",
    "forget",
    "open_model",
    "open_workspace",
]
