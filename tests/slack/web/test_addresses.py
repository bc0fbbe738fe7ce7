"""No spelling of an address has the bot call its own Web API with its token, or anybody who is not Slack."""

import itertools
from collections.abc import Callable
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from chathakase.slack.web.web_addresses import Elsewhere, WebApiAddresses

SLACK = WebApiAddresses("https://slack.com/api/")
GOV = WebApiAddresses("https://slack-gov.com/api/")
OTHER = "http://127.0.0.1:4444"
LOCAL = WebApiAddresses(f"{OTHER}/api/")
DEEPER = WebApiAddresses(f"{OTHER}/slack/api/")
NAMED = WebApiAddresses(f"{OTHER}/somewhere")
ROOT = WebApiAddresses(OTHER)
ALL = (SLACK, GOV, LOCAL, DEEPER, NAMED, ROOT)


def takes(check: Callable[[str], URL], address: str) -> bool:
    try:
        check(address)
    except Elsewhere:
        return False
    return True


@pytest.mark.parametrize(
    "address",
    [
        "https://files.slack.com/files-pri/T1-F1/download/a.png",
        "https://files.slack.com:443/files-pri/T1-F1/a.png?t=xoxe-1",
        "https://FILES.Slack.com/files-pri/T1-F1/a.png",
        "https://files-origin.slack.com/files-pri/T1-F1/a.png",
        "https://files.slack-gov.com/files-pri/T1-F1/a.png",
        "https://slack-files.com/T1-F1-abc",
        "https://files.slack.com/files-pri/T1-F1/users.list",
        "https://files.slack.com/files-pri/T1-F1/%C3%A4%20b%2520%3F.png",
        "https://files.slack.com/files-pri/T1-F1/api",
    ],
)
def test_the_token_goes_to_slacks_file_hosts(address: str) -> None:
    assert all(takes(addresses.of_file, address) for addresses in ALL)


@pytest.mark.parametrize(
    "address",
    [
        "http://files.slack.com/files-pri/a",
        "https://files.slack.com:8443/files-pri/a",
        "https://files.slack.com:80/files-pri/a",
        "https://files.slack.com./files-pri/a",
        "https://files.slack.com.evil.example/files-pri/a",
        "https://evilfiles.slack.com/files-pri/a",
        "https://evil-slack.com/files-pri/a",
        "https://files.slack.com@evil.example/files-pri/a",
        "https://someone:word@files.slack.com/files-pri/a",
        "https://someone@files.slack.com/files-pri/a",
        "https://@files.slack.com/files-pri/a",
        "https://slack.com/files-pri/T1-F1/a.png",
        "https://slack.com/api/conversations.history?channel=C0SECRET",
        "https://slack.com./api/chat.postMessage?channel=C1&text=hi",
        "https://team.slack.com/files-pri/T1-F1/a.png",
        "https://team.slack.com/api/chat.postMessage",
        "https://api.slack.com/api/chat.postMessage",
        "https://hooks.slack.com/files/a",
        "https://slack-gov.com/api/users.list",
        "https://files.slack.com/api/files.info?file=F1",
        "https://files.slack.com/API/files.info",
        "https://files.slack.com/files-pri/..%2Fapi/chat.postMessage",
        "https://files.slack.com",
        "https://files.slack.com/?a=b",
        "https://drive.example/file",
        "ftp://files.slack.com/files-pri/a",
        "file:///etc/passwd",
        "wss://files.slack.com/files-pri/a",
        "javascript:alert(1)",
        "//files.slack.com/files-pri/a",
        "/files-pri/a",
        "https://",
        "http://[::1",
        "https://files.slack.com:port/files-pri/a",
        "https://files.slack.com\\@evil.example/a",
        "https://evil.example\\.files.slack.com/a",
        "https://files.slack.com/files-pri/a b",
        "https://files.slack.com/files-pri/a\n",
        "https://files.slack.com/files-pri/\u00e4",
        "https://f\u0131les.slack.com/files-pri/a",
        "https://files\u3002slack.com/files-pri/a",
        "",
    ],
)
def test_the_token_goes_nowhere_else(address: str) -> None:
    assert not any(takes(addresses.of_file, address) for addresses in ALL)


