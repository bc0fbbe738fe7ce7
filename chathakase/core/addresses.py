"""Addresses in settings: which ones can be used, in plain words. Pure."""

import errno
import os
import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

import idna

LONGEST = 2_000
"""Characters."""
NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.IGNORECASE)
"""One part of a host's name."""
NUMBERS = re.compile(r"\d+(\.\d+){3}")
LIKE = "must be an address such as https://host/path or http://host:port/path"


def web_address(text: str) -> SplitResult:
    """Read an address of HTTP. Raises ValueError in plain words, without the address, which may hold a secret."""
    if len(text) > LONGEST:
        raise ValueError(f"is longer than {LONGEST:,} characters")
    if any(character.isspace() or not character.isprintable() or character == "\\" for character in text):
        raise ValueError("must not contain spaces, control characters or backslashes")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(LIKE) from None
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host or port == 0 or ("[" in parts.netloc and ":" not in host):
        raise ValueError(LIKE)
    check_host(host)
    return parts


def check_host(host: str) -> None:
    """Raise ValueError when a host is neither an address in numbers nor a name that could be looked up."""
    try:
        _check_numbers(host) if ":" in host or NUMBERS.fullmatch(host) else _check_name(host)
    except ValueError:
        raise ValueError("contains an invalid host name") from None


NOT_OURS = "{} is not an address of this machine"


def why_not_listening(host: str, port: int, error: OSError | UnicodeError) -> str:
    """Why nothing can listen at an address, in plain words; no ``host`` means every interface."""
    number = error.errno if isinstance(error, OSError) else None
    match number:
        case errno.EADDRINUSE:
            return f"port {port} is already in use"
        case errno.EACCES | errno.EPERM:
            return f"port {port} needs special privileges; use one above 1023"
        case errno.EADDRNOTAVAIL:
            return NOT_OURS.format(host)
        # From Python 3.13 on, asyncio says so without a number.
        case None if isinstance(error, OSError):
            return NOT_OURS.format(host)
        case None:
            return f"{host} is not a valid host"
        # What cannot be looked up has a number below zero, for which systems have no words.
        case below if below < 0:
            return f"the host {host} cannot be found"
    return f"port {port} cannot be used ({os.strerror(number)})"


def is_loopback(host: str) -> bool:
    """Whether what is sent to a host stays on this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def is_in_clear(address: str) -> bool:
    """Whether what is sent to an address that can be used goes over a network that others can read."""
    parts = urlsplit(address)
    return parts.scheme == "http" and not is_loopback(parts.hostname or "")


def _check_numbers(host: str) -> None:
    IPv6Address(host) if ":" in host else IPv4Address(host)


def _check_name(host: str) -> None:
    """As HTTP's libraries do: names that are not in ASCII, or were made of such, must follow IDNA 2008."""
    name = host if host.isascii() else idna.encode(host.lower()).decode()
    labels = name.removesuffix(".").split(".")
    if len(name) > 253 or not all(NAME.fullmatch(label) for label in labels):
        raise ValueError(host)
    if any(label.lower().startswith("xn--") for label in labels):
        idna.decode(name.lower())


def proxy_problem(text: str) -> str:
    """What is wrong with the address of a proxy, in plain words; empty when nothing is."""
    if re.match(r"socks\w*:", text, re.IGNORECASE):
        return "names a SOCKS proxy, which is not supported: name an HTTP proxy, or unset it"
    try:
        web_address(text)
    except ValueError:
        return "must be the address of an HTTP proxy, such as http://host:3128"
    return ""
