"""What of Markdown becomes blocks of its own when Slack translates it: headings and dividers."""

from __future__ import annotations

import re

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]|\Z)")
_RULE = re.compile(r" {0,3}(?:(?:-[ \t]*){3,}|(?:_[ \t]*){3,}|(?:\*[ \t]*){3,})\Z")
_UNDERLINE = re.compile(r" {0,3}(?:-+|=+)[ \t]*\Z")


def dividers(markdown: str) -> int:
    """How many headings and dividers there are in Markdown; an underlined line is one heading."""
    count, fence, paragraph = 0, "", False
    for line in markdown.splitlines():
        marks = _FENCE.match(line)
        if fence:
            fence = "" if marks and marks[1].startswith(fence) and not line.strip(" `~") else fence
        elif marks:
            fence = marks[1]
        elif _HEADING.match(line) or _RULE.match(line) or (paragraph and _UNDERLINE.match(line)):
            count += 1
        else:
            paragraph = bool(line.strip())
            continue
        paragraph = False
    return count
