"""Through which proxy the environment has an address reached, and which are reached without one."""

from ipaddress import ip_address, ip_network
from urllib.parse import SplitResult, quote, unquote_to_bytes, urlsplit
from urllib.request import getproxies, proxy_bypass

from chathakase.core.addresses import is_loopback


def proxy_for(url: str, *others: str) -> str:
    """The proxy through which an address is reached; empty where it is reached directly.

    It is named by ``HTTPS_PROXY`` or ``HTTP_PROXY``, whichever goes with the address, or else by ``ALL_PROXY``.
    ``others`` are schemes whose proxy is taken if neither is set.
    """
    address, proxies = urlsplit(url), getproxies()
    if is_reached_directly(address):
        return ""
    scheme = "https" if address.scheme in ("https", "wss") else "http"
    named = (proxies.get(name, "").strip() for name in (scheme, "all", *others))
    proxy = next(filter(None, named), "")
    return proxy if "://" in proxy or not proxy else f"http://{proxy}"


def for_aiohttp(proxy: str) -> str:
    """The address of a proxy with a name and a password whose Latin-1, which aiohttp sends, is their UTF-8.

    Which letters a proxy expects is said nowhere; most expect those (https://www.rfc-editor.org/rfc/rfc7617#section-2.1).
    """
    scheme, _, rest = proxy.partition("://")
    user, at, host = rest.rpartition("@")
    parts = (quote(unquote_to_bytes(part).decode("latin-1"), safe="") for part in user.split(":", 1))
    return f"{scheme}://{':'.join(parts)}{at}{host}" if at else proxy


def is_reached_directly(address: SplitResult) -> bool:
    """Whether an address is on this machine, or excepted by ``NO_PROXY``.

    Besides names, which Python's own library reads, that may tell networks (``10.0.0.0/8``) and begin with ``*.``.
    """
    host = address.hostname or ""
    if is_loopback(host) or proxy_bypass(address.netloc.rpartition("@")[2]):
        return True
    return any(_covers(each.strip().strip("[]").lower(), host) for each in getproxies().get("no", "").split(","))


def _covers(exception: str, host: str) -> bool:
    try:
        return ip_address(host) in ip_network(exception, strict=False)
    except ValueError:
        return exception.startswith("*.") and host.endswith(exception[1:])
