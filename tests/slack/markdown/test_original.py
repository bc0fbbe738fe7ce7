import pytest

from chathakase.slack.markdown.original import original
from tests.slack.markdown.whole import pages


@pytest.mark.parametrize(
    "text",
    [
        "これは**「重要」**な~~「古い」~~な",
        "use the <b> tag, List<String> and <!-- this -->",
        "the &nbsp; entity and &lt;b&gt; &amp; `&lt;b>` & c",
        "```\n&lt;b> **\u200b\n```",
        "plain **bold** words",
    ],
)
def test_what_was_made_of_a_text_tells_the_text(text: str) -> None:
    assert original("".join(pages(text))) == text
