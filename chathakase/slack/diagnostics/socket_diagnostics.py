"""The socket: whether it opens, and who else listens on it.

Slack hands each event to any one of an app's connections, so a forgotten process takes some of them
(docs.slack.dev/apis/events-api/using-socket-mode).
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from yarl import URL

from chathakase.core.amounts import counted, span
from chathakase.findings import Finding, Level
from chathakase.slack.web.web_addresses import WebApiAddresses

SUBJECT = "socket"
GREET_WITHIN = 3.0
"""Seconds from opening a socket to Slack's ``hello``."""
GOODBYE = aiohttp.ClientWSTimeout(ws_close=0.5)
"""Slack is said not to answer a goodbye."""

FORGOTTEN = (
    "Find the other process and end it, or generate a new app-level token and delete the old one; run one bot per app."
)
SWITCHED_OFF = "Switch Socket Mode on in the app's settings."
TOO_MANY = "End some of its other connections; an app may have ten."


@dataclass(frozen=True, slots=True)
class SocketState:
    """What a running bot knows of its connection."""

    connected: bool
    consumers: int = 1
    """How many connections Slack counts, with the bot's own as one; above 1, others get some of its events."""
    last_event_age: float | None = None
    """Seconds since the last event; None before the first."""


def of_running_bot(state: SocketState) -> Finding:
    """The socket that a bot has open."""
    if not state.connected:
        advice = "Wait: the bot reconnects by itself. If it does not, check its log."
        return Finding(SUBJECT, Level.ERROR, "the bot has no connection to Slack right now", advice)
    if state.consumers > 1:
        others = counted(state.consumers - 1, "other connection")
        text = f"connected, but Slack counts {others} of this app, which share its events"
        return Finding(SUBJECT, Level.WARNING, text, FORGOTTEN)
    age = "none yet" if state.last_event_age is None else f"{span(state.last_event_age)} ago"
    return Finding(SUBJECT, Level.OK, f"connected; the last event: {age}")


async def try_socket(
    session: aiohttp.ClientSession, addresses: WebApiAddresses, url: str, proxy: str | None
) -> tuple[Finding, str]:
    """Open a socket for as long as Slack takes to say hello; also tells the id of the app that it belongs to."""
    try:
        async with asyncio.timeout(GREET_WITHIN):
            frame = await _first_frame(session, addresses.of_socket(url), proxy)
    except TimeoutError:
        text = f"Slack sends no hello within {GREET_WITHIN:.0f} s"
        return Finding(SUBJECT, Level.WARNING, text, "Check whether the bot receives anything."), ""
    except (aiohttp.ClientError, OSError, ValueError) as error:
        text = f"does not open ({type(error).__name__})"
        return Finding(SUBJECT, Level.ERROR, text, f"{SWITCHED_OFF} Check that the network lets wss:// through."), ""
    app = frame.get("connection_info")
    return _greeted(frame), str(app.get("app_id") or "") if isinstance(app, dict) else ""


async def _first_frame(session: aiohttp.ClientSession, url: URL, proxy: str | None) -> Mapping[str, Any]:
    """The greeting, or why there is none. An event that comes first is not acknowledged, so it comes again."""
    async with session.ws_connect(url, proxy=proxy, timeout=GOODBYE) as socket:
        async for message in socket:
            frame = message.json() if message.type is aiohttp.WSMsgType.TEXT else None
            if isinstance(frame, dict) and frame.get("type") in ("hello", "disconnect"):
                return frame
    return {"type": "disconnect"}


def _greeted(frame: Mapping[str, Any]) -> Finding:
    if frame["type"] == "disconnect":
        reason = str(frame.get("reason") or "closed at once")
        advice = TOO_MANY if reason == "too_many_websockets" else SWITCHED_OFF
        return Finding(SUBJECT, Level.ERROR, f"Slack closes it at once ({reason})", advice)
    connections = frame.get("num_connections")
    if not isinstance(connections, int):
        return Finding(SUBJECT, Level.OK, "opens; this Slack does not say how many others are open")
    others = connections - 1
    if others > 1:
        text = f"opens, but Slack counts {others} other connections of this app, which share its events"
        return Finding(SUBJECT, Level.WARNING, text, FORGOTTEN)
    return Finding(SUBJECT, Level.OK, "opens; one bot is connected" if others else "opens; no bot is connected now")
