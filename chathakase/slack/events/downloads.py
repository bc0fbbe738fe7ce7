"""Fetches what people share from Slack's file host.

A file's ``url_private`` wants the bot's token (https://docs.slack.dev/reference/objects/file-object#auth), and so does
the address that a redirect leads to: each is looked at before it is called (``connection/addresses``). A file that is
kept elsewhere is not asked for at all, whether its message says so or Slack does when it is asked.
"""

import asyncio
import re
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any

import aiohttp
from yarl import URL

from chathakase.clock import monotonic
from chathakase.core.errors import DeliveryError
from chathakase.core.files import SharedFile
from chathakase.core.retrying import RetryPolicy
from chathakase.core.types import Place
from chathakase.slack.events.file_texts import awaits_text, has_whole_text, transcript
from chathakase.slack.events.shared_files import CLIP, LIST, PAGE, address_in, address_of, is_remote, kind_of
from chathakase.slack.web.call_errors import failure_of
from chathakase.slack.web.client import SlackWeb, proxy_of
from chathakase.slack.web.web_addresses import Elsewhere, WebApiAddresses

CONNECT = 5.0
"""Seconds to wait for a connection."""
SILENCE = 10.0
"""Seconds to wait for the next bytes."""
AGAIN = RetryPolicy(first_wait=0.5, retries=1)
"""How a file is fetched again after what may pass."""
HOPS = 5
"""Redirects that are followed."""
LISTENING = RetryPolicy(first_wait=1.0, retries=8)
"""How Slack is asked again what a clip says: it listens only after the clip was shared."""
CHUNK = 2**16
SIGN_IN = re.compile(
    rb"<form[\s>]|<script[\s>]|<title[^>]*>[^<]*\b(?:sign|log)[ -]?in\b|type=[\"']?password", re.IGNORECASE
)
"""What stands in the page with which Slack asks people to sign in, and never in one that they write."""

GONE = frozenset({"file_not_found", "file_deleted", "http_404", "http_410"})
REFUSED = frozenset(
    {"missing_scope", "not_allowed_token_type", "access_denied", "no_permission", "http_401", "http_403"}
)


class SlackDownloads:
    """Fetches files (a Downloads)."""

    def __init__(self, web: SlackWeb) -> None:
        self._web = web
        self._addresses = WebApiAddresses(web.client.base_url)

    async def fetch(self, _: Place, file: SharedFile, *, most: int) -> bytes:
        """The whole content of a file, however long that takes as long as something comes; of a clip, what it says.

        Raises DeliveryError: ``too_large`` beyond ``most`` bytes; ``elsewhere`` when it is not kept on Slack, ``gone``
        when it no longer exists, ``not_allowed`` when the bot may not read it (it may lack ``files:read``),
        ``not_a_file`` when Slack shows it as a page alone, as it does with lists; others, such as ``timeout`` or
        ``http_503``, that may pass.
        """
        if file.remote:
            raise DeliveryError("elsewhere")
        if file.size > most:
            raise DeliveryError("too_large")
        retries = AGAIN.begin(monotonic)
        while True:
            try:
                return await self._once(file, most)
            except DeliveryError as error:
                if not error.passes or retries.are_over:
                    raise
            await asyncio.sleep(retries.next_wait())

    async def _once(self, file: SharedFile, most: int) -> bytes:
        try:
            if file.kind == CLIP:
                return await self._transcript(file, most)
            return await self._content(file if file.url else _described(file, await self._about(file)), most)
        except DeliveryError:
            raise
        except Elsewhere as error:
            raise DeliveryError("elsewhere") from error
        except Exception as error:
            raise _failure(error) from error

    async def _content(self, file: SharedFile, most: int) -> bytes:
        url = self._addresses.of_file(file.url)
        for _ in range(HOPS + 1):
            async with self._get(url) as response:
                if not (onward := _onward(response)):
                    return await _content(response, file, most)
            url = self._addresses.of_file(onward, base=url)
        raise DeliveryError("too_many_redirects")

    async def _transcript(self, file: SharedFile, most: int) -> bytes:
        """What is said in a clip; the clip itself where Slack has not understood it."""
        retries = LISTENING.begin(monotonic)
        while awaits_text(about := await self._about(file)):
            if retries.are_over:
                raise DeliveryError("transcribing", passes=True)
            await asyncio.sleep(retries.next_wait())
        if not has_whole_text(about) and (subtitles := address_in(about, "vtt")):
            return await self._content(replace(file, url=subtitles, kind="text/vtt"), most)
        return transcript(about).encode() or await self._content(_described(file, about), most)

    async def _about(self, file: SharedFile) -> Mapping[str, Any]:
        """What Slack tells of a file when it is asked."""
        about = (await self._web.client.files_info(file=file.id)).get("file")
        if not isinstance(about, Mapping):
            raise DeliveryError("gone")
        return about

    def _get(self, url: URL) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        return self._web.session.get(
            url,
            # Packed answers could grow beyond what is looked at.
            headers={"Authorization": f"Bearer {self._web.client.token}", "Accept-Encoding": "identity"},
            allow_redirects=False,
            proxy=proxy_of(str(url)),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT, sock_read=SILENCE),
        )


def _described(file: SharedFile, about: Mapping[str, Any]) -> SharedFile:
    """A file that came without an address, as those of other organisations do (``check_file_info``)."""
    if is_remote(about):
        raise DeliveryError("elsewhere")
    if not (address := address_of(about)):
        raise DeliveryError("gone")
    return replace(file, url=address, kind=kind_of(about) or file.kind)


def _onward(response: aiohttp.ClientResponse) -> str:
    """Where an answer sends us on to; empty if it does not."""
    return response.headers.get("Location", "") if response.status in (301, 302, 303, 307, 308) else ""


async def _content(response: aiohttp.ClientResponse, file: SharedFile, most: int) -> bytes:
    """The bytes of an answer that is the file. Raises DeliveryError."""
    if response.status != 200:
        response.raise_for_status()
        raise DeliveryError(f"http_{response.status}")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise DeliveryError("packed")
    content = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK):
        content += chunk
        if len(content) > most:
            raise DeliveryError("too_large")
    if response.content_type == "text/html" and not _is_expected(file, content):
        raise DeliveryError("not_a_file" if file.kind == LIST else "not_allowed")
    return bytes(content)


def _is_expected(file: SharedFile, content: bytes | bytearray) -> bool:
    """Whether a web page is the file, not the login page with which Slack answers who may not have it."""
    if file.kind == PAGE:
        # Its size is that of what Slack keeps, not of the HTML that is made of it.
        return SIGN_IN.search(content) is None
    return len(content) == file.size if file.size else "html" in file.kind


def _failure(error: Exception) -> DeliveryError:
    """What a failed call or download means."""
    failure = failure_of(error)
    if failure.code in GONE:
        return DeliveryError("gone")
    if failure.code in REFUSED:
        return DeliveryError("not_allowed")
    return DeliveryError(failure.code, passes=failure.passes)
