"""A Bolt app and a person on the page: clicks, modals, shortcuts, commands and what the app answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.playground import NoLimits, Workspace, open_workspace
from chathakase.playground.interactivity.choices import REQUIRED
from chathakase.playground.person import PersonClient
from chathakase.playground.world.values import Json
from tests.playground.clients import ALICE, ALICE_DM, BOB, GENERAL, app_socket, error_of
from tests.playground.page import PageClient, open_page

COMMANDS = [{"command": "/ask", "description": "Asks"}]
SHORTCUTS = [
    {"type": "global", "name": "Start", "callback_id": "start", "description": ""},
    {"type": "message", "name": "About", "callback_id": "about", "description": ""},
]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(value: str) -> Json:
    return {"text": plain(value.upper()), "value": value}


def modal(**more: Any) -> Json:
    name = {"type": "plain_text_input", "action_id": "name", "max_length": 10}
    block = {"type": "input", "block_id": "who", "label": plain("Who"), "element": name}
    return {"type": "modal", "title": plain("Form"), "submit": plain("Send"), "blocks": [block], **more}


BUTTON: Json = {"type": "button", "action_id": "go", "text": plain("Go"), "value": "1"}
ACTIONS: Json = {"type": "actions", "block_id": "acts", "elements": [BUTTON]}


@pytest.fixture
async def workspace(outside: None) -> AsyncIterator[Workspace]:
    opening = open_workspace(seed=1, limits=NoLimits(), commands=COMMANDS, shortcuts=SHORTCUTS)
    async with opening as opened:
        yield opened


@pytest.fixture
async def page(workspace: Workspace, session: aiohttp.ClientSession) -> AsyncIterator[PageClient]:
    async with open_page(workspace, session) as opened:
        yield opened


@pytest.fixture
async def bot_app(workspace: Workspace, bot: AsyncWebClient) -> AsyncIterator[AsyncApp]:
    """A Bolt app that is connected, and to which listeners are added by the test."""
    app = AsyncApp(client=bot)

    @app.event({"type": "message"})
    async def heard() -> None:
        """Messages need an acknowledgement only."""

    async with _connected(workspace, app):
        yield app


@asynccontextmanager
async def _connected(workspace: Workspace, app: AsyncApp) -> AsyncIterator[None]:
    handler = AsyncSocketModeHandler(app, workspace.app_token)
    await handler.connect_async()
    await workspace.wait_for_socket()
    try:
        yield
    finally:
        await handler.close_async()


async def _posted(bot: AsyncWebClient, *blocks: Json, channel: str = GENERAL) -> str:
    return str((await bot.chat_postMessage(channel=channel, text="see", blocks=list(blocks)))["ts"])


async def _press(page: PageClient, ts: str, **more: Any) -> Json:
    action = {"type": "button", "block_id": "acts", "action_id": "go", **more}
    return await page.do("act", channel=GENERAL, ts=ts, action=action)


async def test_a_button_opens_a_modal_which_is_corrected_updated_and_sent(
    bot_app: AsyncApp, bot: AsyncWebClient, page: PageClient
) -> None:
    submitted: list[Json] = []

    @bot_app.action("go")
    async def pressed(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        assert body["actions"][0]["value"] == "1"
        assert (body["user"]["id"], body["channel"]["id"]) == (ALICE, GENERAL)
        await client.views_open(trigger_id=body["trigger_id"], view=modal(callback_id="form", private_metadata="x"))

    @bot_app.view("form")
    async def sent(ack: Any, view: Json) -> None:
        submitted.append(view)
        name = view["state"]["values"]["who"]["name"]["value"]
        if name == "nobody":
            await ack(response_action="errors", errors={"who": "Not them"})
        elif name == "again":
            await ack(response_action="update", view=modal(callback_id="form", title=plain("Once more")))
        else:
            await ack()

    await _press(page, await _posted(bot, ACTIONS))
    opened = await page.frame("view")
    assert (opened["do"], opened["user"], opened["view"]["private_metadata"]) == ("open", ALICE, "x")
    view_id = opened["view"]["id"]

    def values(name: str | None) -> Json:
        return {"who": {"name": {"type": "plain_text_input", "value": name}}}

    assert await page.do("submit", view_id=view_id, values=values("")) == {"errors": {"who": REQUIRED}}
    assert await page.do("submit", view_id=view_id, values=values("nobody")) == {"errors": {"who": "Not them"}}
    assert await page.do("submit", view_id=view_id, values=values("again")) == {}
    updated = await page.frame("view")
    assert (updated["do"], updated["view"]["title"]["text"]) == ("update", "Once more")
    assert await page.do("submit", view_id=view_id, values=values("Ada")) == {}
    assert (await page.frame("view"))["do"] == "close"
    assert [each["state"]["values"]["who"]["name"]["value"] for each in submitted] == ["nobody", "again", "Ada"]
    assert await error_of(page.do("submit", view_id=view_id, values=values("Ada"))) == "view_not_found"


async def test_an_ack_may_push_and_clear(bot_app: AsyncApp, bot: AsyncWebClient, page: PageClient) -> None:
    @bot_app.action("go")
    async def pressed(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal(callback_id="first"))

    @bot_app.view("first")
    async def first(ack: Any) -> None:
        await ack(response_action="push", view=modal(callback_id="second"))

    @bot_app.view("second")
    async def second(ack: Any, view: Json) -> None:
        assert view["previous_view_id"] == view["root_view_id"]
        await ack(response_action="clear")

    await _press(page, await _posted(bot, ACTIONS))
    values = {"who": {"name": {"value": "Ada"}}}
    await page.do("submit", view_id=(await page.frame("view"))["view"]["id"], values=values)
    pushed = await page.frame("view")
    assert pushed["do"] == "push"
    await page.do("submit", view_id=pushed["view"]["id"], values=values)
    assert (await page.frame("view"))["do"] == "clear"


async def test_a_closed_modal_is_told_if_asked_for(bot_app: AsyncApp, workspace: Workspace, page: PageClient) -> None:
    closed: list[Json] = []

    @bot_app.view_closed("form")
    async def on_close(ack: Any, body: Json) -> None:
        await ack()
        closed.append(body)

    for clear in (False, True):
        trigger = workspace.world.triggers.issue(ALICE)
        view = modal(callback_id="form", notify_on_close=True)
        opened = (await bot_app.client.views_open(trigger_id=trigger, view=view))["view"]
        assert await error_of(page.do("close", user=BOB, view_id=opened["id"])) == "view_not_found"
        await page.do("close", view_id=opened["id"], clear=clear)
    assert [body["is_cleared"] for body in closed] == [False, True]
    assert closed[0]["view"]["callback_id"] == "form"


async def test_an_unanswered_click_fails(workspace: Workspace, bot: AsyncWebClient, page: PageClient) -> None:
    ts = await _posted(bot, ACTIONS)
    assert await error_of(_press(page, ts)) == "not_acknowledged"
    assert await error_of(_press(page, "1700000000.000100")) == "message_not_found"
    assert await error_of(_press(page, ts, action_id="stop")) == "action_not_found"
    assert await error_of(page.do("command", channel=GENERAL, text="/ask")) == "dispatch_failed"
    assert await error_of(page.do("shortcut", callback_id="start")) == "not_acknowledged"


CHOICES: list[tuple[Json, Json]] = [
    ({"type": "static_select", "options": [option("a"), option("b")]}, {"selected_option": option("b")}),
    ({"type": "multi_static_select", "options": [option("a")]}, {"selected_options": [option("a")]}),
    ({"type": "external_select"}, {"selected_option": option("z")}),
    ({"type": "users_select"}, {"selected_user": BOB}),
    ({"type": "conversations_select"}, {"selected_conversation": GENERAL}),
    ({"type": "channels_select"}, {"selected_channel": GENERAL}),
    ({"type": "multi_users_select"}, {"selected_users": [BOB]}),
    ({"type": "overflow", "options": [option("a"), option("b")]}, {"selected_option": option("a")}),
    ({"type": "radio_buttons", "options": [option("a")]}, {"selected_option": option("a")}),
    ({"type": "checkboxes", "options": [option("a")]}, {"selected_options": [option("a")]}),
    ({"type": "datepicker"}, {"selected_date": "2026-11-20"}),
    ({"type": "timepicker"}, {"selected_time": "12:30"}),
]


@pytest.mark.parametrize(("element", "choice"), CHOICES, ids=[str(each[0]["type"]) for each in CHOICES])
async def test_a_choice_is_told(
    workspace: Workspace,
    session: aiohttp.ClientSession,
    bot: AsyncWebClient,
    page: PageClient,
    element: Json,
    choice: Json,
) -> None:
    ts = await _posted(bot, {"type": "actions", "block_id": "acts", "elements": [element | {"action_id": "pick"}]})
    async with app_socket(workspace, session) as app:
        acting = {"type": element["type"], "block_id": "acts", "action_id": "pick", **choice}
        await _ack_next(app, page, acting, ts)
        envelope = app.received[-1]
    payload = envelope["payload"]
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("interactive", True)
    action = payload["actions"][0]
    assert {name: action[name] for name in choice} == choice
    assert (action["type"], action["block_id"], action["action_id"]) == (element["type"], "acts", "pick")
    assert payload["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": GENERAL,
        "is_ephemeral": False,
    }
    if element["type"] != "overflow":
        assert payload["state"]["values"]["acts"]["pick"]["type"] == element["type"]


async def _ack_next(app: Any, page: PageClient, action: Json, ts: str) -> Json:
    """Act, with an app that acknowledges the interaction whatever events come before it."""
    acting = asyncio.create_task(page.do("act", channel=GENERAL, ts=ts, action=action))
    while (await app.envelope())["type"] != "interactive":
        pass
    return await acting


async def test_what_is_not_offered_cannot_be_chosen(bot: AsyncWebClient, page: PageClient) -> None:
    element = {"type": "static_select", "action_id": "pick", "options": [option("a")]}
    ts = await _posted(bot, {"type": "actions", "block_id": "acts", "elements": [element]})
    action = {"block_id": "acts", "action_id": "pick", "selected_option": option("z")}
    assert await error_of(page.do("act", channel=GENERAL, ts=ts, action=action)) == "option_not_found"
    field = {"type": "plain_text_input", "action_id": "pick"}
    ts = await _posted(bot, {"type": "input", "block_id": "acts", "label": plain("Text"), "element": field})
    action = {"block_id": "acts", "action_id": "pick", "value": "x"}
    assert await error_of(page.do("act", channel=GENERAL, ts=ts, action=action)) == "action_not_dispatched"


async def test_feedback_icons_and_dispatched_inputs_act(
    workspace: Workspace, session: aiohttp.ClientSession, bot: AsyncWebClient, page: PageClient
) -> None:
    feedback = {
        "type": "feedback_buttons",
        "action_id": "rate",
        "positive_button": {"text": plain("Good"), "value": "up"},
        "negative_button": {"text": plain("Bad"), "value": "down"},
    }
    icon = {"type": "icon_button", "action_id": "bin", "icon": "trash", "text": plain("Delete"), "value": "1"}
    field = {"type": "plain_text_input", "action_id": "typed"}
    ts = await _posted(
        bot,
        {"type": "context_actions", "block_id": "tools", "elements": [feedback, icon]},
        {"type": "input", "block_id": "in", "label": plain("In"), "element": field, "dispatch_action": True},
    )
    async with app_socket(workspace, session) as app:
        for action, value in (
            ({"block_id": "tools", "action_id": "rate", "value": "down"}, "down"),
            ({"block_id": "tools", "action_id": "bin"}, "1"),
            ({"block_id": "in", "action_id": "typed", "value": "words"}, "words"),
        ):
            await _ack_next(app, page, action, ts)
            assert app.received[-1]["payload"]["actions"][0]["value"] == value


async def test_options_come_from_the_app(bot_app: AsyncApp, bot: AsyncWebClient, page: PageClient) -> None:
    @bot_app.options("pick")
    async def options(ack: Any, payload: Json) -> None:
        await ack(options=[option(payload["value"])])

    select = {"type": "external_select", "action_id": "pick", "min_query_length": 1}
    ts = await _posted(bot, {"type": "actions", "block_id": "acts", "elements": [select, BUTTON]})
    found = await page.do("suggest", channel=GENERAL, ts=ts, block_id="acts", action_id="pick", value="ab")
    assert found == {"options": [option("ab")]}
    wrong = page.do("suggest", channel=GENERAL, ts=ts, block_id="acts", action_id="go", value="ab")
    assert await error_of(wrong) == "action_not_found"


async def test_a_views_fields_have_their_first_values_and_their_lengths(
    bot_app: AsyncApp, workspace: Workspace, page: PageClient
) -> None:
    @bot_app.view("form")
    async def sent(ack: Any, view: Json) -> None:
        values = {block: next(iter(held.values())) for block, held in view["state"]["values"].items()}
        assert values["name"]["value"] is None
        assert values["day"]["selected_date"] == "2026-11-20"
        assert values["many"]["selected_options"] == []
        assert values["rich"]["rich_text_value"] == {"type": "rich_text", "elements": []}
        await ack()

    def field(block_id: str, element: Json, **more: Any) -> Json:
        return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": element, **more}

    blocks = [
        field("name", {"type": "plain_text_input", "min_length": 2, "max_length": 3}, optional=True),
        field("day", {"type": "datepicker", "initial_date": "2026-11-20"}),
        field("many", {"type": "checkboxes", "options": [option("a")]}, optional=True),
        field("rich", {"type": "rich_text_input", "initial_value": {"type": "rich_text", "elements": []}}),
    ]
    trigger = workspace.world.triggers.issue(ALICE)
    view = (await bot_app.client.views_open(trigger_id=trigger, view=modal(blocks=blocks, callback_id="form")))["view"]
    action_id = view["blocks"][0]["element"]["action_id"]

    async def submit(name: str) -> Json:
        return await page.do("submit", view_id=view["id"], values={"name": {action_id: {"value": name}}})

    assert "at least 2" in (await submit("x"))["errors"]["name"]
    assert "at most 3" in (await submit("four"))["errors"]["name"]
    assert await submit("") == {}


@pytest.mark.parametrize(
    "payload",
    [
        {"response_action": "errors"},
        {"response_action": "update"},
        {"response_action": "push", "view": {"type": "modal"}},
        {"response_action": "dance"},
    ],
)
async def test_an_ack_that_is_no_good_is_an_error(
    workspace: Workspace, session: aiohttp.ClientSession, bot: AsyncWebClient, page: PageClient, payload: Json
) -> None:
    view = (await bot.views_open(trigger_id=workspace.world.triggers.issue(ALICE), view=modal()))["view"]
    async with app_socket(workspace, session) as app:
        values = {"who": {"name": {"value": "Ada"}}}
        submitting = asyncio.create_task(page.do("submit", view_id=view["id"], values=values))
        await app.ack(await app.envelope(ack=False), payload=payload)
        assert await error_of(submitting) == "invalid_response"
    assert workspace.world.modals.find(view["id"]) is not None


async def test_shortcuts_reach_the_app(bot_app: AsyncApp, bot: AsyncWebClient, page: PageClient) -> None:
    heard: list[Json] = []

    @bot_app.shortcut("start")
    async def start(ack: Any, body: Json) -> None:
        await ack()
        heard.append(body)

    @bot_app.shortcut("about")
    async def about(ack: Any, body: Json) -> None:
        await ack()
        heard.append(body)

    ts = await _posted(bot, ACTIONS)
    await page.do("shortcut", callback_id="start")
    await page.do("message_action", callback_id="about", channel=GENERAL, ts=ts)
    assert [body["type"] for body in heard] == ["shortcut", "message_action"]
    assert heard[1]["message"]["ts"] == heard[1]["message_ts"] == ts
    assert "response_url" not in heard[0]
    assert await error_of(page.do("shortcut", callback_id="about")) == "unknown_shortcut"


@pytest.mark.parametrize("response_type", ["ephemeral", "in_channel"])
async def test_a_command_is_answered_in_the_ack(bot_app: AsyncApp, page: PageClient, response_type: str) -> None:
    @bot_app.command("/ask")
    async def ask(ack: Any, command: Json) -> None:
        assert (command["channel_name"], command["user_name"]) == ("general", "alice")
        await ack(text=f"heard {command['text']}", response_type=response_type)

    answer = await page.do("command", channel=GENERAL, text="/ask what <now>")
    assert answer["text"] == "heard what &lt;now&gt;"
    kind = "ephemeral" if response_type == "ephemeral" else "message"
    assert (await page.frame(kind))["message"]["text"] == "heard what &lt;now&gt;"
    assert await error_of(page.do("command", channel=GENERAL, text="/other")) == "unknown_command"


async def test_a_command_without_an_answer_shows_nothing(bot_app: AsyncApp, page: PageClient) -> None:
    @bot_app.command("/ask")
    async def ask(ack: Any) -> None:
        await ack()

    assert await page.do("command", channel=ALICE_DM, text="/ask") == {}


async def test_a_response_url_posts_replaces_and_deletes_five_times(
    bot_app: AsyncApp, bot: AsyncWebClient, page: PageClient
) -> None:
    statuses: list[tuple[int, str]] = []

    @bot_app.action("go")
    async def pressed(ack: Any, respond: Any) -> None:
        await ack()
        for answer in (
            {"text": "only you"},
            {"text": "all", "response_type": "in_channel"},
            {"text": "new", "replace_original": True},
            {"blocks": [{"type": "nonsense"}]},
            {"delete_original": True},
            {"text": "too much"},
        ):
            told = await respond(**answer)
            statuses.append((told.status_code, told.body))

    ts = await _posted(bot, ACTIONS)
    await _press(page, ts)
    assert (await page.frame("ephemeral"))["message"]["text"] == "only you"
    await page.frame("message", lambda frame: frame["message"]["text"] == "all")
    assert (await page.frame("gone"))["ts"] == ts
    while len(statuses) < 6:
        await page.do("api", method="auth.test")
    assert [status for status, _ in statuses] == [200, 200, 200, 400, 200, 404]
    assert "used_url" in statuses[-1][1]
    entry = (await page.frame("traffic", lambda frame: frame["entry"]["title"] == "response_url"))["entry"]
    assert (entry["kind"], entry["status"]) == ("call", "ok")


async def test_an_ephemeral_message_acts_and_changes(bot_app: AsyncApp, bot: AsyncWebClient, page: PageClient) -> None:
    @bot_app.action("go")
    async def pressed(ack: Any, body: Json, respond: Any) -> None:
        await ack()
        assert body["container"]["is_ephemeral"]
        assert "message" not in body
        await respond(text="done", replace_original=True)

    ts = (await bot.chat_postEphemeral(channel=GENERAL, user=ALICE, text="see", blocks=[ACTIONS]))["message_ts"]
    assert (await page.frame("ephemeral"))["to"] == ALICE
    assert await error_of(_press_as(page, BOB, ts)) == "message_not_found"
    await _press(page, ts)
    assert (await page.frame("ephemeral_gone"))["ts"] == ts
    changed = await page.frame("ephemeral")
    assert (changed["message"]["ts"], changed["message"]["text"]) == (ts, "done")


async def _press_as(page: PageClient, user: str, ts: str) -> Json:
    return await page.do("act", user=user, channel=GENERAL, ts=ts, action={"block_id": "acts", "action_id": "go"})


async def test_the_home_tab_acts(workspace: Workspace, bot_app: AsyncApp, page: PageClient) -> None:
    heard: list[Json] = []

    @bot_app.event("app_home_opened")
    async def opened(event: Json, client: AsyncWebClient) -> None:
        heard.append(event)
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [ACTIONS]})

    @bot_app.action("go")
    async def pressed(ack: Any, body: Json) -> None:
        await ack()
        heard.append(body)

    await page.do("home", tab="home")
    home = await page.frame("home")
    assert (home["user"], home["view"]["type"]) == (ALICE, "home")
    await page.do("act", view_id=home["view"]["id"], action={"block_id": "acts", "action_id": "go"})
    assert heard[1]["container"] == {"type": "view", "view_id": home["view"]["id"]}
    assert "response_url" not in heard[1]
    await page.do("home", tab="home")
    await workspace.until(lambda: len(heard) == 3)
    assert heard[2]["view"]["id"] == home["view"]["id"]


async def test_a_person_presses_buttons_beside_markdown(
    bot_app: AsyncApp, bot: AsyncWebClient, workspace: Workspace, alice: PersonClient
) -> None:
    bodies: list[Json] = []

    @bot_app.action("go")
    @bot_app.action("rate")
    async def pressed(ack: Any, body: Json) -> None:
        bodies.append(body)
        await ack()

    root = await alice.say("hello")
    buttons = [BUTTON, BUTTON | {"value": "2", "text": plain("Other")}]
    feedback: Json = {"type": "feedback_buttons", "action_id": "rate"}
    feedback |= {f"{kind}_button": {"text": plain(kind), "value": kind} for kind in ("positive", "negative")}
    blocks: list[Json] = [
        {"type": "markdown", "text": "**whole**"},
        *({"type": "actions", "elements": [button]} for button in buttons),
        {"type": "context_actions", "elements": [feedback]},
    ]
    ts = (await bot.chat_postMessage(channel=GENERAL, thread_ts=root, text="whole", blocks=blocks))["ts"]
    await alice.press(GENERAL, ts, "go")
    await alice.press(GENERAL, ts, "go", value="2")
    await alice.press(GENERAL, ts, "rate", value="negative")
    actions = [body["actions"][0] for body in bodies]
    assert [(each["action_id"], each["value"]) for each in actions] == [("go", "1"), ("go", "2"), ("rate", "negative")]
    assert (bodies[0]["container"]["message_ts"], bodies[0]["container"]["thread_ts"]) == (ts, root)
    assert [block["type"] for block in bodies[0]["message"]["blocks"]] == [block["type"] for block in blocks]
    assert await error_of(alice.press(GENERAL, ts, "go", value="3")) == "action_not_found"
    assert await error_of(alice.press(GENERAL, root, "go")) == "action_not_found"


async def test_only_who_sees_an_ephemeral_message_presses_its_buttons(
    bot_app: AsyncApp, bot: AsyncWebClient, alice: PersonClient, bob: PersonClient
) -> None:
    @bot_app.action("go")
    async def pressed(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="done", replace_original=True)

    sent = await bot.chat_postEphemeral(channel=GENERAL, user=ALICE, text="see", blocks=[ACTIONS])
    assert await error_of(bob.press(GENERAL, sent["message_ts"], "go")) == "message_not_found"
    await alice.press(GENERAL, sent["message_ts"], "go")
