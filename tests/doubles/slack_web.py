"""Slack in memory: the local workspace without its server, so that the bot's calls need no socket and no real time."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import aiohttp
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from chathakase.clock import monotonic
from chathakase.playground.content.call_arguments import CallArguments
from chathakase.playground.faults import UPLOAD, Faults
from chathakase.playground.journal import ApiCall, Journal
from chathakase.playground.server_addresses import ServerAddresses
from chathakase.playground.web_api.api_answers import ApiAnswer, lost, meet
from chathakase.playground.web_api.app_tokens import Tokens
from chathakase.playground.web_api.methods.table import DEFAULT_SCOPES, METHODS
from chathakase.playground.web_api.tiers import Limits
from chathakase.playground.web_api.web_api_server import WebApi
from chathakase.playground.world.app_manifest import Features
from chathakase.playground.world.demo import demo_world
from chathakase.slack.web.client import web_client

BEGAN = 1_700_000_000.0
"""The epoch seconds at which its world begins, when the loop's clock is at 0."""
BASE = "http://slack.test"
TIMEOUT = 30.0
"""Seconds that a call may take."""


@dataclass(frozen=True, slots=True)
class Response:
    """What slack_sdk and we look at of an ``aiohttp.ClientResponse``."""

    url: URL
    reply: ApiAnswer

    @property
    def status(self) -> int:
        return self.reply.status

    @property
    def content_type(self) -> str:
        return "text/html" if self.reply.html else "application/json"

    @property
    def headers(self) -> CIMultiDictProxy[str]:
        return CIMultiDictProxy(CIMultiDict(self.reply.headers or {}))

    async def json(self) -> Any:
        if self.reply.html:
            raise aiohttp.ContentTypeError(self._request, (), status=self.status)
        return _through_the_wire(self.reply.body)

    def raise_for_status(self) -> None:
        if self.status >= 400:
            raise aiohttp.ClientResponseError(self._request, (), status=self.status, headers=self.headers)

    @property
    def _request(self) -> aiohttp.RequestInfo:
        return aiohttp.RequestInfo(self.url, "POST", CIMultiDictProxy(CIMultiDict()), self.url)


class SlackInMemory:
    """A workspace whose ``client`` and ``session`` call it within the process, with the rules of the local one.

    What is called is answered at once, by the loop's clock, unless ``faults`` make it slow. A call that takes longer
    than ``timeout`` seconds is given up, as by the bot's own session.
    """

    closed = False

    def __init__(self, *, limits: Limits | None = None, timeout: float = TIMEOUT) -> None:
        self.world = demo_world(clock=lambda: BEGAN + monotonic())
        self.world.features[self.world.app.id] = Features(scopes=DEFAULT_SCOPES)
        self.world.files.base = BASE
        self.faults = Faults()
        self.journal = Journal()
        self.session = cast(aiohttp.ClientSession, self)
        self._tokens = Tokens(self.world)
        self._timeout = timeout
        limits = limits or Limits(monotonic)
        self._api = WebApi(self.world, self._tokens, METHODS, limits, self.faults, self.journal, ServerAddresses())
        self.client = web_client(self.session, token=self._tokens.first.bot, api_url=f"{BASE}/api/")

    @asynccontextmanager
    async def request(self, verb: str, url: str | URL, **options: Any) -> AsyncIterator[Response]:
        """Take a request as an ``aiohttp.ClientSession`` does."""
        url = URL(url)
        async with asyncio.timeout(self._timeout):
            reply = await (self._received(url, options) if "upload" in url.parts else self._answer(verb, url, options))
            if reply.status == 0:
                await asyncio.sleep(reply.silence)
                raise aiohttp.ServerDisconnectedError
        yield Response(url, reply)

    def post(self, url: str | URL, **options: Any) -> Any:
        """The same for a ``POST``."""
        return self.request("POST", url, **options)

    async def _answer(self, verb: str, url: URL, options: Mapping[str, Any]) -> ApiAnswer:
        token = str(options["headers"].get("Authorization", "")).removeprefix("Bearer ")
        texts = {**(options.get("params") or {}), **(options.get("data") or {})}
        values = {name: str(value) for name, value in texts.items()} | _through_the_wire(options.get("json") or {})
        reading = CallArguments(token, values, posted=verb == "POST")
        return await self._api.answer(url.name, reading, self._tokens.identify(token))

    async def _received(self, url: URL, options: Mapping[str, Any]) -> ApiAnswer:
        """Take the bytes of a file."""
        fault = self.faults.next_for(UPLOAD)
        if (reply := await meet(fault)) is None:
            status = 200 if self.world.files.receive(url.name, bytes(options["data"])) else 404
            reply = lost({}, fault) if fault.lose_answer else ApiAnswer({"ok": status == 200}, status)
        caller = self.world.app.user_id
        self.journal.write(ApiCall(self.world.clock(), UPLOAD, {}, caller, reply.status, reply.body, 0.0))
        return reply


def _through_the_wire(value: Any) -> Any:
    """What arrives of a value that is sent as JSON."""
    return json.loads(json.dumps(value))
