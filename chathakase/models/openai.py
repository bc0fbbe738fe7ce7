"""Any OpenAI-compatible server, through Chat Completions; the only module that imports the openai library."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from time import monotonic
from typing import Any

import openai
from openai import AsyncOpenAI, AsyncStream

from chathakase.core.errors import ModelError
from chathakase.core.types import Finished, FinishReason, Piece, Prompt
from chathakase.models.attempt import Attempt
from chathakase.models.bounds import FIRST_TOKEN, JSON_MOST, SILENCE, Bounds, bounds_for
from chathakase.models.completion import NothingCame, read_answer, read_document
from chathakase.models.documents import parse
from chathakase.models.endpoint import MODELS, Endpoint, read_endpoint
from chathakase.models.failures import TIMEOUT, as_model_errors, translate
from chathakase.models.http_client import OFFICIAL, is_official, open_client
from chathakase.models.learning import Clock, Learning
from chathakase.models.reasons import Reasons
from chathakase.models.refusals.length import is_used_up
from chathakase.models.shape import LENGTHS, Shape

NAME_MOST = 200
"""Characters of a model's name that a server's list can have."""


class OpenAIModel:
    """A model on an OpenAI-compatible server (a LanguageModel)."""

    def __init__(
        self,
        client: AsyncOpenAI,
        endpoint: Endpoint,
        name: str,
        options: Mapping[str, Any],
        bounds: Bounds,
        clock: Clock,
        reasons: Reasons,
    ) -> None:
        self._client = client
        self._reasons = reasons
        self._endpoint = endpoint
        self._name = name
        self._options = options
        self._bounds = bounds
        self._clock = clock
        self._learning = Learning(Shape(options), clock)

    @property
    def name(self) -> str:
        """The model that is asked for."""
        return self._name

    @property
    def base(self) -> str:
        """Where its server takes requests, as far as that is known."""
        return self._endpoint.base

    @property
    def moved_to(self) -> str:
        """Where its server says that it is now; empty where it does not say so."""
        return self._endpoint.moved_to

    def named(self, name: str, *, max_tokens: int | None = None) -> "OpenAIModel":
        """Another model on the same server, through the same client; what it refuses is remembered by itself."""
        options, bounds = self._options, self._bounds
        if max_tokens is not None:
            options = {**options, **{key: max_tokens for key in LENGTHS if key in options}}
            bounds = bounds.for_tokens(max_tokens)
        return OpenAIModel(self._client, self._endpoint, name, options, bounds, self._clock, self._reasons)

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
            answer = await self._client.get(
                f"{self._endpoint.base}{MODELS}", cast_to=object, stream=True, stream_cls=AsyncStream[Any]
            )
        async with answer, aclosing(answer.response.aiter_raw()) as pieces:
            document, _ = await read_document(pieces, most=JSON_MOST, within=within)
        return document

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        """Yield the answer piece by piece, then one Finished. Raises ModelError, ``no_answer`` where nothing came.

        Beyond its bounds the answer ends with what there is, for being too much. What a server refuses is asked for in
        another way, and what it says of its window stands in Finished. One that streams nothing is asked once more for
        an answer in one piece: some say only then what is wrong.
        """
        attempt = Attempt(prompt, self._learning, self._endpoint, until=_in_time(self._bounds))
        while True:
            try:
                async with aclosing(self._answer(attempt)) as pieces:
                    async for piece in pieces:
                        yield attempt.heard(piece)
                return
            except NothingCame as nothing:
                attempt.ask_in_one_piece(nothing, until=_in_time(self._bounds))
            except openai.OpenAIError as error:
                if _is_used_up(error):
                    yield Finished(FinishReason.LENGTH)
                    return
                attempt.give_way(error)

    async def _answer(self, attempt: Attempt) -> AsyncGenerator[Piece]:
        async with (
            await self._begin(attempt) as answer,
            aclosing(read_answer(answer.response, self._bounds, self._reasons, begin_by=attempt.until)) as pieces,
        ):
            async for piece in pieces:
                yield piece

    async def _begin(self, attempt: Attempt) -> AsyncStream[Any]:
        body = attempt.body(self._name)
        try:
            async with asyncio.timeout_at(attempt.until):
                # Chunks as plain objects: to make each a pydantic model costs more than all the rest of a turn.
                return await self._client.post(
                    attempt.url, body=body, cast_to=object, stream=True, stream_cls=AsyncStream[Any]
                )
        except TimeoutError as error:
            raise ModelError("timeout", TIMEOUT) from error


@asynccontextmanager
async def open_model(
    *,
    api_key: str,
    base_url: str | None,
    name: str,
    temperature: float | None,
    max_tokens: int,
    first_token: float = FIRST_TOKEN,
    bounds: Bounds | None = None,
    clock: Clock = monotonic,
) -> AsyncIterator[OpenAIModel]:
    """Open one client for all turns; close it at the end.

    ``temperature`` is sent only when given. ``max_tokens`` bounds the answer; it goes under the name that
    the server is known to take: OpenAI itself deprecated ``max_tokens``, most compatible servers know only it.
    ``first_token`` is how many seconds an answer may take to begin. ``bounds`` are for a server that does not keep to
    what it is asked for. The ``clock`` tells in seconds for how long what a server refused is believed.
    """
    bounds = bounds or bounds_for(max_tokens, beginning=first_token, silence=SILENCE)
    endpoint = read_endpoint(base_url or f"https://{OFFICIAL}/v1")
    options: dict[str, Any] = {
        "max_completion_tokens" if is_official(endpoint) else "max_tokens": max_tokens,
        "stream_options": {"include_usage": True},
    }
    if temperature is not None:
        options["temperature"] = temperature
    async with open_client(endpoint, api_key=api_key, silence=max(bounds.beginning, bounds.silence)) as client:
        yield OpenAIModel(client, endpoint, name, options, bounds, clock, Reasons())


def _is_name(name: object) -> bool:
    return isinstance(name, str) and len(name) <= NAME_MOST and name.isprintable()


def _is_used_up(error: openai.OpenAIError) -> bool:
    return isinstance(error, openai.APIError) and is_used_up(error)


def _in_time(bounds: Bounds) -> float:
    """When an answer must have begun."""
    return asyncio.get_running_loop().time() + bounds.beginning
