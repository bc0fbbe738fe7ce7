"""What the settings alone tell of."""

from typing import Any

import pytest

from chathakase.config import Settings
from chathakase.diagnostics import check_access

NEEDED: dict[str, Any] = {"slack_bot_token": "xoxb-1", "slack_app_token": "xapp-1", "openai_api_key": "key"}


@pytest.mark.parametrize(
    ("access", "told"),
    [
        ({}, []),
        ({"guests": "on"}, ["members and guests may talk to the bot"]),
        ({"guests": "on", "external": "on"}, ["everybody may talk to the bot"]),
        (
            {"allowed_users": "U1 U2", "guests": "on"},
            ["only the 2 people in CHATHAKASE_ALLOWED_USERS may talk to the bot"],
        ),
        (
            {"allowed_channels": "C1", "external": "on"},
            ["members and people from elsewhere may talk to the bot, only in 1 channel and in direct messages"],
        ),
    ],
)
def test_who_may_talk_to_the_bot_is_told_where_it_was_set(access: dict[str, str], told: list[str]) -> None:
    given: dict[str, Any] = {f"chathakase_{name}": value for name, value in access.items()}
    settings = Settings(**NEEDED, **given)
    assert [finding.text for finding in check_access(settings)] == told
