import pytest

from chathakase.slack.markdown.mentions import harmless
from chathakase.slack.markdown.plain import escape, plain


@pytest.mark.parametrize(
    "ping",
    ["<!channel>", "<!here>", "<!everyone>", "<!here|here>", "<@U123>", "<@W123|bob>", "<!subteam^S12|@devs>"],
)
@pytest.mark.parametrize("around", ["{}", "a{}b", "`{}`", "```\n{}\n```", "<{}>", "[x]({})"])
def test_what_the_model_writes_cannot_ping(ping: str, around: str) -> None:
    written = around.format(ping)
    made_harmless = harmless(written)
    assert ping not in made_harmless
    assert made_harmless.replace("\u200b", "") == written
    assert ping not in escape(plain(written))


@pytest.mark.parametrize(
    "text", ["<!DOCTYPE html>", "<!-- x -->", "a < b @ c > d", "<https://a.example>", "List<@NonNull T>"]
)
def test_what_is_no_ping_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text
