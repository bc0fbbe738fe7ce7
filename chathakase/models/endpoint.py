"""Where a server takes requests: what can be made of a base URL that is not quite one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit, urlunsplit

CHAT, MODELS = "/chat/completions", "/models"
WHOLE = re.compile(r"(?:/(?:chat/completions|completions|responses|embeddings|models))?/*$")
"""What stands behind a base where somebody gives a whole endpoint."""
VERSION = re.compile(r"/v\d\w*$")
USUAL = "/v1"


@dataclass(slots=True)
class Endpoint:
    """A server's base, until another one proves right."""

    base: str
    """Without a slash at its end."""
    query: Mapping[str, str] = field(default_factory=dict)
    """What each request has besides, such as Azure's ``api-version``."""
    moved_to: str = ""
    """Where the server says that it is now, if it does."""

    def others(self) -> Sequence[str]:
        """Bases on the same server that may have been meant, the likeliest first."""
        return tuple(dict.fromkeys(each for each in _others(self.base) if each != self.base))


def base_of(url: str) -> str:
    """The base that an endpoint's address begins with."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, WHOLE.sub("", parts.path), "", ""))


def is_same_server(url: str, other: str) -> bool:
    """Whether what is sent to one address goes to the same server as what is sent to another."""
    one, two = urlsplit(url), urlsplit(other)
    return (one.scheme, one.netloc) == (two.scheme, two.netloc)


def read_endpoint(url: str) -> Endpoint:
    """Read a base URL, also one that goes on to an endpoint or has a query."""
    return Endpoint(base_of(url), dict(parse_qsl(urlsplit(url).query, keep_blank_values=True)))


def _others(base: str) -> Iterator[str]:
    parts = urlsplit(base)
    if not VERSION.search(parts.path):
        yield f"{base}{USUAL}"
    yield urlunsplit((parts.scheme, parts.netloc, USUAL, "", ""))
