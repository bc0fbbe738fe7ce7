"""A small Bolt bot that uses what ours does not yet: buttons, menus, modals, slash commands and App Home."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.playground.server import Workspace

CHOICES = ("Red", "Green", "Blue")


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def choices() -> list[dict[str, Any]]:
    return [{"text": plain(choice), "value": choice.lower()} for choice in CHOICES]


def card() -> list[dict[str, Any]]:
    menu = {"type": "static_select", "action_id": "colour", "placeholder": plain("A colour"), "options": choices()}
    overflow = {"type": "overflow", "action_id": "more", "options": choices()}
    return [
        {"type": "header", "text": plain("Feedback")},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*Tell us* what you think"}, "accessory": overflow},
        {
            "type": "actions",
            "elements": [
                {"type": "button", "action_id": "open", "text": plain("Open form"), "style": "primary"},
                menu,
            ],
        },
        {"type": "from_the_future", "text": "unknown to everybody"},
    ]


def form() -> dict[str, Any]:
    name = {"type": "plain_text_input", "action_id": "name"}
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("A form"),
        "submit": plain("Send"),
        "close": plain("Never mind"),
        "blocks": [{"type": "input", "block_id": "who", "label": plain("Your name"), "element": name}],
    }


def build_app(workspace: Workspace) -> AsyncApp:
    app = AsyncApp(client=AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url))

    @app.event("app_mention")
    async def mentioned(say: Any, event: dict[str, Any]) -> None:
        blocks = [block for block in card() if block["type"] != "from_the_future"]
        await say(text="A card", blocks=blocks, thread_ts=event["ts"])

    @app.event("message")
    async def spoken() -> None:
        """Nothing to say to what is no mention."""

    @app.action("open")
    async def opened(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        view = form() | {"private_metadata": f"{body['channel']['id']} {body['message']['ts']}"}
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.action("colour")
    async def coloured(ack: Any, respond: Any, action: dict[str, Any]) -> None:
        await ack()
        await respond(
            text=f"You chose {action['selected_option']['value']}", response_type="ephemeral", replace_original=False
        )

    @app.action("more")
    async def more(ack: Any, respond: Any, action: dict[str, Any]) -> None:
        await ack()
        await respond(
            text=f"More of {action['selected_option']['value']}", response_type="ephemeral", replace_original=False
        )

    @app.view("form")
    async def sent(ack: Any, view: dict[str, Any], client: AsyncWebClient) -> None:
        name = view["state"]["values"]["who"]["name"]["value"] or ""
        if len(name) < 3:
            await ack(response_action="errors", errors={"who": "A name has three letters at least."})
            return
        await ack()
        channel, ts = view["private_metadata"].split()
        await client.chat_postMessage(channel=channel, thread_ts=ts, text=f"Thank you, {name}!")

    @app.command("/weather")
    async def weather(ack: Any, command: dict[str, Any]) -> None:
        await ack(f"The weather in {command['text']} is fine.")

    @app.event("app_home_opened")
    async def home(event: dict[str, Any], client: AsyncWebClient) -> None:
        welcome = {"type": "section", "text": {"type": "mrkdwn", "text": "*Welcome home*"}}
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [welcome]})

    return app


@asynccontextmanager
async def open_sample_bot(workspace: Workspace) -> AsyncIterator[AsyncApp]:
    app = build_app(workspace)
    handler = AsyncSocketModeHandler(app, workspace.app_token)
    await handler.connect_async()
    try:
        yield app
    finally:
        await handler.close_async()