@pytest.mark.parametrize(
    ("addresses", "path"),
    [
        (LOCAL, "/files/F1/a.png"),
        (LOCAL, "/files/F1/%C3%A4%20b%2520%3F.png"),
        (LOCAL, "/files/F1/chat.postMessage"),
        (LOCAL, "/apis/a.png"),
        (LOCAL, "/a"),
        (DEEPER, "/slack/files/a"),
        (DEEPER, "/files/a"),
        (NAMED, "/somewhere-else/a"),
        (NAMED, "/files/a"),
        (ROOT, "/files/a.png"),
        (ROOT, "/files-pri/T1-F1/download/a.png"),
    ],
)
def test_another_server_holds_files_beside_its_api(addresses: WebApiAddresses, path: str) -> None:
    assert takes(addresses.of_file, OTHER + path)
    assert takes(addresses.of_upload, OTHER + path)
    assert takes(addresses.of_response, OTHER + path)
    assert not takes(SLACK.of_file, OTHER + path)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:4445/files/a",
        "https://127.0.0.1:4444/files/a",
        "http://localhost:4444/files/a",
        "http://127.1:4444/files/a",
        "http://2130706433:4444/files/a",
        "http://127.0.0.1.:4444/files/a",
        "http://127.0.0.1/files/a",
        "http://x@127.0.0.1:4444/files/a",
        "http://127.0.0.1:4444@evil.example/files/a",
        "http://evil.example#@127.0.0.1:4444/files/a",
    ],
)
def test_another_server_is_known_by_its_very_origin(address: str) -> None:
    assert not any(takes(addresses.of_file, address) for addresses in ALL)


WAYS = [
    "/{api}/{method}",
    "//{api}//{method}",
    "/./{api}/./{method}",
    "/files/../{api}/{method}",
    "/files/a/../../{api}/{method}",
    "/files/%2e%2e/{api}/{method}",
    "/files/%2E%2E%2F{api}%2F{method}",
    "/files/..;/{api}/{method}",
    "/files/..%5C{api}%5C{method}",
    "/{api};v=1/{method}",
    "/{api};/{method};jsessionid=1",
    "/{api}%3B/{method}",
    "/{api}%2F{method}",
    "/{api}%252f{method}",
    "/{api}%25252f{method}",
    "/{api}%00/{method}",
    "/{api}%20/{method}",
    "/{api}./{method}",
    "/%20{api}/{method}",
    "/{api}/../{api}/{method}",
    "/files/%252e%252e/{api}/{method}",
    "/{api}/{method}/",
    "/{api}/{method}/a.png",
    "/{api}",
    "/{api}/",
    "/{api}%3f/{method}",
]
METHODS = ("conversations.history", "chat.postMessage", "CHAT.POSTMESSAGE", "files.info%00", "users%2Elist")


def spelled(api: str) -> list[str]:
    """Ways to write the name of a folder that some server would read as that folder."""
    escaped = "".join(f"%{ord(letter):02x}" if letter != "/" else letter for letter in api)
    return [api, api.upper(), api.title(), escaped, escaped.upper(), quote(escaped), quote(quote(escaped))]


@pytest.mark.parametrize(("addresses", "api"), [(LOCAL, "api"), (DEEPER, "slack/api"), (NAMED, "somewhere")])
def test_no_spelling_leads_to_the_api(addresses: WebApiAddresses, api: str) -> None:
    told = {
        f"{OTHER}{way.format(api=name, method=method)}?channel=C0SECRET"
        for way, method, name in itertools.product(WAYS, METHODS, spelled(api))
    }
    assert len(told) > 700
    for address in told:
        assert not takes(addresses.of_file, address), address
    for check in (addresses.of_upload, addresses.of_response):
        assert not any(takes(check, f"{OTHER}{way.format(api=api, method='chat.update')}") for way in WAYS)


@pytest.mark.parametrize("method", [*METHODS, "api", "api/chat.postMessage", "chat.postMessage/x", "", "?method=a.b"])
@pytest.mark.parametrize("way", ["/{}", "//{}", "/./{}", "/a/../{}", "/a/%2e%2e/{}", "/{};x", "/%2F{}", "/{}/"])
def test_an_api_at_the_root_is_known_by_its_methods(way: str, method: str) -> None:
    assert not takes(ROOT.of_file, OTHER + way.format(method))


