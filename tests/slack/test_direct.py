"""What a direct message is known by."""

from typing import Any

import pytest

from chathakase.slack.direct import is_direct, is_direct_message, is_said_directly


@pytest.mark.parametrize(
    ("channel", "direct"), [("D012AB3CD", True), ("C012AB3CD", False), ("G012AB3CD", False), ("", False), (None, False)]
)
def test_an_id(channel: object, direct: bool) -> None:
    assert is_direct(channel) == direct


@pytest.mark.parametrize(
    ("event", "direct"),
    [
        ({"channel": "D012AB3CD", "channel_type": "im"}, True),
        # An app_mention has no type of channel.
        ({"channel": "D012AB3CD"}, True),
        # Another server's ids may look like anything.
        ({"channel": "x7", "channel_type": "im"}, True),
        ({"channel": "C012AB3CD", "channel_type": "mpim"}, False),
        ({"channel": {"id": "D012AB3CD"}}, False),
        ({}, False),
    ],
)
def test_an_event(event: dict[str, Any], direct: bool) -> None:
    assert is_said_directly(event) == direct


@pytest.mark.parametrize(
    ("conversation", "direct"), [({"is_im": True}, True), ({"is_im": False, "is_mpim": True}, False), ({}, False)]
)
def test_what_slack_tells(conversation: dict[str, Any], direct: bool) -> None:
    assert is_direct_message(conversation) == direct
