"""The door of the Web API: encodings, tokens, scopes, limits, and faults on demand."""

import json

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.playground import Workspace, open_workspace
from chathakase.playground.person import PersonClient
from chathakase.playground.world.values import Json
from tests.playground.clients import ALICE, ALICE_DM, BOT, GENERAL, SECRET, error_of

pytestmark = pytest.mark.usefixtures("outside")


async def _post(workspace: Workspace, session: aiohttp.ClientSession, method: str, **request: object) -> Json:
    async with session.post(f"{workspace.api_url}{method}", **request) as response:  # type: ignore[arg-type]
        assert response.status == 200
        answer: Json = await response.json()
        return answer


def _bearer(token: str, content_type: str = "") -> dict[str, str]:
    headers = {"Authorization": f"Bearer {token}"}
    return headers | {"Content-Type": content_type} if content_type else headers


async def test_arguments_come_as_form_query_or_json(workspace: Workspace, session: aiohttp.ClientSession) -> None:
    token = workspace.bot_token
    as_form = await _post(workspace, session, "users.info", data={"token": token, "user": ALICE})
    as_query = await _post(workspace, session, f"users.info?token={token}&user={ALICE}")
    as_json = await _post(
        workspace,
        session,
        "users.info",
        data=json.dumps({"user": ALICE}),
        headers=_bearer(token, "application/json; charset=utf-8"),
    )
    multipart = aiohttp.FormData({"user": ALICE, "token": token})
    multipart._is_multipart = True
    as_multipart = await _post(workspace, session, "users.info", data=multipart)
    assert as_form == as_query == as_json == as_multipart
    assert as_form["user"]["name"] == "alice"
    async with session.get(f"{workspace.api_url}users.info?user={ALICE}", headers=_bearer(token)) as response:
        assert (await response.json())["ok"]


async def test_json_carries_no_token_and_wants_a_charset(workspace: Workspace, session: aiohttp.ClientSession) -> None:
    answer = await _post(workspace, session, "auth.test", json={"token": workspace.bot_token})
    assert answer["error"] == "not_authed"
    assert answer["warning"] == "missing_charset"
    assert answer["response_metadata"]["warnings"] == ["missing_charset"]


@pytest.mark.parametrize(
    ("content_type", "body", "error"),
    [
        ("application/json", "{", "invalid_json"),
        ("application/json", "[1]", "json_not_object"),
        ("text/xml", "<a/>", "invalid_post_type"),
    ],
)
async def test_a_malformed_body_is_told(
    workspace: Workspace, session: aiohttp.ClientSession, content_type: str, body: str, error: str
) -> None:
    headers = _bearer(workspace.bot_token, content_type)
    assert (await _post(workspace, session, "auth.test", data=body, headers=headers))["error"] == error


async def test_an_unknown_method_is_told_to_anybody(workspace: Workspace, session: aiohttp.ClientSession) -> None:
    answer = await _post(workspace, session, "chat.shout")
    assert answer == {"ok": False, "error": "unknown_method", "req_method": "chat.shout"}


async def test_api_test_gives_back_what_it_got(workspace: Workspace, session: aiohttp.ClientSession) -> None:
    assert await _post(workspace, session, "api.test") == {"ok": True}
    assert await _post(workspace, session, "api.test", data={"a": "1"}) == {"ok": True, "args": {"a": "1"}}
    failed = await _post(workspace, session, "api.test", data={"error": "my_error"})
    assert (failed["ok"], failed["error"]) == (False, "my_error")


async def test_who_calls_is_checked(workspace: Workspace, session: aiohttp.ClientSession) -> None:
    async def error(token: str, method: str) -> object:
        return (await _post(workspace, session, method, headers=_bearer(token))).get("error")

    assert (await _post(workspace, session, "auth.test"))["error"] == "not_authed"
    assert await error("xoxb-wrong", "auth.test") == "invalid_auth"
    assert await error("xoxc-U0ALICE001-wrong", "auth.test") == "invalid_auth"
    assert await error(workspace.app_token, "auth.test") == "not_allowed_token_type"
    assert await error(workspace.bot_token, "apps.connections.open") == "not_allowed_token_type"
    assert await error(workspace.token_of(ALICE), "assistant.threads.setStatus") == "not_allowed_token_type"
    with pytest.raises(KeyError):
        workspace.token_of(BOT)


