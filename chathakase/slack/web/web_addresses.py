"""Where an address may lead that came with a payload or an answer: the one rule for all of them. Pure.

Whoever shares a file may name its address (https://docs.slack.dev/reference/methods/files.remote.add), and a ``GET`` of
a method of the Web API with the bot's token does what the method does. So the token goes to the hosts that hold files
alone, and never to a path of the API, however it is spelled:

- ``files.slack.com`` holds files and takes uploads (https://docs.slack.dev/messaging/working-with-files), and on
  Enterprise Grid sends on to ``files-origin.slack.com`` (https://github.com/NousResearch/hermes-agent/pull/114483);
  ``slack-files.com`` is that of public links (https://docs.slack.dev/reference/methods/files.sharedPublicURL).
- GovSlack has all its hosts under ``slack-gov.com`` (https://api.slack-gov.com/gov-slack/about).
- ``hooks.slack.com`` takes what is said by a ``response_url``
  (https://docs.slack.dev/interactivity/handling-user-interaction).
- Another server, which ``SLACK_API_URL`` names, has all of that beside its API.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from urllib.parse import unquote, urlsplit

from yarl import URL

FILES = frozenset({"files.slack.com", "files-origin.slack.com", "slack-files.com", "files.slack-gov.com"})
UPLOADS = frozenset({"files.slack.com", "files.slack-gov.com"})
HOOKS = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})
SLACK = ("slack.com", "slack-gov.com")
API = "api"
"""Where Slack has its methods, and most servers that are like it."""

PRINTABLE = re.compile(r"[!-\[\]-~]+")
"""What an address is written with: no blank, no back-slash, nothing beyond ASCII."""
BREAK = re.compile(r"[/\\]")
END = re.compile(r"[;?#\x00-\x20]")
"""Where some server may take a part of a path to end."""
MOST_DECODED = 8
"""How often an address may be escaped; nobody means well who escapes it more often."""


class Elsewhere(ValueError):
    """An address that must not be called."""


class WebApiAddresses:
    """Tells which addresses may be called by a bot whose Web API is at ``api_url``. They raise Elsewhere."""

    def __init__(self, api_url: str) -> None:
        self._api = URL(api_url)
        host = (self._api.host or "").rstrip(".")
        self._is_slack = any(host == domain or host.endswith(f".{domain}") for domain in SLACK)
        self._below = _resolved(_parts(self._api.path))

    def of_file(self, address: str, *, base: URL | None = None) -> URL:
        """Where a file is, which may be asked for with the bot's token; ``base`` is what the address is relative to."""
        return self._checked(address, FILES, base)

    def of_upload(self, address: str) -> URL:
        """Where a file's bytes may be sent."""
        return self._checked(address, UPLOADS)

    def of_response(self, address: str) -> URL:
        """Where an interaction may be answered: a ``response_url``."""
        return self._checked(address, HOOKS)

    def of_socket(self, address: str) -> URL:
        """Where a socket may be opened: Slack itself says so, and its ticket is not to be read on the way."""
        url = _parsed(address)
        if url.scheme != "wss" and (self._is_slack or url.scheme != "ws"):
            raise Elsewhere
        return url

    def _checked(self, address: str, hosts: Collection[str], base: URL | None = None) -> URL:
        url = _parsed(address, base)
        ours = not self._is_slack and url.origin() == self._api.origin()
        theirs = url.scheme == "https" and url.port == 443 and url.host in hosts
        if not (ours or theirs) or any(self._is_api(parts, ours=ours) for parts in _readings(url.raw_path)):
            raise Elsewhere
        return url

    def _is_api(self, parts: Sequence[str], *, ours: bool) -> bool:
        """Whether a path is the API's own, or none that a file could have."""
        if not parts or parts[0] == API or API in parts[:-1]:
            return True
        if not ours:
            return False
        if not self._below:
            # The methods are at the root, as family.method.
            return len(parts) == 1 or "." in parts[0]
        return parts[: len(self._below)] == self._below


def _parsed(address: str, base: URL | None = None) -> URL:
    """An address with a scheme and a host, and nobody's name or password. Raises Elsewhere."""
    if not PRINTABLE.fullmatch(address):
        raise Elsewhere
    try:
        url = base.join(URL(address)) if base else URL(address)
        url.origin()
        named = "@" in urlsplit(address).netloc
    except ValueError:
        raise Elsewhere from None
    if named:
        raise Elsewhere
    return url


def _readings(path: str) -> Iterator[Sequence[str]]:
    """All that some server could take a path for: with escapes or without, as it stands or with its dots resolved."""
    for _ in range(MOST_DECODED):
        parts = _parts(path)
        yield parts
        yield _resolved(parts)
        decoded = unquote(path)
        if decoded == path:
            return
        path = decoded
    yield [API]


def _parts(path: str) -> Sequence[str]:
    return [part for part in map(_plain, BREAK.split(path)) if part]


def _plain(part: str) -> str:
    """A part of a path as a server that is not particular would take it."""
    part = END.split(unicodedata.normalize("NFKC", part).lstrip(), maxsplit=1)[0].casefold()
    return part.rstrip(".") or part


def _resolved(parts: Sequence[str]) -> Sequence[str]:
    """A path without its dot segments."""
    found: list[str] = []
    for part in parts:
        if part == "..":
            del found[-1:]
        elif part != ".":
            found.append(part)
    return found
