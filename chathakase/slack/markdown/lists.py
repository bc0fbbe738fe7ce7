"""Follows the list items in which the lines of a text stand, and says how they stand on a page of its own. Pure."""

import re
from typing import NamedTuple

ITEM = re.compile(r"([-+*]|(\d{1,9})[.)])([ \t]+|\r?\Z)")
"""The marker of an item: the whole, the number, the blanks behind it."""
WIDEST_BLANK = 4
"""Columns behind a marker; what stands further to the right is code in the item."""


class Item(NamedTuple):
    """A list item in which the text is."""

    offset: int
    """Columns before what is in it."""
    marker: str
    first: int
    size: int
    """The number with which its list begins, and how many items it has so far."""
    carried: bool = False
    """Its list began on an earlier page."""
    wider: int = 0
    """By how many columns the marker on the page is wider than the one in the text."""


class Lists:
    """The items in which the lines of a page stand, when those are open where it begins."""

    def __init__(self, items: tuple[Item, ...]) -> None:
        self.items = list(items)
        self._dedent = items[-1].offset if items else 0
        """Columns by which lines move to the left, as the items around them stand on an earlier page."""

    def copy(self) -> "Lists":
        """The same, to be gone on with by itself."""
        twin = Lists(tuple(self.items))
        twin._dedent = self._dedent
        return twin

    def base(self, indent: int) -> int:
        """Where the text of the innermost item begins to which a line with that indentation can belong."""
        if not self.items:
            return 0
        return max((item.offset for item in self.items if item.offset <= indent), default=0)

    def leaves(self, indent: int) -> bool:
        """Whether a line with that indentation does not belong to the innermost item."""
        return bool(self.items) and self.items[-1].offset > indent

    def settle(self, indent: int) -> str:
        """Leave the items to which a line does not belong; its indentation on the page."""
        if not self.items and not indent:
            self._dedent = 0
            return ""
        while self.leaves(indent):
            self.items.pop()
        self._dedent = min(self._dedent, indent)
        wider = sum([item.wider for item in self.items]) if self.items else 0
        return " " * (indent - self._dedent + wider)

    def margin(self, indent: int) -> str:
        """The indentation of a fence that is opened again at the beginning of a page."""
        return " " * min(max(indent - self._dedent, 0), 3)

    def enter(self, indent: int, found: re.Match[str]) -> str:
        """Begin an item with the marker that was found; its beginning on the page.

        A list whose items all have the same number goes on with the right one.
        """
        marker, number, blank = found.groups()
        sibling = self._sibling(indent, marker)
        shown = marker
        if sibling and sibling.carried and sibling.marker == marker and number:
            shown = f"{sibling.first + sibling.size}{marker[-1]}"
        margin = self.settle(indent)
        width = len(blank.expandtabs(4))
        empty = found.end() == found.endpos
        self.items.append(
            Item(
                offset=indent + len(marker) + (1 if empty or width > WIDEST_BLANK else width),
                marker=marker,
                first=sibling.first if sibling else int(number or 0),
                size=sibling.size + 1 if sibling else 1,
                carried=sibling is not None and sibling.carried,
                wider=len(shown) - len(marker),
            )
        )
        return margin + shown + blank

    def _sibling(self, indent: int, marker: str) -> Item | None:
        """The item before this one in the same list."""
        for item in self.items:
            if item.offset > indent:
                return item if item.marker[-1] == marker[-1] else None
        return None
