"""A Bolt app as its tutorial writes one: blocking, and with slack_sdk's own Socket Mode client."""

import json
import os
from pathlib import Path
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

FORM = json.loads((Path(__file__).parent / "form.json").read_text())
GENERAL = "C0GENERAL1"
BUTTON = {
    "type": "actions",
    "elements": [{"type": "button", "action_id": "press", "text": {"type": "plain_text", "text": "Press"}}],
}

app = App(client=WebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"]))


@app.event("app_mention")
def mentioned(event: dict[str, Any], say: Any, client: WebClient) -> None:
    if "file" in event["text"]:
        client.files_upload_v2(
            channel=event["channel"], thread_ts=event["ts"], filename="note.txt", content="a note", title="Note"
        )
    elif "button" in event["text"]:
        say(text="Press it", blocks=[BUTTON], thread_ts=event["ts"])
    else:
        say(text=f"Hello <@{event['user']}>!", thread_ts=event["ts"])


@app.command("/note")
def commanded(ack: Any, respond: Any, command: dict[str, Any]) -> None:
    ack()
    respond(f"Noted: {command['text']}")


@app.shortcut("take")
def started(ack: Any, shortcut: dict[str, Any], client: WebClient) -> None:
    ack()
    client.views_open(trigger_id=shortcut["trigger_id"], view=FORM)


@app.shortcut("note_message")
def chosen(ack: Any, respond: Any, shortcut: dict[str, Any]) -> None:
    ack()
    respond(f"Noted: {shortcut['message']['text']}")


@app.view("form")
def submitted(ack: Any, view: dict[str, Any], client: WebClient) -> None:
    ack()
    text = view["state"]["values"]["what"]["text"]["value"]
    client.chat_postMessage(channel=GENERAL, text=f"Saved: {text}")


@app.action("press")
def pressed(ack: Any, respond: Any) -> None:
    ack()
    respond(text="Pressed", replace_original=True)


if __name__ == "__main__":
    SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).start()