def test_what_is_escaped_without_end_is_refused() -> None:
    address = "/x/..%2fapi/chat.postMessage"
    for _ in range(30):
        address = address.replace("%", "%25")
        assert not takes(LOCAL.of_file, OTHER + address)


@given(st.lists(st.sampled_from(["api", "..", ".", "/", "\\", "%2f", "%5c", "%2e", "%25", ";x", "a", "?", "#"])))
def test_no_mixture_leads_to_the_api(parts: list[str]) -> None:
    address = f"{OTHER}/{''.join(parts)}"
    if not takes(LOCAL.of_file, address):
        return
    path = LOCAL.of_file(address).raw_path
    while path != unquote(path):
        path = unquote(path)
    assert URL(OTHER).join(URL(path, encoded=True)).path.split("/")[1] != "api"


@given(st.text())
def test_anything_is_told_from_an_address(text: str) -> None:
    for addresses in ALL:
        for check in (addresses.of_file, addresses.of_upload, addresses.of_response, addresses.of_socket):
            assert not takes(check, text)


def test_a_redirect_is_read_from_where_it_comes() -> None:
    base = URL(f"{OTHER}/files/F1/a.png")
    assert str(LOCAL.of_file("../b", base=base)) == f"{OTHER}/files/b"
    assert str(LOCAL.of_file("//127.0.0.1:4444/c", base=base)) == f"{OTHER}/c"
    assert str(LOCAL.of_file("https://files.slack.com/files-pri/a", base=base)) == "https://files.slack.com/files-pri/a"
    for onward in ("/api/a.b", "../../api/a.b", "//127.0.0.1:4444/api/a.b", "//evil.example/files/a", ""):
        assert not takes(lambda address: LOCAL.of_file(address, base=base), onward), onward


@pytest.mark.parametrize(
    ("address", "is_taken"),
    [
        ("https://hooks.slack.com/actions/T1/1/abc", True),
        ("https://hooks.slack-gov.com/actions/T1/1/abc", True),
        ("https://hooks.slack.com:8443/actions/T1", False),
        ("http://hooks.slack.com/actions/T1", False),
        ("https://hooks.slack.com.evil.example/actions/T1", False),
        ("https://files.slack.com/actions/T1", False),
        ("https://hooks.slack.com/api/chat.postMessage", False),
        ("https://slack.com/api/chat.postMessage", False),
        ("http://169.254.169.254/latest/meta-data", False),
    ],
)
def test_an_interaction_is_answered_at_slacks_hooks(address: str, is_taken: bool) -> None:
    assert [takes(addresses.of_response, address) for addresses in ALL] == [is_taken] * len(ALL)


@pytest.mark.parametrize(
    ("address", "is_taken"),
    [
        ("https://files.slack.com/upload/v1/ABC", True),
        ("https://files.slack-gov.com/upload/v1/ABC", True),
        ("https://slack-files.com/upload/v1/ABC", False),
        ("https://slack.com/upload/v1/ABC", False),
        ("http://files.slack.com/upload/v1/ABC", False),
        ("https://files.slack.com/api/chat.postMessage", False),
        ("https://evil.example/upload/v1/ABC", False),
    ],
)
def test_files_are_sent_to_slacks_hosts(address: str, is_taken: bool) -> None:
    assert [takes(addresses.of_upload, address) for addresses in ALL] == [is_taken] * len(ALL)


def test_a_socket_to_slack_is_never_open_to_others() -> None:
    wss, ws = "wss://wss-primary.slack.com/link/?ticket=1", "ws://127.0.0.1:4444/link?ticket=1"
    assert all(takes(addresses.of_socket, wss) for addresses in ALL)
    assert [takes(addresses.of_socket, ws) for addresses in ALL] == [False, False, True, True, True, True]
    for odd in ("https://slack.com/link", "", "/link", "ws://", "wss://a@b/link", "wss://a b/link", "javascript:0"):
        assert not any(takes(addresses.of_socket, odd) for addresses in ALL)
