"""What may be shown: no token, no password, no control character."""

import logging
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chathakase.core.addresses import check_host, is_in_clear, proxy_problem, web_address
from chathakase.core.unicode import visible
from chathakase.findings import Finding, Level, as_markdown
from chathakase.showing import harmless, shown, without_tokens
from chathakase.unexpected import OneLine

SECRET = "tell-nobody"


@given(st.text(st.characters()))
@example("\x1b]0;x\x07\x9b2J\x7f\u2028\u2029\u061c\u200e\u200f\u202a\u202e\u2066\u2069\ud800")
def test_nothing_that_is_shown_is_obeyed(text: str) -> None:
    for character in visible(text):
        assert unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp")
        assert not 0x202A <= ord(character) <= 0x202E
        assert not 0x2066 <= ord(character) <= 0x2069
        assert character not in "\u061c\u200e\u200f"


def test_what_is_no_command_stays_as_it_is() -> None:
    text = "日本語 👩\u200d👩\u200d👧 é נייר → “x” \\n"
    assert visible(text) == text


@pytest.mark.parametrize(
    "address",
    [
        f"http://user:{SECRET}@host/v1",
        f"http://user:{SECRET}@host:99999/v1",
        f"http://user:{SECRET}@[::1",
        f"http://user:a/{SECRET}@host",
        f"http://user:a?{SECRET}@host",
        f"http://user:a#{SECRET}@host",
        f"http://user:{SECRET}@evil@host",
        f"user:{SECRET}@host:80",
        f"//user:{SECRET}@host",
        f"http://host/v1?key={SECRET}",
        f"http://host/v1?mail=a@b&key={SECRET}",
        f"http://host/v1#{SECRET}",
        f"http:\\\\user:{SECRET}@host",
        f"http://host/xoxb-1-{SECRET}/x",
        f"http://\x1b[2J:{SECRET}@host",
        f" http://user:{SECRET}@host",
    ],
)
def test_no_address_shows_its_secrets(address: str) -> None:
    assert SECRET not in shown(address)
    assert visible(shown(address)) == shown(address)


@pytest.mark.parametrize(
    "token", ["xoxb-1-x", "xapp-1-A0-1-x", "xoxe.xoxp-1-x", "xoxe-1-x", "XOXP-1", f"sk-{'a1' * 20}"]
)
def test_what_looks_like_a_token_is_left_out(token: str) -> None:
    told = harmless(f"it says {token}, or {token}/x")
    assert token not in told
    assert told.count("***") == 2
    assert token not in as_markdown([Finding(token, Level.OK, token, token)])


@pytest.mark.parametrize(
    "text", ["a disk-full-of-many-long-words-2", "(xoxb-…)", "begins with xapp-", "ask-me-1234567890"]
)
def test_what_is_no_token_stays(text: str) -> None:
    assert without_tokens(text) == text


def test_a_line_of_the_log_is_a_line() -> None:
    with pytest.raises(ValueError, match=SECRET) as raised:
        int(SECRET)
    info = (ValueError, raised.value, raised.tb)
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "a\n%s\x1b[2J", ("xoxb-1-2",), info, sinfo=SECRET)
    line = OneLine("%(levelname)s %(message)s").format(record)
    assert line.startswith(r"ERROR a\nxoxb-***\x1b[2J (ValueError at test_showing.py:")
    assert SECRET not in line
    assert "\n" not in line


@pytest.mark.parametrize(
    "host", ["localhost", "a.example.", "my_host", "127.0.0.1", "::1", "bücher.example", "xn--bcher-kva.de"]
)
def test_hosts_that_there_can_be(host: str) -> None:
    check_host(host)


@pytest.mark.parametrize(
    "host", ["", ".", "a..b", "-a", "☃.net", "xn--a", "1.2.3.256", "::g", "a" * 64, "a b", "%41", "a" * 300]
)
def test_hosts_that_there_cannot_be(host: str) -> None:
    with pytest.raises(ValueError, match="invalid host name"):
        check_host(host)


def _verdict(address: str) -> str:
    try:
        return "fine" if web_address(address).hostname else "no host"
    except UnicodeError:
        return "not in words"
    except ValueError as error:
        return str(error)


@given(st.text(st.characters(), max_size=40))
def test_whatever_is_taken_for_an_address_is_refused_in_words_or_can_be_read(text: str) -> None:
    for address in (text, f"http://{text}/v1"):
        assert any(word in _verdict(address) for word in ("fine", "must", "invalid host name"))


def test_what_goes_over_a_network_in_clear() -> None:
    assert is_in_clear("http://slack.example/api/")
    assert not is_in_clear("https://slack.example/api/")
    for host in ("localhost", "127.0.0.9", "[::1]"):
        assert not is_in_clear(f"http://{host}:80/api/")


@pytest.mark.parametrize("proxy", ["socks5://h:1", "SOCKS4://h", "h:3128", "ftp://h", "http://", "http://[::1", "\x1b"])
def test_proxies_that_cannot_be_used(proxy: str) -> None:
    assert proxy_problem(proxy)
    assert not proxy_problem("http://user:password@proxy.example:3128")
