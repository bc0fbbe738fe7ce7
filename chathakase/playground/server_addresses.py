"""The names by which clients know this server: each is given addresses at the name and port that it asked at.

Inside the workspace there is one address. A client in a container, behind a mapped port or on another machine reaches
the server under a name of its own, and everything that it is told to ask for must lie there as well.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit, urlunsplit

FIELDS = frozenset({"permalink", "response_url", "upload_url", "url", "url_private", "url_private_download"})
"""Where Slack's JSON holds addresses of this server, beside those of pictures, `image_48` and the like."""

_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?")


class ServerAddresses:
    """The server's own address, known once it listens, and the same as others see it."""

    def __init__(self) -> None:
        self.own = ""
        """Host and port."""

    def listen(self, host: str, port: int) -> None:
        """Note where the server listens; a host that stands for all addresses is reached at the loopback one."""
        self.own = f"{_bracketed(_reachable(host))}:{port}"

    @property
    def base(self) -> str:
        """The server's own address, without a closing slash."""
        return f"http://{self.own}"

    def seen_from(self, value: Any, asked: str) -> Any:
        """JSON in which this server's addresses lie at `asked`, a Host header; the own ones where that is none."""
        if asked == self.own or not _AUTHORITY.fullmatch(asked):
            return value
        return self._moved(value, asked)

    def _moved(self, value: Any, asked: str) -> Any:
        if isinstance(value, dict):
            return {name: self._field(name, each, asked) for name, each in value.items()}
        if isinstance(value, list):
            return [self._moved(each, asked) for each in value]
        return value

    def _field(self, name: str, value: Any, asked: str) -> Any:
        if not (name in FIELDS or name.startswith("image_")) or not isinstance(value, str):
            return self._moved(value, asked)
        parts = urlsplit(value)
        return urlunsplit(parts._replace(netloc=asked)) if parts.netloc == self.own else value


def _reachable(host: str) -> str:
    try:
        address = ip_address(host)
    except ValueError:
        return host or "127.0.0.1"
    if not address.is_unspecified:
        return host
    return "127.0.0.1" if address.version == 4 else "::1"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
