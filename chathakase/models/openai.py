"""Any OpenAI-compatible server, through Chat Completions; the only door to the openai library."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import openai
from openai import AsyncOpenAI, AsyncStream

from chathakase.core.errors import ModelError
from chathakase.core.types import Finished, Prompt, Usage
from chathakase.models.failures import BEGIN_TIMEOUT, TIMEOUT, UNREADABLE, translate

OFFICIAL = "api.openai.com"

FALLBACKS: dict[str, str | None] = {
    "max_tokens": "max_completion_tokens",
    "max_completion_tokens": None,
    "temperature": None,
    "stream_options": None,
}
"""Options that some servers or models refuse, and under what name to try them then (None: leave out)."""

REFUSALS = ("unsupported", "not support", "unknown", "unrecognized", "extra", "not permitted", "unexpected")


class OpenAIModel:
    """A model on an OpenAI-compatible server (a LanguageModel)."""

    def __init__(self, client: AsyncOpenAI, name: str, options: dict[str, Any]) -> None:
        self._client = client
        self._name = name
        self._options = options

    @property
    def name(self) -> str:
        """The model that is asked for."""
        return self._name

    async def stream(self, prompt: Prompt) -> AsyncGenerator[str | Finished]:
        """Yield the answer piece by piece, then one Finished. Raises ModelError."""
        try:
            async with await self._begin(prompt) as chunks:
                reason, model, usage = None, "", None
                async for chunk in chunks:
                    model = chunk.get("model") or model
                    usage = _usage(chunk) or usage
                    # Usage and filter chunks come without choices, so the first one is never taken for granted.
                    for choice in chunk.get("choices") or ():
                        reason = choice.get("finish_reason") or reason
                        if piece := (choice.get("delta") or {}).get("content"):
                            yield piece
                yield Finished(reason, model, usage)
        except openai.OpenAIError as error:
            raise translate(error) from error
        except (AttributeError, TypeError, ValueError) as error:
            raise ModelError("unreadable", UNREADABLE) from error

    async def _begin(self, prompt: Prompt) -> AsyncStream[Any]:
        try:
            async with asyncio.timeout(BEGIN_TIMEOUT):
                return await self._request(prompt)
        except TimeoutError as error:
            raise ModelError("timeout", TIMEOUT) from error

    async def _request(self, prompt: Prompt) -> AsyncStream[Any]:
        messages = [{"role": speech.role, "content": speech.content} for speech in prompt.speeches]
        while True:
            body = {"model": self._name, "messages": messages, "stream": True, **self._options}
            try:
                # Chunks as plain objects: to make each a pydantic model costs more than all the rest of a turn.
                return await self._client.post(
                    "/chat/completions", body=body, cast_to=object, stream=True, stream_cls=AsyncStream[Any]
                )
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                refused = _refused_option(error, self._options)
                if refused is None:
                    raise
                self._leave_out(refused)

    def _leave_out(self, option: str) -> None:
        """Remember that this server does not take an option, so that the next turn need not ask again."""
        if option in self._options:
            value = self._options.pop(option)
            instead = FALLBACKS[option]
            if instead is not None:
                self._options[instead] = value


@asynccontextmanager
async def open_model(
    *, api_key: str, base_url: str | None, name: str, temperature: float | None, max_tokens: int
) -> AsyncIterator[OpenAIModel]:
    """Open one client for all turns; close it at the end.

    ``temperature`` is sent only when given. ``max_tokens`` bounds the answer; it goes under the name that
    the server is known to take: OpenAI itself deprecated ``max_tokens``, most compatible servers know only it.
    """
    timeout = openai.Timeout(BEGIN_TIMEOUT, connect=5.0)
    async with AsyncOpenAI(api_key=api_key, base_url=base_url, timeout=timeout, max_retries=2) as client:
        official = OFFICIAL in client.base_url.host
        options: dict[str, Any] = {
            "max_completion_tokens" if official else "max_tokens": max_tokens,
            "stream_options": {"include_usage": True},
        }
        if temperature is not None:
            options["temperature"] = temperature
        yield OpenAIModel(client, name, options)


def _usage(chunk: dict[str, Any]) -> Usage | None:
    usage = chunk.get("usage")
    if not usage:
        return None
    return Usage(int(usage.get("prompt_tokens") or 0), int(usage.get("completion_tokens") or 0))


def _refused_option(error: openai.APIStatusError, options: dict[str, Any]) -> str | None:
    """The option that a server refused, if that is what a 400 or 422 is about."""
    complaint = str(error.message).lower()
    if not any(word in complaint for word in REFUSALS):
        return None
    if error.param in options and error.param in FALLBACKS:
        return error.param
    # The parameter that is refused is named before the one that is recommended instead.
    named = [option for option in options if option in FALLBACKS and option in complaint]
    return min(named, key=complaint.index, default=None)
