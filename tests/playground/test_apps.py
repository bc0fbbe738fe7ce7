"""The settings of the app, as whoever made it reads them."""

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.playground import Workspace, open_workspace
from tests.playground.clients import error_of

pytestmark = pytest.mark.usefixtures("outside")


async def test_the_manifest_tells_scopes_and_events(session: aiohttp.ClientSession) -> None:
    async with open_workspace(scopes=["im:history", "chat:write"], subscriptions=["message.im"]) as workspace:
        client = AsyncWebClient(token=workspace.config_token, base_url=workspace.api_url, session=session)
        answer = await client.apps_manifest_export(app_id=workspace.world.app.id)
    manifest = answer["manifest"]
    assert manifest["oauth_config"]["scopes"]["bot"] == ["chat:write", "im:history"]
    assert manifest["settings"]["event_subscriptions"]["bot_events"] == ["message.im"]


async def test_other_tokens_and_other_apps_are_refused(workspace: Workspace, bot: AsyncWebClient) -> None:
    app = workspace.world.app.id
    assert await error_of(bot.apps_manifest_export(app_id=app)) == "not_allowed_token_type"
    assert await error_of(bot.apps_manifest_export(app_id=app, token="xoxe.xoxp-1-wrong")) == "invalid_auth"
    assert await error_of(bot.apps_manifest_export(app_id="A0", token=workspace.config_token)) == "app_not_found"
    assert await error_of(bot.auth_test(token=workspace.config_token)) == "not_allowed_token_type"
