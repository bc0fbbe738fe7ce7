"""``chathakase run``."""

import logging

from chathakase.app import open_bot
from chathakase.config import read_settings
from chathakase.shutdown import end_within, until_told_to_stop

CLOSE_WITHIN = 4.5
"""Seconds after the grace period in which everything is closed."""

log = logging.getLogger(__name__)


async def serve() -> None:
    """Answer until told to stop. Raises SettingsError and StartError."""
    settings = read_settings()
    async with open_bot(settings) as manager:
        log.info("Connected to Slack; answering with %s", settings.chathakase_model)
        await until_told_to_stop()
        log.info("Stopping; work in progress has %g s to finish", settings.chathakase_grace)
        manager.begin_shutdown()
        end_within(settings.chathakase_grace + CLOSE_WITHIN)
