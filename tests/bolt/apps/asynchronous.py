"""The same app with asyncio."""

import asyncio
import os
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.bolt.apps.blocking import BUTTON, FORM, GENERAL

app = AsyncApp(client=AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"]))


@app.event("app_mention")
async def mentioned(event: dict[str, Any], say: Any, client: AsyncWebClient) -> None:
    if "file" in event["text"]:
        await client.files_upload_v2(
            channel=event["channel"], thread_ts=event["ts"], filename="note.txt", content="a note", title="Note"
        )
    elif "button" in event["text"]:
        await say(text="Press it", blocks=[BUTTON], thread_ts=event["ts"])
    else:
        await say(text=f"Hello <@{event['user']}>!", thread_ts=event["ts"])


@app.command("/note")
async def commanded(ack: Any, respond: Any, command: dict[str, Any]) -> None:
    await ack()
    await respond(f"Noted: {command['text']}")


@app.shortcut("take")
async def started(ack: Any, shortcut: dict[str, Any], client: AsyncWebClient) -> None:
    await ack()
    await client.views_open(trigger_id=shortcut["trigger_id"], view=FORM)


@app.shortcut("note_message")
async def chosen(ack: Any, respond: Any, shortcut: dict[str, Any]) -> None:
    await ack()
    await respond(f"Noted: {shortcut['message']['text']}")


@app.view("form")
async def submitted(ack: Any, view: dict[str, Any], client: AsyncWebClient) -> None:
    await ack()
    text = view["state"]["values"]["what"]["text"]["value"]
    await client.chat_postMessage(channel=GENERAL, text=f"Saved: {text}")


@app.action("press")
async def pressed(ack: Any, respond: Any) -> None:
    await ack()
    await respond(text="Pressed", replace_original=True)


async def main() -> None:
    await AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).start_async()


if __name__ == "__main__":
    asyncio.run(main())
