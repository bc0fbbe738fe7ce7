"""Whether the model's server can be reached, takes our key, and has the model that is named."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import aclosing, asynccontextmanager
from difflib import get_close_matches

from chathakase.core.errors import ModelError
from chathakase.core.types import ChatMessage, Finished, FinishReason, Prompt
from chathakase.findings import Finding, Level
from chathakase.models.failures import ELSEWHERE, MOVED, TIMEOUT, UNREADABLE
from chathakase.models.http_client import OFFICIAL
from chathakase.models.openai import OpenAIModel, open_model
from chathakase.models.reaching import EXPIRED, NEEDS_TLS, NO_HTTP, NO_PROXY, NO_TLS, OTHER_NAME, UNTRUSTED
from chathakase.showing import shown

SUBJECT = "model"
WITHIN = 5.0
"""Seconds that the server has for each of at most two requests."""
HELLO = Prompt((ChatMessage("user", "Hi"),))

NO_LIST = frozenset({ELSEWHERE, MOVED, "http_404", "http_501", "server_error", "unreadable"})
"""What servers that keep no list of models answer when they are asked for it."""
NO_MODEL = frozenset({"http_400", "http_404", "http_422"})
"""What servers answer when they are asked for a model that they do not have."""

SAID = {
    "http_401": ("does not accept the key", "Check OPENAI_API_KEY."),
    "http_403": ("does not let the key use this model", "Check OPENAI_API_KEY and its permissions."),
    "http_404": ("does not have this model", "Check CHATHAKASE_MODEL."),
    ELSEWHERE: ("accepts no requests at this address", "Check OPENAI_BASE_URL; most end in /v1."),
    "insufficient_quota": ("says that the credit is used up", "Check your account there."),
    "unreadable": ("does not answer like a model", "Check OPENAI_BASE_URL; most end in /v1."),
    "no_answer": ("sends empty answers", "Check its log, or ask its administrator."),
    MOVED: ("redirects to another address", "Set OPENAI_BASE_URL to its new address."),
    NO_TLS: ("uses no TLS", "Begin OPENAI_BASE_URL with http:// if the network is safe, or check its port."),
    NEEDS_TLS: ("uses TLS", "Begin OPENAI_BASE_URL with https://."),
    NO_HTTP: (
        "closes the connection without an HTTP response",
        "Check OPENAI_BASE_URL: the port, and whether it needs https://.",
    ),
    UNTRUSTED: ("has a certificate that is not trusted", "Set SSL_CERT_FILE to its authority's certificate."),
    EXPIRED: ("has a certificate that has expired", "Renew it, and check this machine's clock."),
    OTHER_NAME: ("has a certificate for another name", "Use that name in OPENAI_BASE_URL."),
    NO_PROXY: ("cannot be reached through the proxy", "Check HTTPS_PROXY, or name the host in NO_PROXY."),
    "unreachable": ("cannot be reached", "Start it, or check OPENAI_BASE_URL and the network."),
    "timeout": (f"does not answer within {WITHIN:.0f} s", "Check that it works, and check OPENAI_BASE_URL."),
}
"""What the server does, by the code of a ModelError, and what to do about it."""


async def check_model(*, api_key: str, base_url: str | None, name: str) -> list[Finding]:
    """Look for the model. Of a server whose list does not name it, or that keeps none, one token is asked."""
    where = shown(base_url) if base_url else OFFICIAL
    opening = open_model(api_key=api_key, base_url=base_url, name=name, temperature=None, max_tokens=1)
    async with opening as model:
        try:
            return [await _look(model, where)]
        except ModelError as error:
            return [_moved(where, model.moved_to) if model.moved_to else _refused(error.code, where)]


async def _look(model: OpenAIModel, where: str) -> Finding:
    base, names = model.base, await _names(model)
    if model.name in names:
        return Finding(SUBJECT, Level.OK, f"{where} has {model.name}")
    try:
        await _greet(model)
    except ModelError as error:
        if not names and model.base != base:
            names = await _names(model)
        if names and error.code in NO_MODEL:
            return _missing(model.name, where, names)
        raise
    if model.base != base:
        here = shown(model.base)
        return Finding(SUBJECT, Level.NOTE, f"{here} answers as {model.name}", f"Set OPENAI_BASE_URL to {here}.")
    unlisted = ", though its list of models does not name it" if names else ""
    return Finding(SUBJECT, Level.OK, f"{where} answers as {model.name}{unlisted}")


async def _greet(model: OpenAIModel) -> None:
    """Have the model begin an answer. A web page that is no model has neither words nor an end."""
    async with _in_time(), aclosing(model.stream(HELLO)) as answer:
        first = await anext(answer)
        if isinstance(first, Finished) and first.reason in (None, FinishReason.TOO_MUCH):
            raise ModelError("unreadable", UNREADABLE)


async def _names(model: OpenAIModel) -> Collection[str]:
    """The models on the server's list; none when it keeps no list."""
    try:
        async with _in_time():
            return await model.names()
    except ModelError as error:
        if error.code in NO_LIST:
            return ()
        raise


def _missing(name: str, where: str, names: Collection[str]) -> Finding:
    near = get_close_matches(name, sorted(names), cutoff=0.5) or sorted(names)[:3]
    advice = f"Set CHATHAKASE_MODEL to one that it has, for instance {' or '.join(near)}."
    return Finding(SUBJECT, Level.ERROR, f"{where} has no {name}", advice)


def _moved(where: str, to: str) -> Finding:
    return Finding(SUBJECT, Level.ERROR, f"{where} redirects to {shown(to)}", f"Set OPENAI_BASE_URL to {shown(to)}.")


def _refused(code: str, where: str) -> Finding:
    if code == "http_429":
        return Finding(SUBJECT, Level.WARNING, f"{where} is reachable, but overloaded", "Try again later.")
    said, advice = SAID.get(code, (f"refuses the question ({code})", "Check its log, or ask its administrator."))
    return Finding(SUBJECT, Level.ERROR, f"{where} {said}", advice)


@asynccontextmanager
async def _in_time() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(WITHIN):
            yield
    except TimeoutError as error:
        raise ModelError("timeout", TIMEOUT) from error
