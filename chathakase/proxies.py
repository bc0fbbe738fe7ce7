"""Which addresses are reached without a proxy, whatever proxies the environment names."""

from ipaddress import ip_address, ip_network
from urllib.parse import SplitResult
from urllib.request import getproxies, proxy_bypass

from chathakase.core.addresses import is_loopback


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