async def test_auth_test_tells_bot_and_person_apart(bot: AsyncWebClient, alice: PersonClient) -> None:
    of_bot = await bot.auth_test()
    assert (of_bot["user_id"], of_bot["bot_id"], of_bot["user"]) == (BOT, "B0HAKASE01", "chathakase")
    assert "chat:write" in of_bot.headers["X-OAuth-Scopes"]
    of_alice = await alice.call("auth.test")
    assert of_alice["user_id"] == ALICE
    assert "bot_id" not in of_alice


async def test_scopes_are_needed_by_kind_of_conversation(session: aiohttp.ClientSession) -> None:
    async with open_workspace(scopes={"chat:write", "channels:history"}) as workspace:
        bot = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url, session=session)
        assert (await bot.conversations_history(channel=GENERAL))["ok"]
        with pytest.raises(SlackApiError) as refused:
            await bot.conversations_history(channel=SECRET)
        assert refused.value.response["error"] == "missing_scope"
        assert refused.value.response["needed"] == "groups:history"
        assert refused.value.response["provided"] == "channels:history,chat:write"
        assert await error_of(bot.users_info(user=ALICE)) == "missing_scope"


async def test_an_absent_argument_is_not_an_empty_one(bot: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as refused:
        await bot.api_call("conversations.history", params={})
    assert refused.value.response["error"] == "invalid_arguments"
    messages = refused.value.response["response_metadata"]["messages"]
    assert messages == ["[ERROR] missing required field: channel"]
    empty = bot.api_call("conversations.history", params={"channel": ""})
    assert await error_of(empty) == "channel_not_found"


async def test_too_many_calls_are_429_with_retry_after_for_the_bot_only(session: aiohttp.ClientSession) -> None:
    async with open_workspace() as workspace, workspace.person("alice") as alice:
        bot = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url, session=session)
        for number in range(10):
            await alice.say(f"hello {number}")
        for number in range(5):
            await bot.chat_postMessage(channel=GENERAL, text=str(number))
        with pytest.raises(SlackApiError) as refused:
            await bot.chat_postMessage(channel="#general", text="one more")
        assert refused.value.response.status_code == 429
        assert refused.value.response["error"] == "ratelimited"
        assert refused.value.response.headers["Retry-After"] == "1"
        assert workspace.journal.calls("chat.postMessage")[-1].status == 429


@pytest.mark.parametrize("names", [(GENERAL, "#general", "general"), (ALICE, ALICE_DM, ALICE)])
async def test_a_channel_by_another_name_has_the_same_limit(
    session: aiohttp.ClientSession, names: tuple[str, ...]
) -> None:
    async with open_workspace() as workspace:
        bot = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url, session=session)
        for number in range(5):
            await bot.chat_postMessage(channel=names[number % 3], text=str(number))
        assert await error_of(bot.chat_postMessage(channel=names[2], text="one more")) == "ratelimited"


async def test_the_journal_has_calls_without_tokens(workspace: Workspace, session: aiohttp.ClientSession) -> None:
    await _post(workspace, session, "users.info", data={"token": workspace.bot_token, "user": "U0"})
    (call,) = workspace.journal.calls("users.info")
    assert (call.caller, call.arguments, call.error) == (BOT, {"user": "U0"}, "user_not_found")
    assert workspace.bot_token not in str(list(workspace.journal))


async def test_the_journal_forgets_the_oldest() -> None:
    async with open_workspace(journal_limit=3) as workspace, workspace.person("bob") as bob:
        for _ in range(5):
            await bob.call("auth.test")
        assert len(workspace.journal) == 3
        workspace.journal.clear()
        assert not workspace.journal.calls()
