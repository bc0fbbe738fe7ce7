"""The settings that every bot of these tests has."""

from pathlib import Path
from typing import Any

from pydantic_settings import PydanticBaseSettingsSource as Source

from chathakase.config import Settings
from chathakase.playground.server import Workspace
from tests.model_server import ModelServer

OPEN_TO_ALL = {"chathakase_guests": "on", "chathakase_external": "on"}
"""Everybody may talk to the bot, whoever Slack says that they are."""


class GivenSettings(Settings):
    """What a test gives, and nothing of the environment, which takes several times as long to look through."""

    @classmethod
    def settings_customise_sources(cls, *_: Any, **sources: Any) -> tuple[Source, ...]:
        """Those alone that it is made with."""
        return (sources["init_settings"],)


def bot_settings(workspace: Workspace, model: ModelServer, database: Path) -> dict[str, Any]:
    """By the names of their fields; without background work, which would ask the model besides."""
    return {
        "slack_bot_token": workspace.bot_token,
        "slack_app_token": workspace.app_token,
        "slack_api_url": workspace.api_url,
        "openai_base_url": model.base_url,
        "chathakase_model": "scripted",
        "chathakase_background_model": "off",
        "chathakase_database_url": f"sqlite:///{database}",
    }
