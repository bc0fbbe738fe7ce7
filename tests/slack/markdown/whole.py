from chathakase.slack.markdown.pages import Paginator


def pages(text: str) -> list[str]:
    """The pages of a whole text, as Slack gets them."""
    return [page.markdown for page in Paginator().pages(text, growing=False)]
