"""A plain bot, as Bolt's documentation shows how to write one: what ours is measured against."""

import asyncio
import os
import time
from collections import defaultdict
from typing import Any

from openai import AsyncOpenAI
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp, AsyncSay
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

SYSTEM = {"role": "system", "content": "You are a helpful assistant. Be friendly, precise and brief."}
MAX_MESSAGES = 20

app = AsyncApp(client=AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"]))
if retries := int(os.environ.get("RETRIES", "0")):
    app.client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=retries))
model = AsyncOpenAI()
history: dict[str, list[dict[str, str]]] = defaultdict(list)


@app.event("app_mention")
async def answer(event: dict[str, Any], say: AsyncSay, client: AsyncWebClient) -> None:
    """Answer a mention in its thread, with what was said there before."""
    thread, channel = event.get("thread_ts") or event["ts"], event["channel"]
    messages = history[thread]
    messages.append({"role": "user", "content": event["text"].split(">", 1)[-1].strip()})
    placeholder = await say("Thinking…", thread_ts=thread)
    asked: Any = [SYSTEM, *messages[-MAX_MESSAGES:]]
    stream = await model.chat.completions.create(model=os.environ["MODEL"], messages=asked, stream=True)
    text, shown = "", 0.0
    async for chunk in stream:
        if chunk.choices and chunk.choices[0].delta.content:
            text += chunk.choices[0].delta.content
            if time.monotonic() - shown >= 1.0:
                await client.chat_update(channel=channel, ts=placeholder["ts"], text=text)
                shown = time.monotonic()
    await client.chat_update(channel=channel, ts=placeholder["ts"], text=text)
    messages.append({"role": "assistant", "content": text})


async def main() -> None:
    """Connect and answer until stopped."""
    await AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).start_async()


if __name__ == "__main__":
    asyncio.run(main())
