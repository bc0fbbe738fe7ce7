"""The connection to a model's server, through the openai library: what of the environment it goes by."""

import os
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import urlsplit

import openai
from openai import AsyncOpenAI

from chathakase.certificates import trusted
from chathakase.core.addresses import is_loopback
from chathakase.models.bodies import take_in
from chathakase.models.endpoint import Endpoint
from chathakase.models.lenient_transport import open_transport
from chathakase.proxies import proxy_for

OFFICIAL = "api.openai.com"
AZURE = (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")
"""How the hosts of Azure end, whose older addresses take a key in a header of their own:
https://learn.microsoft.com/azure/ai-services/openai/reference#authentication."""

CONNECT_WITHIN = 5.0
"""Seconds."""
TRIES = 2
"""How often what fails is tried again."""
AMBIENT = "OPENAI_"
"""How the names of variables begin that the library reads by itself."""


@asynccontextmanager
async def open_client(endpoint: Endpoint, *, api_key: str, silence: float) -> AsyncIterator[AsyncOpenAI]:
    """Open the client; close it at the end. It waits for ``silence`` seconds.

    What is on this machine, or named in ``NO_PROXY``, is reached without a proxy. No redirect is followed: it would
    take people's words and the key to wherever it leads, and makes a GET of a POST.
    """
    host = urlsplit(endpoint.base).hostname or ""
    async with open_transport(_certificates(endpoint), proxy=proxy_for(endpoint.base)) as transport:
        http_client = openai.DefaultAsyncHttpxClient(
            transport=transport,
            trust_env=False,
            follow_redirects=False,
            event_hooks={"response": [take_in]},
            headers={"Accept-Encoding": "identity"},
            # One cookie in letters that no header may have would fail all requests that follow.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        )
        with _ambience(is_official(endpoint)):
            client = AsyncOpenAI(
                api_key=api_key,
                base_url=endpoint.base,
                default_query=endpoint.query,
                default_headers={"api-key": api_key} if host.endswith(AZURE) else None,
                timeout=openai.Timeout(silence, connect=CONNECT_WITHIN),
                max_retries=TRIES,
                http_client=http_client,
            )
        async with client:
            yield client


def is_official(endpoint: Endpoint) -> bool:
    """Whether it is OpenAI's own server, in any of its regions."""
    host = urlsplit(endpoint.base).hostname or ""
    return host == OFFICIAL or host.endswith(f".{OFFICIAL}")


def _certificates(endpoint: Endpoint) -> ssl.SSLContext:
    """What certificates are held against; to read all of them takes long where none is ever shown."""
    parts = urlsplit(endpoint.base)
    spoken = parts.scheme == "https" or not is_loopback(parts.hostname or "")
    return trusted() if spoken else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@contextmanager
def _ambience(official: bool) -> Iterator[None]:
    """Hide from the library the variables that it reads by itself, unless they are set and the server is OpenAI's.

    They name an organisation, a project, or headers that are nobody else's business.
    """
    hidden = {
        name: value for name, value in os.environ.items() if name.startswith(AMBIENT) and not (official and value)
    }
    for name in hidden:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(hidden)
