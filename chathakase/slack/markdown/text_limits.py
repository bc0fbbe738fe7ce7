"""How much of Slack a page may take up. Pure."""

from bisect import bisect_left

PAGE = 3_900
"""Characters on one page, escapes and broken pings counted. ``chat.update`` refuses texts above 4,000
(https://docs.slack.dev/reference/methods/chat.update, ``msg_too_long``)."""

HEAVIEST = 10_500
"""UTF-8 bytes on one page, counted alike. Streamed messages end with ``msg_too_long`` at 10.6 to 11.3 kB (seen)."""

CLOSING = 40
"""Characters kept free on each page to close what its cut goes through."""


def characters(text: str) -> int:
    """The length of a text once Slack's three reserved characters are escaped and pings are broken."""
    return len(text) + 4 * (text.count("&") + text.count("<")) + 3 * text.count(">")


def weight(text: str) -> int:
    """The same in UTF-8 bytes."""
    return len(text.encode(errors="replace")) + 4 * text.count("&") + 6 * text.count("<") + 3 * text.count(">")


def excess(text: str) -> int:
    """By how many characters a text is too long for a page; 0 when it fits."""
    return max(characters(text) - PAGE, (weight(text) - HEAVIEST + 2) // 3, 0)


def fitting(text: str, start: int, budget: int) -> int:
    """Where a text that starts here and costs at most so many characters ends, or so many bytes in proportion."""
    longest = min(budget, len(text) - start)
    heaviest = HEAVIEST - PAGE + budget

    def fits(length: int) -> bool:
        part = text[start : start + length]
        return characters(part) <= budget and weight(part) <= heaviest

    if fits(longest):
        return start + longest
    return start + bisect_left(range(longest), True, key=lambda length: not fits(length + 1))
