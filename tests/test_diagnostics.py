"""What the settings alone tell of."""

from typing import Any

import pytest

from chathakase.config import Settings
from chathakase.diagnostics import check_access, check_daily_limits

NEEDED: dict[str, Any] = {"slack_bot_token": "xoxb-1", "slack_app_token": "xapp-1", "openai_api_key": "key"}


def settings(given: dict[str, str]) -> Settings:
    """Settings by their names without the prefix."""
    prefixed: dict[str, Any] = {f"chathakase_{name}": value for name, value in given.items()}
    return Settings(**NEEDED, **prefixed)


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
            {"allowed_users": "U1 U2", "admins": "U2 U3"},
            ["only the 2 people in CHATHAKASE_ALLOWED_USERS and 1 more in CHATHAKASE_ADMINS may talk to the bot"],
        ),
        (
            {"allowed_channels": "C1", "external": "on"},
            [
                "members and people from other organisations may talk to the bot, "
                "only in 1 channel and in direct messages"
            ],
        ),
    ],
)
def test_who_may_talk_to_the_bot_is_told_where_it_was_set(access: dict[str, str], told: list[str]) -> None:
    assert [finding.text for finding in check_access(settings(access))] == told


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ({}, []),
        ({"daily_questions": "0//"}, []),
        ({"daily_questions": "1"}, ["1 question for each person"]),
        ({"daily_cost": "//50"}, ["$50.00 for everybody together"]),
        (
            {"daily_questions": "20/200", "daily_tokens": "100000//5000000", "daily_cost": "0.5"},
            [
                "20 questions, 100,000 tokens, $0.50 for each person; 200 questions for each channel; "
                "5,000,000 tokens for everybody together"
            ],
        ),
    ],
)
def test_daily_limits_are_told_where_they_were_set(limits: dict[str, str], told: list[str]) -> None:
    assert [finding.text for finding in check_daily_limits(settings(limits))] == told
