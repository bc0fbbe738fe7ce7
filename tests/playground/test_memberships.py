"""users.conversations: where somebody is, as far as the caller may know."""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.playground import NoLimits, Workspace, open_workspace
from tests.playground.clients import ALICE, ALICE_DM, BOB, CAROL, ELSEWHERE, GENERAL, GROUP_DM, RANDOM, SECRET, error_of

pytestmark = pytest.mark.usefixtures("outside")

ALL = "public_channel,private_channel,mpim,im"


async def ids(bot: AsyncWebClient, **arguments: Any) -> list[str]:
    return [channel["id"] for channel in (await bot.users_conversations(**arguments))["channels"]]


async def test_it_lists_where_somebody_is(bot: AsyncWebClient) -> None:
    assert await ids(bot, user=ALICE, types=ALL) == [GENERAL, RANDOM, SECRET, ELSEWHERE, ALICE_DM, GROUP_DM]
    assert await ids(bot, user=CAROL, types="public_channel,private_channel") == [GENERAL, RANDOM, ELSEWHERE]
    assert await ids(bot) == [GENERAL, RANDOM]


async def test_what_the_bot_is_not_in_stays_private(bot: AsyncWebClient, workspace: Workspace) -> None:
    workspace.remove_bot(SECRET)
    workspace.world.open_direct([ALICE, BOB])
    assert SECRET not in await ids(bot, user=ALICE, types=ALL)
    assert await ids(bot, user=ALICE, types="im") == [ALICE_DM]


async def test_archived_channels_are_left_out_on_request(bot: AsyncWebClient, workspace: Workspace) -> None:
    workspace.archive(RANDOM)
    assert RANDOM in await ids(bot, user=ALICE)
    assert RANDOM not in await ids(bot, user=ALICE, exclude_archived=True)


async def test_it_comes_in_pages_of_limited_conversations(bot: AsyncWebClient) -> None:
    first = await bot.users_conversations(user=ALICE, types=ALL, limit=4)
    assert all("is_member" not in channel for channel in first["channels"])
    cursor = first["response_metadata"]["next_cursor"]
    assert await ids(bot, user=ALICE, types=ALL, limit=4, cursor=cursor) == [ALICE_DM, GROUP_DM]


@pytest.mark.parametrize(
    ("arguments", "code"), [({"user": "U0NOBODY01"}, "user_not_found"), ({"types": "room"}, "invalid_types")]
)
async def test_what_slack_refuses(bot: AsyncWebClient, arguments: dict[str, Any], code: str) -> None:
    assert await error_of(bot.users_conversations(**arguments)) == code


async def test_each_kind_needs_its_scope() -> None:
    async with open_workspace(scopes={"channels:read", "im:read"}, limits=NoLimits()) as workspace:
        bot = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
        assert await ids(bot, user=ALICE, types="public_channel,im")
        assert await error_of(bot.users_conversations(user=ALICE, types=ALL)) == "missing_scope"
