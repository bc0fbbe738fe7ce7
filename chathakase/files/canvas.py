"""The text of a canvas; run as a process of its own by ``chathakase.files.child``.

Slack hands a canvas out as HTML, and so the posts and e-mails that it keeps. What matters of it is written down in
Markdown; ``data-section-style`` is how Slack tells a checklist from other lists.
"""

import re
from collections.abc import Mapping
from html.parser import HTMLParser

from chathakase.files.child import Answer, answer
from chathakase.files.text import TEXT_MOST, clean

EMPTY = "it is an empty page"
CHECKLIST = "7"
"""The ``data-section-style`` of a checklist."""
UNSEEN = frozenset({"script", "style", "head", "title", "template", "noscript"})
"""What is never shown; each of them has an end tag."""
HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}
BLOCKS = frozenset({*HEADINGS, "p", "div", "section", "article", "ul", "ol", "li", "table", "tr", "pre", "blockquote"})
"""What begins on a line of its own, and ends one."""
CELLS = frozenset({"td", "th"})
DEEPEST = 12
"""How far lists within lists are indented."""


def read(data: bytes) -> Answer:
    """The text of a page, or why there is none."""
    text = text_of_page(data.decode("utf-8", "replace"))
    return {"text": text[:TEXT_MOST]} if text else {"refusal": EMPTY}


def text_of_page(html: str) -> str:
    """What HTML shows, in Markdown."""
    page = _Page()
    page.feed(html)
    page.close()
    return clean(re.sub(r"\n{3,}", "\n\n", page.text)).strip()


class _Page(HTMLParser):
    """Writes down what a page shows."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._written: list[str] = []
        self._unseen = 0
        self._lists: list[int | None] = []
        """The number of the next item of each list that is open; None where items have none."""
        self._checks = False
        self._exact = 0
        """How many preformatted parts are open, in which spaces and line ends count."""
        self._links: list[str] = []

    @property
    def text(self) -> str:
        """What was written down so far."""
        return "".join(self._written)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag in BLOCKS:
            self._break()
        if tag in UNSEEN:
            self._unseen += 1
        elif tag == "br":
            self._written.append("\n")
        elif tag == "img":
            self.handle_data(told.get("alt", ""))
        elif tag in HEADINGS:
            self._written.append(HEADINGS[tag])
        elif tag in CELLS:
            self._written.append("| ")
        else:
            self._open(tag, told)

    def _open(self, tag: str, told: Mapping[str, str]) -> None:
        if "data-section-style" in told:
            self._checks = told["data-section-style"] == CHECKLIST
        if tag in ("ul", "ol"):
            self._lists.append(1 if tag == "ol" else None)
        elif tag == "li":
            self._written.append(self._bullet("checked" in told.get("class", "").split()))
        elif tag == "pre":
            self._exact += 1
            self._written.append("```\n")
        elif tag == "blockquote":
            self._written.append("> ")
        elif tag == "a":
            self._links.append(told.get("href", ""))
            self._written.append("[")

    def handle_endtag(self, tag: str) -> None:
        if tag in UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        elif tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif tag == "pre" and self._exact:
            self._exact -= 1
            self._break()
            self._written.append("```")
        elif tag == "a" and self._links:
            self._written.append(f"]({self._links.pop()})")
        elif tag == "tr":
            self._written.append("|")
        elif tag in CELLS:
            self._written.append(" ")
        if tag in BLOCKS:
            self._break()
        if tag in ("p", "table", "pre", *HEADINGS) and not self._lists:
            self._written.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._written.append(data if self._exact else re.sub(r"\s+", " ", data) if data.strip() else "")

    def _bullet(self, checked: bool) -> str:
        """What an item of a list begins with."""
        deep = min(max(len(self._lists) - 1, 0), DEEPEST)
        number = self._lists[-1] if self._lists else None
        if number is not None:
            self._lists[-1] = number + 1
        mark = f"{number}. " if number is not None else "- "
        return "  " * deep + mark + (("[x] " if checked else "[ ] ") if self._checks else "")

    def _break(self) -> None:
        """Begin a line, unless one has just begun."""
        if self._written and not self._written[-1].endswith("\n"):
            self._written.append("\n")


if __name__ == "__main__":
    answer(read)
