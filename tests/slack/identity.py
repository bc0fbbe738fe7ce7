"""The bot, as tests without a workspace know it."""

from chathakase.slack.web.identity import Identity
from tests.places import TEAM

BOT = Identity(user_id="U0BOT", bot_id="B0BOT", team_id=TEAM, name="ChatHakase")
