import pytest

from chathakase.slack.markdown.plain import plain


def test_notifications_get_plain_text() -> None:
    markdown = "# Title\n\n**bold** and __bold__ `**code**`\n- [link](https://a.example)\n\n```\n# **kept**\n```"
    assert plain(markdown) == ("Title\n\nbold and bold `**code**`\n• link (https://a.example)\n\n```\n# **kept**\n```")


@pytest.mark.parametrize(
    ("markdown", "told"),
    [
        ("*a* and _b_, **c *d* e** and ***f***", "a and b, c d e and f"),
        ("2*3*4, a_b_c and f(x)**2", "2*3*4, a_b_c and f(x)**2"),
        ("これは**\u200b「重要」\u200b**なPython*\u200b「x」\u200b*だ", "これは「重要」なPython「x」だ"),
        ("the &lt;b> tag &amp; \\*stars\\*", "the <b> tag & *stars*"),
        ("`&lt;` and `*x*`", "`&lt;` and `*x*`"),
        ("**`code`** and **[`x` y](https://a.example)**", "`code` and `x` y (https://a.example)"),
        ("``a ` b`` **c**", "``a ` b`` c"),
        ("<https://a.example/?b> <https://a.example|text>", "https://a.example/?b text (https://a.example)"),
        ("foo**/bar baz**/qux, un**bend**ing", "foo**/bar baz**/qux, unbending"),
        ("a_「b」_v2 _c_ (_d_)", "a_「b」_v2 c (d)"),
        ("AT&T & co; x = &y", "AT&T & co; x = &y"),
    ],
)
def test_marks_escapes_and_entities_are_read(markdown: str, told: str) -> None:
    assert plain(markdown) == told
