from chathakase.slack.markdown.plain import plain


def test_notifications_get_plain_text() -> None:
    markdown = "# Title\n\n**bold** and __bold__ `**code**`\n- [link](https://a.example)\n\n```\n# **kept**\n```"
    assert plain(markdown) == ("Title\n\nbold and bold `**code**`\n• link (https://a.example)\n\n```\n# **kept**\n```")
