"""views.*, agent sessions and suggested prompts: what Slack takes and what it refuses."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.playground import NoLimits, Workspace, open_workspace
from chathakase.playground.person import PersonClient
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.triggers import Triggers
from chathakase.playground.world.values import Json
from tests.playground.clients import ALICE, ALICE_DM, BOT, ELSEWHERE, GENERAL, error_of
from tests.playground.page import open_page
from tests.playground.test_interactivity import modal, plain

HOME: Json = {"type": "home", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Welcome"}}]}


async def test_a_trigger_is_valid_once_and_for_three_seconds() -> None:
    now = 0.0
    triggers = Triggers(lambda: now)
    first, second = triggers.issue(ALICE), triggers.issue(ALICE)
    assert triggers.spend(first) == ALICE
    now = 3.1
    for trigger, code in ((first, "exchanged_trigger_id"), (second, "expired_trigger_id"), ("x", "invalid_trigger_id")):
        with pytest.raises(SlackError, match=code):
            triggers.spend(trigger)
    now = 10_000.0
    triggers.issue(ALICE)
    with pytest.raises(SlackError, match="invalid_trigger_id"):
        triggers.spend(second)


def _trigger(workspace: Workspace) -> str:
    return workspace.world.triggers.issue(ALICE)


async def test_a_view_has_slacks_shape(workspace: Workspace, bot: AsyncWebClient) -> None:
    view = (await bot.views_open(trigger_id=_trigger(workspace), view=modal(external_id="mine")))["view"]
    assert view["id"].startswith("V")
    assert (view["type"], view["root_view_id"], view["previous_view_id"]) == ("modal", view["id"], None)
    assert (view["app_id"], view["bot_id"], view["external_id"]) == ("A0HAKASE01", "B0HAKASE01", "mine")
    assert (view["state"], view["callback_id"]) == ({"values": {}}, "")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"title": plain("x" * 25)}, "must be less than 25 characters [json-pointer:/view/title/text]"),
        ({"submit": plain("x" * 25)}, "must be less than 25 characters [json-pointer:/view/submit/text]"),
        ({"close": plain("")}, "must be more than 0 characters [json-pointer:/view/close/text]"),
        ({"title": "Form"}, "must provide a plain_text object [json-pointer:/view/title]"),
        ({"submit": None}, "must define `submit` to use an `input` block in modals [json-pointer:/view]"),
        ({"private_metadata": "x" * 3_001}, "must be less than 3001 characters [json-pointer:/view/private_metadata]"),
        ({"callback_id": "x" * 256}, "must be less than 256 characters [json-pointer:/view/callback_id]"),
        ({"blocks": [{"type": "divider"}] * 101}, "no more than 100 items allowed [json-pointer:/view/blocks]"),
        ({"blocks": None}, "missing required field: blocks [json-pointer:/view]"),
        ({"blocks": [{"type": []}]}, "missing required field: type [json-pointer:/view/blocks/0]"),
        ({"blocks": [7]}, "must provide an object [json-pointer:/view/blocks/0]"),
        ({"type": "home"}, "invalid type, must be modal [json-pointer:/view/type]"),
    ],
)
async def test_a_view_that_slack_would_not_take(
    workspace: Workspace, bot: AsyncWebClient, more: Json, message: str
) -> None:
    with pytest.raises(SlackApiError) as refused:
        await bot.views_open(trigger_id=_trigger(workspace), view=modal(**more))
    assert refused.value.response["error"] == "invalid_arguments"
    assert refused.value.response["response_metadata"]["messages"] == [f"[ERROR] {message}"]


async def test_opening_needs_a_view_and_a_trigger(workspace: Workspace, bot: AsyncWebClient) -> None:
    trigger = _trigger(workspace)
    assert await error_of(bot.api_call("views.open", json={"trigger_id": trigger})) == "invalid_arguments"
    assert await error_of(bot.api_call("views.open", json={"view": modal()})) == "invalid_arguments"
    assert await error_of(bot.views_open(trigger_id="1.2.x", view=modal())) == "invalid_trigger_id"
    large = modal(blocks=[{"type": "section", "text": plain("x" * 3_000)}] * 90)
    assert await error_of(bot.views_open(trigger_id=trigger, view=large)) == "view_too_large"
    await bot.views_open(trigger_id=trigger, view=modal())
    assert await error_of(bot.views_open(trigger_id=trigger, view=modal())) == "exchanged_trigger_id"


async def test_three_views_in_a_stack(workspace: Workspace, bot: AsyncWebClient) -> None:
    assert await error_of(bot.views_push(trigger_id=_trigger(workspace), view=modal())) == "not_found"
    root = (await bot.views_open(trigger_id=_trigger(workspace), view=modal()))["view"]
    for _ in range(2):
        pushed = (await bot.views_push(trigger_id=_trigger(workspace), view=modal()))["view"]
        assert pushed["root_view_id"] == root["id"]
    assert await error_of(bot.views_push(trigger_id=_trigger(workspace), view=modal())) == "push_limit_reached"


async def test_a_view_is_updated_by_either_id_and_its_hash(workspace: Workspace, bot: AsyncWebClient) -> None:
    view = (await bot.views_open(trigger_id=_trigger(workspace), view=modal(external_id="mine")))["view"]
    changed = (await bot.views_update(view_id=view["id"], hash=view["hash"], view=modal(external_id="mine")))["view"]
    assert changed["id"] == view["id"]
    assert changed["hash"] != view["hash"]
    stale = bot.views_update(view_id=view["id"], hash=view["hash"], view=modal())
    assert await error_of(stale) == "hash_conflict"
    await bot.views_update(external_id="mine", view=modal(external_id="mine"))
    assert await error_of(bot.views_update(view_id="V0NOWHERE", view=modal())) == "not_found"
    assert await error_of(bot.api_call("views.update", json={"view": modal()})) == "invalid_arguments"
    pushed = bot.views_push(trigger_id=_trigger(workspace), view=modal(external_id="mine"))
    assert await error_of(pushed) == "duplicate_external_id"


async def test_a_home_tab_is_published(
    workspace: Workspace, session: aiohttp.ClientSession, bot: AsyncWebClient
) -> None:
    first = (await bot.views_publish(user_id=ALICE, view=HOME))["view"]
    second = (await bot.views_publish(user_id=ALICE, view=HOME, hash=first["hash"]))["view"]
    assert (first["type"], second["id"]) == ("home", first["id"])
    assert await error_of(bot.views_publish(user_id=ALICE, view=HOME, hash=first["hash"])) == "hash_conflict"
    assert await error_of(bot.views_publish(user_id=BOT, view=HOME)) == "invalid_arguments"
    assert await error_of(bot.views_publish(user_id=ALICE, view=modal())) == "invalid_arguments"
    async with open_page(workspace, session) as page:
        assert [(each["user"], each["view"]["id"]) for each in page.snapshot["homes"]] == [(ALICE, first["id"])]


@pytest.mark.usefixtures("outside")
async def test_an_app_without_a_home_tab(session: aiohttp.ClientSession) -> None:
    async with open_workspace(home_tab=False, limits=NoLimits()) as workspace:
        bot = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url, session=session)
        assert await error_of(bot.views_publish(user_id=ALICE, view=HOME)) == "not_enabled"
        workspace.world.open_home(ALICE, "home")
        assert workspace.pending_events == 0


async def test_a_page_that_comes_later_sees_the_open_modals(
    workspace: Workspace, session: aiohttp.ClientSession, bot: AsyncWebClient
) -> None:
    await bot.views_open(trigger_id=_trigger(workspace), view=modal())
    await bot.views_push(trigger_id=_trigger(workspace), view=modal())
    async with open_page(workspace, session) as page:
        assert [(await page.frame("view"))["do"], (await page.frame("view"))["do"]] == ["open", "push"]


async def test_prompts_are_suggested(
    workspace: Workspace, session: aiohttp.ClientSession, bot: AsyncWebClient, alice: PersonClient
) -> None:
    prompt = {"title": "Tea", "message": "Tell me about tea"}
    async with open_page(workspace, session) as page:
        await bot.assistant_threads_setSuggestedPrompts(channel_id=ALICE_DM, prompts=[prompt], title="Try")
        suggested = await page.frame("prompts")
        assert (suggested["channel"], suggested["title"], suggested["prompts"]) == (ALICE_DM, "Try", [prompt])
        assert "thread_ts" not in suggested
        root = await alice.say("hello", channel="@")
        await bot.assistant_threads_setSuggestedPrompts(channel_id=ALICE_DM, thread_ts=root, prompts=[prompt])
        assert (await page.frame("prompts"))["thread_ts"] == root
    for wrong in ([], [prompt] * 5, [{"title": "Tea"}]):
        call = bot.assistant_threads_setSuggestedPrompts(channel_id=ALICE_DM, prompts=wrong)
        assert await error_of(call) == "invalid_arguments"
    elsewhere = bot.assistant_threads_setSuggestedPrompts(channel_id=ELSEWHERE, prompts=[prompt])
    assert await error_of(elsewhere) == "not_in_channel"


async def test_sessions_have_a_state_and_a_title(
    workspace: Workspace, session: aiohttp.ClientSession, bot: AsyncWebClient, alice: PersonClient
) -> None:
    root = await alice.say("hello")
    place: Any = {"channel_id": GENERAL, "thread_ts": root}
    assert await error_of(bot.agents_sessions_rename(**place, title="Tea")) == "session_not_found"
    async with open_page(workspace, session) as page:
        await bot.agents_sessions_setStatus(**place, status="processing", title="Coffee")
        assert (await page.frame("status"))["status"] == "Working…"
        await bot.agents_sessions_setStatus(**place, status="active")
        assert (await page.frame("status"))["status"] == ""
    assert (await bot.agents_sessions_rename(**place, title="Tea"))["title"] == "Tea"
    await bot.assistant_threads_setTitle(**place, title="Green tea")
    assert workspace.world.sessions[GENERAL, root].title == "Green tea"
    assert await error_of(bot.agents_sessions_rename(**place, title="x" * 201)) == "invalid_arguments"
    assert await error_of(bot.agents_sessions_setStatus(**place, status="thinking")) == "invalid_status"
    no_thread = bot.agents_sessions_setStatus(channel_id=GENERAL, status="active")
    assert await error_of(no_thread) == "thread_ts_required"
    outside = bot.agents_sessions_setStatus(channel_id=ELSEWHERE, status="active", thread_ts=root)
    assert await error_of(outside) == "not_authorized"
