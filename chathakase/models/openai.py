"""Any OpenAI-compatible server, through Chat Completions; the only door to the openai library."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import openai
from openai import AsyncOpenAI, AsyncStream

from chathakase.core.errors import ModelError
from chathakase.core.types import Finished, Prompt
from chathakase.models.answers import read_answer, read_document
from chathakase.models.bodies import take_in
from chathakase.models.bounds import JSON_MOST, Bounds, bounds_for
from chathakase.models.documents import parse
from chathakase.models.failures import (
    BEGIN_TIMEOUT,
    TIMEOUT,
    as_model_errors,
    is_too_long,
    said,
    translate,
)
from chathakase.models.pictures import blindness, messages_of, pictures_refused

OFFICIAL = "api.openai.com"

FALLBACKS: dict[str, str | None] = {
    "max_tokens": "max_completion_tokens",
    "max_completion_tokens": None,
    "temperature": None,
    "stream_options": None,
}
"""Options that some servers or models refuse, and under what name to try them then (None: leave out)."""

LENGTHS = ("max_tokens", "max_completion_tokens")
"""What bounds an answer."""
SHORTEST = 256
"""Tokens of an answer below which it is not worth asking."""

NAME_MOST = 200
"""Characters of a model's name that a server's list can have."""

REFUSALS = ("unsupported", "not support", "unknown", "unrecognized", "extra", "not permitted", "unexpected")


class OpenAIModel:
    """A model on an OpenAI-compatible server (a LanguageModel)."""

    def __init__(self, client: AsyncOpenAI, name: str, options: Mapping[str, Any], bounds: Bounds) -> None:
        self._client = client
        self._name = name
        self._given = options
        self._options = dict(options)
        self._bounds = bounds
        self._sees = True

    @property
    def name(self) -> str:
        """The model that is asked for."""
        return self._name

    def named(self, name: str, *, max_tokens: int | None = None) -> "OpenAIModel":
        """Another model on the same server, through the same client; what it refuses is remembered by itself."""
        if max_tokens is None:
            return OpenAIModel(self._client, name, self._given, self._bounds)
        bound = {key: max_tokens for key in LENGTHS if key in self._given}
        return OpenAIModel(self._client, name, {**self._given, **bound}, self._bounds.for_tokens(max_tokens))

    async def names(self) -> frozenset[str]:
        """The models that the server says it has. Raises ModelError, ``http_404`` when it keeps no list."""
        try:
            with as_model_errors():
                document = await self._list()
                names = (model["id"] for model in (await parse(document))["data"])
                return frozenset(name for name in names if _is_name(name))
        except openai.OpenAIError as error:
            raise translate(error) from error

    async def _list(self) -> bytes:
        within = self._bounds.silence
        async with asyncio.timeout(within):
            answer = await self._client.get("/models", cast_to=object, stream=True, stream_cls=AsyncStream[Any])
        async with answer:
            document, _ = await read_document(answer.response, most=JSON_MOST, within=within)
        return document

    async def stream(self, prompt: Prompt) -> AsyncGenerator[str | Finished]:
        """Yield the answer piece by piece, then one Finished. Raises ModelError.

        Beyond its bounds the answer ends with what there is, for the reason ``too_much``.
        """
        try:
            async with (
                await self._begin(prompt) as chunks,
                aclosing(read_answer(chunks.response, self._bounds)) as pieces,
            ):
                async for piece in pieces:
                    yield piece
        except openai.OpenAIError as error:
            refusal = translate(error)
            self._shorten(refusal.limit)
            raise refusal from error

    async def _begin(self, prompt: Prompt) -> AsyncStream[Any]:
        try:
            async with asyncio.timeout(self._bounds.silence):
                return await self._request(prompt)
        except TimeoutError as error:
            raise ModelError("timeout", TIMEOUT) from error

    async def _request(self, prompt: Prompt) -> AsyncStream[Any]:
        seeing = self._sees
        while True:
            options = dict(self._options)
            body = {"model": self._name, "messages": messages_of(prompt, seeing=seeing), "stream": True, **options}
            try:
                # Chunks as plain objects: to make each a pydantic model costs more than all the rest of a turn.
                return await self._client.post(
                    "/chat/completions", body=body, cast_to=object, stream=True, stream_cls=AsyncStream[Any]
                )
            except openai.APIStatusError as error:
                if seeing and pictures_refused(prompt, error):
                    seeing = False
                    self._sees = self._sees and not blindness(error)
                else:
                    self._give_way(error, options)

    def _give_way(self, error: openai.APIStatusError, options: dict[str, Any]) -> None:
        """Change what the server refuses, so that it can be asked again; raises what cannot be helped."""
        # What is too long is cut by whoever made it.
        refused = None if is_too_long(error) else _refused_option(error, options)
        if refused is None:
            raise error
        # Another turn may have met the same refusal meanwhile.
        if options == self._options:
            self._leave_out(refused)

    def _shorten(self, window: int) -> None:
        """Ask from now on for no longer an answer than half of the window that a server names; 0 where it names none.

        Else no prompt would be short enough where the window is hardly longer than the answer that is asked for.
        """
        half = window // 2
        longer = [key for key in LENGTHS if self._options.get(key, 0) > half >= SHORTEST]
        self._options |= dict.fromkeys(longer, half)

    def _leave_out(self, option: str) -> None:
        """Remember that this server does not take an option, so that the next turn need not ask again."""
        value, instead = self._options.pop(option), FALLBACKS[option]
        if instead is not None:
            self._options[instead] = value


@asynccontextmanager
async def open_model(
    *,
    api_key: str,
    base_url: str | None,
    name: str,
    temperature: float | None,
    max_tokens: int,
    bounds: Bounds | None = None,
) -> AsyncIterator[OpenAIModel]:
    """Open one client for all turns; close it at the end.

    ``temperature`` is sent only when given. ``max_tokens`` bounds the answer; it goes under the name that
    the server is known to take: OpenAI itself deprecated ``max_tokens``, most compatible servers know only it.
    ``bounds`` are for a server that does not keep to that.
    """
    bounds = bounds or bounds_for(max_tokens, silence=BEGIN_TIMEOUT)
    timeout = openai.Timeout(bounds.silence, connect=5.0)
    # Given in any case, or the library reads an environment variable that may be set but empty.
    base_url = base_url or f"https://{OFFICIAL}/v1"
    local = urlsplit(base_url).hostname in ("localhost", "127.0.0.1", "::1")
    transport = openai.DefaultAsyncHttpxClient(
        trust_env=not local, event_hooks={"response": [take_in]}, headers={"Accept-Encoding": "identity"}
    )
    async with AsyncOpenAI(
        api_key=api_key, base_url=base_url, timeout=timeout, max_retries=2, http_client=transport
    ) as client:
        official = OFFICIAL in client.base_url.host
        options: dict[str, Any] = {
            "max_completion_tokens" if official else "max_tokens": max_tokens,
            "stream_options": {"include_usage": True},
        }
        if temperature is not None:
            options["temperature"] = temperature
        yield OpenAIModel(client, name, options, bounds)


def _is_name(name: object) -> bool:
    return isinstance(name, str) and len(name) <= NAME_MOST and name.isprintable()


def _refused_option(error: openai.APIStatusError, options: dict[str, Any]) -> str | None:
    """The option that a server refused, if that is what a 400 or 422 is about."""
    if error.status_code not in (400, 422):
        return None
    complaint = said(error).lower()
    if not any(word in complaint for word in REFUSALS):
        return None
    if error.param in options and error.param in FALLBACKS:
        return error.param
    # The parameter that is refused is named before the one that is recommended instead.
    named = [option for option in options if option in FALLBACKS and option in complaint]
    return min(named, key=complaint.index, default=None)
